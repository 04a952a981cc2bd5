"""The solution's end of mode `two-sandbox`: does what it is asked and hands out handles of its objects.

Requests: `globals` (names), `call`, `attr`, `set`, `special` (a target and arguments), `describe` (a class).
What has no plain form is exported as a handle:

    ["function", id, name]       a function of any kind           ["class", id]       a class
    ["object", id, class id]   any other object                 ["builtin", name]     a builtin type
    ["yours", id]             the other end's own: a function or an iterator that came as an argument

Nothing here is trusted by the other end: the solution runs in this process and may answer in its place.
"""

from __future__ import annotations

import builtins
import importlib
import operator
import os
import types
from collections.abc import Callable
from typing import Any

from ._answer_calls import quiet_stdout
from ._heap import Packer, Unpacker
from ._link import Gone, Link, Unsupported
from ._plain import Malformed, NotPlain, type_name

LINK_FD = 3
MAX_HANDLES = 200_000
MAX_MESSAGE = 4_000
_FUNCTIONS = (
    *(types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodWrapperType),
    *(types.MethodDescriptorType, types.WrapperDescriptorType),
)
_MISSING = object()

SPECIALS: dict[str, Callable[..., object]] = {
    "__bool__": bool,
    "__call__": lambda target, *arguments: target(*arguments),
    "__delitem__": operator.delitem,
    "__enter__": lambda target: type(target).__enter__(target),
    "__exit__": lambda target, *error: type(target).__exit__(target, *error),
    "__float__": float,
    "__format__": format,
    "__getitem__": operator.getitem,
    "__index__": operator.index,
    "__int__": int,
    "__iter__": iter,
    "__len__": len,
    "__next__": next,
    "__repr__": repr,
    "__reversed__": reversed,
    "__setitem__": operator.setitem,
    "__str__": str,
}


class CalledBack:
    """A function of the tests."""

    def __init__(self, link: Link, number: int) -> None:
        self._link = link
        self._number = number

    def __call__(self, *arguments: object, **keywords: object) -> object:
        return self._link.request("call", self._number, arguments, keywords)


class Fed(CalledBack):
    """An iterator of the tests."""

    def __iter__(self) -> Fed:
        return self

    def __next__(self) -> object:
        more = self._link.request("next", self._number)
        if not isinstance(more, tuple) or not more:
            raise StopIteration
        return more[0]


class SolutionSide:
    """Handles by number, kept for ever: one object has one number, so `is` holds at the other end."""

    def __init__(self) -> None:
        self.link = Link(LINK_FD, self)
        self._module: types.ModuleType | None = None
        self._objects: list[object] = []
        self._numbers: dict[tuple[int, int], int] = {}
        self._theirs: dict[int, CalledBack] = {}

    def export(self, value: object) -> object:
        kind = type(value)
        if value is _MISSING:
            return ["absent"]
        if kind in (CalledBack, Fed) and isinstance(value, CalledBack):
            return ["yours", value._number]
        if isinstance(value, type):
            name = value.__name__
            if getattr(builtins, name, None) is value:
                return ["builtin", name]
            return ["class", self._number(value)]
        if isinstance(value, types.ModuleType | types.CoroutineType | types.AsyncGeneratorType):
            raise NotPlain(f"a {type_name(value)}")
        if kind in _FUNCTIONS:
            return ["function", self._number(value), str(getattr(value, "__name__", ""))[:80]]
        return ["object", self._number(value), self._number(kind)]

    def resolve(self, node: list[object]) -> object:
        match node:
            case ["yours", int(number)]:
                return self._objects[number]
            case ["builtin", str(name)]:
                return getattr(builtins, name)
            case ["function", int(number)]:
                return self._theirs.setdefault(number, CalledBack(self.link, number))
            case ["iterator", int(number)]:
                return self._theirs.setdefault(number, Fed(self.link, number))
        raise Malformed("a form that is not known")

    def describe(self, error: BaseException, packer: Packer) -> object:
        kind = type(error)
        try:
            message = str(error)[:MAX_MESSAGE]
        except BaseException as worse:
            message = f"({type_name(worse)} while it was shown)"
        try:
            arguments = packer.node(error.args)
        except NotPlain:
            arguments = packer.node((message,))
        if getattr(builtins, kind.__name__, None) is kind:
            return ["builtin", kind.__name__, message, arguments]
        return ["class", self._number(kind), self._number(error), message, arguments]

    def rebuild(self, form: object, unpacker: Unpacker) -> BaseException:
        match form:
            case ["builtin", str(name), str(_), arguments]:
                given = unpacker.value(arguments)
                error: BaseException = getattr(builtins, name)(*given if isinstance(given, tuple) else ())
                return error
        raise Malformed("an error of another form")

    def answer(self, op: str, values: list[Any]) -> object:
        match op, values:
            case "globals", [names] if isinstance(names, list):
                return [self._global(name) for name in names]
            case "call", [target, arguments, keywords]:
                return target(*arguments, **keywords)
            case "attr", [target, str(name)]:
                return getattr(target, name)
            case "set", [target, str(name), value]:
                setattr(target, name, value)
                return None
            case "special", [target, str(name), *arguments]:
                return SPECIALS[name](target, *arguments)
            case "describe", [target] if isinstance(target, type):
                return _description(target)
        raise Unsupported(f"the request {op}")

    def _global(self, name: object) -> object:
        if self._module is None:
            self._module = importlib.import_module("solution")
        value = getattr(self._module, str(name), _MISSING)
        return _MISSING if isinstance(value, types.ModuleType) else value

    def _number(self, value: object) -> int:
        # A method is bound anew at each look, and is still the same to whoever calls it.
        key = (id(value), 0)
        if isinstance(value, types.MethodType):
            key = (id(value.__self__), id(value.__func__))
        number = self._numbers.setdefault(key, len(self._objects))
        if number == len(self._objects):
            if number >= MAX_HANDLES:
                raise Unsupported(f"more than {MAX_HANDLES} objects of the solution's")
            self._objects.append(value)
        return number


def _description(kind: type) -> tuple[object, ...]:
    """Name, bases, and the special methods that instances have."""
    bases = tuple(base for base in kind.__bases__ if base is not object)
    specials = tuple(name for name in SPECIALS if _defines(kind, name))
    return kind.__name__[:80], bases, specials


def _defines(kind: type, name: str) -> bool:
    found = next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
    return found is not None


def main() -> None:
    side = SolutionSide()
    # A chatty solution must not run into the limit on output.
    quiet_stdout()
    try:
        side.link.serve()
    except Gone:
        os._exit(0)
