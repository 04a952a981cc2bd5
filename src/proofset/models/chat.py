"""The one place that talks to LangChain chat models: building one from a spec, calling it, its errors."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from ..errors import ModelError, RequestFailedError
from .pacing import RefusedError
from .request import Call, Request
from .spec import ModelSpec
from .turns import to_langchain

if TYPE_CHECKING:
    import openai
    from langchain_core.language_models import BaseChatModel, LanguageModelInput
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import Runnable

_NO_KEY = "no key needed"
_SANE_S = 86_400.0


def openai_chat(spec: ModelSpec, *, timeout_s: float) -> BaseChatModel:
    """An OpenAI-compatible chat model. Raises ModelError where OpenAI itself is meant and no key is set."""
    base_url = spec.base_url or os.environ.get("OPENAI_BASE_URL")
    key = os.environ.get("OPENAI_API_KEY")
    if not key and not base_url:
        raise ModelError(
            f"{spec}: no key; set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own "
            "that needs none, or use --model local:qwen2.5-coder-1.5b"
        )
    return _chat_openai(spec.name, base_url, key or _NO_KEY, timeout_s)


def loopback_chat(name: str, base_url: str, *, timeout_s: float) -> BaseChatModel:
    """A chat model on this machine's own server. Proxy settings are left aside: it is on loopback."""
    import httpx

    client = httpx.AsyncClient(trust_env=False, timeout=timeout_s)
    return _chat_openai(name, base_url, _NO_KEY, timeout_s, http_async_client=client)


def _chat_openai(name: str, base_url: str | None, key: str, timeout_s: float, **extra: Any) -> BaseChatModel:
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    return ChatOpenAI(
        model=name,
        base_url=base_url,
        api_key=SecretStr(key),
        timeout=timeout_s,
        # Ours see all calls together; see `pacing`.
        max_retries=0,
        use_responses_api=False,
        **extra,
    )


async def check_endpoint(chat: BaseChatModel, spec: str) -> None:
    """Ask an OpenAI-compatible endpoint for its models, in 10 s. Raises ModelError where it is not there.

    Endpoints without that path are taken as they are; other chat models are not asked.
    """
    import openai

    client = getattr(chat, "root_async_client", None)
    if not isinstance(client, openai.AsyncOpenAI):
        return
    try:
        with _told_apart(chat, spec):
            await client.with_options(timeout=10, max_retries=1).models.list()
    except RefusedError as refused:
        raise refused.error from refused
    except ModelError as error:
        if not isinstance(error.__cause__, openai.NotFoundError):
            raise


async def invoke_chat(chat: BaseChatModel, spec: str, request: Request, call: Call) -> AIMessage:
    """Call a chat model once.

    Raises RefusedError where it may be asked again; ModelError or RequestFailedError, which name the spec,
    where not.
    """
    metadata = {"role": call.role, "slot": call.slot, "attempt": call.attempt, "sample": call.sample}
    asked = _with_tools(chat, spec, request.tools) if request.tools else chat
    with _told_apart(chat, spec):
        return await asked.ainvoke(
            [to_langchain(turn) for turn in request.messages],
            config={"metadata": metadata, "run_name": call.role},
            **_parameters(request),
        )


def _with_tools(
    chat: BaseChatModel, spec: str, tools: Sequence[dict[str, Any]]
) -> Runnable[LanguageModelInput, AIMessage]:
    try:
        return chat.bind_tools(tools)
    except NotImplementedError as error:
        raise ModelError(f"{spec}: this chat model cannot call tools; give the role one that can") from error


@contextmanager
def _told_apart(chat: BaseChatModel, spec: str) -> Iterator[None]:
    import httpx
    import openai

    try:
        yield
    except (openai.APITimeoutError, httpx.TimeoutException, TimeoutError) as error:
        final = RequestFailedError(f"{spec}: no answer in time; allow more with `timeout_s`")
        raise RefusedError("timeout", final) from error
    except (openai.APIConnectionError, httpx.TransportError) as error:
        where = getattr(chat, "openai_api_base", None) or "its endpoint"
        lost = ModelError(f"{spec}: cannot reach {where} ({error.__cause__ or error}); is the server up?")
        raise RefusedError("no connection", lost) from error
    except openai.AuthenticationError as error:
        raise ModelError(f"{spec}: the endpoint refuses the key; check OPENAI_API_KEY") from error
    except openai.NotFoundError as error:
        raise ModelError(f"{spec}: the endpoint has no such model or path ({error.message})") from error
    except openai.APIStatusError as error:
        raise _refused(spec, error) from error
    except (ValueError, TypeError, AttributeError, KeyError, openai.APIError) as error:
        if not isinstance(getattr(chat, "root_async_client", None), openai.AsyncOpenAI):
            raise
        # A body that was cut off, or that is none: the client stumbles over it in many ways.
        final = RequestFailedError(
            f"{spec}: the answer cannot be read ({type(error).__name__}: {error})"[:300]
        )
        raise RefusedError("fault", final) from error


def _refused(spec: str, error: openai.APIStatusError) -> Exception:
    said = error.message[:200]
    if error.code == "insufficient_quota":
        return ModelError(f"{spec}: the account has no quota left ({said})")
    final = RequestFailedError(f"{spec}: the endpoint refuses the request: {said}")
    if error.status_code == 429:
        return RefusedError("rate limit", final, _asked_to_wait(error.response.headers))
    if error.status_code in (408, 409) or error.status_code >= 500:
        return RefusedError("fault", final, _asked_to_wait(error.response.headers))
    return final


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


def _parameters(request: Request) -> dict[str, Any]:
    sampling = request.sampling
    chosen: dict[str, Any] = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "presence_penalty": sampling.presence_penalty,
        "max_tokens": sampling.max_tokens,
        "seed": sampling.seed,
        "stop": list(sampling.stop) or None,
    }
    parameters = {name: value for name, value in chosen.items() if value is not None}
    if request.schema is not None:
        # In the body itself: by LangChain's own option a reply cut by length would raise and be lost.
        form = {"name": request.schema.get("title", "reply"), "schema": request.schema, "strict": True}
        parameters["extra_body"] = {"response_format": {"type": "json_schema", "json_schema": form}}
    return parameters
