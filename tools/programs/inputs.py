"""New inputs for a function, made from the calls that were seen: the same types at the same places."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from ...records import rng
from ._plain import Malformed, NotPlain, from_json, to_json
from .annotations import Form, plain_values_of
from .constants import Constants
from .contracts import Contract, contract_of
from .domains import SAYS_NOTHING, Domain, Wording
from .drawing import Drawing
from .expressions import Call
from .planting import planted
from .relations import Arguments, levelled
from .ventures import ventures

MAX_INPUT_CHARS = 4_000
"""Of one input as JSON."""
LONGEST_LOOP = 20_000
"""A number up to which any program may count: no signal ends a loop that runs within one builtin."""
_TRIES = 12


class Inputs(NamedTuple):
    """New calls, and the numbers of those among them that lie beyond what was seen, or may be costly.

    What lies beyond is among the costly ones, and these come last.
    """

    calls: tuple[Call, ...] = ()
    beyond: frozenset[int] = frozenset()
    costly: frozenset[int] = frozenset()

    def after(self, calls: Sequence[Call]) -> Inputs:
        """These inputs behind other calls."""
        by = len(calls)
        beyond, costly = (frozenset(n + by for n in numbers) for numbers in (self.beyond, self.costly))
        return Inputs((*calls, *self.calls), beyond, costly)


class Inventor:
    """Makes new calls in the likeness of the seen ones, and knows which were made.

    `brief`: numbers may be of any size; else they stay where a loop over them comes to its end.
    """

    def __init__(self, seen: Sequence[Call], wording: Wording = SAYS_NOTHING, *, brief: bool = False) -> None:
        shape = _shape_of(seen)
        self._names, calls = shape if shape is not None else ((), [])
        self._known = {_key(call) for call in calls}
        self.contract: Contract | None = None
        numbers = [n for call in calls for n in _numbers_in(call)]
        self._ceiling = max([LONGEST_LOOP, *(2 * abs(number) for number in numbers)])
        self._brief = brief
        if calls and calls[0]:
            if wording.limit is not None and any(number > wording.limit for number in numbers):
                # The words bound something else, since the tests do not keep to it.
                wording = wording._replace(limit=None)
            if wording.least is not None and any(number < wording.least for number in numbers):
                wording = wording._replace(least=None)
            self.contract = contract_of(calls, wording)

    def new(self, drawn: Iterable[Arguments], count: int) -> list[Arguments]:
        """The first `count` of these arguments that are new and not too long, the smallest first."""
        made: dict[str, Arguments] = {}
        for arguments in drawn:
            key = _key(arguments)
            if len(key) <= MAX_INPUT_CHARS and key not in self._known:
                made.setdefault(key, arguments)
            if len(made) == count:
                break
        self._known |= made.keys()
        return [made[key] for key in sorted(made, key=lambda key: (len(key), key))]

    def allowed(self, made: Iterable[Arguments]) -> Iterator[Arguments]:
        """Those that the problem's words do not exclude, of numbers that are not too large."""
        contract = self.contract
        return (
            each
            for each in made
            if contract is not None and not contract.forbids(each) and (self._brief or self._ends(each))
        )

    def _ends(self, arguments: Arguments) -> bool:
        return all(abs(number) <= self._ceiling for number in _numbers_in(arguments))

    def as_calls(self, made: Sequence[Arguments]) -> tuple[Call, ...]:
        """The calls of arguments, in their order."""
        return tuple(_call(each, self._names) for each in made)

    def inputs(self, made: Sequence[Arguments]) -> Inputs:
        """The calls of arguments: those within what was seen, the costly ones, and those beyond it."""
        contract = self.contract
        if contract is None:
            return Inputs()
        classes: tuple[list[Arguments], ...] = ([], [], [])
        for each in made:
            classes[(1 - contract.draws(each)) if contract.covers(each) else 2].append(each)
        within, far, beyond = classes
        calls = self.as_calls((*within, *far, *beyond))
        first = len(within) + len(far)
        return Inputs(calls, frozenset(range(first, len(calls))), frozenset(range(len(within), len(calls))))

    def arguments(self, call: Call) -> Arguments | None:
        """The arguments of a call, if it has the form of most seen ones."""
        shape = _shape_of([call])
        return shape[1][0] if shape is not None and shape[0] == self._names else None


def inputs_from(
    seen: Sequence[Call], *, count: int, seed: int = 0, wording: Wording = SAYS_NOTHING
) -> tuple[Call, ...]:
    """At most `count` calls that are not among the seen ones, the smallest first.

    Every argument has, at every depth, a type that was seen there; what all seen calls keep is kept: signs,
    equal lengths, sorted lists, an index within a list. The same seen calls, count and seed give the same.
    """
    inventor = Inventor(seen, wording)
    return inventor.as_calls(_ordinary(inventor, count, seed))


def calls_of_forms(forms: Sequence[Form] | None) -> tuple[Call, ...]:
    """Three ordinary calls of a function that nothing else calls; none where a type is not told."""
    pools = [plain_values_of(form) for form in forms or ()]
    if not pools or not all(pools):
        return ()
    return tuple(_call(arguments, ()) for arguments in zip(*pools, strict=True))


def _ordinary(inventor: Inventor, count: int, seed: int) -> list[Arguments]:
    contract = inventor.contract
    return inventor.new(_drawn(contract, count * _TRIES, seed), count) if contract is not None else []


def all_inputs(
    inventor: Inventor,
    constants: Constants,
    forms: Sequence[Form] | None,
    *,
    count: int,
    planted_count: int,
    venture_count: int,
    seed: int = 0,
) -> Inputs:
    """Inputs like the seen ones, some with the programs' constants in them, and some beyond what was seen."""
    contract = inventor.contract
    if contract is None:
        return Inputs()
    made = _ordinary(inventor, count, seed)
    made += inventor.new(inventor.allowed(planted(contract.calls[:3], constants)), planted_count)
    made += inventor.new(inventor.allowed(ventures(contract, forms)), venture_count)
    return inventor.inputs(made)


def _numbers_in(value: object) -> Iterator[int | float]:
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _numbers_in(item)
    elif isinstance(value, dict):
        for pair in value.items():
            yield from _numbers_in(pair)


def _drawn(contract: Contract, tries: int, seed: int) -> Iterator[Arguments]:
    calls, domains, relations, wording = (
        contract.calls,
        contract.domains,
        contract.relations,
        contract.wording,
    )
    drawing = Drawing(rng("inputs", seed), wording, alone=len(domains) == 1)
    for arguments in (*_grid(domains, wording), *_boundaries(calls, domains, wording)):
        if all(relation.holds(arguments) for relation in relations):
            yield arguments
    for _ in range(tries):
        arguments = levelled(_varied(calls, domains, drawing), relations)
        if all(relation.holds(arguments) for relation in relations):
            yield arguments


def _varied(calls: Sequence[Arguments], domains: Sequence[Domain], drawing: Drawing) -> Arguments:
    """Seen arguments with one or all changed, arguments of several calls, or all new ones."""
    draw = drawing.draw
    base = draw.choice(calls)
    way = draw.random()
    if way < 0.3:
        place = draw.randrange(len(base))
        return (*base[:place], drawing.near(base[place], domains[place]), *base[place + 1 :])
    if way < 0.5:
        return tuple(drawing.near(value, domain) for value, domain in zip(base, domains, strict=True))
    if way < 0.6:
        return tuple(draw.choice(calls)[place] for place in range(len(base)))
    new = tuple(drawing.value(domain) for domain in domains)
    return _coincident(new, drawing) if way < 0.7 else new


def _coincident(values: Arguments, drawing: Drawing) -> Arguments:
    """Make one number the sum or the difference of two others, or the double of one."""
    draw = drawing.draw
    numbers = {place: value for place, value in enumerate(values) if isinstance(value, int | float)}
    if len(numbers) < 2 or any(isinstance(value, bool) for value in numbers.values()):
        return values
    target = draw.choice(list(numbers))
    one, two = draw.choice(list(numbers.values())), draw.choice(list(numbers.values()))
    made = draw.choice([one + two, abs(one - two), one, 2 * one])
    made = float(made) if isinstance(values[target], float) else int(made)
    return (*values[:target], made, *values[target + 1 :])


def _grid(domains: Sequence[Domain], wording: Wording) -> Iterator[Arguments]:
    """All small whole numbers, where every argument is one."""
    if len(domains) > 3 or any(domain.kinds != (int,) for domain in domains):
        return
    low = 1 if wording.positive else 0
    size = (12, 8, 5)[len(domains) - 1]
    yield from product(range(low, low + size), repeat=len(domains))


def _boundaries(
    calls: Sequence[Arguments], domains: Sequence[Domain], wording: Wording
) -> Iterator[Arguments]:
    """Each argument at its least, the others as seen."""
    for place, domain in enumerate(domains):
        for value in (*_least(domain, wording), *domain.samples[:6]):
            for call in calls[:3]:
                yield (*call[:place], value, *call[place + 1 :])


def _least(domain: Domain, wording: Wording) -> Iterator[object]:
    for kind in domain.kinds:
        if kind is dict and not wording.filled:
            yield {}
        elif kind in (list, set, frozenset) and not domain.level:
            if not wording.filled:
                yield kind()
            if domain.items is not None:
                yield from (kind([sample]) for sample in domain.items.samples[:3] if _simple(sample))
        elif kind is bool:
            yield from (True, False)


def _simple(value: object) -> bool:
    return not isinstance(value, list | dict | set)


def _shape_of(seen: Sequence[Call]) -> tuple[tuple[str, ...], list[Arguments]] | None:
    """Names of the keyword arguments, and all calls of the form that most seen ones have."""
    forms: dict[tuple[int, tuple[str, ...]], list[Arguments]] = {}
    for call in seen:
        try:
            names = tuple(str(pair[0]) for pair in call.keywords if isinstance(pair, list))
            values = [pair[1] for pair in call.keywords if isinstance(pair, list)]
            arguments = tuple(from_json(node) for node in (*call.arguments, *values))
        except Malformed:
            continue
        forms.setdefault((len(call.arguments), names), []).append(arguments)
    if not forms:
        return None
    most = max(forms, key=lambda form: len(forms[form]))
    return most[1], forms[most]


def _key(arguments: Arguments) -> str:
    try:
        return json.dumps([to_json(value) for value in arguments])
    except NotPlain:
        return " " * (MAX_INPUT_CHARS + 1)


def _call(arguments: Arguments, names: tuple[str, ...]) -> Call:
    positional = len(arguments) - len(names)
    nodes = [to_json(value) for value in arguments]
    keywords: list[object] = [[name, node] for name, node in zip(names, nodes[positional:], strict=True)]
    shown = [repr(value) for value in arguments[:positional]]
    shown += [f"{name}={value!r}" for name, value in zip(names, arguments[positional:], strict=True)]
    return Call(nodes[:positional], keywords, f"candidate({', '.join(shown)})")
