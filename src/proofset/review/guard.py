"""Who may speak with the server: a browser that was given the token, on a page that came from here.

    Host is ours ─▶ Origin is ours, where something is changed ─▶ cookie, or the token once ─▶ the app

A page of another origin has neither the cookie (SameSite=Strict) nor the Origin; a name that was bent to
this machine (DNS rebinding) is no Host of ours.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY_BYTES = 4 * 1024 * 1024
HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


class Door(NamedTuple):
    """Where the server is, as browsers call it, and what it asks for."""

    hosts: frozenset[str]
    token: str
    cookie: str
    address: str

    @classmethod
    def at(cls, host: str, port: int, token: str) -> Door:
        """The door of a server on this address; on loopback under each of its names."""
        names = {"127.0.0.1", "localhost", "[::1]"} if host in ("127.0.0.1", "localhost", "::1") else set()
        own = f"[{host}]" if ":" in host else host
        # Browsers leave out the port that http has anyway.
        end = "" if port == 80 else f":{port}"
        hosts = frozenset(f"{name.lower()}{end}" for name in (*names, own))
        # Cookies do not tell ports apart: two servers on this machine need two names.
        return cls(hosts, token, f"proofset_review_{port}", f"http://{own}{end}/?token={token}")


class Guard:
    """Lets through what may pass; everything that goes out carries `HEADERS`."""

    def __init__(self, app: App, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "").lower()
        if host not in self._door.hosts:
            await _answer(send, 421, "this server does not go by that name; open the address that it printed")
        elif scope["method"] not in ("GET", "HEAD") and headers.get(b"origin") != f"http://{host}":
            await _answer(send, 403, "this request comes from another page")
        elif _length(headers) > MAX_BODY_BYTES or b"transfer-encoding" in headers:
            await _answer(
                send, 413, f"a request of more than {MAX_BODY_BYTES // 2**20} MiB, or without its length"
            )
        elif scope["path"] == "/" and self._has_token(scope):
            cookie = f"{self._door.cookie}={self._door.token}; Path=/; HttpOnly; SameSite=Strict"
            # Away from the address with the token, so that it stays out of the history.
            await _answer(send, 303, "", (b"location", b"/"), (b"set-cookie", cookie.encode()))
        elif self._has_cookie(headers):
            await self._app(scope, receive, _with_headers(send))
        else:
            await _answer(send, 401, "open the address that `proofset review` printed; it holds the key")

    def _has_cookie(self, headers: dict[bytes, str]) -> bool:
        for part in headers.get(b"cookie", "").split(";"):
            name, _, value = part.strip().partition("=")
            if name == self._door.cookie:
                return _same(value, self._door.token)
        return False

    def _has_token(self, scope: Scope) -> bool:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])
        return _same(given[0], self._door.token)


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())


def _length(headers: dict[bytes, str]) -> int:
    given = headers.get(b"content-length", "0")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 16 else MAX_BODY_BYTES + 1


def _with_headers(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *HEADERS]
        await send(message)

    return sending


async def _answer(send: Send, status: int, text: str, *more: tuple[bytes, bytes]) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *more]
    start = {"type": "http.response.start", "status": status, "headers": headers}
    await _with_headers(send)(start)
    await send({"type": "http.response.body", "body": text.encode()})
