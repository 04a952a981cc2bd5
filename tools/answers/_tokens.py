"""Plain notation rewritten as a Python expression that holds nothing but whitelisted names and operators.

Number literals become the names `_n0`, `_n1`, …, with their exact values aside: Python never sees a
float, and a literal's own digits are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from ._terms import Number, Unreadable

MAX_DIGITS = 1_000
MAX_TOKENS = 1_000
MAX_EXPONENT = 1_000

FUNCTIONS = frozenset(
    {
        "sqrt", "cbrt", "root", "log", "ln", "log2", "log10", "exp", "sin", "cos", "tan", "sec", "csc",
        "cot", "asin", "acos", "atan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "factorial",
        "binomial", "Rational", "Fraction", "Integer", "Abs", "abs", "floor", "ceiling", "ceil", "gcd",
        "lcm", "Max", "Min", "max", "min", "Matrix", "Interval", "IntervalOpen", "IntervalLopen",
        "IntervalRopen", "FiniteSet", "Union", "Eq", "set", "list", "tuple",
    }
)  # fmt: skip
_WORDS = {
    "e": "E", "inf": "oo", "infinity": "oo", "Infinity": "oo",
    "Interval.open": "IntervalOpen", "Interval.Lopen": "IntervalLopen", "Interval.Ropen": "IntervalRopen",
    "EmptySet": "{}", "Reals": "Interval(-oo, oo)",
}  # fmt: skip
_LITERALS = frozenset({"pi", "E", "I", "oo", "True", "False", "{}", "Interval(-oo, oo)"})
_GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
    "mu", "nu", "xi", "omicron", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
    "Gamma", "Delta", "Theta", "Lambda", "Xi", "Sigma", "Phi", "Psi", "Omega",
)  # fmt: skip
_GREEK_LETTERS = dict(zip("αβγδεζηθικλμνξορστυφχψωΓΔΘΛΞΣΦΨΩ", _GREEK, strict=True))
_SYMBOL = re.compile(rf"(?:[A-Za-z]|{'|'.join(_GREEK)})(?:_?[0-9]{{1,3}}|_[A-Za-z])?")
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>Interval\.(?:open|Lopen|Ropen)|[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)?|[\u0391-\u03a9\u03b1-\u03c9])"
    r"|(?P<mark>\*\*|<=|>=|==|[-+*/^(),\[\]{}=<>!%|&\u221a])"
)


class _Token(NamedTuple):
    kind: str
    text: str
    spaced: bool
    """White space stands before it."""


class Rewritten(NamedTuple):
    """A Python expression and the values of its `_nK` names."""

    source: str
    numbers: dict[str, Number]


@dataclass
class _Writer:
    tokens: list[_Token]
    out: list[str] = field(default_factory=list)
    numbers: dict[str, Number] = field(default_factory=dict)
    open_at: list[int] = field(default_factory=list)
    """Positions in `out` of the brackets still open."""
    operand_at: int | None = None
    """Where in `out` the operand that just ended begins; None after an operator or an opening bracket."""

    def number(self, value: Number) -> None:
        name = f"_n{len(self.numbers)}"
        self.numbers[name] = value
        self.operand(name)

    def operand(self, text: str) -> None:
        self.times()
        self.operand_at = len(self.out)
        self.out.append(text)

    def times(self) -> None:
        """The product that two neighbours mean, unless it could bind in two ways."""
        if self.operand_at is None:
            return
        before = [mark for mark in self.out[max(0, self.operand_at - 2) : self.operand_at] if mark != "-"]
        divided = before[-1:] == ["/"]
        # An exponent in parentheses ends where they do; a bare one may go on: `e^2x`.
        if divided or (before[-1:] == ["**"] and self.out[self.operand_at] != "("):
            raise Unreadable(
                "has a product without a sign after a quotient or power, which can be read two ways"
            )
        self.out.append("*")
        self.operand_at = None


def rewrite(text: str) -> Rewritten:
    """Turn plain notation into a Python expression.

    Raises:
        Unreadable: an unknown name or sign, a juxtaposition with two readings, or too many digits.
    """
    writer = _Writer(_tokens(text))
    tokens, at = writer.tokens, 0
    while at < len(tokens):
        at += _write(writer, tokens, at)
    if writer.open_at:
        raise Unreadable("has an unclosed bracket")
    return Rewritten("".join(writer.out), writer.numbers)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at, spaced = 0, False
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unreadable(f"has the sign {text[at]!r}, which is not part of plain notation")
        at = match.end()
        if match.lastgroup == "space":
            spaced = True
            continue
        found.append(_Token(match.lastgroup or "", match[0], spaced))
        spaced = False
        if len(found) > MAX_TOKENS:
            raise Unreadable(f"has more than {MAX_TOKENS:,} signs")
    return found


def _write(writer: _Writer, tokens: list[_Token], at: int) -> int:
    """Write the token at `at`; returns how many tokens were used."""
    token = tokens[at]
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.kind == "number":
        return _write_number(writer, tokens, at)
    if token.kind == "name":
        _write_name(writer, token, following)
        return 1
    mark = token.text
    if mark == "\u221a":
        return _write_root(writer, following)
    if mark == "!":
        _write_factorial(writer, following)
    elif mark == "%":
        raise Unreadable("has a percent sign that does not follow a number")
    elif mark in "([{":
        if writer.operand_at is not None and mark != "(":
            raise Unreadable("has a bracket right after a value")
        writer.times()
        writer.open_at.append(len(writer.out))
        writer.out.append(mark)
        writer.operand_at = None
    elif mark in ")]}":
        if not writer.open_at:
            raise Unreadable("closes a bracket that was not opened")
        start = writer.open_at.pop()
        called = start > 0 and writer.out[start - 1] in FUNCTIONS
        writer.operand_at = start - 1 if called else start
        writer.out.append(mark)
    else:
        writer.out.append({"^": "**", "=": "=="}.get(mark, mark))
        writer.operand_at = None
    return 1


def _write_number(writer: _Writer, tokens: list[_Token], at: int) -> int:
    token, rest = tokens[at], tokens[at + 1 : at + 4]
    if mixed := _mixed(writer, tokens, at):
        writer.number(mixed)
        return 4
    if writer.operand_at is not None:
        raise Unreadable("has a number right after a value")
    follower = rest[0] if rest else None
    glued = follower is not None and follower.kind == "name" and not follower.spaced
    if glued and follower is not None:
        if follower.text == "j":
            writer.out.append("(")
            writer.number(_number(token.text))
            writer.out.append("*I)")
            writer.operand_at = len(writer.out) - 3
            return 2
        if token.text == "0" or follower.text.startswith("_"):
            raise Unreadable("has a number in a form that is not decimal")
    value = _number(token.text)
    if follower is not None and follower.text == "%":
        beyond = rest[1] if len(rest) > 1 else None
        if beyond is not None and (beyond.kind != "mark" or beyond.text in "([{\u221a"):
            raise Unreadable("has a percent sign before a value")
        writer.out.append("percent(")
        writer.number(value)
        writer.out.append(")")
        writer.operand_at = len(writer.out) - 3
        return 2
    writer.number(value)
    return 1


def _mixed(writer: _Writer, tokens: list[_Token], at: int) -> Number | None:
    """`3 1/2` as one number, where nothing around it suggests another reading."""
    four = tokens[at : at + 4]
    if len(four) < 4 or not (
        four[1].spaced and four[2].text == "/" and four[1].kind == four[3].kind == "number"
    ):
        return None
    if not all(four[k].text.isdecimal() for k in (0, 1, 3)):
        return None
    before = writer.out[-1] if writer.out else ""
    after = tokens[at + 4].text if at + 4 < len(tokens) else ""
    whole, top, bottom = (_number(four[k].text).value for k in (0, 1, 3))
    if before not in ("", "(", "[", "{", ",", "+", "-", "==") or after not in (
        "",
        ")",
        "]",
        "}",
        ",",
        "+",
        "-",
        "=",
    ):
        return None
    return Number(whole + top / bottom) if 0 < top < bottom and whole > 0 else None


def _number(text: str) -> Number:
    mantissa, _, exponent = text.lower().partition("e")
    digits = mantissa.replace(".", "").lstrip("0")
    if len(mantissa) > MAX_DIGITS or len(exponent) > 6 or abs(int(exponent or "0")) > MAX_EXPONENT:
        raise Unreadable(f"too large: a number with more than {MAX_DIGITS:,} digits")
    shown = len(digits) or 1
    return Number(Fraction(text), shown if "." in mantissa or exponent else 0)


def _write_name(writer: _Writer, token: _Token, following: _Token | None) -> None:
    name = _GREEK_LETTERS.get(token.text) or _WORDS.get(token.text, token.text)
    called = following is not None and following.text == "("
    if name in FUNCTIONS:
        if not called:
            raise Unreadable(f"has {name[:20]} without its argument in parentheses")
        writer.operand(name)
        writer.operand_at = None
        return
    if name not in _LITERALS and not _SYMBOL.fullmatch(name):
        raise Unreadable(f"has the unknown word {name[:20]!r}")
    if called:
        raise Unreadable(f"has {name[:20]!r} right before a parenthesis: a product or a function")
    if writer.operand_at is not None and not writer.out[-1].startswith(("_n", ")")):
        raise Unreadable("has two names side by side")
    # `lambda` is a Greek letter here but a keyword to Python.
    writer.operand({"lambda": "lamda"}.get(name, name))


def _write_root(writer: _Writer, following: _Token | None) -> int:
    writer.times()
    if following is not None and following.text == "(":
        writer.out.append("sqrt")
        return 1
    if following is None or following.kind not in ("number", "name") or following.text in FUNCTIONS:
        raise Unreadable("has a root sign without its value")
    start = len(writer.out)
    writer.out.append("sqrt(")
    if following.kind == "number":
        writer.number(_number(following.text))
    else:
        _write_name(writer, following, None)
    writer.out.append(")")
    writer.operand_at = start
    return 2


def _write_factorial(writer: _Writer, following: _Token | None) -> None:
    start = writer.operand_at
    if start is None or (following is not None and following.text in ("!", "=", "==")):
        raise Unreadable("has an exclamation mark that is no factorial")
    if writer.out[start] in FUNCTIONS or writer.out[start] in ("sqrt(", "percent("):
        raise Unreadable("has a factorial right after a function")
    writer.out[start] = "factorial(" + writer.out[start]
    writer.out.append(")")
