"""The webhook: a signed POST that says what to train on; refused where anybody could read it on the way.

X-Proofset-Signature: t=SECONDS,sha256=HMAC-SHA256(secret, "SECONDS." + body)
X-Proofset-Delivery: the same for every try of one attempt, so that a receiver takes it once
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ..errors import UsageError
from ..models import ModelSpec

TRIES = 5
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 30.0
_TIMEOUT_S = 30.0
_MOST_BYTES = 65_536
_AGAIN = (408, 425, 429)


class Answered(NamedTuple):
    """What came of it: the model, where the answer names one, or why it was not taken."""

    model: str
    fault: str


def check_url(url: str) -> None:
    """Raises UsageError for an address that is neither https nor on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise UsageError(f"--webhook: no address ({error}); give https://…") from error
    if parts.scheme == "https" and host and parts.username is None:
        return
    if parts.scheme == "http" and _is_loopback(host) and parts.username is None:
        return
    raise UsageError(
        "--webhook: give an https address without user or password, or an http one on this machine"
    )


def secret_of(variable: str) -> bytes:
    """The key of signatures. Raises UsageError where there is none."""
    secret = os.environ.get(variable, "")
    if not secret:
        raise UsageError(f"--webhook: set {variable} to the secret that the receiver checks signatures with")
    return secret.encode()


def signature(secret: bytes, seconds: int, body: bytes) -> str:
    """What the header says of a body."""
    digest = hmac.new(secret, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},sha256={digest}"


def post(
    url: str,
    told: Mapping[str, Any],
    *,
    secret: bytes,
    delivery: str,
    wait: Callable[[float], None] = time.sleep,
) -> Answered:
    """Send it, up to five times; what is refused for good is not sent again."""
    import httpx

    body = json.dumps(told, ensure_ascii=False).encode()
    fault = ""
    # No redirects: the signature is for this receiver. No proxies for what stays on this machine.
    local = _is_loopback(urlsplit(url).hostname or "")
    with httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False, trust_env=not local) as client:
        for number in range(TRIES):
            if number:
                wait(min(_FIRST_WAIT_S * 2 ** (number - 1), _LONGEST_WAIT_S))
            headers = {
                "Content-Type": "application/json",
                "X-Proofset-Delivery": delivery,
                "X-Proofset-Signature": signature(secret, int(time.time()), body),
            }
            try:
                with client.stream("POST", url, content=body, headers=headers) as answer:
                    if answer.status_code // 100 == 2:
                        return _model_in(_read(answer.iter_bytes()))
                    fault = f"the webhook answered {answer.status_code}"
                    if answer.status_code < 500 and answer.status_code not in _AGAIN:
                        return Answered("", f"{fault}; mend what it refuses, then publish again")
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                fault = f"the webhook was not reached ({type(error).__name__})"
    return Answered("", f"{fault}, {TRIES} times; publish again when it is there")


def _read(chunks: Any) -> bytes:
    data = b""
    for chunk in chunks:
        data += chunk
        if len(data) > _MOST_BYTES:
            return b""
    return data


def _model_in(body: bytes) -> Answered:
    try:
        said = json.loads(body)
        return Answered(str(ModelSpec.parse(said["model"])), "")
    except UsageError as error:
        return Answered("", f"the webhook named no model: {error}")
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError):
        return Answered("", "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
