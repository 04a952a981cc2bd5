"""Which kind of log a row is from, and the exchange that it holds.

OpenAI      {request, response}, {messages} with the answer in them or beside them as {choices} or {response},
            batch rows that hold both, the Responses API
LangSmith   runs: {run_type, inputs, outputs, extra, …}, calls of models and roots; examples of data sets
Langfuse    observations in camelCase (page, API) and snake_case (blob storage), and traces
plain       {instruction | prompt | question | input …} with {output | response | completion | answer …};
            {conversations}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..records import well_formed
from .exchange import Exchange, Facts, exchange_of
from .item import Source
from .logs import parsed
from .rules import Drop
from .sides import answered, asked, together
from .turns import Turn, turns_of

UNKNOWN = "unknown_shape"
_CONVERSATION = (
    "conversation_id",
    "session_id",
    "thread_id",
    "chat_id",
    "conversationId",
    "sessionId",
    "threadId",
    "langfuse_session_id",
)
_TIMES = ("timestamp", "time", "created_at", "start_time", "startTime", "createdAt", "created", "date")
_MODELS = ("model", "model_name", "modelName", "ls_model_name", "provided_model_name", "providedModelName")
_OBSERVED = ("GENERATION", "SPAN", "EVENT", "AGENT", "TOOL", "CHAIN", "RETRIEVER", "EVALUATOR", "EMBEDDING")
_TRACE_MARKS = (
    "htmlPath",
    "observations",
    "bookmarked",
    "projectId",
    "project_id",
    "environment",
    "release",
    "public",
    "userId",
    "sessionId",
)
_ANSWERS = ("output", "response", "completion", "answer", "chosen", "assistant", "reply")

Row = Mapping[str, Any]


def exchange_in(row: Row, source: Source | None = None) -> Exchange | Drop:
    """The exchange of a row, or why there is none; `unknown_shape` for a row that nobody here can read.

    Args:
        source: what kind of log it is from; None finds that out for each row.
    """
    return _READERS[source or source_of(row)](row)


def source_of(row: Row) -> Source:
    """By the names of its fields."""
    if "outputs" in row or ("run_type" in row and "inputs" in row):
        return "langsmith"
    is_observation = row.get("type") in _OBSERVED and ("traceId" in row or "trace_id" in row)
    if is_observation or ("input" in row and "output" in row and any(mark in row for mark in _TRACE_MARKS)):
        return "langfuse"
    openai = ("messages", "request", "choices", "custom_id", "request_body", "response_body")
    if any(name in row for name in openai) or row.get("object") == "response":
        return "openai"
    if "input" in row and isinstance(parsed(row.get("output")), list):
        return "openai"
    return "jsonl"


def _openai(row: Row) -> Exchange | Drop:
    request = _body(row, "request", "request_body")
    response = _body(row, "response", "response_body", "completion")
    if failed := _failed(row, response):
        return failed
    before = asked(request if request is not None else _without(row, "response", "output", "choices"))
    after = answered(response) if response is not None else ()
    if response is None:
        after = answered(_only(row, "choices", "output"))
    if not before and after and "custom_id" in row:
        return Drop("no_request", "the output of a batch holds no request; join both by custom_id")
    places = [place for place in (row, request, response) if isinstance(place, dict)]
    return _made(together(before, after), row, _facts("openai", *places))


def _langsmith(row: Row) -> Exchange | Drop:
    kind, parent = row.get("run_type"), row.get("parent_run_id")
    if kind not in ("llm", "chat_model", None) and (parent or kind != "chain"):
        return Drop("no_model_call", "a run inside another one that is no call of a model")
    if row.get("error") or row.get("status") == "error":
        return Drop("failed", "the run ended in an error")
    extra = _mapping(row.get("extra"))
    meta, parameters = _mapping(extra.get("metadata")), _mapping(extra.get("invocation_params"))
    inputs, outputs = _mapping(row.get("inputs")), _mapping(row.get("outputs"))
    facts = _facts("langsmith", meta, parameters, outputs, _mapping(outputs.get("llm_output")), row)
    # The session of a run is its project, not a conversation.
    conversation = _text(meta, _CONVERSATION) or _text(row, ("thread_id", "trace_id"))
    return _made(
        together(asked(inputs), answered(outputs)), row, facts._replace(conversation=conversation or "")
    )


def _langfuse(row: Row) -> Exchange | Drop:
    kind = row.get("type")
    parent = row.get("parentObservationId") or row.get("parent_observation_id")
    if kind in _OBSERVED and kind != "GENERATION" and (parent or kind not in ("SPAN", "AGENT", "CHAIN")):
        return Drop("no_model_call", "an observation inside another one that is no call of a model")
    if row.get("level") == "ERROR":
        return Drop("failed", "the observation ended in an error")
    meta = _mapping(row.get("metadata"))
    facts = _facts("langfuse", row, meta)
    trace = _text(row, ("traceId", "trace_id", "id") if kind in _OBSERVED else ("id",))
    facts = facts._replace(conversation=facts.conversation or trace or "")
    made = _made(together(asked(row.get("input")), answered(row.get("output"))), row, facts)
    if isinstance(made, Drop) and made.code == UNKNOWN:
        # A trace may have no input of its own; its last call of a model has.
        inside = [part for part in _list(row.get("observations")) if part.get("type") == "GENERATION"]
        if inside:
            return _langfuse({**inside[-1], "sessionId": facts.conversation, "type": "GENERATION"})
    return made


def _plain(row: Row) -> Exchange | Drop:
    turns = turns_of(row.get("conversations") or row.get("conversation"))
    if not turns and not any(row.get(name) for name in _ANSWERS):
        return _made((), row, _facts("jsonl", row))
    if not turns:
        given, extra = row.get("instruction"), row.get("input")
        if isinstance(given, str) and isinstance(extra, str) and extra.strip():
            row = {**row, "instruction": f"{given}\n\n{extra}", "input": None}
        before = asked(_without(row, *_ANSWERS))
        after = next(filter(None, (answered(row.get(name)) for name in _ANSWERS)), ())
        turns = together(before, after)
    return _made(turns, row, _facts("jsonl", row))


_READERS: dict[Source, Callable[[Row], Exchange | Drop]] = {
    "openai": _openai,
    "langsmith": _langsmith,
    "langfuse": _langfuse,
    "jsonl": _plain,
}


def _made(turns: tuple[Turn, ...], row: Row, facts: Facts) -> Exchange | Drop:
    if not turns:
        names = ", ".join(" ".join(str(name).split())[:40] for name in list(row)[:8]) or "no fields"
        return Drop(UNKNOWN, f"no question and answer in its fields ({well_formed(names)})")
    return exchange_of(turns, facts)


def _facts(source: Source, *places: Row) -> Facts:
    wider = [place for place in places if place]
    wider += [inside for place in places if (inside := _mapping(place.get("metadata")))]
    conversation = next(filter(None, (_text(place, _CONVERSATION) for place in wider)), None)
    if conversation is None:
        named = next((place["conversation"] for place in wider if place.get("conversation")), None)
        conversation = _text(_mapping(named), ("id",)) or (named if isinstance(named, str) else None)
    return Facts(
        source,
        model=next(filter(None, (_text(place, _MODELS) for place in wider)), None),
        conversation=conversation or "",
        time=next(filter(None, (place.get(name) for place in places for name in _TIMES)), None),
        places=tuple(wider),
    )


def _failed(row: Row, response: Any) -> Drop | None:
    wrapped = _mapping(row.get("response"))
    status = wrapped.get("status_code", row.get("status_code"))
    bad = isinstance(status, int) and status >= 400
    if bad or row.get("error") or (isinstance(response, dict) and response.get("error")):
        return Drop("failed", f"the call failed{f' (status {status})' if bad else ''}")
    return None


def _body(row: Row, *names: str) -> Any:
    """A request or a response: what stands in the first of these fields, out of its envelope."""
    for name in names:
        value = parsed(row.get(name))
        if isinstance(value, dict) and isinstance(parsed(value.get("body")), dict):
            value = parsed(value["body"])
        if value is not None:
            return value
    return parsed(row["body"]) if "request" in names and "body" in row else None


def _mapping(value: Any) -> Mapping[str, Any]:
    value = parsed(value)
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Mapping[str, Any]]:
    value = parsed(value)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(place: Row, names: tuple[str, ...]) -> str | None:
    return next((well_formed(str(place[name])) for name in names if _is_name(place.get(name))), None)


def _is_name(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and bool(str(value).strip())


def _without(row: Row, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _only(row: Row, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names if name in row}
