"""The one place that talks to LangChain chat models: building one from a spec, calling it, its errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import ModelError, RequestFailedError
from ..records import Usage, well_formed
from .body import finish_reason, parameters, response_format, text_in
from .endpoint import where_and_key
from .pacing import RefusedError
from .reading import cannot_read
from .refusals import lost, refused, timed_out, unreadable
from .request import Call, Reply, Request, Token
from .spec import ModelSpec
from .turns import to_langchain, tool_calls_of

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel, LanguageModelInput
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import Runnable

_NO_KEY = "no key needed"


def openai_chat(spec: ModelSpec, *, timeout_s: float) -> LangChainProvider:
    """An OpenAI-compatible chat model. Raises ModelError where OpenAI itself is meant and no key is set."""
    base_url, key = where_and_key(spec)
    return LangChainProvider(str(spec), _chat_openai(spec.name, base_url, key or _NO_KEY, timeout_s))


def loopback_chat(spec: ModelSpec, base_url: str, *, timeout_s: float) -> LangChainProvider:
    """A chat model on this machine's own server. Proxy settings are left aside: it is on loopback."""
    import httpx

    client = httpx.AsyncClient(trust_env=False, timeout=timeout_s)
    chat = _chat_openai(spec.name, base_url, _NO_KEY, timeout_s, http_async_client=client)
    return LangChainProvider(str(spec), chat)


def _chat_openai(name: str, base_url: str | None, key: str, timeout_s: float, **extra: Any) -> BaseChatModel:
    try:
        from langchain_openai import ChatOpenAI
    except ImportError as error:
        raise ModelError(
            "traces of model calls need LangChain's client: pip install 'proofset[studio]'"
        ) from error
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


class LangChainProvider:
    """Any LangChain chat model as a `Provider`: its callbacks see every call.

    Args:
        spec: its name in messages.
    """

    def __init__(self, spec: str, chat: BaseChatModel) -> None:
        self._spec = spec
        self._chat = chat

    async def check(self) -> None:
        """Nothing is known of these before they are asked."""

    async def close(self) -> None:
        """Whoever made the chat model closes it."""

    async def answer(self, request: Request, call: Call) -> Reply:
        if request.echo and not getattr(self._chat, "reads", False):
            raise cannot_read(self._spec)
        metadata = {"role": call.role, "slot": call.slot, "attempt": call.attempt, "sample": call.sample}
        asked = self._with_tools(request.tools) if request.tools else self._chat
        sampling = parameters(request)
        if "max_completion_tokens" in sampling:
            # LangChain's word for it, whatever the model's own is.
            sampling["max_tokens"] = sampling.pop("max_completion_tokens")
        if form := response_format(request):
            # In the body itself: by LangChain's own option a reply cut by length would raise and be lost.
            sampling["extra_body"] = form
        try:
            message = await asked.ainvoke(
                [to_langchain(turn) for turn in request.messages],
                config={"metadata": metadata, "run_name": call.role},
                **sampling,
            )
        except Exception as error:
            if (meaning := self._meaning(error)) is None:
                raise
            raise meaning from error
        if request.echo:
            return read_by_script(request.messages[-1].content, text_in(message.content), _usage_of(message))
        calls = tool_calls_of(message) if request.tools else ()
        return Reply(
            text=well_formed(text_in(message.content)),
            finish_reason=finish_reason(message.response_metadata.get("finish_reason"), calls),
            usage=_usage_of(message),
            tool_calls=calls,
        )

    def _with_tools(self, tools: Sequence[dict[str, Any]]) -> Runnable[LanguageModelInput, AIMessage]:
        try:
            return self._chat.bind_tools(tools)
        except NotImplementedError as error:
            raise ModelError(
                f"{self._spec}: this chat model cannot call tools; give the role one that can"
            ) from error

    def _meaning(self, error: Exception) -> Exception | None:
        """What an exception of a client library comes to; None for what is none of theirs."""
        import httpx

        if isinstance(error, (ModelError, RequestFailedError, RefusedError)):
            return None
        # Whoever raises one of its errors has loaded it.
        openai: Any = sys.modules.get("openai")
        if isinstance(error, (httpx.TimeoutException, TimeoutError)):
            return timed_out(self._spec)
        if isinstance(error, httpx.TransportError):
            return self._lost(error)
        if openai is None:
            return None
        if isinstance(error, openai.APITimeoutError):
            return timed_out(self._spec)
        if isinstance(error, openai.APIConnectionError):
            return self._lost(error.__cause__ or error)
        if isinstance(error, openai.APIStatusError):
            response = error.response
            return refused(
                self._spec, error.status_code, said=error.message, code=error.code, headers=response.headers
            )
        strange = (ValueError, TypeError, AttributeError, KeyError, openai.APIError)
        if isinstance(error, strange) and hasattr(self._chat, "root_async_client"):
            # A body that was cut off, or that is none: the client stumbles over it in many ways.
            return unreadable(self._spec, error)
        return None

    def _lost(self, why: object) -> RefusedError:
        return lost(self._spec, getattr(self._chat, "openai_api_base", None) or "its endpoint", why)


def read_by_script(text: str, told: str, usage: Usage) -> Reply:
    """A text that a script has read, as `{"tokens": [[token, log-prob], …]}`."""
    told_tokens = json.loads(told)["tokens"]
    tokens = tuple(
        Token(str(one), () if value is None else ((str(one), float(value)),)) for one, value in told_tokens
    )
    return Reply(text, "stop", usage, tokens=tokens)


def _usage_of(message: AIMessage) -> Usage:
    counted = message.usage_metadata
    return Usage(
        calls=1,
        input_tokens=counted["input_tokens"] if counted else 0,
        output_tokens=counted["output_tokens"] if counted else 0,
    )
