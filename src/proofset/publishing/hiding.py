"""Secrets: what must stand in no log and no record, though a command needs it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

HIDDEN = "[hidden]"
_NAMED = re.compile(r"(?:(?:key|secret|credential|password|passwd)s?|token)$", re.IGNORECASE)
_LEAST = 6
"""A shorter value hides nothing, and would hide parts of words."""


def secrets_of(environment: Mapping[str, str], words: Sequence[str] = ()) -> tuple[str, ...]:
    """Values that are secret by their names: of variables, and of options of a command. The longest first."""
    found = {value for name, value in environment.items() if _NAMED.search(name)}
    for before, word in zip(("", *words), words, strict=False):
        name, equals, value = word.partition("=")
        if equals and _NAMED.search(name):
            found.add(value)
        elif before.startswith("-") and "=" not in before and _NAMED.search(before):
            found.add(word)
    return tuple(sorted((one for one in found if len(one) >= _LEAST), key=len, reverse=True))


def hidden(text: str, secrets: Sequence[str]) -> str:
    """A text without secrets."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def told_command(words: Sequence[str], secrets: Sequence[str]) -> str:
    """A command as records may hold it."""
    return shlex.join(hidden(word, secrets) for word in words)


def told_url(url: str) -> str:
    """An address as records may hold it: without user, query and fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
