"""New inputs for a function, made from the calls that were seen: the same types at the same places."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import product

from ...records import rng
from ._plain import Malformed, NotPlain, from_json, to_json
from .domains import SAYS_NOTHING, Domain, Wording, domain_of
from .drawing import Drawing
from .expressions import Call
from .relations import Arguments, levelled, relations_of

MAX_INPUT_CHARS = 4_000
"""Of one input as JSON."""
_TRIES = 12


def inputs_from(
    seen: Sequence[Call], *, count: int, seed: int = 0, wording: Wording = SAYS_NOTHING
) -> tuple[Call, ...]:
    """At most `count` calls that are not among the seen ones, the smallest first.

    Every argument has, at every depth, a type that was seen there; what all seen calls keep is kept: signs,
    equal lengths, sorted lists, an index within a list. The same seen calls, count and seed give the same.
    """
    shape = _shape_of(seen)
    if shape is None:
        return ()
    names, calls = shape
    if not calls or not calls[0]:
        return ()
    known = {_key(call) for call in calls}
    made: dict[str, Arguments] = {}
    for arguments in _drawn(calls, count * _TRIES, seed, wording):
        key = _key(arguments)
        if len(key) <= MAX_INPUT_CHARS and key not in known:
            made.setdefault(key, arguments)
        if len(made) == count:
            break
    return tuple(_call(made[key], names) for key in sorted(made, key=lambda key: (len(key), key)))


def _drawn(calls: Sequence[Arguments], tries: int, seed: int, wording: Wording) -> Iterator[Arguments]:
    drawing = Drawing(rng("inputs", seed), wording, alone=len(calls[0]) == 1)
    domains = [domain_of([call[place] for call in calls], wording) for place in range(len(calls[0]))]
    relations = relations_of(calls)
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
