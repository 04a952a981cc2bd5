"""From what a model or program wrote to the bare answer in plain notation: wrappers off, signs unified.

Nothing here interprets the answer; what remains unusual is left for the reader to refuse.
"""

from __future__ import annotations

import re
import unicodedata

from ._terms import NoAnswer, SeveralAnswers, Unreadable

MAX_CHARS = 2_000

_SIGNS = str.maketrans(
    {
        "\u2212": "-", "\u2013": "-", "\u00d7": "*", "\u00b7": "*", "\u22c5": "*", "\u2217": "*",
        "\u00f7": "/", "\u2044": "/", "\u03c0": "pi", "\u221e": " oo ", "\u2264": "<=", "\u2265": ">=",
        "\u2205": "EmptySet", "\u00bd": " 1/2", "\u00bc": " 1/4", "\u00be": " 3/4",
        "\u2153": " 1/3", "\u2154": " 2/3",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ",
    }
)  # fmt: skip
_SUPERSCRIPTS = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
_SUPERSCRIPT = re.compile(f"\u207b?[{_SUPERSCRIPTS}]+")
_SUPERSCRIPT_DIGITS = str.maketrans(_SUPERSCRIPTS + "\u207b", "0123456789-")

_LEAD = r"(?:(?:so|thus|therefore|hence|then|and)[, ]+)*(?:the |my |our )?(?:final |correct )?answer"
_PHRASE = re.compile(rf"{_LEAD}\s*(?:is\b|:|=)\s*:?\s*(?P<rest>.+)", re.IGNORECASE | re.DOTALL)
_REFUSAL = re.compile(r"(?:none|n/?a|nan|null|unknown|i do(?:n't| not) know|no answer|\?+)", re.IGNORECASE)
_BRACKETING = (
    ("```", "```"), ("`", "`"), ("**", "**"), ("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"),
    ('"', '"'), ("'", "'"), ("\\text{", "}"), ("\\textbf{", "}"), ("\\mathrm{", "}"), ("\\displaystyle", ""),
)  # fmt: skip

_COMMANDS = {
    "left": "", "right": "", "pi": " pi ", "cdot": "*", "times": "*", "div": "/", "infty": " oo ",
    "cup": " \u222a ", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "ln": " ln", "log": " log",
    "sin": " sin", "cos": " cos", "tan": " tan", "emptyset": "EmptySet", "varnothing": "EmptySet",
}  # fmt: skip
_FRAC = re.compile(r"\\[dt]?frac\s*(?=\{)")
_SQRT = re.compile(r"\\sqrt\s*(?=\{)")
_POWER = re.compile(r"\^\s*(?=\{)")
_THIN_COMMA = re.compile(r",\\!\s*")
_COMMAND = re.compile(r"\\([A-Za-z]+)\s?")
_NUMBER_BEFORE = re.compile(r"(?<![A-Za-z0-9_.^])[0-9]+\s*\Z")


def bare(text: str) -> str:
    """The answer's own text, without box, phrase, dollars, backticks and the final full stop.

    Raises:
        NoAnswer: empty; SeveralAnswers: several different boxes.
        Unreadable: longer than 2,000 characters, or with control characters.
    """
    if len(text) > MAX_CHARS:
        raise Unreadable(f"longer than {MAX_CHARS:,} characters")
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n\r" for c in text):
        raise Unreadable("holds control characters")
    body = _stripped(text)
    for finder in (_boxes, _marked):
        if found := list(dict.fromkeys(_stripped(part) for part in finder(body))):
            if len(found) > 1:
                raise SeveralAnswers(f"gives {len(found)} different final answers")
            body = found[0]
            break
    else:
        if phrase := _PHRASE.fullmatch(body):
            body = _stripped(phrase["rest"])
    if not body:
        raise NoAnswer("is empty")
    return body


def plain(body: str) -> str:
    """Plain notation of a bare answer: one kind of minus and times, the simple LaTeX forms spelled out.

    Raises:
        NoAnswer: the text says that there is none.
        Unreadable: a LaTeX command outside the few simple ones.
    """
    if _REFUSAL.fullmatch(body):
        raise NoAnswer("says that there is no answer")
    text = _without_latex(body) if "\\" in body or "^{" in body else body
    text = _SUPERSCRIPT.sub(lambda m: f"**({m[0].translate(_SUPERSCRIPT_DIGITS)})", text)
    return " ".join(text.translate(_SIGNS).split())


def _stripped(text: str) -> str:
    before = None
    while text != before:
        before = text
        text = text.strip().rstrip(".;,").strip() if not text.rstrip().endswith("...") else text.strip()
        for start, end in _BRACKETING:
            inner = text[len(start) : len(text) - len(end)]
            whole = text.startswith(start) and text.endswith(end) and len(text) >= len(start) + len(end)
            if whole and (not end or (start not in inner and end not in inner)):
                text = inner
                break
    return text


def _boxes(text: str) -> list[str]:
    found = []
    for start in re.finditer(r"\\(?:boxed|fbox)\s*(?=\{)", text):
        found.append(_braced(text, start.end()))
    return found


def _marked(text: str) -> list[str]:
    return [line.rpartition("####")[2] for line in text.splitlines() if "####" in line]


def _braced(text: str, start: int) -> str:
    """What stands between the brace at `start` and its partner."""
    depth = 0
    for end in range(start, len(text)):
        escaped = end > 0 and text[end - 1] == "\\"
        depth += (text[end] == "{" and not escaped) - (text[end] == "}" and not escaped)
        if depth == 0:
            return text[start + 1 : end]
    raise Unreadable("has an unclosed brace")


def _without_latex(text: str) -> str:
    while found := _FRAC.search(text):
        top = _braced(text, found.end())
        after = found.end() + len(top) + 2
        if text[after : after + 1] != "{":
            raise Unreadable("has a \\frac without two braces")
        bottom = _braced(text, after)
        head, tail = text[: found.start()], text[after + len(bottom) + 2 :]
        # A whole number right before a fraction of whole numbers is a mixed number, not a product.
        mixed = top.isdecimal() and bottom.isdecimal() and _NUMBER_BEFORE.search(head)
        text = head + (f" {top}/{bottom}" if mixed else f"(({top})/({bottom}))") + tail
    for pattern, name in ((_SQRT, " sqrt"), (_POWER, "^")):
        while found := pattern.search(text):
            inner = _braced(text, found.end())
            text = f"{text[: found.start()]}{name}({inner}){text[found.end() + len(inner) + 2 :]}"
    text = _THIN_COMMA.sub(",", _COMMAND.sub(_command, text))
    text = re.sub(r"\\[,;!: ]", " ", text)
    text = re.sub(r"\\([{}%$])", r"\1", text)
    if "\\" in text:
        raise Unreadable("has LaTeX that is not supported yet")
    return text


def _command(match: re.Match[str]) -> str:
    if match[1] not in _COMMANDS:
        raise Unreadable(f"has the LaTeX command \\{match[1][:20]}, which is not supported yet")
    return _COMMANDS[match[1]]
