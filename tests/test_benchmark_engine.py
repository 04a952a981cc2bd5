"""The engine's benchmarks count what they say they count."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import engine
import pytest
from engine import ROWS, Row, table

HERE = Path(__file__).parent
PEERS = HERE.parents[1] / "shared" / "bench"


def run(span: float, cpu: float, records: int | None = 500, **more: Any) -> dict[str, Any]:
    server = {"span_s": span, "ok": 501, "calls": 510}
    told = {"server": server, "cpu_s": cpu, "wall_s": 3.0, "rss_mb": 99, "records": records, "rc": 0}
    return told | {"killed": False} | more


def cells(text: str, name: str) -> list[str]:
    (line,) = (line for line in text.splitlines() if line.startswith(f"| {name} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_table_has_medians_ratios_and_how_runs_ended() -> None:
    runs = {
        "bare loop": [run(2.0, 3.0), run(1.0, 3.0), run(4.0, 3.0)],
        "ours": [run(3.0, 6.0), run(3.0, 7.0, 499), run(1.5, 8.0, None, rc=-9, killed=True)],
    }
    text = table(Row("row", ("--n", "1"), {"p429": 0.15}), runs, {"ours": 2.0})
    assert "**row**: --n 1, p429 0.15" in text
    assert cells(text, "bare loop")[1:4] == ["1.00 / 2.00 / 4.00", "1.00", "3.0"]
    # 7 s of CPU in all, 2 s of it for one slot, 500 more calls.
    assert cells(text, "ours")[1:5] == ["1.50 / 3.00 / 3.00", "1.50", "7.0", "10.0"]
    assert cells(text, "ours")[7:] == ["499/500/None", "510", "by itself, stopped"]


def test_rows_are_named_once_and_the_first_is_of_one_slot() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert ROWS[0].name == "one" and "1" in ROWS[0].asked


def test_peers_run_where_their_python_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA_DESIGNER", "CURATOR", "DISTILABEL"):
        monkeypatch.delenv(f"PY_{name}", raising=False)
    monkeypatch.setenv("PY_CURATOR", "/there/python")
    assert [racer.name for racer in engine.racers()][3:] == ["curator"]


@pytest.mark.skipif(not PEERS.is_dir(), reason="the peers' prompts are not beside this checkout")
def test_a_flat_run_prints_its_tenths(tmp_path: Path) -> None:
    script = HERE.parent / "benchmarks" / "engine_flat.py"
    arguments = [sys.executable, str(script), "--n", "50", "--out", str(tmp_path / "run")]
    said = subprocess.run(arguments, cwd=script.parent, capture_output=True, text=True, check=True).stdout
    assert [line.split()[0] for line in said.splitlines()[1:11]] == [str(5 * (i + 1)) for i in range(10)]
    assert "kept 50 of 50" in said
