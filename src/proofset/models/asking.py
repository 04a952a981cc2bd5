"""A Model as a LangChain chat model: agents written for those ask through the journal, too.

    chat = AskingChat(model=model, call=Call("solver", slot=3), sampling=Sampling(temperature=0.2))
    reply = await chat.bind_tools(sandbox_tools(sandbox)).ainvoke(messages)

Every call takes the way of `Model.ask`: journal, gate, accounts. So a killed run replays a tool-calling
agent turn by turn, as long as its tools give the same text for the same arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field

from ..errors import UsageError
from ..records import Usage
from .client import Model
from .request import Call, Request, Sampling
from .turns import assistant_message, from_langchain

_USD = "usd"


class AskingChat(BaseChatModel):
    """A chat model that asks a `Model`, in one role, for one slot. Asynchronous only.

    How to sample is set here and not in a call: it is part of what the journal goes by.
    """

    model: Model
    call: Call
    sampling: Sampling = Field(default_factory=Sampling)

    @property
    def _llm_type(self) -> str:
        return "proofset-asking"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Offer tools. Raises UsageError for a `tool_choice` other than `auto`, or any other option."""
        if tool_choice not in (None, "auto") or kwargs:
            named = ", ".join([*kwargs, *([] if tool_choice in (None, "auto") else ["tool_choice"])])
            raise UsageError(f"bind_tools: {named} cannot be journalled; leave it out")
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        *,
        tools: Iterable[dict[str, Any]] = (),
        **kwargs: Any,
    ) -> ChatResult:
        if kwargs:
            raise UsageError(
                f"{self.model.spec}: {', '.join(kwargs)} cannot be set in a call; give AskingChat a sampling"
            )
        sampling = replace(self.sampling, stop=tuple(stop)) if stop else self.sampling
        turns = tuple(from_langchain(message) for message in messages)
        reply = await self.model.ask(Request(turns, sampling, tools=tuple(tools)), self.call)
        usage = reply.usage
        message = assistant_message(
            reply.text,
            reply.tool_calls,
            usage_metadata={
                "input_tokens": usage.input_tokens,
                "output_tokens": usage.output_tokens,
                "total_tokens": usage.input_tokens + usage.output_tokens,
            },
            response_metadata={"finish_reason": reply.finish_reason, _USD: usage.usd},
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise UsageError(f"{self.model.spec}: it is asked asynchronously; use `await chat.ainvoke(...)`")


def usage_in(messages: Iterable[BaseMessage]) -> Usage:
    """What the replies among the messages took; the price of a reply that no AskingChat gave is not known."""
    total = Usage()
    for message in messages:
        if isinstance(message, AIMessage):
            counted = message.usage_metadata
            total += Usage(
                calls=1,
                input_tokens=counted["input_tokens"] if counted else 0,
                output_tokens=counted["output_tokens"] if counted else 0,
                usd=message.response_metadata.get(_USD),
            )
    return total
