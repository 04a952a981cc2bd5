"""Which texts a row holds: those of named fields, those that ask something, or all.

The search order for what a row asks, the first that holds a text:

    instruction, and input where there is one · problem · question · prompt · messages or conversations,
    their user turns · text

`prompt` may be a list of messages as well. A message is {role, content} or {from, value}; the content
may be a list of parts with a `text` each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from ...records import well_formed

SEARCH_ORDER = ("instruction", "problem", "question", "prompt", "messages", "conversations", "text")
_MAX_DEPTH = 50
_USER = ("user", "human")


class Text(NamedTuple):
    """A text of a row; the field is a dotted path such as `messages.0.content`."""

    field: str
    text: str


class Missing(NamedTuple):
    """Why a row has no such text, with the mend."""

    reason: str


def question_texts(value: Mapping[str, Any]) -> tuple[Text, ...] | Missing:
    """The texts of the first field of the search order that holds any."""
    for name in SEARCH_ORDER:
        found = _asked(name, value.get(name))
        if found:
            extra = value.get("input") if name == "instruction" else None
            return (*found, Text("input", _clean(extra))) if _is_text(extra) else found
    return Missing(f"none of the fields {', '.join(SEARCH_ORDER)} holds a text; name one of {_names(value)}")


def texts_at(value: Mapping[str, Any], fields: Sequence[str]) -> tuple[Text, ...] | Missing:
    """The texts of these fields. A dotted path leads inside; a list on its way stands for all its items."""
    found: list[Text] = []
    for field in fields:
        here = list(_at(value, field.split("."), ""))
        if not here:
            return Missing(f"field `{field}` is missing; name one of {_names(value)}")
        for place, item in here:
            if item is None:
                continue
            if not isinstance(item, str):
                return Missing(f"field `{place}` is a {type(item).__name__}, no text; name a text field")
            found.append(Text(place, _clean(item)))
    return tuple(found) if found else Missing(f"field `{fields[0]}` is empty; name a field with a text")


def all_texts(value: Mapping[str, Any]) -> tuple[Text, ...]:
    """Every text of a row that is not blank, however deep, in the row's order."""
    return tuple(Text(place, _clean(item)) for place, item in _walk(value, "", _MAX_DEPTH) if item.strip())


def _asked(name: str, item: Any) -> tuple[Text, ...]:
    if _is_text(item):
        return (Text(name, _clean(item)),)
    if not isinstance(item, Sequence) or isinstance(item, str | bytes):
        return ()
    return tuple(found for place, turn in enumerate(item) for found in _user_turn(f"{name}.{place}", turn))


def _user_turn(place: str, turn: Any) -> Iterator[Text]:
    if not isinstance(turn, Mapping) or turn.get("role", turn.get("from")) not in _USER:
        return
    key = "content" if "content" in turn else "value"
    content = turn.get(key)
    if _is_text(content):
        yield Text(f"{place}.{key}", _clean(content))
    elif isinstance(content, list):
        for number, part in enumerate(content):
            if isinstance(part, Mapping) and _is_text(part.get("text")):
                yield Text(f"{place}.{key}.{number}.text", _clean(part["text"]))


def _at(item: Any, path: Sequence[str], place: str) -> Iterator[tuple[str, Any]]:
    if not path:
        yield place, item
        return
    dotted = ".".join(path)
    if isinstance(item, Mapping):
        # A name may hold dots itself: CSV headers do.
        if dotted in item:
            yield _below(place, dotted), item[dotted]
        elif path[0] in item:
            yield from _at(item[path[0]], path[1:], _below(place, path[0]))
    elif isinstance(item, list):
        if path[0].isdecimal():
            number = int(path[0])
            if number < len(item):
                yield from _at(item[number], path[1:], _below(place, path[0]))
        else:
            for number, each in enumerate(item):
                yield from _at(each, path, _below(place, str(number)))


def _walk(item: Any, place: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(item, str):
        yield place, item
    elif depth and isinstance(item, Mapping):
        for name, each in item.items():
            yield from _walk(each, _below(place, str(name)), depth - 1)
    elif depth and isinstance(item, list | tuple):
        for number, each in enumerate(item):
            yield from _walk(each, _below(place, str(number)), depth - 1)


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _is_text(item: Any) -> TypeGuard[str]:
    return isinstance(item, str) and bool(item.strip())


def _clean(text: str) -> str:
    return text if text.isascii() else well_formed(text)


def _names(value: Mapping[str, Any]) -> str:
    return ", ".join(list(value)[:12]) or "no fields"
