"""Rows of logs: every shape gives its exchange; what cannot be learnt from is told apart; nothing raises."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from traffic_rows import ANSWER, LANGFUSE, LANGSMITH, OPENAI, QUESTION, SHAPES, SYSTEM, chat, lc

from proofset.records import Message
from proofset.traffic.dialects import exchange_in, source_of
from proofset.traffic.exchange import Exchange, iso_time
from proofset.traffic.rules import Drop

CASES = [(source, name, row) for source, rows in SHAPES.items() for name, row in rows.items()]
USER = {"role": "user", "content": QUESTION}
TOLD = {"role": "assistant", "content": ANSWER}
CALL = {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function"}]}
RESULT = {"role": "tool", "tool_call_id": "c", "content": "42"}


def exchange(row: dict[str, Any]) -> Exchange:
    made = exchange_in(row)
    assert isinstance(made, Exchange), made
    return made


def code(row: dict[str, Any]) -> str:
    made = exchange_in(row)
    assert isinstance(made, Drop), made
    return made.code


@pytest.mark.parametrize(("source", "name", "row"), CASES, ids=[f"{one[0]}: {one[1]}" for one in CASES])
def test_every_shape_gives_the_exchange(source: Any, name: str, row: dict[str, Any]) -> None:
    assert source_of(row) == source
    made = exchange(row)
    assert (made.instruction, made.output) == (QUESTION, ANSWER)
    assert made.system in ("", SYSTEM) and made.facts.model == "m-1" and made.facts.source == source
    assert exchange_in(row, source) == made


def test_earlier_turns_are_the_history_without_calls_of_tools() -> None:
    first, second = {"role": "user", "content": "What is git?"}, {"role": "assistant", "content": "A VCS."}
    row = {"messages": [first, CALL, RESULT, second, {"role": "system", "content": SYSTEM}, USER, TOLD]}
    made = exchange(row)
    assert made.history == (
        Message(role="user", content="What is git?"),
        Message(role="assistant", content="A VCS."),
    )
    assert made.system == SYSTEM


def test_what_rests_on_more_than_its_text_is_no_exchange() -> None:
    picture = {"role": "user", "content": [{"type": "text", "text": QUESTION}, {"type": "image_url"}]}
    assert code({"messages": [USER, CALL]}) == "tool_call"
    assert code({"messages": [USER, CALL, RESULT, TOLD]}) == "tool_result"
    assert code({"messages": [picture, TOLD]}) == "not_text"
    assert code({"messages": [USER]}) == "no_answer"
    assert code({"messages": [TOLD]}) == "no_question"
    assert code(chat(question=" ")) == "no_question"
    assert code(chat(answer=" ")) == "no_answer"
    anthropic = {"role": "user", "content": [{"type": "tool_result", "content": "42"}]}
    use = {"role": "assistant", "content": [{"type": "tool_use", "name": "f"}]}
    assert code({"messages": [USER, use, anthropic, TOLD]}) == "tool_result"


@pytest.mark.parametrize(
    ("finish", "expected"),
    [("length", "cut_off"), ("max_tokens", "cut_off"), ("content_filter", "provider_filter")],
)
def test_an_answer_that_was_cut_off_or_filtered_is_left_out(finish: str, expected: str) -> None:
    choice = {"message": TOLD, "finish_reason": finish}
    assert code({"request": {"messages": [USER]}, "response": {"choices": [choice]}}) == expected
    run = LANGSMITH["LangChain's messages"]
    message = lc("AIMessage", ANSWER, response_metadata={"finish_reason": finish})
    assert code(run | {"outputs": {"generations": [[{"message": message}]]}}) == expected


def test_calls_that_failed_are_left_out() -> None:
    batch = OPENAI["in a body"]
    assert code(batch | {"response": {"status_code": 500, "body": {}}}) == "failed"
    assert code(batch | {"error": {"code": "timeout"}}) == "failed"
    assert code(LANGSMITH["one message out"] | {"error": "ValueError()"}) == "failed"
    assert code(LANGFUSE["texts"] | {"level": "ERROR"}) == "failed"


def test_the_output_of_a_batch_alone_has_no_request() -> None:
    row = {name: value for name, value in OPENAI["in a body"].items() if name != "request"}
    assert code(row) == "no_request"


def test_steps_inside_a_trace_that_call_no_model_are_left_out() -> None:
    inside = LANGSMITH["a root chain"] | {"parent_run_id": "r0"}
    assert code(inside) == "no_model_call"
    assert code(inside | {"run_type": "tool"}) == "no_model_call"
    step = LANGFUSE["texts"] | {"type": "SPAN", "parentObservationId": "o0"}
    assert code(step) == "no_model_call"
    assert code(step | {"type": "RETRIEVER", "parentObservationId": None}) == "no_model_call"


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"level": "info", "msg": "started"},
        {"instruction": QUESTION},
        {"messages": "none"},
        {"output": []},
    ],
)
def test_a_row_in_no_known_shape_says_which_fields_it_has(row: dict[str, Any]) -> None:
    made = exchange_in(row)
    assert isinstance(made, Drop) and made.code in ("unknown_shape", "no_answer", "no_question")
    if made.code == "unknown_shape":
        assert all(name in made.reason for name in row)


def test_rows_of_one_conversation_are_known_as_such() -> None:
    first = exchange(chat())
    later = exchange({"messages": [USER, TOLD, {"role": "user", "content": "And undo it?"}, TOLD]})
    other = exchange(chat(answer="Another answer."))
    assert first.conversation == later.conversation != other.conversation
    named = [chat(question=f"Question {number}?", session_id="s-1") for number in range(2)]
    assert len({exchange(row).conversation for row in named}) == 1
    # The session of a LangSmith run is its project.
    runs = [
        LANGSMITH["one message out"] | {"session_id": "p", "trace_id": f"t{number}"} for number in range(2)
    ]
    assert len({exchange(row).conversation for row in runs}) == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1715509394, "2024-05-12T10:23:14Z"),
        (1715509394512, "2024-05-12T10:23:14Z"),
        ("2024-05-12T12:23:14.512+02:00", "2024-05-12T10:23:14Z"),
        ("2024-05-29 13:46:19.963000", "2024-05-29T13:46:19Z"),
        ("yesterday", None),
        (1e300, None),
        (True, None),
    ],
)
def test_times_are_told_in_utc(value: object, expected: str | None) -> None:
    assert iso_time(value) == expected


NAMES = st.sampled_from(
    re.findall(
        r"\w+",
        """messages role content request response choices message inputs outputs run_type type traceId input
        output generations text kwargs args lc id data metadata tags body custom_id model conversations from
        value error observations extra prompt completion instruction history session_id created""",
    )
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["user", "assistant", "llm", "GENERATION", "HumanMessage", '{"a": [', '["x"]', "\ud800"]),
)
ROWS = st.recursive(
    VALUES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=6)),
    max_leaves=25,
)


@given(st.dictionaries(NAMES, ROWS, max_size=8), st.sampled_from([None, *SHAPES]))
def test_no_row_raises(row: dict[str, Any], source: Any) -> None:
    made = exchange_in(row, source)
    if isinstance(made, Exchange):
        assert made.instruction.strip() and made.output.strip()
        "".join((made.instruction, made.output, made.system)).encode()
        assert len(made.conversation) == 64
    else:
        made.reason.encode()
