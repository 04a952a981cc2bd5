"""Text to terms: a parser of our own for plain notation. What can be read in two ways is refused.

    bool     relation { ("&" | "|") relation }
    relation sum { ("=" | "<" | "<=" | ">" | ">=" | "!=") sum }
    sum      product { ("+" | "-" | "±") product }
    product  factor { ["*" | "/"] factor }
    factor   { "-" | "+" } postfix [ "^" factor ]

No text is ever evaluated; each construct becomes a term or is refused.
"""

from __future__ import annotations

from typing import NamedTuple

from ._cursor import Cursor
from ._names import CONSTANT_NAMES, LOGARITHMS, UNBRACKETED, as_names, called
from ._terms import Apply, Group, Name, Number, Relation, Term, Truth, Unreadable, children
from ._tokens import END, FUNCTIONS, WORDS, Token, number, tokens

MAX_DEPTH = 40
MAX_TERM_DEPTH = 60
MAX_SIGNS = 4

_RELATIONS = frozenset({"=", "<", "<=", ">", ">=", "!="})
_CLOSING = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}
_TWO_WAYS = "has a product without a sign after a quotient or power, which can be read two ways"
_OF_COLLECTIONS = frozenset(
    {"Matrix", "Union", "Interval", "IntervalOpen", "IntervalLopen", "IntervalRopen", "both", "either"}
)
"""Operations whose arguments may be other than scalars."""


class _Factor(NamedTuple):
    term: Term
    joins: bool
    """Whether a product sign may be left out after it."""


def read(text: str) -> Term:
    """The term that a text in plain notation stands for.

    Raises:
        Unreadable: anything outside the notation, or nested more than 40 deep.
    """
    depth = deepest = 0
    for char in text:
        depth += (char in "([{⟨") - (char in ")]}⟩")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise Unreadable(f"too large: nested more than {MAX_DEPTH} deep")
    parser = _Parser(tokens(text))
    term = parser.listed()
    if parser.peek() is not END:
        raise Unreadable("is not a well-formed expression")
    _measure(term)
    return term


def _measure(term: Term) -> None:
    level = [term]
    for _ in range(MAX_TERM_DEPTH):
        level = [child for parent in level for child in children(parent)]
        if not level:
            return
    raise Unreadable(f"too large: nested more than {MAX_TERM_DEPTH} deep")


class _Parser(Cursor):
    def listed(self) -> Term:
        """One item, or several with commas as a tuple."""
        items = [self._bool()]
        while self.take(","):
            items.append(self._bool())
        return items[0] if len(items) == 1 else Group("tuple", tuple(items))

    def items(self, closing: str) -> tuple[Term, ...]:
        """The items up to a closing bracket, which is taken. The opening one was."""
        bars, self.bars = self.bars, 0
        found: list[Term] = []
        if not self.marks(closing):
            found.append(self._bool())
            while self.take(","):
                found.append(self._bool())
        if not self.take(closing):
            raise Unreadable("has a bracket that is not closed by its like")
        self.bars = bars
        return tuple(found)

    def _bool(self) -> Term:
        term = self._relation()
        while self.marks("&") or (self.marks("|") and not self.bars):
            op = "both" if self.peek().text == "&" else "either"
            self.at += 1
            term = applied(op, (term, self._relation()))
        return term

    def _relation(self) -> Term:
        items, ops = [self._sum()], []
        while self.peek().kind == "mark" and self.peek().text in _RELATIONS:
            ops.append(self.peek().text)
            self.at += 1
            items.append(self._sum())
        return Relation(tuple(ops), tuple(items)) if ops else items[0]

    def _sum(self) -> Term:
        # A leading sign with no value before it means plus or minus the value: `±3`.
        term = applied("pm", (Number(_ZERO), self._product())) if self.take("±") else self._product()
        while self.peek().kind == "mark" and self.peek().text in ("+", "-", "±"):
            op = {"+": "add", "-": "sub", "±": "pm"}[self.peek().text]
            self.at += 1
            term = applied(op, (term, self._product()))
        return term

    def _product(self) -> Term:
        first = self._factor()
        term, joins, divided = first.term, first.joins, False
        while True:
            if self.peek().kind == "mark" and self.peek().text in ("*", "/"):
                divided = self.peek().text == "/"
                self.at += 1
                factor = self._factor()
                term = applied("div" if divided else "mul", (term, factor.term))
                joins = factor.joins
                continue
            if not self._begins_factor(term):
                return term
            if divided or not joins:
                raise Unreadable(_TWO_WAYS)
            if self.peek().kind == "number" and not (isinstance(term, Apply) and term.op == "factorial"):
                raise Unreadable("has a number right after a value")
            factor = self._factor()
            term, joins = applied("mul", (term, factor.term)), factor.joins

    def _begins_factor(self, before: Term) -> bool:
        token = self.peek()
        if token.kind in ("number", "name"):
            return True
        if token.text in ("[", "{", "⟨") and token.kind == "mark":
            raise Unreadable("has a bracket right after a value")
        if token.text == "|" and not self.bars and isinstance(before, Number) and not token.spaced:
            return True
        return token.kind == "mark" and token.text in ("(", "√")

    def _factor(self) -> _Factor:
        negative, signs = False, 0
        while self.peek().kind == "mark" and self.peek().text in ("-", "+"):
            negative ^= self.peek().text == "-"
            self.at += 1
            signs += 1
            if signs > MAX_SIGNS:
                raise Unreadable("has a row of signs")
        base = self._postfix()
        if not self.take("^"):
            return _Factor(_negated(base.term) if negative else base.term, base.joins)
        bracketed = self.marks("(")
        digit = self.peek().kind == "number" and len(self.peek().text) == 1
        self.powers += 1
        if self.powers > MAX_DEPTH:
            raise Unreadable("too large: powers of powers")
        exponent = self._factor().term
        # `e^2x` and `2^2x` are written for a longer exponent as often as not; `x^2y` is not.
        plain_base = not isinstance(base.term, Number) and base.term != Name("E")
        power = applied("pow", (base.term, exponent))
        return _Factor(_negated(power) if negative else power, bracketed or (digit and plain_base))

    def _postfix(self) -> _Factor:
        factor = self._atom()
        while True:
            if self.marks("!"):
                if self.marks("!", 1) or self.marks("=", 1):
                    raise Unreadable("has an exclamation mark that is no factorial")
                if isinstance(factor.term, Apply) and factor.term.op in FUNCTIONS:
                    raise Unreadable("has a factorial right after a function")
                factor = _Factor(applied("factorial", (factor.term,)), True)
            elif self.marks("%"):
                after = self.peek(1)
                if after.kind in ("number", "name") or after.text in ("(", "[", "{", "√"):
                    raise Unreadable("has a percent sign before a value")
                factor = _Factor(applied("percent", (factor.term,)), False)
            elif self.marks("°"):
                factor = _Factor(applied("degrees", (factor.term,)), False)
            else:
                return factor
            self.at += 1

    def _atom(self) -> _Factor:
        token = self.peek()
        self.at += 1
        if token.kind == "number":
            return _Factor(self._number(token), True)
        if token.kind == "name":
            return self._name(token)
        if token.kind == "end":
            raise Unreadable("is not a well-formed expression")
        match token.text:
            case "(" | "⟨":
                items = self.items(_CLOSING[token.text])
                if not items:
                    raise Unreadable("has empty parentheses")
                single = len(items) == 1 and token.text == "("
                return _Factor(items[0] if single else Group("tuple", items), True)
            case "[":
                return _Factor(Group("list", self.items("]")), False)
            case "{":
                return _Factor(Group("set", self.items("}")), False)
            case "|":
                return _Factor(self._absolute(), True)
            case "√":
                return _Factor(applied("sqrt", (self._atom().term,)), True)
        raise Unreadable("is not a well-formed expression")

    def _absolute(self) -> Term:
        self.bars += 1
        inner = self._sum()
        if not self.take("|"):
            raise Unreadable("has a bar that is not closed")
        self.bars -= 1
        return applied("Abs", (inner,))

    def _number(self, token: Token) -> Term:
        following = self.peek()
        if mixed := self.mixed(token):
            return mixed
        if self.marks("_"):
            raise Unreadable("has a number with a subscript")
        if following.kind == "name" and not following.spaced:
            if following.text == "j":
                self.at += 1
                return applied("mul", (number(token.text), Name("I")))
            if token.text == "0" and following.text in ("x", "b", "o") and self.peek(1).kind == "number":
                raise Unreadable("has a number in a form that is not decimal")
        return number(token.text)

    def _name(self, token: Token) -> _Factor:
        text = WORDS.get(token.text, token.text)
        if text in ("EmptySet", "Reals"):
            whole = applied("Interval", (Apply("neg", (Name("oo"),)), Name("oo")))
            return _Factor(Group("set", ()) if text == "EmptySet" else whole, False)
        if text in ("True", "False"):
            return _Factor(Truth("True" if text == "True" else "False"), False)
        if text in FUNCTIONS:
            return self._function(text)
        names = as_names(text)
        subscripted = self.subscript(names[-1]) if names[-1] not in CONSTANT_NAMES else names[-1]
        parts = [Name(name) for name in (*names[:-1], subscripted)]
        if self.marks("("):
            letter = names[-1]
            if len(names) == 1 and letter in "fghFGH" and (value := self.single_argument()):
                return _Factor(Name(f"{subscripted}({value})"), True)
            if len(names) > 2 or letter in "fghFGH" or (letter.isupper() and letter not in CONSTANT_NAMES):
                raise Unreadable(f"has {text[:20]!r} right before a parenthesis: a product or a function")
        term: Term = parts[0]
        for part in parts[1:-1]:
            term = applied("mul", (term, part))
        if len(parts) == 1:
            return _Factor(term, True)
        # Only the last letter of `xy^2` is squared.
        if self.marks("^"):
            self.tokens.insert(self.at, Token("name", parts[-1].name, False))
            return _Factor(term, True)
        return _Factor(applied("mul", (term, parts[-1])), True)

    def _function(self, name: str) -> _Factor:
        base = self._base() if name == "log" and self.take("_") else None
        exponent = None
        if self.marks("^") and name in UNBRACKETED:
            self.at += 1
            exponent = self._atom_or_negative()
        if self.take("("):
            args, joins = self.items(")"), True
        elif name in UNBRACKETED:
            args, joins = (self._unbracketed(name),), not self.marks("(")
        else:
            raise Unreadable(f"has {name[:20]} without its argument in parentheses")
        if base is not None:
            args = (*args, base)
        if exponent == Number(-_ONE):
            if name not in ("sin", "cos", "tan"):
                raise Unreadable(f"has {name} to the power -1: an inverse or a reciprocal")
            return _Factor(_call(f"a{name}", args), joins)
        term = _call(name, args)
        return _Factor(term if exponent is None else applied("pow", (term, exponent)), joins)

    def _atom_or_negative(self) -> Term:
        negative = self.take("-")
        if self.peek().kind == "number":
            self.at += 1
            term: Term = number(self.tokens[self.at - 1].text)
        else:
            term = self._atom().term
        return _negated(term) if negative else term

    def _base(self) -> Term:
        if self.take("("):
            items = self.items(")")
            if len(items) != 1:
                raise Unreadable("has a logarithm without one base")
            return items[0]
        token = self.peek()
        self.at += 1
        if token.kind == "number":
            return number(token.text)
        if token.kind == "name" and len(token.text) == 1:
            return Name(WORDS.get(token.text, token.text))
        raise Unreadable("has a logarithm without a base")

    def _unbracketed(self, name: str) -> Term:
        """`sin 2x`: the product that follows, as far as it holds only numbers, names and roots."""
        term: Term | None = None
        while True:
            token = self.peek()
            follows = token.kind == "name" and (token.text not in FUNCTIONS or token.text == "sqrt")
            if term is None:
                follows = follows or token.kind == "number" or token.text in ("√", "|")
                follows = follows or token.text in FUNCTIONS
            elif token.text in ("(", "√") and token.kind == "mark":
                raise Unreadable("has a function whose argument can end in two places")
            if not follows:
                break
            if term is not None and name in LOGARITHMS and token.spaced:
                raise Unreadable("has a logarithm whose argument can end in two places")
            factor = self._factor().term
            term = factor if term is None else applied("mul", (term, factor))
        if term is None:
            raise Unreadable(f"has {name[:20]} without its argument")
        if self.marks("/") and not self.peek().spaced:
            raise Unreadable("has a function whose argument can end in two places")
        return term


_ZERO = number("0").value
_ONE = number("1").value


def _call(name: str, args: tuple[Term, ...]) -> Term:
    made = called(name, args)
    return applied(made.op, made.args) if isinstance(made, Apply) else made


def _negated(term: Term) -> Term:
    return applied("neg", (term,))


def applied(op: str, args: tuple[Term, ...]) -> Term:
    """An operation on terms; collections, relations and truth values only where it takes them.

    Raises:
        Unreadable: an argument of the wrong sort.
    """
    for arg in args:
        collective = isinstance(arg, Group | Relation | Truth)
        if op not in _OF_COLLECTIONS and (
            collective or (isinstance(arg, Apply) and arg.op in _OF_COLLECTIONS)
        ):
            raise Unreadable("calculates with something that is not a number")
    if op == "neg" and isinstance(args[0], Number):
        return Number(-args[0].value, args[0].digits)
    return Apply(op, args)
