"""LaTeX spelled out in plain notation, command by command, with every grouping as parentheses.

Only what is listed here is known; any other command is refused, so that nothing is dropped by guess.
"""

from __future__ import annotations

import re

from ._terms import Unreadable

MAX_DEPTH = 40

_PLAIN = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "infty": " oo ", "pm": "±", "cup": " ∪ ", "cap": " ∩ ",
    "setminus": " ∖ ", "backslash": " ∖ ", "in": " ∈ ", "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=",
    "geq": ">=", "geqslant": ">=", "lt": "<", "gt": ">", "ne": "!=", "neq": "!=", "approx": "≈", "sim": "≈",
    "mid": " | ", "vert": "|", "lvert": "|", "rvert": "|", "colon": ":", "land": " and ", "wedge": " and ",
    "lor": " or ", "vee": " or ", "emptyset": "EmptySet", "varnothing": "EmptySet", "circ": "°",
    "degree": "°", "textdegree": "°", "ldots": "...", "dots": "...", "cdots": "...", "lfloor": " floor(",
    "rfloor": ")", "lceil": " ceiling(", "rceil": ")", "langle": "⟨", "rangle": "⟩", "pounds": "£",
    "euro": "€", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "varphi": " phi ",
    "varepsilon": " epsilon ", "vartheta": " theta ", "R": "ℝ", "imath": " i ", "therefore": " ",
    "quad": " ", "qquad": " ", "space": " ", "displaystyle": " ", "textstyle": " ", "limits": "", "hline": "",
    "left": "", "right": "", "big": "", "Big": "", "bigg": "", "Bigg": "", "bigl": "", "bigr": "", "Bigl": "",
    "Bigr": "", "middle": "", "lparen": "(", "rparen": ")", "deg": "°", "minus": "-",
    "angle": " angle ", "measuredangle": " angle ", "triangle": " triangle ",
}  # fmt: skip
_NAMES = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "rho",
        "sigma",
        "tau",
        "upsilon",
        "phi",
        "chi",
        "psi",
        "omega",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Xi",
        "Sigma",
        "Phi",
        "Psi",
        "Omega",
        "pi",
        "sin",
        "cos",
        "tan",
        "sec",
        "csc",
        "cot",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "tanh",
        "ln",
        "log",
        "exp",
        "max",
        "min",
        "gcd",
        "lcm",
    ]
)
_WRAPPERS = frozenset(
    [
        "text",
        "textbf",
        "textit",
        "textrm",
        "textnormal",
        "mbox",
        "hbox",
        "mathrm",
        "mathbf",
        "mathit",
        "mathsf",
        "mathtt",
        "rm",
        "bf",
        "operatorname",
        "boldsymbol",
        "mathnormal",
        "bold",
        "boxed",
        "fbox",
    ]
)
_SPACES = frozenset({",", "!", ";", ":", " ", ">", "\n", "\t"})
_FIELDS = {"R": "ℝ", "Z": "ℤ", "N": "ℕ", "Q": "ℚ", "C": "ℂ"}
_LINES = frozenset({"align", "align*", "aligned", "equation", "equation*", "gather*", "gathered"})
_MATRICES = frozenset({"pmatrix", "bmatrix", "matrix", "array", "smallmatrix", "Bmatrix"})
_WHOLE_BEFORE = re.compile(r"(?<![A-Za-z0-9_.^)])[0-9]+\s*\Z")
_DIGIT_BEFORE = re.compile(r"[0-9]\s*\Z")
_DECIMAL_BEFORE = re.compile(r"[0-9]+\.[0-9]*\Z")
_DIGITS = re.compile(r"-?[0-9]+")
_OVER = re.compile(r"\\(over|choose)(?![A-Za-z])")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_THREE_SPACED = re.compile(r"\s+(?=[0-9]{3}(?![0-9]))")
_THREE_DIGITS = re.compile(r"[0-9]{3}(?![0-9])")


def is_latex(text: str) -> bool:
    dollars = text.count("$")
    return (
        "\\" in text or (dollars >= 2 and dollars % 2 == 0) or "^{" in text or "_{" in text or "{,}" in text
    )


def spelled(text: str) -> str:
    """Plain notation of a text with LaTeX.

    Raises:
        Unreadable: an unknown command, an unmatched brace, or nested more than 40 deep.
    """
    return _Speller(text).run(())


class _Speller:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        # An even number of bare dollars are delimiters; a single one is money.
        self.delimited = len(re.findall(r"(?<!\\)\$", text)) % 2 == 0

    def run(self, stops: tuple[str, ...]) -> str:
        """Spell up to one of `stops`, which is left unread, or to the end where there are none."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(f"too large: nested more than {MAX_DEPTH} deep")
        out: list[str] = []
        split: tuple[str, str] | None = None
        while not any(self.text.startswith(stop, self.at) for stop in stops):
            if self.at >= len(self.text):
                if stops:
                    raise Unreadable("has an unclosed brace or environment")
                break
            if found := _OVER.match(self.text, self.at):
                self.at = found.end()
                if split is not None:
                    raise Unreadable("divides one group twice")
                split, out = ("".join(out), found[1]), []
                continue
            self._piece(out)
        self.depth -= 1
        whole = "".join(out)
        if split is None:
            return whole
        return f" binomial({split[0]}, {whole})" if split[1] == "choose" else f"(({split[0]})/({whole}))"

    def _piece(self, out: list[str]) -> None:
        char = self.text[self.at]
        if char == "\\":
            self._command(out)
            return
        if char == "{":
            out.append(self._braces())
            return
        self.at += 1
        if char == "}":
            raise Unreadable("closes a brace that was not opened")
        if char == "^":
            # `x^10` is written for the tenth power, though TeX raises the 1 alone.
            run = _DIGITS.match(self.text, self.at)
            self.at = run.end() if run else self.at
            exponent = run[0] if run else self._argument().strip()
            out.append(exponent if exponent in ("°", "th", "nd", "st", "rd") else f"^({exponent})")
        elif char == "_":
            index = self._argument().strip()
            simple = re.fullmatch("[A-Za-z0-9]{1,4}", index)
            # The space keeps what follows out of the index: `x_12` is x_1 times 2 to TeX.
            out.append(f"_{index} " if simple else f"_({index})")
        elif char == "~" or (char == "$" and self.delimited):
            out.append(" ")
        else:
            out.append(char)

    def _braces(self) -> str:
        """A group that is no argument: a number's comma, a set of several items, or plain grouping."""
        content = self._group()
        if content.strip() in (",", "", ":", "/", "-", "+", "*", "=", "<", ">", "%"):
            return content.strip()
        if _has_comma(content):
            return f"{{{content}}}"
        return content if re.fullmatch(r"\s*[A-Za-z0-9.]*\s*", content) else f"({content})"

    def _group(self) -> str:
        self.at += 1
        content = self.run(("}",))
        self.at += 1
        return content

    def _argument(self) -> str:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        if self.at >= len(self.text):
            raise Unreadable("ends before an argument")
        if self.text[self.at] == "{":
            return self._group()
        if self.text[self.at] in "}$&^_":
            raise Unreadable("lacks an argument")
        if self.text[self.at] == "\\":
            out: list[str] = []
            self._command(out)
            return "".join(out)
        self.at += 1
        return self.text[self.at - 1]

    def _command(self, out: list[str]) -> None:
        found = _COMMAND.match(self.text, self.at)
        if found is None:
            raise Unreadable("ends in a backslash")
        name = found[1]
        self.at = found.end()
        if name in _SPACES:
            self._space(name, out)
        elif name in "{}%$&#_":
            out.append(name)
        elif name in ("(", ")", "[", "]", "\\"):
            out.append(" ")
        elif name == "|":
            raise Unreadable("has a norm")
        elif name in _PLAIN:
            out.append(_PLAIN[name])
            if name in ("left", "right") and self.text[self.at : self.at + 1] == ".":
                self.at += 1
        elif name in _NAMES:
            out.append(f" {name}" if self.text[self.at : self.at + 1] in ("^", "_", "(", "") else f" {name} ")
        elif name in _WRAPPERS:
            out.append(f" {self._argument()} ")
        else:
            self._structure(name, out)

    def _space(self, name: str, out: list[str]) -> None:
        rest = _THREE_SPACED.match(self.text, self.at)
        if name == "!" and rest and out and out[-1][-1:] == ",":
            self.at = rest.end()
        grouped = out and out[-1][-1:].isdigit() and _THREE_DIGITS.match(self.text, self.at)
        after_comma = out and out[-1].endswith(",") and _THREE_DIGITS.match(self.text, self.at)
        out.append("" if grouped or after_comma or name == "!" else " ")

    def _structure(self, name: str, out: list[str]) -> None:
        match name:
            case "frac" | "dfrac" | "tfrac" | "cfrac":
                self._fraction(out)
            case "sqrt":
                self._root(out)
            case "binom" | "dbinom" | "tbinom":
                out.append(f" binomial({self._argument()}, {self._argument()})")
            case "mathbb" | "Bbb":
                out.append(_FIELDS.get(self._argument().strip(), "?"))
            case "vec" | "overrightarrow":
                out.append(f" {self._argument()} ")
            case "overline" | "bar" | "dot":
                self._repeating(out)
            case "hspace" | "phantom" | "label" | "tag":
                self._argument()
            case "begin":
                out.append(self._environment())
            case _:
                raise Unreadable(f"has the LaTeX command \\{name[:20]}, which is not supported")

    def _fraction(self, out: list[str]) -> None:
        top, bottom = self._argument().strip(), self._argument().strip()
        if re.fullmatch(r"d(?:\^\(.*\))?.?", top) and re.fullmatch(r"d ?[a-z](?:\^\(.*\))?", bottom):
            raise Unreadable("has a derivative")
        before = "".join(out)
        whole = _WHOLE_BEFORE.search(before) if top.isdecimal() and bottom.isdecimal() else None
        if whole is None:
            if top.isdecimal() and bottom.isdecimal() and _DIGIT_BEFORE.search(before):
                raise Unreadable("has a digit before a fraction: a mixed number or a product")
            out.append(f"(({top})/({bottom}))")
            return
        # A whole number right before a fraction of whole numbers is a mixed number, not a product.
        if int(top) >= int(bottom):
            raise Unreadable("has a whole number before an improper fraction")
        out[:] = [before[: whole.start()], f"({whole[0].strip()}+{top}/{bottom})"]

    def _root(self, out: list[str]) -> None:
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1
        if self.text[self.at : self.at + 1] != "[":
            out.append(f" sqrt({self._argument()})")
            return
        self.at += 1
        degree = self.run(("]",))
        self.at += 1
        out.append(f" surd({self._argument()}, {degree})")

    def _repeating(self, out: list[str]) -> None:
        block = self._argument().strip()
        if re.fullmatch("[A-Z]{2}", block):
            out.append(f" {block} ")
            return
        if not (block.isdecimal() and _DECIMAL_BEFORE.search("".join(out))):
            raise Unreadable("has a bar over something else than the decimals of a number")
        out.append(f"⟦{block}⟧")

    def _environment(self) -> str:
        name = self._argument().strip()
        if name in _LINES:
            inner = self.run(("\\end",)).replace("&", " ")
            self.at += len("\\end")
            self._argument()
            return f" {inner} "
        if name not in _MATRICES:
            raise Unreadable(f"has the LaTeX environment {name[:20]!r}, which is not supported")
        if name == "array":
            self._argument()
        rows, row = [], []
        while True:
            row.append(self.run(("&", "\\\\", "\\end")).strip())
            if self.text.startswith("&", self.at):
                self.at += 1
                continue
            rows.append(row)
            row = []
            if self.text.startswith("\\end", self.at):
                break
            self.at += 2
        self.at += len("\\end")
        self._argument()
        rows = [cells for cells in rows if any(cells)]
        return f" Matrix([{', '.join('[' + ', '.join(cells) + ']' for cells in rows)}])"


def _has_comma(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            return True
    return False
