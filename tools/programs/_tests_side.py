"""The tests' end of mode `two-sandbox`: stand-ins for handles, a gate, and a note of what was refused."""

from __future__ import annotations

import builtins
import time
import types
from collections.abc import Iterable
from typing import Any, NamedTuple, NoReturn

from ._heap import Packer, Unpacker
from ._link import Gone, Link, Unsupported
from ._plain import Malformed, NotPlain, type_name
from ._remote import (
    Classes,
    Remote,
    RemoteClass,
    RemoteFunction,
    builtin_error,
    error_of,
    is_probe,
    number_of,
    stand_in,
)

LINK_FD = 3
ABSENT = object()
_EMPTY: tuple[Iterable[object], ...] = ([], (), "", b"", {}, set(), range(0))
_ITERATORS: tuple[type, ...] = (
    types.GeneratorType,
    map,
    filter,
    zip,
    enumerate,
    reversed,
    *(type(iter(one)) for one in _EMPTY),
)


class Noted(NamedTuple):
    """What stood in the way since the last look."""

    calls: int
    unsupported: str
    gone: str


class TestsSide:
    """Also the `Ask` of all stand-ins."""

    # pytest is not to take it for a test class.
    __test__ = False

    def __init__(self) -> None:
        self.link = Link(LINK_FD, self)
        self.open = True
        """False while tests are collected: what they are must not hang on the solution."""
        self.waited_s = 0.0
        self.calls = 0
        self.missing: list[str] = []
        """Names that the tests import and the solution lacks."""
        self._unsupported = self._gone = ""
        self._classes = Classes(self)
        self._stand_ins: dict[int, Any] = {}
        self._lent: list[object] = []
        self._lent_numbers: dict[int, int] = {}

    def look(self) -> Noted:
        """What was noted since the last look; calls are counted anew."""
        noted = Noted(self.calls, self._unsupported, self._gone)
        self.calls = 0
        self._unsupported = ""
        return noted

    def __call__(self, op: str, *values: object) -> object:
        if not self.open:
            self.refuse("the tests use the solution while they are loaded, not while they run")
        self.calls += op != "describe"
        if self._gone:
            raise Gone(self._gone)
        began = time.monotonic()
        try:
            return self.link.request(op, *values)
        except StopIteration:
            if values[1:2] == ("__next__",):
                raise
            # It would end whatever loop of the tests the call stands in.
            self.refuse("a call of the solution raises StopIteration")
        except Unsupported as refusal:
            self._unsupported = self._unsupported or str(refusal)
            raise
        except Gone as end:
            self._gone = self._gone or str(end)
            raise
        finally:
            self.waited_s += time.monotonic() - began

    def refuse(self, what: str) -> NoReturn:
        self._unsupported = self._unsupported or what
        raise Unsupported(what)

    def export(self, value: object) -> object:
        # By true types: asking a stand-in for its class may be refused.
        kind = type(value)
        if issubclass(kind, RemoteClass | Remote):
            return ["yours", number_of(value)]
        if isinstance(value, type | types.BuiltinFunctionType):
            name = value.__name__
            if getattr(builtins, name, None) is value:
                return ["builtin", name]
        if isinstance(value, _ITERATORS):
            return ["iterator", self._lend(value)]
        if callable(value) and not isinstance(value, type):
            return ["function", self._lend(value)]
        raise NotPlain(f"a value of type {type_name(value)}")

    def resolve(self, node: list[object]) -> object:
        match node:
            case ["yours", int(number)] if 0 <= number < len(self._lent):
                return self._lent[number]
            case ["builtin", str(name)] if isinstance(getattr(builtins, name, None), type):
                return getattr(builtins, name)
            case ["function", int(number), str(_)]:
                return self._stand_in(number, RemoteFunction)
            case ["class", int(number)]:
                return self._classes.get(number)
            case ["object", int(number), int(kind)]:
                made = self._classes.get(kind)
                if issubclass(made, BaseException):
                    self.refuse("an error of the solution's is made by the tests, or given as a value")
                return self._stand_in(number, made)
            case ["absent"]:
                return ABSENT
        raise Malformed("a form that is not known")

    def describe(self, error: BaseException, packer: Packer) -> object:
        """What a function of the tests raised: a builtin error by name, and no more than that of the rest."""
        kind = type(error)
        known = getattr(builtins, kind.__name__, None) is kind and kind is not AssertionError
        name, message = (kind.__name__, str(error)) if known else ("RuntimeError", "an error in the tests")
        return ["builtin", name, message, packer.node((message,))]

    def rebuild(self, form: object, unpacker: Unpacker) -> BaseException:
        match form:
            case ["builtin", str(name), str(message), arguments]:
                return builtin_error(name, unpacker.value(arguments), message)
            case ["class", int(kind), int(number), str(message), arguments]:
                given = unpacker.value(arguments)
                if not isinstance(given, tuple):
                    raise Malformed("arguments that are no tuple")
                return error_of(self._classes.get(kind), self, number, message, given)
        raise Malformed("an error of another form")

    def answer(self, op: str, values: list[object]) -> object:
        match op, values:
            case "call", [int(number), tuple(arguments), dict(keywords)] if 0 <= number < len(self._lent):
                function: Any = self._lent[number]
                return function(*arguments, **keywords)
            case "next", [int(number)] if 0 <= number < len(self._lent):
                items: Any = self._lent[number]
                return next(((item,) for item in items), ())
        self.refuse("a request of the solution's that is not known")

    def _stand_in(self, number: int, kind: type) -> Any:
        if number not in self._stand_ins:
            self._stand_ins[number] = stand_in(kind, self, number)
        return self._stand_ins[number]

    def _lend(self, value: object) -> int:
        number = self._lent_numbers.setdefault(id(value), len(self._lent))
        if number == len(self._lent):
            self._lent.append(value)
        return number


class Solution(types.ModuleType):
    """The module `solution` of the tests: functions and classes at any time, other values while tests run."""

    def __init__(self, name: str, side: TestsSide, found: dict[str, object]) -> None:
        super().__init__(name)
        self.__dict__["__test__"] = False
        self.__dict__["__all__"] = [name for name, value in found.items() if value is not ABSENT]
        self.__dict__["_proofset"] = (side, found)

    def __getattr__(self, name: str) -> object:
        side, found = self.__dict__["_proofset"]
        if (name.startswith("__") and name.endswith("__")) or is_probe(name, side):
            raise AttributeError(name)
        known = found.get(name)
        if is_stand_in(known):
            return known
        if known is ABSENT:
            side.missing.append(name)
            raise AttributeError(f"the solution has no {name}")
        values = side("globals", [name])
        value = values[0] if isinstance(values, list) and len(values) == 1 else ABSENT
        if value is ABSENT:
            raise AttributeError(f"the solution has no {name}")
        return value

    def __setattr__(self, name: str, value: object) -> None:
        # The import system's own marks.
        if name.startswith("__"):
            super().__setattr__(name, value)
        else:
            self.__dict__["_proofset"][0].refuse("the tests change a name of the solution's")


def is_stand_in(value: object) -> bool:
    """Whether a value is a function, a class or an object of the solution's."""
    return issubclass(type(value), RemoteClass | Remote)
