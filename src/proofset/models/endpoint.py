"""Endpoint: an OpenAI-compatible server, asked by plain HTTP.

A call costs half a millisecond of this machine here, six by way of the client libraries: at a hundred calls
at once that decides how fast a run is.
"""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from ..errors import ModelError
from .body import body_of, reply_in
from .pacing import RefusedError
from .reading import UNKNOWN, Posted, Reader
from .refusals import lost, refused, timed_out, unreadable
from .request import Call, Reply, Request
from .spec import ModelSpec

if TYPE_CHECKING:
    import aiohttp

OPENAI = "https://api.openai.com/v1"
_CHECK_S = 10.0
_KEPT_OPEN_S = 4.0
"""Servers hang up after five seconds, the usual ones: whoever writes just then asks in vain."""


_BAD_REQUEST, _NOT_FOUND = 400, 404


class _Answer(NamedTuple):
    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


class Endpoint:
    """Asks for replies. A `Provider`.

    Args:
        spec: its name in messages.
        name: of the model, as the server knows it.
        base_url: with `/v1` at its end, as a rule.
        key: what the server wants, if anything.
        timeout_s: longest wait for one reply.
        by_proxy: whether HTTP_PROXY and its like count.
    """

    def __init__(
        self, spec: str, name: str, base_url: str, *, key: str | None, timeout_s: float, by_proxy: bool = True
    ) -> None:
        self._spec = spec
        self._name = name
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._timeout_s = timeout_s
        self._by_proxy = by_proxy
        self._session: aiohttp.ClientSession | None = None
        self._reader = Reader(spec, name, self._post)

    @classmethod
    def of(cls, spec: ModelSpec, *, timeout_s: float) -> Endpoint:
        """The endpoint of an `openai:` spec. Raises ModelError where OpenAI itself is meant without a key."""
        base_url, key = where_and_key(spec)
        return cls(str(spec), spec.name, base_url or OPENAI, key=key, timeout_s=timeout_s)

    async def check(self) -> None:
        """Asks for the list of models, twice if need be. Endpoints without one are taken as they are."""
        for again in (True, False):
            try:
                answer = await self._exchange("GET", "/models", None, _CHECK_S)
                if answer.status != _NOT_FOUND:
                    self._raise_for(answer)
                return
            except RefusedError as failed:
                if not (again and failed.kind in ("fault", "no connection")):
                    raise failed.error from failed

    async def answer(self, request: Request, call: Call) -> Reply:
        if request.echo:
            return await self._reader.read(request.messages[-1].content)
        answer = await self._ask(request)
        if answer.status == _BAD_REQUEST and request.logprobs:
            # Some models refuse whoever asks for log-probs: their reply has none.
            answer = await self._ask(replace(request, logprobs=0))
        self._raise_for(answer)
        try:
            return reply_in(json.loads(answer.body), request)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise unreadable(self._spec, error) from error

    async def _ask(self, request: Request) -> _Answer:
        sent = json.dumps(body_of(self._name, request)).encode()
        return await self._exchange("POST", "/chat/completions", sent, self._timeout_s)

    async def _post(self, path: str, body: Mapping[str, Any]) -> Posted:
        answer = await self._exchange("POST", path, json.dumps(body).encode(), self._timeout_s)
        if answer.status not in UNKNOWN:
            self._raise_for(answer)
        return Posted(answer.status, answer.body)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _exchange(self, verb: str, path: str, sent: bytes | None, timeout_s: float) -> _Answer:
        import aiohttp

        session = self._session or self._open()
        total = aiohttp.ClientTimeout(total=timeout_s)
        try:
            async with session.request(verb, self._base_url + path, data=sent, timeout=total) as response:
                body = await response.read()
                return _Answer(response.status, response.reason or "", response.headers, body)
        except TimeoutError as error:
            raise timed_out(self._spec) from error
        except aiohttp.ClientPayloadError as error:
            raise unreadable(self._spec, error) from error
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
            raise ModelError(f"{self._spec}: {self._base_url} is no URL of a server") from error
        except (aiohttp.ClientError, OSError) as error:
            raise lost(self._spec, self._base_url, error) from error

    def _raise_for(self, answer: _Answer) -> None:
        if answer.status < _BAD_REQUEST:
            return
        said, code = _complaint(answer.body)
        said = said or answer.reason
        raise refused(self._spec, answer.status, said=said, code=code, headers=answer.headers)

    def _open(self) -> aiohttp.ClientSession:
        import aiohttp

        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        for header, variable in (
            ("OpenAI-Organization", "OPENAI_ORG_ID"),
            ("OpenAI-Project", "OPENAI_PROJECT_ID"),
        ):
            if value := os.environ.get(variable):
                headers[header] = value
        secure: ssl.SSLContext | bool = _trusting() if self._base_url.startswith("https") else True
        # As many connections as the gate lets in calls.
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEPT_OPEN_S, ssl=secure)
        # Left to aiohttp, the environment is read for every call, in threads, and a netrc entry ends it.
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers=headers,
            proxy=_proxy_to(self._base_url) if self._by_proxy else None,
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self._session


def where_and_key(spec: ModelSpec) -> tuple[str | None, str | None]:
    """Base URL and key of an `openai:` spec. Raises ModelError where OpenAI itself is meant without a key."""
    base_url = spec.base_url or os.environ.get("OPENAI_BASE_URL")
    key = os.environ.get("OPENAI_API_KEY")
    if not key and not base_url:
        raise ModelError(
            f"{spec}: no key; set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own "
            "that needs none, or use --model local:qwen2.5-coder-1.5b"
        )
    return base_url, key


def _proxy_to(base_url: str) -> str | None:
    """What HTTP_PROXY, HTTPS_PROXY and NO_PROXY say of this server; a login stands in the URL."""
    target = urlsplit(base_url)
    proxies = getproxies()
    named = proxies.get(target.scheme) or proxies.get("all")
    if not named or not target.hostname or proxy_bypass(target.netloc.rpartition("@")[2]):
        return None
    return named if "://" in named else f"http://{named}"


def _trusting() -> ssl.SSLContext:
    """The machine's certificates and, since small containers have none, those that are known to all."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _complaint(received: bytes) -> tuple[str, Any]:
    """Message and code of an error's body, whatever it looks like."""
    try:
        told = json.loads(received)
        error = told.get("error", told)
        if isinstance(error, str):
            return error, None
        return str(error.get("message") or error.get("detail") or ""), error.get("code")
    except (ValueError, KeyError, TypeError, AttributeError):
        return received.decode(errors="replace").strip(), None
