"""What the tests hold of the solution: stand-ins for its functions, classes, objects and errors.

A stand-in asks the solution for values: an attribute, a length, the next item, what a call gives. It never
lets the solution decide: `==`, `<`, `in`, hashes and arithmetic of an object of the solution's are refused,
whatever the other operand is, so that an object that equals everything equals nothing here.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, Protocol

from ._link import Unsupported
from ._plain import Malformed

MAX_YIELDED = 10_000

_REFUSED = {
    **dict.fromkeys(("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"), "is compared"),
    "__contains__": "is asked what it contains",
    "__hash__": "is hashed",
    **{
        f"__{side}{name}__": "is an operand"
        for side in ("", "r", "i")
        for name in (
            *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow"),
            *("lshift", "rshift", "and", "or", "xor"),
        )
    },
    **dict.fromkeys(
        ("__neg__", "__pos__", "__abs__", "__invert__", "__divmod__", "__round__"), "is an operand"
    ),
    **dict.fromkeys(("__complex__", "__trunc__", "__floor__", "__ceil__"), "is an operand"),
    **dict.fromkeys(("__reduce_ex__", "__copy__", "__deepcopy__"), "is copied"),
}
_SHOWN = frozenset({"__name__", "__qualname__", "__doc__", "__annotations__", "__dict__", "__members__"})
_TELLING = frozenset({"__code__", "__closure__", "__defaults__", "__globals__", "__signature__"})
"""Attributes that tell how the solution is written: no values that can cross, and no protocol's probes."""


class Ask(Protocol):
    """Ask the solution; notes what is refused before it raises Unsupported or Gone."""

    open: bool
    """False while the solution must not be used, since the tests are only being loaded."""

    def __call__(self, op: str, *values: object) -> object: ...

    def refuse(self, what: str) -> NoReturn: ...


class RemoteClass(type):
    """The type of stand-ins for classes: called, it makes an object over there."""

    _ask: Ask
    _number: int

    def __call__(cls, *arguments: object, **keywords: object) -> Any:
        return cls._ask("call", cls, arguments, keywords)

    def __new__(mcs, name: str, bases: tuple[Any, ...], body: dict[str, object]) -> Any:
        bases[0]._ask.refuse("the tests make a subclass of a class of the solution's")

    def __getattr__(cls, name: str) -> object:
        if name.startswith("__") and name.endswith("__") and name not in _SHOWN | _TELLING:
            raise AttributeError(name)
        return _attribute(cls, cls._ask, name)

    def __getitem__(cls, key: object) -> object:
        return cls._ask("special", cls, "__getitem__", key)

    def __iter__(cls) -> Iterator[object]:
        made: Any = cls._ask("special", cls, "__iter__")
        return iter(made)

    def __len__(cls) -> Any:
        return cls._ask("special", cls, "__len__")

    # A class is neither empty nor false for having no items.
    def __bool__(cls) -> bool:
        return True


class Remote:
    """A stand-in for an object. Its class adds the special methods that the object's own class has."""

    __slots__ = ("_proofset_ask", "_proofset_number")
    # Whatever a solution calls its names, pytest collects none of them.
    __test__ = False

    def __getattribute__(self, name: str) -> object:
        # Probes of protocols are not the tests' questions.
        if name.startswith("__") and name.endswith("__") and name not in _SHOWN | _TELLING:
            return object.__getattribute__(self, name)
        return _attribute(self, ask_of(self), name)

    def __setattr__(self, name: str, value: object) -> None:
        ask_of(self)("set", self, name, value)

    def __delattr__(self, name: str) -> None:
        ask_of(self).refuse("an object of the solution's loses an attribute")


def ask_of(stand_in: object) -> Ask:
    ask: Ask = object.__getattribute__(stand_in, "_proofset_ask")
    return ask


def number_of(stand_in: object) -> int:
    """The handle that a stand-in stands for."""
    if isinstance(stand_in, RemoteClass):
        return int(type.__getattribute__(stand_in, "_number"))
    return int(object.__getattribute__(stand_in, "_proofset_number"))


def _attribute(target: object, ask: Ask, name: str) -> object:
    if is_probe(name, ask):
        raise AttributeError(name)
    if name in _TELLING:
        ask.refuse(f"the tests look at {name} of the solution's")
    return ask("attr", target, name)


def is_probe(name: str, ask: Ask) -> bool:
    """Whether pytest or `mock` look for an attribute at whatever they meet, above all while they collect."""
    return name.startswith(("_pytest", "_mock")) or name == "pytestmark" or (name[:1] == "_" and not ask.open)


def _refusal(what: str) -> Callable[..., object]:
    def refused(self: object, *_: object) -> NoReturn:
        ask_of(self).refuse(f"an object of the solution's {what}")

    return refused


def _special(name: str) -> Callable[..., object]:
    def ask(self: object, *values: object) -> object:
        return ask_of(self)("special", self, name, *values)

    return ask


def _call(self: object, *arguments: object, **keywords: object) -> object:
    return ask_of(self)("call", self, arguments, keywords)


def _iter(self: object) -> object:
    return ask_of(self)("special", self, "__iter__")


def _next(self: object) -> object:
    seen = _YIELDED[id(self)] = _YIELDED.get(id(self), 0) + 1
    if seen > MAX_YIELDED:
        ask_of(self).refuse(f"an iterator of the solution's yields more than {MAX_YIELDED} items")
    return ask_of(self)("special", self, "__next__")


def _exit(self: object, kind: object, error: object, trace: object) -> object:
    if error is not None:
        ask_of(self).refuse("an error passes through a context manager of the solution's")
    return ask_of(self)("special", self, "__exit__", None, None, None)


_YIELDED: dict[int, int] = {}
"""Stand-ins live as long as the tests, so an id stays with its object."""

for _name, _what in _REFUSED.items():
    setattr(Remote, _name, _refusal(_what))

_SPECIALS: dict[str, Callable[..., object]] = {
    **{
        name: _special(name)
        for name in (
            *("__bool__", "__delitem__", "__enter__", "__float__", "__format__", "__getitem__", "__index__"),
            *("__int__", "__len__", "__repr__", "__reversed__", "__setitem__", "__str__"),
        )
    },
    "__call__": _call,
    "__exit__": _exit,
    "__iter__": _iter,
    "__next__": _next,
}
_DATA = frozenset({"bool", "int", "float", "complex", "str", "bytes", "bytearray"}) | frozenset(
    {"list", "tuple", "set", "frozenset", "dict"}
)


class RemoteFunction(Remote):
    """A stand-in for a function of any kind."""

    __slots__ = ()
    __call__ = _call


setattr(RemoteFunction, "__repr__", _special("__repr__"))  # noqa: B010  its type is not that of `object`'s


class Classes:
    """Stand-ins for the solution's classes, one for each, made when first seen."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._made: dict[int, RemoteClass] = {}

    def get(self, number: int) -> RemoteClass:
        """The stand-in for a class. Raises Malformed, or Unsupported where there cannot be one."""
        if number not in self._made:
            # A class under description is not to be asked for again by its own description.
            blank = self._made[number] = self._make(number, "class", (Remote,), {})
            try:
                self._made[number] = self._described(number, blank)
            except BaseException:
                del self._made[number]
                raise
        return self._made[number]

    def _described(self, number: int, blank: RemoteClass) -> RemoteClass:
        match self._ask("describe", blank):
            case (str(name), tuple(bases), tuple(specials)):
                pass
            case _:
                raise Malformed("a class described in another way")
        builtin = [base for base in bases if not isinstance(base, RemoteClass)]
        if not all(isinstance(base, type) for base in builtin):
            raise Malformed("a base that is no class")
        ours = tuple(base for base in bases if isinstance(base, RemoteClass))
        errors = [base for base in builtin if isinstance(base, type) and issubclass(base, BaseException)]
        if errors or any(issubclass(base, BaseException) for base in ours):
            return self._error(number, name, ours, errors)
        body: dict[str, object] = {
            special: _SPECIALS[special]
            for special in specials
            if isinstance(special, str) and special in _SPECIALS
        }
        if any(isinstance(base, type) and base.__name__ in _DATA for base in builtin):
            # `isinstance(x, int)` would say no, where Python says yes.
            body["__class__"] = property(
                lambda instance: self._ask.refuse(f"the tests ask what an object of class {name} is")
            )
        return self._make(number, name, ours or (Remote,), body)

    def _error(
        self, number: int, name: str, ours: tuple[RemoteClass, ...], builtin: list[type]
    ) -> RemoteClass:
        of: tuple[type, ...] = (*ours, *builtin)
        found = {kind for base in of for kind in base.__mro__ if kind.__module__ == "builtins"}
        nearest = max(found, key=lambda kind: len(kind.__mro__))
        if not found <= set(nearest.__mro__) or nearest in (BaseException, KeyboardInterrupt, GeneratorExit):
            # One that is of every kind at once would satisfy any `pytest.raises`.
            self._ask.refuse(f"the error {name} of the solution's is of several kinds, or of none")
        bases: tuple[type, ...] = (
            *ours,
            *(base for base in builtin if not any(issubclass(our, base) for our in ours)),
        )
        body = {"__getattr__": _error_attribute, "__str__": _error_text, "__test__": False}
        return self._make(number, name, bases, body)

    def _make(self, number: int, name: str, bases: tuple[type, ...], body: dict[str, object]) -> RemoteClass:
        slots: dict[str, object] = (
            {} if any(issubclass(base, BaseException) for base in bases) else {"__slots__": ()}
        )
        made: RemoteClass = type.__new__(
            RemoteClass, name, bases, {**slots, **body, "__module__": "solution"}
        )
        made._ask, made._number = self._ask, number
        return made


def _error_attribute(self: Any, name: str) -> object:
    if name.startswith("_"):
        raise AttributeError(name)
    return self._proofset[0]("attr", self._proofset[1], name)


def _error_text(self: Any) -> str:
    return str(self._proofset[2])


def stand_in(kind: type, ask: Ask, number: int) -> Any:
    """A new stand-in for an object, of a class made by Classes or of RemoteFunction."""
    made: Any = object.__new__(kind)
    object.__setattr__(made, "_proofset_ask", ask)
    object.__setattr__(made, "_proofset_number", number)
    return made


def error_of(
    kind: RemoteClass, ask: Ask, number: int, message: str, arguments: tuple[object, ...]
) -> BaseException:
    """An error of one of the solution's own classes, to be raised in the tests."""
    if not issubclass(kind, BaseException):
        raise Malformed("an error that is none")
    # Not by calling the class: that would make one over there.
    made: BaseException = kind.__new__(kind, *arguments)
    made.args = arguments
    holder = stand_in(RemoteFunction, ask, number)
    object.__setattr__(made, "_proofset", (ask, holder, message))
    return made


def builtin_error(name: str, arguments: object, message: str) -> BaseException:
    """A builtin error by name; one that would end the tests comes as a RuntimeError."""
    kind = getattr(builtins, name, None)
    if not isinstance(kind, type) or not issubclass(kind, BaseException):
        raise Malformed("an error that is none")
    if not issubclass(kind, Exception | SystemExit):
        return RuntimeError(f"{name}: {message}")
    try:
        return kind(*arguments) if isinstance(arguments, tuple) else kind(message)
    except TypeError:
        raise Unsupported(f"the solution's {name} cannot be made again") from None
