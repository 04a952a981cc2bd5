"""Calls that go beyond the seen ones: what their tests may have forgotten and no words forbid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .annotations import UNKNOWN, Form, values_of
from .contracts import Contract
from .domains import Containers, Domain
from .relations import Arguments

_BASES = 2


def ventures(contract: Contract, forms: Sequence[Form] | None) -> Iterator[Arguments]:
    """Seen calls with one argument, then with all of them, of unusual value for its annotation.

    Where nothing is annotated the types seen at the place are used.
    """
    places = len(contract.domains)
    said = list(forms or ())[:places]
    said += [UNKNOWN] * (places - len(said))
    pools = [
        list(values_of(_filled(form, domain))) for form, domain in zip(said, contract.domains, strict=True)
    ]
    for turn in range(max(map(len, pools), default=0)):
        for place, pool in enumerate(pools):
            if turn < len(pool):
                base = contract.calls[turn % min(len(contract.calls), _BASES)]
                yield (*base[:place], pool[turn], *base[place + 1 :])
        if places > 1 and all(pools):
            yield tuple(pool[(turn + 5 * place) % len(pool)] for place, pool in enumerate(pools))
            yield tuple(pool[turn % len(pool)] for pool in pools)


def _filled(form: Form, domain: Domain) -> Form:
    """An annotation, with what was seen where it says nothing."""
    seen = _seen(domain)
    if form == UNKNOWN:
        return seen
    if not form.parts and form.name in ("list", "set", "frozenset", "tuple", "dict"):
        return seen if seen.name == form.name else form
    if form.name == seen.name and len(form.parts) == len(seen.parts) and UNKNOWN in form.parts:
        parts = [two if one == UNKNOWN else one for one, two in zip(form.parts, seen.parts, strict=True)]
        return Form(form.name, tuple(parts))
    return form


def _seen(domain: Domain) -> Form:
    forms = [_of_kind(kind, domain) for kind in domain.kinds]
    return forms[0] if len(forms) == 1 else Form("union", tuple(forms))


def _of_kind(kind: type, domain: Domain) -> Form:
    if kind is type(None):
        return Form("None")
    if kind is dict:
        known = domain.keys is not None and domain.values is not None
        return Form("dict", (_seen(domain.keys), _seen(domain.values)) if known else ())  # type: ignore[arg-type]
    if kind in Containers:
        if domain.fields:
            return Form("tuple", tuple(map(_seen, domain.fields)))
        inside = (_seen(domain.items),) if domain.items is not None else ()
        return Form("list of tuple" if kind is tuple else kind.__name__, inside)
    return Form(kind.__name__)
