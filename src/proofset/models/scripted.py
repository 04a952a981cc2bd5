"""Scripted replies: an ordinary chat model for tests, demos and replays. Same request, same reply.

A script is a JSONL file; the first row that matches answers:

    {"role": "proposer", "slot": 3, "reply": {"problem": "…"}}
    {"role": "solver", "contains": "17 apples", "reply": ["by program", "by reasoning"]}
    {"contains": "17 pears", "reply": "", "tool_calls": [{"name": "run_python", "args": {"code": "…"}}]}
    {"reply": "anything else"}

`role`, `slot`, `attempt`, `sample` compare with the call, `contains` with the last message; all are
optional. A list of replies is indexed by the sample; an object is sent as JSON. `tool_calls` are
made with the reply; what the last of them returns is the last message of the next call. A reply that is
`"cut": true` ends at the length limit. Whoever has a text read gets
`{"tokens": [[token, log-prob], …]}`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from ..errors import ModelError, UsageError
from .request import CALLS_TOOLS, Call, ToolCall
from .turns import assistant_message


class ScriptedCall(NamedTuple):
    """A tool's name, and its arguments as JSON, or as what a model takes for JSON."""

    name: str
    arguments: str


class Scripted(NamedTuple):
    """A reply that calls tools, or is cut off at the length limit."""

    text: str
    tool_calls: tuple[ScriptedCall, ...] = ()
    cut: bool = False


Respond = Callable[[Call, str], str | Scripted]
"""Takes who asks and the last message; returns the reply, or its text alone."""


class ScriptToolCall(BaseModel):
    """One call of a tool in a row."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    args: dict[str, JsonValue]


class ScriptRow(BaseModel):
    """One row of a script."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: str | None = None
    slot: int | None = None
    attempt: int | None = None
    sample: int | None = None
    contains: str | None = None
    reply: JsonValue = Field(description="Text, an object sent as JSON, or a list of these by sample.")
    tool_calls: tuple[ScriptToolCall, ...] = ()
    cut: bool = False

    def matches(self, call: Call, prompt: str) -> bool:
        asked = ((self.role, call.role), (self.slot, call.slot), (self.attempt, call.attempt))
        return (
            all(wanted in (None, got) for wanted, got in (*asked, (self.sample, call.sample)))
            and (self.contains or "") in prompt
        )

    def answer(self, call: Call) -> str | Scripted:
        if not self.tool_calls:
            return Scripted(self.text(call), cut=True) if self.cut else self.text(call)
        calls = ((one.name, json.dumps(one.args, ensure_ascii=False)) for one in self.tool_calls)
        return Scripted(self.text(call), tuple(ScriptedCall(*one) for one in calls))

    def text(self, call: Call) -> str:
        reply = self.reply
        if isinstance(reply, list):
            reply = reply[call.sample % len(reply)] if reply else ""
        return reply if isinstance(reply, str) else json.dumps(reply, ensure_ascii=False)


def respond_from_rows(rows: Sequence[ScriptRow]) -> Respond:
    """The reply of the first row that matches; ModelError where none does."""

    def respond(call: Call, prompt: str) -> str | Scripted:
        for row in rows:
            if row.matches(call, prompt):
                return row.answer(call)
        raise ModelError(f"the script has no reply for {call}; add a row that matches it")

    return respond


def read_script(path: Path) -> tuple[ScriptRow, ...]:
    """Read a script. Raises UsageError that names the file and the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"scripted:{path}: cannot read the script ({error})") from error
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append(ScriptRow.model_validate_json(line))
        except ValidationError as error:
            raise UsageError(f"scripted:{path} line {number}: {error.errors()[0]['msg']}") from error
    if not rows:
        raise UsageError(f"scripted:{path}: the script is empty; write one JSON object with `reply` per line")
    return tuple(rows)


class ScriptedChat(BaseChatModel):
    """A chat model that answers from `respond`. Tokens are counted as words."""

    respond: Respond
    reads: ClassVar[bool] = True

    @property
    def _llm_type(self) -> str:
        return "proofset-scripted"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """A script knows by itself which tools it calls."""
        return self

    def _answer(self, messages: list[BaseMessage], metadata: dict[str, Any]) -> ChatResult:
        call = Call(
            role=str(metadata.get("role", "")),
            slot=int(metadata.get("slot", 0)),
            attempt=int(metadata.get("attempt", 1)),
            sample=int(metadata.get("sample", 0)),
        )
        answer = self.respond(call, str(messages[-1].content))
        reply = Scripted(answer) if isinstance(answer, str) else answer
        words_in = sum(len(str(m.content).split()) for m in messages)
        words_out = len(" ".join([reply.text, *(one.arguments for one in reply.tool_calls)]).split())
        # Numbered through the chat: the same talk has the same ids.
        calls = tuple(
            ToolCall(id=f"call_{len(messages)}_{number}", name=one.name, arguments=one.arguments)
            for number, one in enumerate(reply.tool_calls)
        )
        message = assistant_message(
            reply.text,
            calls,
            usage_metadata={
                "input_tokens": words_in,
                "output_tokens": words_out,
                "total_tokens": words_in + words_out,
            },
            response_metadata={"finish_reason": CALLS_TOOLS if calls else "length" if reply.cut else "stop"},
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._answer(messages, run_manager.metadata if run_manager else {})

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._answer(messages, run_manager.metadata if run_manager else {})
