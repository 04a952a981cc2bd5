"""Models: specs, the journal before every call, one feedback turn, scripts, and the gate."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from faulty_endpoint import OK, endpoint
from pydantic import BaseModel, ConfigDict

from proofset.errors import ModelError, RequestFailedError, UsageError
from proofset.memory import Ledger, LedgerJournal, sqlite_url
from proofset.models import (
    Call,
    Malformed,
    Model,
    ModelPool,
    ModelSpec,
    Price,
    Request,
    Sampling,
    Spent,
    Typed,
    model_for,
    parse_models,
)
from proofset.models.endpoint import Endpoint
from proofset.models.gate import Gate
from proofset.models.scripted import ScriptedChat, read_script, respond_from_rows
from proofset.records import Message


class Number(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: int


def request(text: str = "hello", *, seed: int | None = None) -> Request:
    return Request((Message(role="user", content=text),), Sampling(seed=seed))


class Replies:
    """Gives out replies in turn and counts what it is asked."""

    def __init__(self, *replies: str) -> None:
        self.replies = list(replies)
        self.prompts: list[str] = []

    def __call__(self, call: Call, prompt: str) -> str:
        self.prompts.append(prompt)
        return self.replies[min(len(self.prompts), len(self.replies)) - 1]


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("openai:gpt-5", ModelSpec("openai", "gpt-5")),
        ("openai:org/m@v1", ModelSpec("openai", "org/m@v1")),
        ("openai:m@http://127.0.0.1:8000/v1", ModelSpec("openai", "m", "http://127.0.0.1:8000/v1")),
        ("local:qwen2.5-coder-0.5b", ModelSpec("local", "qwen2.5-coder-0.5b")),
        ("scripted:a/b.jsonl", ModelSpec("scripted", "a/b.jsonl")),
    ],
)
def test_specs_parse_and_print_back(text: str, spec: ModelSpec) -> None:
    assert ModelSpec.parse(text) == spec
    assert str(spec) == text


@pytest.mark.parametrize("text", ["", "gpt-5", "openai:", "azure:x", "openai: x", "openai:@http://h"])
def test_other_specs_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError, match="model spec") as caught:
        ModelSpec.parse(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://me:hunter2@h/v1", "https://h/v1?key=hunter2"])
def test_secrets_do_not_belong_into_a_spec(url: str) -> None:
    with pytest.raises(UsageError, match="OPENAI_API_KEY") as caught:
        ModelSpec.parse(f"openai:m@{url}")
    assert "hunter2" not in str(caught.value)


def test_models_by_role() -> None:
    models = parse_models(["openai:a", "solver=openai:b@http://h/v1"], ["solver", "judge"])
    assert model_for(models, "solver") == "openai:b@http://h/v1"
    assert model_for(models, "judge") == "openai:a"
    with pytest.raises(UsageError, match="no role 'poet'"):
        parse_models(["poet=openai:a"], ["solver"])
    with pytest.raises(UsageError, match="has a model already"):
        parse_models(["openai:a", "openai:b"], [])
    with pytest.raises(UsageError, match="no model for the role 'judge'"):
        model_for({"solver": "openai:a"}, "judge")


def test_equal_requests_share_a_key_and_different_ones_do_not() -> None:
    assert request(seed=1).key("openai:a") == request(seed=1).key("openai:a")
    keys = {
        request(seed=1).key("openai:a"),
        request(seed=2).key("openai:a"),
        request(seed=1).key("openai:b"),
        request("other", seed=1).key("openai:a"),
        Request(request(seed=1).messages, Sampling(seed=1), schema={"title": "x"}).key("openai:a"),
    }
    assert len(keys) == 5


async def test_an_answer_is_paid_for_once(tmp_path: Path) -> None:
    replies, spent = Replies("first", "second"), list[Spent]()
    ledger = Ledger(sqlite_url(tmp_path / "l.db"))
    for _ in range(2):
        model = Model(
            "scripted:x",
            ScriptedChat(respond=replies),
            journal=LedgerJournal(ledger),
            price=Price(input=1, output=2_000_000),
            on_spent=spent.append,
        )
        reply = await model.ask(request(), Call("solver"))
        assert reply.text == "first"
    assert len(replies.prompts) == 1
    assert [one.replayed for one in spent] == [False, True]
    assert spent[0].usage == spent[1].usage
    assert spent[0].usage.usd == pytest.approx(2 + 1e-6)
    ledger.close()


async def test_an_answer_is_journalled_though_its_asker_is_cancelled(tmp_path: Path) -> None:
    asked, release = asyncio.Event(), asyncio.Event()

    class Slow(ScriptedChat):
        async def _agenerate(self, *args, **kwargs):  # type: ignore[no-untyped-def]
            asked.set()
            await release.wait()
            return await super()._agenerate(*args, **kwargs)

    ledger = Ledger(sqlite_url(tmp_path / "l.db"))
    model = Model("scripted:x", Slow(respond=Replies("paid for")), journal=LedgerJournal(ledger))
    task = asyncio.create_task(model.ask(request(), Call("solver")))
    await asked.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    release.set()
    await model.drain()
    row = await ledger.journal_get(request().key("scripted:x"))
    assert row is not None
    assert row.reply == "paid for"
    ledger.close()


async def test_a_malformed_reply_is_fed_back_once() -> None:
    replies = Replies('{"number": "many"}', '{"number": 4}')
    model = Model("scripted:x", ScriptedChat(respond=replies))
    typed = await model.ask_typed(request(), Call("solver"), Number)
    assert isinstance(typed, Typed)
    assert (typed.value.number, typed.repaired, typed.usage.calls) == (4, True, 2)
    assert "number: Input should be a valid integer" in replies.prompts[1]


async def test_two_malformed_replies_are_a_value_not_an_exception() -> None:
    replies = Replies("Sure! Here it is:", '{"number": 1, "more": 2}', '{"number": 4}')
    model = Model("scripted:x", ScriptedChat(respond=replies))
    malformed = await model.ask_typed(request(), Call("solver"), Number)
    assert isinstance(malformed, Malformed)
    assert "Extra inputs are not permitted" in malformed.problem
    assert len(replies.prompts) == 2


def write_script(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def test_scripts_answer_by_the_first_row_that_matches(tmp_path: Path) -> None:
    rows = read_script(
        write_script(
            tmp_path / "s.jsonl",
            {"role": "solver", "contains": "apples", "reply": ["zero", "one"]},
            {"role": "solver", "slot": 3, "reply": {"a": "é"}},
            {"attempt": 2, "reply": "again"},
        )
    )
    respond = respond_from_rows(rows)
    assert respond(Call("solver", sample=1), "17 apples") == "one"
    assert respond(Call("solver", slot=3), "pears") == '{"a": "é"}'
    assert respond(Call("judge", attempt=2), "") == "again"
    with pytest.raises(ModelError, match="no reply for"):
        respond(Call("judge"), "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ('{"reply": 1}\nnot json', "line 2: Invalid JSON"),
        ('{"role": "solver"}', "line 1: Field required"),
        ('{"reply": "x", "rolle": "solver"}', "line 1: Extra inputs"),
    ],
)
def test_a_bad_script_names_the_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        read_script(path)


OpenModels = Callable[..., ModelPool]
Traced = Callable[[Call], bool] | None
BOTH_WAYS = pytest.mark.parametrize("traced", [None, lambda call: True], ids=["plain", "traced"])


async def test_the_pool_opens_a_model_once_and_prices_it(tmp_path: Path) -> None:
    script = write_script(tmp_path / "s.jsonl", {"reply": "hi"})
    pool = ModelPool({"default": f"scripted:{script}"})
    first, second = await asyncio.gather(pool.of("solver"), pool.of("judge"))
    assert first is second
    assert (await first.ask(request(), Call("solver"))).usage.usd == 0
    assert pool.spec("solver") == f"scripted:{script}"


async def test_openai_without_a_key_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(ModelError, match="set OPENAI_API_KEY"):
        await ModelPool({"default": "openai:gpt-5"}).of("solver")


async def test_an_endpoint_that_is_not_there_is_named(open_models: OpenModels, unused_tcp_port: int) -> None:
    spec = f"openai:m@http://127.0.0.1:{unused_tcp_port}/v1"
    with pytest.raises(ModelError, match=f"cannot reach http://127.0.0.1:{unused_tcp_port}/v1"):
        await open_models(spec).check()


async def serve(status: int, body: dict[str, object]) -> tuple[asyncio.Server, str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        text = json.dumps(body)
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(text)}"
        writer.write(f"{head}\r\nConnection: close\r\n\r\n{text}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    return server, f"openai:m@http://127.0.0.1:{port}/v1"


@pytest.mark.parametrize(
    ("status", "error", "message"),
    [
        (401, ModelError, "refuses the key"),
        (404, ModelError, "no such model or path"),
        (400, RequestFailedError, r"refuses the request: .*400.*too long"),
    ],
)
@BOTH_WAYS
async def test_http_errors_are_told_apart(
    open_models: OpenModels, traced: Traced, status: int, error: type[Exception], message: str
) -> None:
    server, spec = await serve(status, {"error": {"message": "too long"}})
    async with server:
        model = await open_models(spec, traced=traced).of("solver")
        with pytest.raises(error, match=message):
            await model.ask(request(), Call("solver"))


@BOTH_WAYS
async def test_a_reply_over_http_is_read_with_its_tokens(open_models: OpenModels, traced: Traced) -> None:
    message = {"role": "assistant", "content": '{"number": 1}'}
    body = {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "length", "message": message}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16},
    }
    server, spec = await serve(200, body)
    async with server:
        model = await open_models(spec, traced=traced).of("solver")
        reply = await model.ask(request(), Call("solver"))
        assert (reply.text, reply.finish_reason) == ('{"number": 1}', "length")
        assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.usd) == (11, 5, None)
        # A reply that was cut is malformed even where it happens to parse.
        typed = await model.ask_typed(request(), Call("solver"), Number)
        assert isinstance(typed, Malformed)
        assert "cut off" in typed.problem


async def test_the_gate_lets_the_lowest_slot_in_first() -> None:
    gate, entered = Gate(2), list[int]()
    hold = asyncio.Event()

    async def call(slot: int) -> None:
        await gate.enter(slot)
        entered.append(slot)
        await hold.wait()
        gate.leave()

    tasks = [asyncio.create_task(call(slot)) for slot in (9, 8, 7, 1, 5)]
    await asyncio.sleep(0)
    assert entered == [9, 8]
    tasks[3].cancel()
    await asyncio.gather(tasks[3], return_exceptions=True)
    hold.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert entered == [9, 8, 5, 7]


async def test_a_cancelled_waiter_leaves_no_place_lost() -> None:
    gate = Gate(1)
    for _ in range(20):
        await gate.enter(0)
        waiter = asyncio.create_task(gate.enter(1))
        await asyncio.sleep(0)
        gate.leave()
        # The place is given to the waiter and the waiter cancelled before it runs.
        waiter.cancel()
        await asyncio.gather(waiter, return_exceptions=True)
    async with asyncio.timeout(5):
        await gate.enter(2)


async def asked_once(base_url: str) -> str:
    """The reply of an endpoint to one question."""
    asking = Endpoint("openai:m", "m", base_url, key="secret", timeout_s=30)
    try:
        request = Request((Message(role="user", content="hello"),))
        return (await asking.answer(request, Call("solver", 0, 1))).text
    finally:
        await asking.close()


async def test_a_proxy_of_the_environment_is_asked_with_its_login(monkeypatch: pytest.MonkeyPatch) -> None:
    async with endpoint(lambda number, prompt: OK) as proxy:
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        named = proxy.url.removesuffix("/v1").replace("http://", "http://me:pass@")
        monkeypatch.setenv("http_proxy", named)
        assert await asked_once("http://models.invalid/v1") == "re: hello"
        assert proxy.heads[0].startswith("POST http://models.invalid/v1/chat/completions")
        assert "Proxy-Authorization: Basic bWU6cGFzcw==" in proxy.heads[0]


async def test_no_proxy_is_asked_where_the_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async with endpoint(lambda number, prompt: OK) as server:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert await asked_once(server.url) == "re: hello"


async def test_a_netrc_entry_for_the_server_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    async with endpoint(lambda number, prompt: OK) as server:
        assert await asked_once(server.url) == "re: hello"
        assert "Authorization: Bearer secret" in server.heads[0]
        assert "Basic" not in server.heads[0]
