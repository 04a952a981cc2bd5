"""What was asked and what was answered, as turns, wherever a value of a log keeps them.

Shapes that are read of what was asked: a text; messages; {messages}; {input | question | query | prompt …},
with {chat_history} before it; the Responses API's {instructions, input}; {args, kwargs} of a traced function.
Of what was answered: a text; a message or messages; {choices}; {generations}; the Responses API's {output};
{output | answer | result | response …}.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .logs import parsed
from .turns import Turn, text_turn, turns_of

_ASKED = (
    "input",
    "question",
    "query",
    "prompt",
    "prompts",
    "instruction",
    "user_input",
    "human_input",
    "text",
    "topic",
)
_BEFORE = ("chat_history", "history", "context_messages")
_ANSWERED = (
    "message",
    "output",
    "answer",
    "result",
    "response",
    "completion",
    "output_text",
    "generated_text",
    "text",
    "content",
)
_SYSTEM = ("system", "system_prompt", "instructions")
_DEPTH = 5


def asked(value: Any, depth: int = _DEPTH) -> tuple[Turn, ...]:
    """The turns that came before an answer; empty where none can be made out."""
    value = parsed(value)
    if depth == 0 or value is None:
        return ()
    if isinstance(value, str):
        return (text_turn("user", value),) if value.strip() else ()
    if isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            return asked(value[0], depth - 1) if len(value) == 1 else ()
        return turns_of(value)
    if not isinstance(value, dict):
        return ()
    system = tuple(text_turn("system", text) for text in _texts(value, _SYSTEM))
    messages = turns_of(value.get("messages"))
    if messages:
        return (*system, *messages)
    if "role" in value or "lc" in value:
        return turns_of([value])
    before = tuple(turn for name in _BEFORE for turn in _earlier(value.get(name)))
    for name in _ASKED:
        found = asked(value.get(name), depth - 1)
        if found:
            return (*system, *before, *found)
    if isinstance(value.get("kwargs"), dict) or isinstance(value.get("args"), list):
        return asked(value.get("kwargs"), depth - 1) or asked(_first(value.get("args")), depth - 1)
    return asked(next(iter(value.values())), depth - 1) if len(value) == 1 else ()


def answered(value: Any, depth: int = _DEPTH) -> tuple[Turn, ...]:
    """The turns that an answer holds; empty where none can be made out."""
    value = parsed(value)
    if depth == 0 or value is None:
        return ()
    if isinstance(value, str):
        return (text_turn("assistant", value),) if value.strip() else ()
    if isinstance(value, list):
        return turns_of(value)
    if not isinstance(value, dict):
        return ()
    choices, generations = value.get("choices"), value.get("generations")
    if isinstance(choices, list) and choices:
        return _choice(choices[0], depth)
    if isinstance(generations, list) and generations:
        first = _first(generations)
        return _choice(_first(first) if isinstance(first, list) else first, depth)
    messages = turns_of(value.get("messages"))
    if messages:
        return messages
    if "role" in value or "lc" in value:
        return turns_of([value])
    for name in _ANSWERED:
        found = answered(value.get(name), depth - 1)
        if found:
            status = value.get("incomplete_details")
            cut = status.get("reason") if isinstance(status, dict) else None
            return _with_finish(found, cut)
    return answered(next(iter(value.values())), depth - 1) if len(value) == 1 else ()


def together(before: Sequence[Turn], after: Sequence[Turn]) -> tuple[Turn, ...]:
    """A whole conversation. An answer that repeats what was asked, as states of graphs do, is all of it."""
    if any(turn.role == "user" for turn in after):
        system = [turn for turn in before if turn.role == "system" and turn not in after]
        return (*system, *after)
    return (*before, *after)


def _choice(choice: Any, depth: int) -> tuple[Turn, ...]:
    if not isinstance(choice, dict):
        return ()
    turns = turns_of(choice.get("message")) or answered(choice.get("text"), depth - 1)
    info = choice.get("generation_info")
    finish = choice.get("finish_reason") or (info.get("finish_reason") if isinstance(info, dict) else None)
    return _with_finish(turns, finish)


def _with_finish(turns: tuple[Turn, ...], finish: Any) -> tuple[Turn, ...]:
    if not turns or not isinstance(finish, str):
        return turns
    return (*turns[:-1], turns[-1]._replace(finish=finish))


def _earlier(value: Any) -> tuple[Turn, ...]:
    """Messages, or pairs of a question and its answer."""
    value = parsed(value)
    if isinstance(value, list) and value and all(_is_pair(item) for item in value):
        pairs = ((text_turn("user", question), text_turn("assistant", answer)) for question, answer in value)
        return tuple(turn for pair in pairs for turn in pair)
    return turns_of(value)


def _is_pair(item: Any) -> bool:
    roles = ("user", "assistant", "human", "ai", "system")
    return (
        isinstance(item, list)
        and len(item) == 2
        and all(isinstance(part, str) for part in item)
        and item[0] not in roles
    )


def _texts(value: Mapping[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    found = [value.get(name) for name in names]
    return tuple(text for text in found if isinstance(text, str) and text.strip())


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else None
