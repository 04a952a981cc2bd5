"""What an endpoint's refusals mean: whether a call may be tried again, and what to tell the user."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from ..errors import ModelError, RequestFailedError
from .pacing import RefusedError

_SANE_S = 86_400.0
_SHOWN = 200


def refused(spec: str, status: int, *, said: str, code: object, headers: Mapping[str, str]) -> Exception:
    """The error for an HTTP status of 400 or more; `said` and `code` are from its body."""
    said = said[:_SHOWN]
    if status == 401:
        return ModelError(f"{spec}: the endpoint refuses the key; check OPENAI_API_KEY")
    if status == 404:
        return ModelError(f"{spec}: the endpoint has no such model or path ({said})")
    if code == "insufficient_quota":
        return ModelError(f"{spec}: the account has no quota left ({said})")
    final = RequestFailedError(f"{spec}: the endpoint refuses the request: {status} {said}")
    if status == 429:
        return RefusedError("rate limit", final, _asked_to_wait(headers))
    if status in (408, 409) or status >= 500:
        return RefusedError("fault", final, _asked_to_wait(headers))
    return final


def timed_out(spec: str) -> RefusedError:
    """No answer came."""
    final = RequestFailedError(f"{spec}: no answer in time; allow more with `timeout_s`")
    return RefusedError("timeout", final)


def lost(spec: str, where: str, why: object) -> RefusedError:
    """There was no connection, or it broke off."""
    final = ModelError(f"{spec}: cannot reach {where} ({why}); is the server up?")
    return RefusedError("no connection", final)


def unreadable(spec: str, error: Exception) -> RefusedError:
    """A body that was cut off, or that is no answer."""
    text = f"{spec}: the answer cannot be read ({type(error).__name__}: {error})"
    return RefusedError("fault", RequestFailedError(text[:300]))


def _asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds, from `retry-after-ms` or `Retry-After`, a number or a date; None without, or in the past."""
    try:
        seconds = float(headers["retry-after-ms"]) / 1000
    except (KeyError, ValueError):
        told = headers.get("retry-after", "")
        try:
            seconds = float(told)
        except ValueError:
            try:
                seconds = parsedate_to_datetime(told).timestamp() - time.time()
            except ValueError:
                return None
    return seconds if 0 < seconds < _SANE_S else None
