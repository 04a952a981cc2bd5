"""What every graph keeps stands up to `proofset verify`, and to nobody who swaps its texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kept_files import records
from scripted_back import KEPT, corpus_at
from scripted_back import replies as back_replies
from scripted_constitution import fate_in_round, fates, respond_by
from scripted_flywheel import KEPT as ANSWERS
from scripted_flywheel import SETTINGS, traffic_at
from scripted_flywheel import replies as flywheel_replies

import proofset
from proofset.models.scripted import ScriptedChat
from proofset.records import Record
from proofset.release.binding import BOUND, bound_as
from proofset.release.rechecking import recheck
from proofset.tools.checks.rerun import KNOWN
from proofset.tools.sandbox import Sandbox

GRAPHS = ["backtranslation", "constitutional", "flywheel"]


async def kept_by(graph: str, out: Path) -> list[Record]:
    options: dict[str, Any] = {"n": 8}
    if graph == "backtranslation":
        paths = corpus_at(out.parent / "corpus", [*KEPT, *KEPT])
        settings = {"judge_canary_share": 0.0, "tests": 7, "corpus": paths}
        options = {"n": 2 * len(KEPT), "settings": settings, "respond": back_replies()}
    elif graph == "flywheel":
        settings = SETTINGS | {"traffic": traffic_at(out.parent / "traffic", ANSWERS), "perplexity": True}
        options = {"n": len(ANSWERS), "settings": settings, "respond": flywheel_replies()}
    else:
        fated = fates(100)
        options = {"n": 100, "respond": respond_by(lambda slot, n: fate_in_round(fated[slot], n))}
    respond = options.pop("respond")
    await proofset.arun(graph, model=ScriptedChat(respond=respond), out=out, concurrency=4, **options)
    return records(out)


@pytest.mark.parametrize("graph", GRAPHS)
async def test_what_a_graph_keeps_is_verified(graph: str, tmp_path: Path, sandbox: Sandbox) -> None:
    kept = await kept_by(graph, tmp_path / "run")
    assert len(kept) >= 4
    for record in kept:
        assert (await recheck(record, sandbox)).faults == ()


async def test_what_was_revised_twice_is_verified(tmp_path: Path, sandbox: Sandbox) -> None:
    """The check of the first revision is about texts that are not the output, but its own versions."""
    replies = respond_by(lambda slot, n: "kept revised" if n == -1 else "fault" if n < 2 else "clean")
    await proofset.arun("constitutional", n=4, model=ScriptedChat(respond=replies), out=tmp_path / "run")
    kept = records(tmp_path / "run")
    assert {len(record.traces) for record in kept} == {3}
    for record in kept:
        assert (await recheck(record, sandbox)).faults == ()


@pytest.mark.parametrize("graph", GRAPHS)
async def test_evidence_of_another_record_is_none(graph: str, tmp_path: Path, sandbox: Sandbox) -> None:
    first, second, *_ = await kept_by(graph, tmp_path / "run")
    for one, other in ((first, second), (second, first)):
        assert one.output != other.output
        swapped = one.model_copy(update={"verdict": other.verdict, "traces": ()})
        assert "other_text" in {fault.code for fault in (await recheck(swapped, sandbox)).faults}


def test_every_check_says_what_it_is_about() -> None:
    assert {bound_as(check) for check in KNOWN} <= set(BOUND)
