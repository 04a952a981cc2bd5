"""Directories to review, and a server over them in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from released import judged_record, made, write

from proofset.agents.reviews import ReviewItem
from proofset.engine.reviews import ReviewRow
from proofset.records import Outcome, Record, Risk, Verdict
from proofset.tools.checks import form_as_asked

HOSTILE = "<img src=x onerror=\"window.hit=1\"><script>window.hit=1</script> & 'quoted'"


def checked_record(slot: int) -> Record:
    """A record that one machine check bears."""
    instruction, output = f"Write a haiku on {slot}, in two words.", f"Haiku {slot}."
    passed = form_as_asked(instruction, output)
    assert passed is not None and passed.outcome is Outcome.PASS
    return made(
        "evol_instruct",
        slot,
        instruction,
        output,
        Verdict.accept([passed]),
        risk=Risk.STYLE,
    )


def scored_record(slot: int, score: float, **more: Any) -> Record:
    """A judged record whose lowest score is known; the judge's bound is 3."""
    record = judged_record(slot, scores={"quality": score}, **more)
    (opinion,) = record.verdict.evidence
    told = opinion.model_copy(update={"observed": {"scores": {"clarity": 5.0, "quality": score}}})
    return record.model_copy(update={"verdict": Verdict.accept([told])})


def hostile_record(slot: int) -> Record:
    """A judged record made of HTML and script."""
    record = judged_record(slot)
    return made("self_instruct", slot, HOSTILE, HOSTILE + " out", record.verdict, risk=Risk.STYLE)


def run_directory(path: Path, records: Sequence[Record]) -> Path:
    """A run's directory with these records."""
    path.mkdir(parents=True, exist_ok=True)
    write(path / "records.jsonl", records)
    return path


def add_waiting(path: Path, count: int = 1) -> list[ReviewItem]:
    """Items that a run waits for."""
    path.mkdir(parents=True, exist_ok=True)
    items = [
        ReviewItem(
            id=f"{slot}.1.2-{slot:08x}",
            slot=slot,
            round=2,
            instruction=f"Praise heron {slot} kindly.",
            response="It is grey.",
            ancestors=(f"Praise heron {slot}.",),
            operators=("deepen",),
        )
        for slot in range(count)
    ]
    rows = [ReviewRow(**item.model_dump()).model_dump_json() + "\n" for item in items]
    (path / "review.jsonl").write_text("".join(rows))
    return items


class Server(NamedTuple):
    """A server that runs, and the address that it printed."""

    process: subprocess.Popen[str]
    url: str

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> str:
        """Ask it to end; what it said."""
        self.process.send_signal(signal.SIGINT)
        return self.process.communicate(timeout=60)[1]


@contextmanager
def serving(directory: Path, port: int | None = None) -> Iterator[Server]:
    """`proofset review`, on a free port where none is named; ended at the end."""
    command = [sys.executable, "-m", "proofset", "review", str(directory), "--port", str(port or 0)]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        said = []
        try:
            for line in process.stderr:
                said.append(line)
                if found := re.search(r"http://\S+", line):
                    yield Server(process, found.group())
                    return
            raise AssertionError("".join(said))
        finally:
            process.kill()


def lines(path: Path) -> list[dict[str, object]]:
    """The rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
