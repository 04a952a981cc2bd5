"""What comes back from a container or a remote machine is believed only whole; places and second tries."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.tools.sandbox import ExitKind, Job, Limits, Result
from proofset.tools.sandbox.parcel import MissingError, Order, Refusal, most_bytes, read_report, result_of
from proofset.tools.sandbox.slots import ClosedError, Slots

GOOD: dict[str, Any] = {
    "by": "itself",
    "stdout": base64.b64encode(b"42\n").decode(),
    "stderr": "",
    "begun": True,
    "failure": "",
    "status": 0,
    "cpu_s": 0.01,
    "wall_s": 0.02,
    "queue": [None, False],
    "out_of_memory": False,
    "layers": ["landlock", "seccomp", "magic"],
}
LINE = json.dumps(GOOD).encode() + b"\n"
SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.floats() | st.text(max_size=3)
JSON = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=3), v, max_size=3)
)


def kind_of(**changed: Any) -> ExitKind:
    return result_of(json.dumps({**GOOD, **changed}).encode(), Limits(), "x", ()).kind


def test_a_whole_report_is_believed() -> None:
    result = result_of(LINE, Limits(), "x", ("own",))
    assert (result.kind, result.exit_code, result.stdout) == (ExitKind.OK, 0, "42\n")
    assert result.layers == ("own", "landlock", "seccomp")


@given(st.integers(0, len(LINE) - 2))
def test_a_report_cut_anywhere_is_not(end: int) -> None:
    assert isinstance(read_report(LINE[:end]), Refusal)


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_other_lines_are_not(line: bytes) -> None:
    assert isinstance(read_report(line), Refusal)


@given(st.sampled_from(sorted(GOOD)), JSON)
def test_a_report_with_one_wrong_part_gives_no_other_output(name: str, value: object) -> None:
    """It may fail or be another ending; it raises nothing, and is never a success unless it says so."""
    result = result_of(json.dumps({**GOOD, name: value}).encode(), Limits(), "x", ())
    if result.kind is ExitKind.OK:
        assert name not in ("by", "begun", "status") or value == GOOD[name] or (name, value) == ("status", 0)


def test_endings_are_told_apart() -> None:
    assert kind_of(status=3 << 8) is ExitKind.ERROR
    assert kind_of(status=9) is ExitKind.SIGNAL
    assert kind_of(status=9, out_of_memory=True) is ExitKind.MEMORY_LIMIT
    assert kind_of(status=0, out_of_memory=True) is ExitKind.OK
    assert kind_of(status=None, by="output") is ExitKind.OUTPUT_LIMIT
    assert kind_of(status=None, by="wall", wall_s=30.0, queue=[0.0, False]) is ExitKind.WALL_LIMIT
    assert kind_of(status=None, by="wall", wall_s=30.0, queue=[29.0, False]) is ExitKind.STARVED
    assert kind_of(status=None, by="wall", cpu_s=5.0) is ExitKind.CPU_LIMIT
    assert kind_of(status=None, by="stop") is ExitKind.FAILED
    assert kind_of(begun=False, status=1 << 8, failure="OSError: full") is ExitKind.FAILED


def test_what_is_missing_is_named() -> None:
    with pytest.raises(MissingError, match="sympy is not installed"):
        read_report(b'{"missing": "sympy"}')


def test_an_order_is_one_line_whatever_the_job_holds() -> None:
    job = Job("a\n\ud800\0", stdin="\r\n\u2028", files={"b": "\n"})
    line = Order(namespaces=True, tied=False).pack(job)
    assert line.count(b"\n") == 1 and line.isascii()
    assert json.loads(line)["source"] == job.source


def test_the_longest_report_has_room() -> None:
    limits = Limits(output_bytes=100_000)
    full = base64.b64encode(bytes(limits.output_bytes)).decode()
    line = json.dumps({**GOOD, "stdout": full, "stderr": full, "failure": "x" * 2000}).encode()
    assert len(line) < most_bytes(limits) < 2 * len(line)


def ending(kind: ExitKind) -> Result:
    return Result(kind, None, "", "", 0.0, 0.0, "x", ())


def attempts(*kinds: ExitKind) -> tuple[list[int], Callable[[int], Any]]:
    """A record of the places that were used, and what to call."""
    places: list[int] = []
    left = list(kinds)

    async def attempt(place: int) -> Result:
        places.append(place)
        return ending(left.pop(0))

    return places, attempt


@pytest.mark.parametrize("first", [ExitKind.FAILED, ExitKind.STARVED])
@pytest.mark.parametrize("second", [ExitKind.OK, ExitKind.FAILED, ExitKind.STARVED])
async def test_one_second_try_after_what_the_machine_did(first: ExitKind, second: ExitKind) -> None:
    places, attempt = attempts(first, second, ExitKind.OK)
    result = await Slots(2).run(attempt)
    if (first, second) == (ExitKind.FAILED, ExitKind.STARVED):
        assert len(places) == 3
    else:
        assert (len(places), result.kind) == (2, second)


@pytest.mark.parametrize("kind", [kind for kind in ExitKind if kind not in ("failed", "starved")])
async def test_no_second_try_after_what_the_program_did(kind: ExitKind) -> None:
    places, attempt = attempts(kind)
    assert (await Slots(2).run(attempt)).kind is kind
    assert len(places) == 1


async def test_one_that_starved_is_tried_with_nobody_else_there() -> None:
    slots = Slots(3)
    inside = 0
    most_beside: list[int] = []

    async def busy(_: int) -> Result:
        nonlocal inside
        inside += 1
        await asyncio.sleep(0)
        inside -= 1
        return ending(ExitKind.OK)

    kinds = [ExitKind.STARVED, ExitKind.OK]

    async def starving(_: int) -> Result:
        await asyncio.sleep(0)
        most_beside.append(inside)
        return ending(kinds.pop(0))

    await asyncio.gather(
        *(slots.run(busy) for _ in range(9)), slots.run(starving), *(slots.run(busy) for _ in range(9))
    )
    assert most_beside[-1] == 0
    assert len(most_beside) == 2


async def test_no_place_is_used_twice_at_once() -> None:
    slots = Slots(3)
    used: set[int] = set()

    async def attempt(place: int) -> Result:
        assert place not in used
        used.add(place)
        await asyncio.sleep(0)
        used.remove(place)
        return ending(ExitKind.OK)

    await asyncio.gather(*(slots.run(attempt) for _ in range(20)))


async def test_a_closed_backend_runs_nothing() -> None:
    slots = Slots(1)
    running = asyncio.Event()

    async def attempt(_: int) -> Result:
        running.set()
        await asyncio.Event().wait()
        return ending(ExitKind.OK)

    waiting = [asyncio.create_task(slots.run(attempt)) for _ in range(2)]
    await running.wait()
    await slots.close()
    for task in waiting:
        with pytest.raises(ClosedError):
            await task


async def test_what_a_lost_cancellation_brings_after_the_end_is_not_taken() -> None:
    slots = Slots(1)
    running = asyncio.Event()

    async def attempt(_: int) -> Result:
        running.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return ending(ExitKind.OK)

    waiting = asyncio.create_task(slots.run(attempt))
    await running.wait()
    await slots.close()
    with pytest.raises(ClosedError):
        await waiting


@pytest.mark.parametrize("status", [127, 0x7F7F, 127.0, 0.0, True, "0", 2**40 + 127])
def test_what_is_no_wait_status_is_no_report(status: object) -> None:
    assert kind_of(status=status) is ExitKind.FAILED
