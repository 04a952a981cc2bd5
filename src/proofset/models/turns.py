"""Turns of a chat, between our form, which has a hash, and LangChain's, which models and tools speak."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..records import Message, well_formed
from .body import object_in, tool_calls
from .request import CallingTurn, ToolCall, ToolTurn, Turn

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage


def to_langchain(turn: Turn) -> BaseMessage:
    """The turn as LangChain's message of that role."""
    from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage

    if isinstance(turn, ToolTurn):
        return ToolMessage(turn.content, tool_call_id=turn.tool_call_id)
    if isinstance(turn, CallingTurn):
        return assistant_message(turn.content, turn.tool_calls)
    if turn.role == "assistant":
        return assistant_message(turn.content, ())
    return SystemMessage(turn.content) if turn.role == "system" else HumanMessage(turn.content)


def from_langchain(message: BaseMessage) -> Turn:
    """The message as a turn. Raises UsageError for what is no text, or a role that chats do not have."""
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

    text = well_formed(_text_of(message))
    match message:
        case ToolMessage():
            return ToolTurn(content=text, tool_call_id=message.tool_call_id)
        case AIMessage():
            calls = tool_calls_of(message)
            return (
                CallingTurn(content=text, tool_calls=calls)
                if calls
                else Message(role="assistant", content=text)
            )
        case SystemMessage():
            return Message(role="system", content=text)
        case HumanMessage():
            return Message(role="user", content=text)
    raise UsageError(f"a message of type {message.type!r} cannot be asked; give system, human, ai or tool")


def assistant_message(text: str, calls: tuple[ToolCall, ...], **extra: Any) -> AIMessage:
    """LangChain's message of an assistant; calls whose arguments are no JSON object are marked invalid."""
    from langchain_core.messages import AIMessage
    from langchain_core.messages.tool import invalid_tool_call, tool_call

    valid, invalid = [], []
    for call in calls:
        arguments = object_in(call.arguments)
        if arguments is None:
            error = "the arguments are no JSON object"
            invalid.append(invalid_tool_call(name=call.name, args=call.arguments, id=call.id, error=error))
        else:
            valid.append(tool_call(name=call.name, args=arguments, id=call.id))
    return AIMessage(content=text, tool_calls=valid, invalid_tool_calls=invalid, **extra)


def tool_calls_of(message: AIMessage) -> tuple[ToolCall, ...]:
    """The calls in a message, those with unreadable arguments last; a call without an id gets its number."""
    written = [(call["id"], call["name"], json.dumps(call["args"])) for call in message.tool_calls]
    unreadable = [(call["id"], call["name"], call["args"]) for call in message.invalid_tool_calls]
    return tool_calls([*written, *unreadable])


def _text_of(message: BaseMessage) -> str:
    if isinstance(message.content, str):
        return message.content
    parts = [{"type": "text", "text": part} if isinstance(part, str) else part for part in message.content]
    strange = {str(part.get("type")) for part in parts} - {"text", "tool_use", "tool_call"}
    if strange:
        raise UsageError(f"a message holds {', '.join(sorted(strange))}; only text can be asked")
    return "".join(str(part.get("text", "")) for part in parts)
