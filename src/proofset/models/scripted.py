"""Scripted replies: an ordinary chat model for tests, demos and replays. Same request, same reply.

A script is a JSONL file; the first row that matches answers:

    {"role": "proposer", "slot": 3, "reply": {"problem": "…"}}
    {"role": "solver", "contains": "17 apples", "reply": ["by program", "by reasoning"]}
    {"reply": "anything else"}

`role`, `slot`, `attempt`, `sample` compare with the call, `contains` with the last message; all are
optional. A list of replies is indexed by the sample; an object is sent as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from ..errors import ModelError, UsageError
from .request import Call

Respond = Callable[[Call, str], str]
"""Takes who asks and the last message; returns the reply's text."""


class ScriptRow(BaseModel):
    """One row of a script."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: str | None = None
    slot: int | None = None
    attempt: int | None = None
    sample: int | None = None
    contains: str | None = None
    reply: JsonValue = Field(description="Text, an object sent as JSON, or a list of these by sample.")

    def matches(self, call: Call, prompt: str) -> bool:
        asked = ((self.role, call.role), (self.slot, call.slot), (self.attempt, call.attempt))
        return (
            all(wanted in (None, got) for wanted, got in (*asked, (self.sample, call.sample)))
            and (self.contains or "") in prompt
        )

    def text(self, call: Call) -> str:
        reply = self.reply
        if isinstance(reply, list):
            reply = reply[call.sample % len(reply)] if reply else ""
        return reply if isinstance(reply, str) else json.dumps(reply, ensure_ascii=False)


def respond_from_rows(rows: Sequence[ScriptRow]) -> Respond:
    """The reply of the first row that matches; ModelError where none does."""

    def respond(call: Call, prompt: str) -> str:
        for row in rows:
            if row.matches(call, prompt):
                return row.text(call)
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

    @property
    def _llm_type(self) -> str:
        return "proofset-scripted"

    def _answer(self, messages: list[BaseMessage], metadata: dict[str, Any]) -> ChatResult:
        call = Call(
            role=str(metadata.get("role", "")),
            slot=int(metadata.get("slot", 0)),
            attempt=int(metadata.get("attempt", 1)),
            sample=int(metadata.get("sample", 0)),
        )
        text = self.respond(call, str(messages[-1].content))
        words_in = sum(len(str(m.content).split()) for m in messages)
        words_out = len(text.split())
        message = AIMessage(
            content=text,
            usage_metadata={
                "input_tokens": words_in,
                "output_tokens": words_out,
                "total_tokens": words_in + words_out,
            },
            response_metadata={"finish_reason": "stop"},
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
