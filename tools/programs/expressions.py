"""Test expressions, read from their syntax and evaluated here: literals, calls, pure wrappers.

Reading an expression gives a function of the calls' outcomes. Nothing in it is ever handed to Python's
own evaluation; an expression beyond the closed set in `pure` is Inexpressible.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, NoReturn

from ._plain import Malformed, NotPlain, check_hashes, to_json
from .pure import BINARY, COMPARISONS, FUNCTIONS, MATH, MATH_CONSTANTS, TYPES, UNARY, TooLarge, apply_binary

MAX_CALLS = 5_000


class AnswerKind(StrEnum):
    """What came of a call. `missing` is no answer at all: the solution died, or wrote something else."""

    VALUE = "value"
    RAISED = "raised"
    REFUSED = "refused"
    MISSING = "missing"


class Answer(NamedTuple):
    """The outcome of one call: a value, or why there is none."""

    kind: AnswerKind
    value: object = None
    detail: str = ""


class NoValue(Exception):
    """A call on whose value the expression stands has none."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.detail)
        self.answer = answer


class Inexpressible(Exception):
    """A test beyond the closed set; the message says what stands where."""


class Call(NamedTuple):
    """A call of the solution, its arguments in the form of `_plain`, and how it was written."""

    arguments: list[object]
    keywords: list[object]
    text: str


Reader = Callable[[Sequence[Answer]], object]


@dataclass
class Expressions:
    """Reads expressions one by one and numbers the calls in them, in the order in which Python makes them."""

    names: frozenset[str]
    """What the solution's function is called in the tests: `candidate`, `add`, `solution.add`."""
    calls: list[Call] = field(default_factory=list)
    _inside_call: bool = False

    def read(self, node: ast.expr) -> Reader:
        """Raises Inexpressible."""
        method = getattr(self, f"_read_{type(node).__name__.lower()}", None)
        if method is None:
            beyond(node, f"{type(node).__name__} is not supported")
        reader: Reader = method(node)
        return reader

    def _all(self, nodes: Sequence[ast.expr]) -> list[Reader]:
        return [self.read(node) for node in nodes]

    def _read_constant(self, node: ast.Constant) -> Reader:
        value = node.value
        return lambda _: value

    def _read_list(self, node: ast.List) -> Reader:
        items = self._all(node.elts)
        return lambda answers: [item(answers) for item in items]

    def _read_tuple(self, node: ast.Tuple) -> Reader:
        items = self._all(node.elts)
        return lambda answers: tuple([item(answers) for item in items])

    def _read_set(self, node: ast.Set) -> Reader:
        items = self._all(node.elts)

        def made(answers: Sequence[Answer]) -> object:
            values = [item(answers) for item in items]
            check_hashes(values)
            return set(values)

        return made

    def _read_dict(self, node: ast.Dict) -> Reader:
        if None in node.keys:
            beyond(node, "** in a dict is not supported")
        pairs = [
            (self.read(key), self.read(value))
            for key, value in zip(node.keys, node.values, strict=True)
            if key
        ]
        return lambda answers: {key(answers): value(answers) for key, value in pairs}

    def _read_unaryop(self, node: ast.UnaryOp) -> Reader:
        apply, operand = UNARY[type(node.op)], self.read(node.operand)
        return lambda answers: apply(operand(answers))

    def _read_binop(self, node: ast.BinOp) -> Reader:
        kind = type(node.op)
        if kind not in BINARY:
            beyond(node, f"{kind.__name__} is not supported")
        left, right = self.read(node.left), self.read(node.right)
        return lambda answers: apply_binary(kind, left(answers), right(answers))

    def _read_boolop(self, node: ast.BoolOp) -> Reader:
        operands = self._all(node.values)
        stop_at = isinstance(node.op, ast.Or)

        def value_of(answers: Sequence[Answer]) -> object:
            value: object = None
            for operand in operands:
                value = operand(answers)
                if bool(value) is stop_at:
                    break
            return value

        return value_of

    def _read_compare(self, node: ast.Compare) -> Reader:
        operands = [node.left, *node.comparators]
        for kind, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(kind, ast.Is | ast.IsNot) and not _is_singleton(right):
                beyond(node, "`is` with anything but None, True, False or a type is not supported")
        readers = [self.operand(operand) for operand in operands]
        applied = [COMPARISONS[type(kind)] for kind in node.ops]

        def holds(answers: Sequence[Answer]) -> object:
            left = readers[0](answers)
            result: object = True
            for apply, reader in zip(applied, readers[1:], strict=True):
                right = reader(answers)
                result = apply(left, right)
                if not result:
                    break
                left = right
            return result

        return holds

    def operand(self, node: ast.expr) -> Reader:
        """What may stand beside a comparison: also `type(f(x))` and the name of a type."""
        if isinstance(node, ast.Name) and node.id in TYPES and node.id not in self.names:
            kind = TYPES[node.id]
            return lambda _: kind
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "type"
            and len(node.args) == 1
            and not node.keywords
        ):
            value = self.read(node.args[0])
            return lambda answers: type(value(answers))
        return self.read(node)

    def _read_subscript(self, node: ast.Subscript) -> Reader:
        value = self.read(node.value)
        if isinstance(node.slice, ast.Slice):
            bounds = [
                self.read(bound) if bound else None
                for bound in (node.slice.lower, node.slice.upper, node.slice.step)
            ]
            return lambda answers: value(answers)[  # type: ignore[index]
                slice(*(bound(answers) if bound else None for bound in bounds))
            ]
        index = self.read(node.slice)
        return lambda answers: value(answers)[index(answers)]  # type: ignore[index]

    def _read_attribute(self, node: ast.Attribute) -> Reader:
        if isinstance(node.value, ast.Name) and node.value.id == "math" and node.attr in MATH_CONSTANTS:
            value = MATH_CONSTANTS[node.attr]
            return lambda _: value
        beyond(node, "attributes are not supported")

    def _read_name(self, node: ast.Name) -> Reader:
        beyond(node, f"the name {node.id} is not known here")

    def _read_call(self, node: ast.Call) -> Reader:
        called = node.func
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            beyond(node, "* in a call is not supported")
        if ast.unparse(called) in self.names:
            return self._call_of_solution(node)
        if isinstance(called, ast.Name) and called.id == "isinstance":
            return self._isinstance(node)
        function: Callable[..., object] | None = None
        if isinstance(called, ast.Name):
            function = FUNCTIONS.get(called.id)
        elif isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            function = MATH.get(called.attr) if called.value.id == "math" else None
        if function is None:
            beyond(node, f"a call of {ast.unparse(called)[:60]} is not supported")
        apply, arguments = function, self._all(node.args)
        keywords = {keyword.arg: self.read(keyword.value) for keyword in node.keywords if keyword.arg}
        if len(keywords) != len(node.keywords):
            beyond(node, "** in a call is not supported")
        if keywords and ast.unparse(called) not in ("sorted", "math.isclose", "round"):
            beyond(node, f"keywords of {ast.unparse(called)[:60]} are not supported")
        return lambda answers: apply(
            *(argument(answers) for argument in arguments),
            **{name: keyword(answers) for name, keyword in keywords.items()},
        )

    def _isinstance(self, node: ast.Call) -> Reader:
        if len(node.args) != 2 or node.keywords:
            beyond(node, "isinstance takes a value and a type")
        value, kinds = self.read(node.args[0]), node.args[1]
        listed = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
        known = [TYPES[kind.id] for kind in listed if isinstance(kind, ast.Name) and kind.id in TYPES]
        if len(known) != len(listed):
            beyond(node, "isinstance with anything but builtin types is not supported")
        return lambda answers: isinstance(value(answers), tuple(known))

    def _call_of_solution(self, node: ast.Call) -> Reader:
        if self._inside_call:
            beyond(node, "a call inside the arguments of a call is not supported")
        self._inside_call = True
        try:
            arguments = [self._literal(argument) for argument in node.args]
            keywords: list[object] = []
            for keyword in node.keywords:
                if keyword.arg is None:
                    beyond(node, "** in a call is not supported")
                keywords.append([keyword.arg, self._literal(keyword.value)])
        finally:
            self._inside_call = False
        number = len(self.calls)
        if number == MAX_CALLS:
            beyond(node, f"the tests make more than {MAX_CALLS} calls")
        self.calls.append(Call(arguments, keywords, ast.unparse(node)))

        def value(answers: Sequence[Answer]) -> object:
            if answers[number].kind is not AnswerKind.VALUE:
                raise NoValue(answers[number])
            return answers[number].value

        return value

    def _literal(self, node: ast.expr) -> object:
        """The form of an argument, which holds no call of the solution."""
        try:
            return to_json(self.read(node)(()))
        except (NotPlain, Malformed, TooLarge) as bound:
            beyond(node, str(bound))
        except (ArithmeticError, TypeError, ValueError, LookupError) as error:
            beyond(node, f"it raises {type(error).__name__}")


def beyond(node: ast.AST, why: str) -> NoReturn:
    """Raises Inexpressible, with the line."""
    line = getattr(node, "lineno", 0)
    raise Inexpressible(f"line {line}: {why}" if line else why)


def _is_singleton(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value is None or isinstance(node.value, bool)
    return isinstance(node, ast.Name) and node.id in TYPES
