"""OpenAI's chat protocol: the body of a request, and the reply in the body that comes back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ..records import Usage, well_formed
from .request import CALLS_TOOLS, CallingTurn, Reply, Request, Token, ToolCall, ToolTurn, Turn


def body_of(name: str, request: Request) -> dict[str, Any]:
    """What to post for a request to the model of that name."""
    body: dict[str, Any] = {"model": name, "messages": [_message(turn) for turn in request.messages]}
    if request.tools:
        body["tools"] = list(request.tools)
    if request.logprobs:
        body |= {"logprobs": True, "top_logprobs": request.logprobs}
    return body | parameters(request) | response_format(request)


def parameters(request: Request) -> dict[str, Any]:
    """How to draw the reply, where it is not left to the provider."""
    sampling = request.sampling
    chosen: dict[str, Any] = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "presence_penalty": sampling.presence_penalty,
        "max_completion_tokens": sampling.max_tokens,
        "seed": sampling.seed,
        "stop": list(sampling.stop) or None,
    }
    return {name: value for name, value in chosen.items() if value is not None}


def response_format(request: Request) -> dict[str, Any]:
    """The schema of the reply, where it has one."""
    if request.schema is None:
        return {}
    form = {"name": request.schema.get("title", "reply"), "schema": request.schema, "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": form}}


def reply_in(body: dict[str, Any], request: Request) -> Reply:
    """The reply. Raises KeyError, TypeError, IndexError or ValueError for a body that holds none."""
    choice = body["choices"][0]
    message = choice["message"]
    usage = body.get("usage") or {}
    calls: tuple[ToolCall, ...] = ()
    if request.tools:
        written = message.get("tool_calls") or ()
        calls = tool_calls(
            (call.get("id"), call["function"]["name"], call["function"]["arguments"]) for call in written
        )
    return Reply(
        text=well_formed(text_in(message.get("content"))),
        finish_reason=finish_reason(choice.get("finish_reason"), calls),
        usage=Usage(
            calls=1,
            input_tokens=usage.get("prompt_tokens") or 0,
            output_tokens=usage.get("completion_tokens") or 0,
        ),
        tool_calls=calls,
        tokens=tokens_in(choice.get("logprobs")) if request.logprobs else (),
    )


def tokens_in(told: Any) -> tuple[Token, ...]:
    """The tokens of a reply with their log-probs; none where they are told in no form that is known."""
    try:
        return tuple(
            Token(
                well_formed(one["token"]),
                tuple((well_formed(top["token"]), float(top["logprob"])) for top in one["top_logprobs"]),
            )
            for one in told["content"]
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return ()


def finish_reason(said: object, calls: tuple[ToolCall, ...]) -> str:
    """Why the reply ends. Providers differ in what they say of tools; a journal goes by one word."""
    if calls:
        return CALLS_TOOLS
    return "stop" if said == CALLS_TOOLS else str(said or "stop")


def tool_calls(written: Iterable[tuple[str | None, str | None, str | None]]) -> tuple[ToolCall, ...]:
    """Calls from id, name and arguments: unreadable arguments last; a call without an id gets its number."""
    readable, unreadable = [], []
    for id_, name, arguments in written:
        found = object_in(arguments or "")
        if found is None:
            unreadable.append((id_, name or "", arguments or ""))
        else:
            # In one form, whatever blanks a model puts between.
            readable.append((id_, name or "", json.dumps(found, ensure_ascii=False)))
    return tuple(
        ToolCall(id=id_ or f"call_{number}", name=well_formed(name), arguments=well_formed(arguments))
        for number, (id_, name, arguments) in enumerate(readable + unreadable)
    )


def object_in(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is; None where it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def text_in(content: Any) -> str:
    """The text of a message's content, which is text, parts of it, or nothing."""
    if content is None or isinstance(content, str):
        return content or ""
    return "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in content)


def _message(turn: Turn) -> dict[str, Any]:
    if isinstance(turn, ToolTurn):
        return {"role": "tool", "tool_call_id": turn.tool_call_id, "content": turn.content}
    if isinstance(turn, CallingTurn):
        calls = [
            {"type": "function", "id": call.id, "function": {"name": call.name, "arguments": call.arguments}}
            for call in turn.tool_calls
        ]
        return {"role": "assistant", "content": turn.content or None, "tool_calls": calls}
    return {"role": turn.role, "content": turn.content}
