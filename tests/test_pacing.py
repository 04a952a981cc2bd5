"""Pacing: refusals are waited out, many slow the run down, a dead endpoint ends it, random ones do not."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from faulty_endpoint import OK, Answer, endpoint
from hypothesis import given
from hypothesis import strategies as st

from proofset.errors import ModelError, RequestFailedError, StoppedError
from proofset.models import Call, ModelPool, Reply, Request
from proofset.models.client import Model
from proofset.models.pacing import Breaker, Pace, Patience
from proofset.records import Message


class Time:
    """A clock that goes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def patience(self) -> Patience:
        return Patience(sleep=self.sleep, clock=lambda: self.now, draw=lambda: 0.5)


OpenModels = Callable[..., ModelPool]


def request(text: str) -> Request:
    return Request((Message(role="user", content=text),))


async def model_at(
    open_models: OpenModels,
    url: str,
    time: Time,
    *,
    told: list[str] | None = None,
    concurrency: int = 8,
    timeout_s: float = 30.0,
) -> Model:
    pool = open_models(
        f"openai:m@{url}",
        patience=time.patience(),
        notice=None if told is None else told.append,
        concurrency=concurrency,
        timeout_s=timeout_s,
    )
    return await pool.of("solver")


async def ask_all(model: Model, count: int) -> list[Reply | BaseException]:
    asked = (model.ask(request(f"q{k}"), Call("solver", k)) for k in range(count))
    return await asyncio.gather(*asked, return_exceptions=True)


def first(*answers: Answer) -> Callable[[int, str], Answer]:
    return lambda number, prompt: answers[number] if number < len(answers) else OK


SLOW_DOWN = Answer(429, {"Retry-After": "3"}, '{"error": {"message": "slow down"}}')
BROKEN = Answer(500, {}, '{"error": {"message": "broken"}}')


@pytest.mark.parametrize(
    ("faults", "waits"),
    [
        ([SLOW_DOWN], [3.15]),
        ([SLOW_DOWN._replace(headers={"retry-after-ms": "1500"})], [1.575]),
        ([SLOW_DOWN._replace(headers={})] * 3, [0.25, 0.5, 1.0]),
        ([SLOW_DOWN._replace(headers={"Retry-After": "9999"})], [63.0]),
        ([SLOW_DOWN._replace(headers={"Retry-After": "-1"})], [0.25]),
        ([SLOW_DOWN._replace(headers={"Retry-After": "soon"})], [0.25]),
        ([BROKEN] * 4, [0.25, 0.5, 1.0, 2.0]),
        ([BROKEN._replace(status=503, headers={"Retry-After": "2"})], [2.1]),
        ([OK._replace(how="cut")], [0.25]),
        ([OK._replace(body="<html>no</html>")], [0.25]),
        ([OK._replace(body="[]")], [0.25]),
        ([OK._replace(body='{"id": "x"}')], [0.25]),
    ],
    ids=str,
)
async def test_what_may_pass_is_waited_out(
    open_models: OpenModels, faults: list[Answer], waits: list[float]
) -> None:
    time = Time()
    async with endpoint(first(*faults)) as there:
        model = await model_at(open_models, there.url, time)
        reply = await model.ask(request("hello"), Call("solver"))
    assert reply.text == "re: hello"
    assert time.slept == pytest.approx(waits)


async def test_a_date_to_wait_for_is_understood(open_models: OpenModels) -> None:
    time = Time()
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    async with endpoint(first(SLOW_DOWN._replace(headers={"Retry-After": later}))) as there:
        await (await model_at(open_models, there.url, time)).ask(request("hello"), Call("solver"))
    assert 20 < time.slept[0] < 33


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (Answer(400, {}, '{"error": {"message": "too long"}}'), RequestFailedError, "too long"),
        (Answer(401, {}, "{}"), ModelError, "refuses the key"),
        (Answer(403, {}, "{}"), RequestFailedError, "refuses the request"),
        (Answer(404, {}, "{}"), ModelError, "no such model"),
        (
            Answer(429, {}, '{"error": {"message": "pay", "code": "insufficient_quota"}}'),
            ModelError,
            "no quota left",
        ),
    ],
    ids=str,
)
async def test_what_will_not_pass_is_asked_once(
    open_models: OpenModels, answer: Answer, error: type[Exception], said: str
) -> None:
    time = Time()
    async with endpoint(lambda number, prompt: answer) as there:
        with pytest.raises(error, match=said):
            await (await model_at(open_models, there.url, time)).ask(request("hello"), Call("solver"))
    assert len(there.asked) == 1 and time.slept == []


async def test_a_call_that_always_fails_is_given_up_and_takes_nobody_down(open_models: OpenModels) -> None:
    time, told = Time(), list[str]()
    async with endpoint(lambda number, prompt: BROKEN if prompt == "q3" else OK) as there:
        replies = await ask_all(await model_at(open_models, there.url, time, told=told), 10)
    assert [k for k, reply in enumerate(replies) if isinstance(reply, RequestFailedError)] == [3]
    assert there.asked.count("q3") == 6 and len(there.asked) == 15 and told == []


async def test_no_answer_in_time_is_asked_for_once_more(open_models: OpenModels) -> None:
    time = Time()
    never = OK._replace(how="never")
    async with endpoint(first(never)) as there:
        model = await model_at(open_models, there.url, time, timeout_s=0.3)
        assert (await model.ask(request("hello"), Call("solver"))).text == "re: hello"
    async with endpoint(first(never, never, never)) as there:
        with pytest.raises(RequestFailedError, match="no answer in time"):
            await (await model_at(open_models, there.url, time, timeout_s=0.3)).ask(
                request("hello"), Call("solver")
            )
    assert len(there.asked) == 2


async def test_an_endpoint_that_comes_back_answers_all(open_models: OpenModels) -> None:
    time, told = Time(), list[str]()
    async with endpoint(lambda number, prompt: BROKEN if number < 14 else OK) as there:
        replies = await ask_all(await model_at(open_models, there.url, time, told=told), 20)
    assert [reply.text if isinstance(reply, Reply) else reply for reply in replies] == [
        f"re: q{k}" for k in range(20)
    ]
    assert len(told) == 2 and "waiting for it, up to 120 s" in told[0] and told[1].endswith("is back")


async def test_an_endpoint_that_stays_away_ends_the_run(
    open_models: OpenModels, unused_tcp_port: int
) -> None:
    time, told = Time(), list[str]()
    model = await model_at(open_models, f"http://127.0.0.1:{unused_tcp_port}/v1", time, told=told)
    replies = await ask_all(model, 20)
    assert len(told) == 1
    for reply in replies:
        assert type(reply) is ModelError
        assert "cannot reach http://127.0.0.1" in str(reply) and "it was down for 1" in str(reply)
    assert 120 <= time.now < 400


async def test_random_refusals_slow_nobody_down(open_models: OpenModels) -> None:
    time, told, tries = Time(), list[str](), Counter[str]()

    def answer(number: int, prompt: str) -> Answer:
        # By the call and its try, not by who comes first: one call is never refused too often by chance.
        tries[prompt] += 1
        lot = random.Random(f"{prompt} {tries[prompt]}").random()
        return SLOW_DOWN if lot < 0.15 else BROKEN if lot < 0.25 else OK

    async with endpoint(answer) as there:
        model = await model_at(open_models, there.url, time, told=told, concurrency=40)
        replies = await ask_all(model, 400)
    assert all(isinstance(reply, Reply) for reply in replies)
    # A quarter of the tries fails: 400 / 0.75.
    assert len(there.asked) < 640
    assert model._pace.limit > 20 and told == []


async def test_an_endpoint_that_takes_few_gets_few(open_models: OpenModels) -> None:
    time, told = Time(), list[str]()
    served = None

    def answer(number: int, prompt: str) -> Answer:
        assert served is not None
        return OK if served.at_once <= 8 else SLOW_DOWN

    async with endpoint(answer) as there:
        served = there
        model = await model_at(open_models, there.url, time, told=told, concurrency=64)
        replies = await ask_all(model, 600)
    assert all(isinstance(reply, Reply) for reply in replies)
    assert told[0].endswith("at once, not 64") and "rate limit" in told[0]


async def test_draining_does_not_wait_for_what_waits(open_models: OpenModels) -> None:
    waiting = asyncio.Event()

    async def forever(seconds: float) -> None:
        waiting.set()
        await asyncio.sleep(3600)

    async with endpoint(lambda number, prompt: BROKEN) as there:
        pool = open_models(f"openai:m@{there.url}", patience=Patience(sleep=forever))
        model = await pool.of("solver")
        asking = asyncio.create_task(model.ask(request("hello"), Call("solver")))
        await waiting.wait()
        await model.drain()
        with pytest.raises(StoppedError, match="the run is being stopped"):
            await asking
        asked = there.asked
        with pytest.raises(StoppedError):
            await model.ask(request("another"), Call("solver"))
        assert there.asked == asked


@given(st.integers(1, 200), st.lists(st.booleans(), max_size=600))
def test_the_limit_stays_between_one_and_the_most(most: int, outcomes: list[bool]) -> None:
    pace = Pace(most)
    for refused in outcomes:
        pace.note(refused=refused)
        assert 1 <= pace.limit <= most


def test_the_limit_follows_what_an_endpoint_takes() -> None:
    pace, draw = Pace(100), random.Random(2)
    limits = []
    for _ in range(20_000):
        pace.note(refused=draw.random() > 20 / pace.limit)
        limits.append(pace.limit)
    assert 15 <= sum(limits[5_000:]) / len(limits[5_000:]) <= 35
    for _ in range(20_000):
        pace.note(refused=False)
    assert pace.limit == 100


async def test_a_breaker_lets_one_at_a_time_try() -> None:
    time = Time()
    breaker = Breaker("m", time.patience())
    for slot in range(5):
        await breaker.admit()
        breaker.failed(Call("solver", slot), ModelError("gone"))
    assert breaker.down
    await breaker.admit()
    second = asyncio.create_task(breaker.admit())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not second.done()
    breaker.answered()
    await second
    assert not breaker.down
