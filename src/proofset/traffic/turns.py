"""Turns of a chat, however a log writes them: as OpenAI, Anthropic, LangChain or the Responses API do.

A turn's text is what stands in it to be read. What else it holds, pictures and files, calls of tools, is told
by its marks: an exchange that rests on what a text cannot hold is none to learn from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from ..records import well_formed
from .logs import parsed

Role = Literal["system", "user", "assistant", "tool"]
_ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "SystemMessage": "system",
    "user": "user",
    "human": "user",
    "HumanMessage": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "gpt": "assistant",
    "AIMessage": "assistant",
    "AIMessageChunk": "assistant",
    "tool": "tool",
    "function": "tool",
    "function_call_output": "tool",
    "ToolMessage": "tool",
    "FunctionMessage": "tool",
}
_TEXTS = ("text", "input_text", "output_text", "refusal")
_SILENT = ("reasoning", "thinking", "redacted_thinking")
_CALLS = ("tool_call", "tool_use", "function_call", "server_tool_call", "server_tool_use", "mcp_call")
_RESULTS = ("tool_result", "server_tool_result", "function_call_output")


class Turn(NamedTuple):
    """One turn.

    Attributes:
        calls: it calls a tool.
        more: kinds of what it holds beside text, such as `image_url`.
        finish: why its writer stopped, where the log says so.
    """

    role: Role
    text: str
    calls: bool = False
    more: tuple[str, ...] = ()
    finish: str = ""


def turns_of(value: Any) -> tuple[Turn, ...]:
    """The turns of a list of messages; empty for what is none."""
    value = parsed(value)
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return ()
    if value and all(isinstance(item, list) for item in value):
        # LangChain logs a batch of one.
        value = value[0] if _is_batch(value) else value
    turns = [turn for item in value for turn in _turn(item)]
    return tuple(turns)


def text_turn(role: Role, text: str) -> Turn:
    """A turn that is a text alone."""
    return Turn(role, well_formed(text))


def _is_batch(value: list[Any]) -> bool:
    return len(value) == 1 and not (len(value[0]) == 2 and all(isinstance(part, str) for part in value[0]))


def _turn(item: Any) -> Iterator[Turn]:
    if isinstance(item, list) and len(item) == 2 and all(isinstance(part, str) for part in item):
        item = {"role": item[0], "content": item[1]}
    if not isinstance(item, dict):
        return
    inside = item.get("kwargs") if item.get("lc") else item.get("data")
    body: Mapping[str, Any] = inside if isinstance(inside, dict) else item
    role = _role(item)
    if role is None:
        if item.get("type") in _CALLS:
            yield Turn("assistant", "", calls=True)
        return
    content = body.get("content", body.get("value", body.get("output" if role == "tool" else "parts")))
    text, calls, more = _content(content)
    extra = body.get("additional_kwargs")
    calls = calls or any(
        isinstance(place, dict) and bool(place.get(name))
        for place in (body, extra)
        for name in ("tool_calls", "function_call")
    )
    if not text and isinstance(body.get("refusal"), str):
        text = body["refusal"]
    if role == "user" and "tool_result" in more:
        # Anthropic's results of tools come in the user's name.
        yield Turn("tool", text, more=more)
        return
    meta = body.get("response_metadata")
    finish = meta.get("finish_reason", meta.get("stop_reason")) if isinstance(meta, dict) else None
    finish = finish or body.get("stop_reason") or body.get("finish_reason")
    yield Turn(role, well_formed(text), calls, more, finish if isinstance(finish, str) else "")


def _role(item: Mapping[str, Any]) -> Role | None:
    name = item.get("role", item.get("from"))
    if name is None and item.get("lc"):
        path = item.get("id")
        name = path[-1] if isinstance(path, list) and path else None
    if name is None:
        name = item.get("type")
    return _ROLES.get(name) if isinstance(name, str) else None


def _content(content: Any) -> tuple[str, bool, tuple[str, ...]]:
    """Its text, whether it calls tools, and the kinds of what is no text."""
    if isinstance(content, str):
        return content, False, ()
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        return "", False, ()
    texts: list[str] = []
    calls, more = False, []
    for part in content:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, dict):
            kind = part.get("type", "text" if "text" in part else "unknown")
            if kind in _TEXTS:
                text = part.get("text", part.get("refusal"))
                texts.append(text if isinstance(text, str) else "")
            elif kind in _CALLS:
                calls = True
            elif kind in _RESULTS:
                more.append("tool_result")
            elif kind not in _SILENT:
                more.append(str(kind))
    return "\n".join(text for text in texts if text), calls, tuple(more)
