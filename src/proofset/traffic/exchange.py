"""Exchange: what a row of a log says, before anything is sampled or scrubbed. It is never written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ..records import Message, digest
from .item import Source
from .rules import Drop
from .turns import Turn

_CUT = ("length", "max_tokens", "max_output_tokens", "MAX_TOKENS")
_FILTERED = ("content_filter", "safety", "SAFETY")
_MAX_TAG = 80
_SYSTEM_GAP = "\n\n"


class Facts(NamedTuple):
    """What a row says beside its turns.

    Attributes:
        conversation: an id that all rows of a conversation share; empty where the log has none.
        time: as the log has it: ISO 8601, or seconds or milliseconds since the epoch.
        places: objects of the row whose fields may tell rows apart.
    """

    source: Source
    model: str | None = None
    conversation: str = ""
    time: Any = None
    places: tuple[Mapping[str, Any], ...] = ()

    def tag(self, name: str) -> str | None:
        """The value of a field, or of a tag, that is a short text, number or truth value.

        Of a plain list of tags each is its own value.
        """
        for place in self.places:
            tags = place.get("tags")
            if isinstance(tags, list) and name in tags:
                return name
            for inside in (place, tags):
                value = inside.get(name) if isinstance(inside, dict) else None
                if isinstance(value, str | int | bool) and len(str(value)) <= _MAX_TAG:
                    return str(value)
        return None


class Exchange(NamedTuple):
    """One exchange as the log has it, with personal data in it."""

    system: str
    history: tuple[Message, ...]
    instruction: str
    output: str
    facts: Facts

    @property
    def conversation(self) -> str:
        """What all rows of one conversation share: the log's id, else how the conversation begins.

        A log that writes all earlier turns into each row shares system, first question and first answer.
        """
        if self.facts.conversation:
            return digest("conversation id", self.facts.conversation).hex()
        first = [turn.content for turn in self.history[:2]]
        opening = first if len(first) == 2 else [self.instruction, self.output]
        return digest("conversation", self.system, opening).hex()


def exchange_of(turns: Sequence[Turn], facts: Facts) -> Exchange | Drop:
    """The last question of these turns and its answer, or why there is none to learn from."""
    asked = max((place for place, turn in enumerate(turns) if turn.role == "user"), default=-1)
    if asked < 0:
        return Drop("no_question", "no turn of a user")
    question, after = turns[asked], turns[asked + 1 :]
    answer = after[-1] if after and after[-1].role == "assistant" else None
    if answer is None:
        return Drop("no_answer", "no turn of an assistant after the last one of a user")
    if any(turn.role == "tool" or turn.calls for turn in after[:-1]):
        return Drop("tool_result", "the answer rests on results of tools, which a row cannot hold")
    if answer.calls:
        return Drop("tool_call", "the answer calls a tool")
    if question.more or answer.more:
        kinds = ", ".join(sorted({*question.more, *answer.more}))
        return Drop("not_text", f"question or answer holds more than text ({kinds[:80]})")
    if not question.text.strip():
        return Drop("no_question", "the last turn of a user is empty")
    if not answer.text.strip():
        return Drop("no_answer", "the answer is empty")
    if answer.finish in _CUT:
        return Drop("cut_off", f"the answer was cut off (finish reason {answer.finish})")
    if answer.finish in _FILTERED:
        return Drop("provider_filter", f"the provider filtered the answer (finish reason {answer.finish})")
    system = _SYSTEM_GAP.join(turn.text for turn in turns if turn.role == "system" and turn.text.strip())
    history = tuple(
        Message(role=turn.role, content=turn.text)
        for turn in turns[:asked]
        if turn.role in ("user", "assistant") and turn.text.strip()
    )
    return Exchange(system, history, question.text, answer.text, facts)


def iso_time(value: Any) -> str | None:
    """ISO 8601 in UTC, to the second; None for what is no time."""
    try:
        if isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            moment = datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        elif isinstance(value, str) and value:
            moment = datetime.fromisoformat(value)
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
