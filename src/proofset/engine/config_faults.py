"""What is wrong with the values of a config, each in one line: where, what, and the nearest right name."""

from __future__ import annotations

import difflib
import types
from collections.abc import Callable, Iterator
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from .config_file import Place

Where = Callable[[Place], str]
"""Says where a value came from: a file and a line, a flag, a call."""


def fault_lines(error: ValidationError, form: type[BaseModel], where: Where) -> Iterator[str]:
    """One line for each thing that is wrong."""
    for one in error.errors():
        place = tuple(str(part) for part in one["loc"])
        if one["type"] == "extra_forbidden":
            yield f"{where(place)}: {_unknown(place, form)}"
            continue
        got = "" if one["type"] == "missing" else f", got {str(one['input'])[:60]!r}"
        yield f"{where(place)}: {'.'.join(place)}: {one['msg']}{got}"


def _unknown(place: Place, form: type[BaseModel]) -> str:
    """A key that is not there; its value may be anything, and is not repeated."""
    *above, name = place
    level = form_at(form, tuple(above))
    known = list(level.model_fields) if level is not None else []
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    full = ".".join(place)
    if near:
        return f"{full}: there is no such key; did you mean {'.'.join((*above, near[0]))}?"
    elsewhere = [other for other in _all_keys(form) if other[-1] == name]
    if not elsewhere:
        close = difflib.get_close_matches(name, [other[-1] for other in _all_keys(form)], n=1, cutoff=0.7)
        elsewhere = [other for other in _all_keys(form) if other[-1] in close]
        if elsewhere:
            return f"{full}: there is no such key; did you mean {'.'.join(elsewhere[0])}?"
    if elsewhere:
        return f"{full}: it belongs elsewhere: write it as {'.'.join(elsewhere[0])}"
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
    nearest = f"; the nearest is {'.'.join((*above, close[0]))}" if close else ""
    return f"{full}: there is no such key{nearest}; `proofset config schema` lists all"


def _all_keys(form: type[BaseModel], above: Place = ()) -> Iterator[Place]:
    for name in form.model_fields:
        yield (*above, name)
        inner = form_at(form, (name,))
        if inner is not None:
            yield from _all_keys(inner, (*above, name))


def form_at(form: type[BaseModel], place: Place) -> type[BaseModel] | None:
    """The model whose fields are at a place; None where its keys are free, or there are none."""
    found: type[BaseModel] | None = form
    rest = list(place)
    while rest and found is not None:
        field = found.model_fields.get(rest.pop(0))
        annotation = _plain(field.annotation) if field else None
        if get_origin(annotation) is dict:
            if not rest:
                return None
            rest.pop(0)
            annotation = get_args(annotation)[1]
        is_form = isinstance(annotation, type) and issubclass(annotation, BaseModel)
        found = annotation if is_form else None
    return found


def _plain(annotation: Any) -> Any:
    """The annotation without None."""
    if get_origin(annotation) in (Union, types.UnionType):
        left = [one for one in get_args(annotation) if one is not type(None)]
        return left[0] if len(left) == 1 else annotation
    return annotation
