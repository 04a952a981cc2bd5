"""Finders of the user's own: what they say is checked before anything rests on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ..errors import UsageError

_KIND = re.compile(r"[A-Z][A-Z_]{0,30}\Z")


def checked_finder(find: Callable[[str], Any], name: str) -> Callable[[str], Iterator[Any]]:
    """A finder that gives spans, or says what is wrong with what the user's function gave.

    Args:
        find: text to (kind, start, end), with kinds such as PERSON.

    Raises (when called):
        UsageError: it failed, or gave something else.
    """

    def checked(text: str) -> Iterator[Any]:
        from .scrub.spans import Span

        try:
            found = list(find(text))
        except Exception as error:
            raise UsageError(f"--also-scrub {name}: it failed ({type(error).__name__})") from error
        for span in found:
            match span:
                case (str(kind), int(start), int(end)) if _KIND.match(kind) and 0 <= start < end <= len(text):
                    yield Span(kind, start, end)
                case _:
                    raise UsageError(
                        f"--also-scrub {name}: it gave no (KIND, start, end) within the text; "
                        "kinds are capitals, such as PERSON"
                    )

    return checked
