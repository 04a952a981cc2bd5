"""Apart: calls that are made for something else than the data have a name of their own in the accounts.

Whoever asks does not see it, nor does the model: the request and its key are the same. Journal and reports
have the role with what it was asked for, such as `verifier (canary)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from .request import Call

_apart: ContextVar[str] = ContextVar("counted_apart", default="")


@contextmanager
def counted_apart(what: str) -> Iterator[None]:
    """Within it, calls are counted as made for that."""
    token = _apart.set(what)
    try:
        yield
    finally:
        _apart.reset(token)


def as_counted(call: Call) -> Call:
    """The call as accounts have it."""
    what = _apart.get()
    return replace(call, role=f"{call.role} ({what})") if what else call


def is_counted_apart(role: str) -> bool:
    """Whether an account's role is one of these."""
    return role.endswith(")") and " (" in role
