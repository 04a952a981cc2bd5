"""Models that call tools: the form of a call, its journal, and the chat model that agents are given."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool

from proofset.errors import ModelError, RequestFailedError, UsageError
from proofset.memory import Ledger, LedgerJournal, sqlite_url
from proofset.models import (
    Call,
    Model,
    ModelPool,
    ModelSpec,
    Price,
    Reply,
    Request,
    Sampling,
    Spent,
    ToolCall,
)
from proofset.models.asking import AskingChat, usage_in
from proofset.models.chat import openai_chat
from proofset.models.endpoint import Endpoint
from proofset.models.request import CallingTurn, ToolTurn, Turn
from proofset.models.scripted import Scripted, ScriptedCall, ScriptedChat, read_script, respond_from_rows
from proofset.models.turns import from_langchain, to_langchain
from proofset.records import Message, Usage

HELLO = (Message(role="user", content="hello"),)
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
arguments = st.dictionaries(texts, st.integers() | texts | st.booleans(), max_size=3).map(
    lambda found: json.dumps(found, ensure_ascii=False)
)
calls = st.lists(
    st.builds(ToolCall, id=texts.filter(bool), name=texts, arguments=arguments), min_size=1, max_size=3
).map(tuple)
turns = (
    st.builds(Message, role=st.sampled_from(["system", "user", "assistant"]), content=texts)
    | st.builds(CallingTurn, content=texts, tool_calls=calls)
    | st.builds(ToolTurn, content=texts, tool_call_id=texts)
)


@tool
async def double(number: int) -> str:
    """Twice a number."""
    return str(2 * number)


def doubling(call: Call, prompt: str) -> str | Scripted:
    if prompt.isdecimal():
        return f"it is {prompt}"
    return Scripted("let me see", (ScriptedCall("double", '{"number": 21}'),))


async def talk(model: Model) -> list[BaseMessage]:
    """A loop of a chat model and its tool, to the end."""
    chat = AskingChat(model=model, call=Call("solver", 3), sampling=Sampling(seed=1)).bind_tools([double])
    messages: list[BaseMessage] = [SystemMessage("You double."), HumanMessage("twenty-one")]
    while True:
        reply = await chat.ainvoke(messages)
        messages.append(reply)
        if not reply.tool_calls:
            return messages
        messages += [await double.ainvoke(call) for call in reply.tool_calls]


@given(turns)
def test_turns_survive_the_way_through_langchain(turn: Turn) -> None:
    assert from_langchain(to_langchain(turn)) == turn


@given(texts, calls)
def test_tool_calls_survive_the_journal(text: str, made: tuple[ToolCall, ...]) -> None:
    reply = Reply(text, "tool_calls", tool_calls=made)
    assert Reply.restored(reply.stored(), reply.finish_reason, Usage()) == reply


@given(texts)
def test_text_is_journalled_as_it_is(text: str) -> None:
    assert Reply(text, "stop").stored() == text
    assert Reply.restored(text, "stop", Usage()) == Reply(text, "stop")


def test_arguments_that_are_no_json_object_are_marked_and_kept() -> None:
    broken = tuple(
        ToolCall(id=str(n), name="f", arguments=text) for n, text in enumerate(["{", "[1]", "3", ""])
    )
    turn = CallingTurn(content="", tool_calls=broken)
    message = to_langchain(turn)
    assert isinstance(message, AIMessage)
    assert (len(message.tool_calls), len(message.invalid_tool_calls)) == (0, 4)
    assert from_langchain(message) == turn


def test_tools_are_part_of_the_key_and_nothing_else_changed() -> None:
    plain = Request(HELLO, Sampling(seed=1))
    assert plain.key("openai:a").startswith("c8cd585b0ce770ca")
    tools = ({"type": "function", "function": {"name": "f"}},)
    answered = (*HELLO, CallingTurn(content="", tool_calls=()), ToolTurn(content="4", tool_call_id="x"))
    keys = {
        plain.key("openai:a"),
        Request(HELLO, Sampling(seed=1), tools=tools).key("openai:a"),
        Request(answered, Sampling(seed=1), tools=tools).key("openai:a"),
    }
    assert len(keys) == 3


async def test_a_talk_with_tools_is_paid_for_once(tmp_path: Path) -> None:
    asked: list[str] = []
    spent: list[Spent] = []

    def respond(call: Call, prompt: str) -> str | Scripted:
        asked.append(prompt)
        return doubling(call, prompt)

    ledger = Ledger(sqlite_url(tmp_path / "l.db"))
    talks = []
    for _ in range(2):
        model = Model(
            "scripted:x",
            ScriptedChat(respond=respond),
            journal=LedgerJournal(ledger),
            price=Price(input=1, output=1_000_000),
            on_spent=spent.append,
        )
        talks.append(await talk(model))
    ledger.close()
    assert asked == ["twenty-one", "42"]
    assert [one.replayed for one in spent] == [False, False, True, True]
    first, second = ([from_langchain(message) for message in messages] for messages in talks)
    assert first == second
    assert first[-1] == Message(role="assistant", content="it is 42")
    assert usage_in(talks[0]) == usage_in(talks[1]) == spent[0].usage + spent[1].usage
    assert usage_in(talks[0]).usd == pytest.approx(8 + 11e-6)


async def test_a_reply_without_tools_offered_calls_none() -> None:
    model = Model("scripted:x", ScriptedChat(respond=doubling))
    reply = await model.ask(Request(HELLO), Call("solver"))
    assert (reply.text, reply.finish_reason, reply.tool_calls) == ("let me see", "stop", ())


async def test_a_chat_model_without_tools_is_named() -> None:
    model = Model("python:x", FakeListChatModel(responses=["hi"]))
    with pytest.raises(ModelError, match="python:x: this chat model cannot call tools"):
        await talk(model)


async def test_what_cannot_be_journalled_is_refused() -> None:
    chat = AskingChat(model=Model("scripted:x", ScriptedChat(respond=doubling)), call=Call("solver"))
    with pytest.raises(UsageError, match="tool_choice cannot be journalled"):
        chat.bind_tools([double], tool_choice="any")
    with pytest.raises(UsageError, match="temperature cannot be set in a call"):
        await chat.ainvoke("hello", temperature=0.5)
    with pytest.raises(UsageError, match="only text can be asked"):
        await chat.ainvoke([HumanMessage([{"type": "image_url", "image_url": {"url": "x"}}])])
    with pytest.raises(UsageError, match="asynchronously"):
        chat.invoke("hello")


def test_usage_of_other_chat_models_has_no_price() -> None:
    assert usage_in([AIMessage("hi"), HumanMessage("ho")]) == Usage(calls=1, usd=None)


async def test_a_script_file_calls_tools(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"contains": "42", "reply": "done"},
        {"reply": "", "tool_calls": [{"name": "double", "args": {"number": 21}}]},
    ]
    path = tmp_path / "s.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    assert respond_from_rows(read_script(path))(Call("solver"), "42") == "done"
    messages = await talk(await ModelPool({"default": f"scripted:{path}"}).of("solver"))
    assert [message.text for message in messages][2:] == ["", "42", "done"]
    assert isinstance(messages[3], ToolMessage)


def recording(sent: list[dict[str, Any]], status: int, body: str) -> Callable[..., Awaitable[None]]:
    """Serves one answer to all, and keeps what was posted."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        sent.append(json.loads(await reader.readexactly(int(head.split("content-length: ")[1].split()[0]))))
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}".encode()
        )
        writer.write(f"\r\nConnection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    return serve


@pytest.mark.parametrize("traced", [None, lambda call: True], ids=["plain", "traced"])
async def test_a_call_over_http_sends_the_tools_and_keeps_ids_and_broken_arguments(
    open_models: Callable[..., ModelPool], traced: Callable[[Call], bool] | None
) -> None:
    sent: list[dict[str, Any]] = []
    made = [
        {"id": "c1", "type": "function", "function": {"name": "double", "arguments": '{"number": 21}'}},
        {"id": "c2", "type": "function", "function": {"name": "double", "arguments": '{"number": '}},
    ]
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "tool_calls": made}}
    body = json.dumps(
        {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    )

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        sent.append(json.loads(await reader.readexactly(int(head.split("content-length: ")[1].split()[0]))))
        writer.write(
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}".encode()
        )
        writer.write(f"\r\nConnection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    tools = ({"type": "function", "function": {"name": "double", "parameters": {"type": "object"}}},)
    async with await asyncio.start_server(recording(sent, 200, body), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        model = await open_models(f"openai:m@http://127.0.0.1:{port}/v1", traced=traced).of("solver")
        reply = await model.ask(Request(HELLO, tools=tools), Call("s"))
        calls = (
            ToolCall(id="c1", name="double", arguments='{"number": 21}'),
            ToolCall(id="c2", name="double", arguments='{"number": '),
        )
        assert (reply.finish_reason, reply.tool_calls) == ("tool_calls", calls)
        answered = [ToolTurn(content="42", tool_call_id="c1"), ToolTurn(content="broken", tool_call_id="c2")]
        told: tuple[Turn, ...] = (*HELLO, CallingTurn(content="", tool_calls=calls), *answered)
        await model.ask(Request(told, tools=tools), Call("s"))
    assert sent[0]["tools"] == list(tools)
    assert [message["role"] for message in sent[1]["messages"]] == ["user", "assistant", "tool", "tool"]
    assert sent[1]["messages"][1]["tool_calls"] == made


async def test_both_ways_ask_alike() -> None:
    sent: list[dict[str, Any]] = []

    calls = (ToolCall(id="c1", name="double", arguments='{"number": 21}'),)
    talk = (
        Message(role="system", content="Be brief."),
        *HELLO,
        CallingTurn(content="", tool_calls=calls),
        ToolTurn(content="42", tool_call_id="c1"),
        Message(role="assistant", content="42, then"),
    )
    sampling = Sampling(
        temperature=0.5, top_p=0.9, presence_penalty=0.1, max_tokens=77, stop=("\n\n",), seed=5
    )
    tools = ({"type": "function", "function": {"name": "double", "parameters": {"type": "object"}}},)
    schema = {"title": "Form", "type": "object", "properties": {"a": {"type": "string"}}}
    async with await asyncio.start_server(recording(sent, 400, "{}"), "127.0.0.1", 0) as server:
        spec = ModelSpec.parse(f"openai:m@http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
        plain = Endpoint.of(spec, timeout_s=5)
        for provider in (plain, openai_chat(spec, timeout_s=5)):
            for request in (Request(talk, sampling, schema), Request(talk, tools=tools), Request(HELLO)):
                with pytest.raises(RequestFailedError):
                    await provider.answer(request, Call("solver"))
        await plain.close()
    directly, by_langchain = sent[:3], sent[3:]
    for body in by_langchain:
        assert body.pop("stream") is False
    assert directly == by_langchain
