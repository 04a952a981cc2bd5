"""A place in a list of tokens, and what is read off it without looking into brackets: numbers and indices."""

from __future__ import annotations

from ._terms import Number, Unreadable
from ._tokens import END, Token, number


class Cursor:
    """The next token, and those after it."""

    def __init__(self, given: list[Token]) -> None:
        self.tokens = given
        self.at = 0
        self.bars = 0
        """Absolute values that are open."""
        self.powers = 0

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else END

    def marks(self, text: str, ahead: int = 0) -> bool:
        token = self.peek(ahead)
        return token.kind == "mark" and token.text == text

    def take(self, text: str) -> bool:
        if self.marks(text):
            self.at += 1
            return True
        return False

    def mixed(self, token: Token) -> Number | None:
        """`3 1/2` as one number, where nothing around it suggests another reading."""
        top, slash, bottom = self.peek(), self.peek(1), self.peek(2)
        if not (top.kind == bottom.kind == "number" and top.spaced and slash.text == "/"):
            return None
        if not all(t.text.isdecimal() and len(t.text) <= 12 for t in (token, top, bottom)):
            return None
        before = self.tokens[self.at - 2] if self.at >= 2 else END
        after = self.peek(3)
        alone = before is END or before.text in ("(", "[", "{", ",", "+", "-", "=", "<", "<=", ">", ">=")
        ends = after is END or after.text in (")", "]", "}", ",", "+", "-", "=", "<", "<=", ">", ">=", "%")
        whole, up, down = (number(t.text).value for t in (token, top, bottom))
        if not (alone and ends and 0 < up < down and whole > 0):
            return None
        self.at += 3
        return Number(whole + up / down)

    def single_argument(self) -> str:
        """`f(2)` as a symbol of its own: the argument's text, taken, where it is one number or letter."""
        argument = self.peek(1)
        if argument.kind not in ("number", "name") or not self.marks(")", 2) or len(argument.text) > 12:
            return ""
        self.at += 3
        return argument.text

    def subscript(self, name: str) -> str:
        following = self.peek()
        if following.kind == "number" and not following.spaced:
            # `x1` is written for x with an index.
            if not (following.text.isdecimal() and len(following.text) <= 3):
                raise Unreadable("has a number right after a value")
            self.at += 1
            return f"{name}_{following.text}"
        if not self.marks("_"):
            return name
        index = self.peek(1)
        if index.text == "(":
            return f"{name}_({self.long_index()})"
        if index.kind not in ("number", "name") or len(index.text) > 4 or "." in index.text:
            raise Unreadable("has a subscript that is not a short index")
        self.at += 2
        return f"{name}_{index.text}"

    def long_index(self) -> str:
        """The text of an index such as n-1, up to its closing parenthesis, which is taken."""
        self.at += 2
        parts: list[str] = []
        while not self.take(")"):
            token = self.peek()
            if not (token.kind in ("number", "name") or token.text in ("+", "-", ",", "*")) or len(parts) > 8:
                raise Unreadable("has a subscript that is not a short index")
            parts.append(token.text)
            self.at += 1
        return "".join(parts)
