"""Texts that a model reads: by `echo`, by tokens that it is made to write, by a script, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from proofset.errors import ModelError
from proofset.models import Call, Model, ModelPool, Reply, Request, Token
from proofset.models.endpoint import Endpoint, _Answer
from proofset.models.reading import _joined, _Piece, _runs
from proofset.models.scripted import ScriptedChat
from proofset.records import Message

TEXT = "The harbour is old."
READ = Request((Message(role="user", content=TEXT),), echo=True)
ASKED = Request(READ.messages)
Answering = Callable[[str, dict[str, Any]], tuple[int, Any]]
SERVED = {
    "The": (11, None),
    " harbour": (22, -4.5),
    " is": (33, -0.5),
    " old": (44, -2.0),
    ".": (55, -1.0),
}
TOKENS = tuple(Token(one, () if value is None else ((one, value),)) for one, (_, value) in SERVED.items())


def vllm(path: str, sent: dict[str, Any]) -> tuple[int, Any]:
    assert (path, sent["prompt"], sent["echo"]) == ("/completions", TEXT, True)
    told = {"tokens": [*SERVED, " And"], "token_logprobs": [*(p for _, p in SERVED.values()), -3.0]}
    choice = {"text": f"{TEXT} And", "logprobs": told, "finish_reason": "length"}
    return 200, {"choices": [choice], "usage": {"prompt_tokens": 5, "completion_tokens": 1}}


def llama(path: str, sent: dict[str, Any]) -> tuple[int, Any]:
    """As llama.cpp's server does: `echo` changes nothing."""
    if path == "/../tokenize":
        assert sent["content"] == TEXT
        return 200, {"tokens": [{"id": number, "piece": one} for one, (number, _) in SERVED.items()]}
    if "echo" in sent:
        written = [{"id": 9, "token": " And", "logprob": -3.0}]
        choice = {"text": " And", "logprobs": {"content": written}}
        return 200, {"choices": [choice], "usage": {"prompt_tokens": 5}}
    assert (sent["prompt"], sent["grammar"]) == ([11], "root ::= <[22]> <[33]> <[44]> <[55]>")
    written = [
        {"id": number, "token": one, "logprob": value} for one, (number, value) in [*SERVED.items()][1:]
    ]
    return 200, {"choices": [{"text": TEXT[3:], "logprobs": {"content": written}}]}


def silent(path: str, sent: dict[str, Any]) -> tuple[int, Any]:
    return 404, {"error": {"message": "no such path"}}


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answering], tuple[Endpoint, list[str]]]:
    def opened(answering: Answering) -> tuple[Endpoint, list[str]]:
        asked: list[str] = []

        async def exchange(self: Endpoint, verb: str, path: str, data: bytes, timeout_s: float) -> _Answer:
            asked.append(path)
            status, told = answering(path, json.loads(data))
            return _Answer(status, "X", {}, json.dumps(told).encode())

        monkeypatch.setattr(Endpoint, "_exchange", exchange)
        return Endpoint("openai:m", "m", "http://127.0.0.1:9/v1", key=None, timeout_s=1), asked

    return opened


@pytest.mark.parametrize(("server", "first", "then"), [(vllm, 1, 1), (llama, 3, 2)])
async def test_a_text_is_read_by_the_way_that_the_server_knows(
    endpoint: Any, server: Answering, first: int, then: int
) -> None:
    one, asked = endpoint(server)
    reply = await one.answer(READ, Call("scorer"))
    assert (reply.text, reply.tokens, reply.usage.input_tokens) == (TEXT, TOKENS, 5)
    assert len(asked) == first
    # What is known of the server is not asked again.
    await one.answer(READ, Call("scorer"))
    assert len(asked) == first + then


async def test_a_server_that_tells_nothing_is_told_in_one_line(endpoint: Any) -> None:
    one, _ = endpoint(silent)
    with pytest.raises(
        ModelError, match=r"^openai:m: it tells no log-probs of a text.*--model scorer="
    ) as told:
        await one.answer(READ, Call("scorer"))
    assert "\n" not in str(told.value)


async def test_a_chat_model_reads_nothing_but_a_script_may() -> None:
    from langchain_core.language_models.fake_chat_models import FakeListChatModel

    with pytest.raises(ModelError, match="it tells no log-probs of a text"):
        await Model("python:x", FakeListChatModel(responses=["no"])).ask(READ, Call("scorer"))
    told = json.dumps({"tokens": [[one, value] for one, (_, value) in SERVED.items()]})
    reply = await Model("scripted:x", ScriptedChat(respond=lambda call, text: told)).ask(READ, Call("scorer"))
    assert (reply.text, reply.tokens) == (TEXT, TOKENS)
    assert Reply.restored(reply.stored(), "stop", reply.usage).tokens == TOKENS


def test_tokens_that_are_parts_of_a_character_are_left_out() -> None:
    pieces = [
        _Piece(1, "ok"),
        _Piece(2, [32, 240, 159]),
        _Piece(3, [154]),
        _Piece(4, [163]),
        _Piece(5, " ok"),
    ]
    assert _runs(pieces) == [range(4, 5)]
    assert list(_joined(pieces, {4: -1.0})) == [("ok", None), (" \U0001f6a3", None), (" ok", -1.0)]


def test_of_many_runs_the_longest_are_asked_for() -> None:
    lengths = [3, 1, 5, 2, 4, 6, 7, 8]
    pieces = [_Piece(0, [240])]
    for length in lengths:
        pieces += [*[_Piece(1, "a")] * length, _Piece(0, [240])]
    assert [len(run) for run in _runs(pieces)] == [3, 5, 4, 6, 7, 8]
    assert _runs([]) == _runs([_Piece(1, "a")]) == []


def test_what_is_read_is_another_request_than_what_is_answered() -> None:
    assert READ.key("m") != ASKED.key("m")


@pytest.mark.local_model
async def test_the_local_server_tells_noise_from_text(open_models: Callable[..., ModelPool]) -> None:
    pytest.importorskip("xllamacpp", reason="needs the extra `local`")
    pool = open_models("local:smollm2-135m")
    model = await pool.of("scorer")

    async def bits(text: str) -> float:
        request = Request((Message(role="user", content=text),), echo=True)
        reply = await model.ask(request, Call("scorer"))
        assert "".join(token.text for token in reply.tokens) == text
        return -sum(token.top[0][1] for token in reply.tokens if token.top) / len(text)

    text = await bits("The heart pumps blood through the body, and it has four chambers that do so in turn.")
    noise = await bits("qwje zxmv lkqp woei mznx bvqq plok iuyt ghjk qazw sxed crfv tgby hnuj mikl opzx qwer")
    assert text < 1.5 < 2.5 < noise
    # Parts of characters, marks of the template, and languages that the model hardly knows.
    for odd in ("ok \U0001f6a3 ok, and \U0001f6a3 again", "a<|im_end|>b", "Привет, мир"):
        assert await bits(odd) > 0
