"""The engine beside a bare loop and the peers: the same calls to the same fake endpoint, in turns.

PY_DATA_DESIGNER=… PY_CURATOR=… PY_DISTILABEL=… python benchmarks/engine.py [--repeats 3] [--only ROW]…

Each PY_… names a Python with that peer installed; a peer without one is left out. The peers' scripts, the
endpoint and its clock are in PEERS, by default `../shared/bench` beside this project. Every run has a server
and a directory of its own. Span is from the endpoint's first call to its last; CPU is of the racer
and of the processes that it waits for. CPU per call, of racers in one process, is that of a run without the
CPU of a run of one slot, by its calls.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

HERE = Path(__file__).parent
PEERS = Path(os.environ.get("PEERS", str(HERE.parents[1] / "shared/bench"))).absolute()
_LIMIT_S = 240


@dataclass(frozen=True)
class Row:
    """One task under one kind of weather."""

    name: str
    asked: tuple[str, ...]
    weather: dict[str, float] = field(default_factory=dict)
    structured: bool = False


_FEW = ("--task", "self_instruct", "--n", "200", "--concurrency", "20")
ROWS = (
    Row("one", ("--task", "self_instruct", "--n", "1", "--concurrency", "100")),
    Row("self-instruct", ("--task", "self_instruct", "--concurrency", "100")),
    Row("evol", ("--task", "evol", "--concurrency", "100")),
    Row("refusals", _FEW, {"p429": 0.15, "p500": 0.10}),
    Row("hangs", (*_FEW, "--timeout", "5"), {"phang": 0.02, "hang_s": 60}),
    Row("malformed", (*_FEW, "--structured"), {"pbad": 0.2}, structured=True),
    Row("cut", _FEW, {"pcut": 0.2}),
)


class Racer(NamedTuple):
    """What makes the calls."""

    name: str
    python: str
    script: Path
    more: tuple[str, ...] = ()


def racers() -> list[Racer]:
    """The bare loop, this engine, and the peers that are there."""
    ours = HERE / "peer_ours.py"
    found = [
        Racer("bare loop", sys.executable, PEERS / "peer_bare.py"),
        Racer("proofset, 2 workers", sys.executable, ours, ("--workers", "2")),
        Racer("proofset", sys.executable, ours),
    ]
    for name in ("data_designer", "curator", "distilabel"):
        if python := os.environ.get(f"PY_{name.upper()}"):
            found.append(Racer(name.replace("_", "-"), python, PEERS / f"peer_{name}.py"))
    return found


@contextmanager
def endpoint(weather: dict[str, float]) -> Iterator[str]:
    """A fake endpoint of 200 ms, at a port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    knobs = [part for name, value in weather.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    arguments = [
        sys.executable,
        str(PEERS / "fake_openai.py"),
        "--port",
        str(port),
        "--latency",
        "0.2",
        *knobs,
    ]
    server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{url}/stats", timeout=5).close()
                break
            except OSError:
                time.sleep(0.05)
        yield url
    finally:
        server.kill()
        server.wait()


def race(row: Row, racer: Racer) -> dict[str, Any]:
    """One run: what `bench.py` says of it."""
    with tempfile.TemporaryDirectory() as scratch, endpoint(row.weather) as url:
        paths = [str(PEERS), str(HERE)]
        environment = {**os.environ, "FAKE": url, "PYTHONPATH": os.pathsep.join(paths), "HOME": scratch}
        asked = ["--base-url", f"{url}/v1", "--out", f"{scratch}/out", *row.asked, *racer.more]
        harness = [sys.executable, str(PEERS / "bench.py"), racer.python, str(racer.script)]
        said = subprocess.run(
            [*harness, "--label", "race", "--limit", str(_LIMIT_S), "--", *asked],
            cwd=scratch,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if said.returncode:
            raise SystemExit(f"{row.name}, {racer.name}: {said.stderr[-2000:]}")
        told: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
        return told


def spread(values: list[float]) -> str:
    return f"{min(values):.2f} / {median(values):.2f} / {max(values):.2f}"


def table(row: Row, runs: dict[str, list[dict[str, Any]]], one: dict[str, float]) -> str:
    """The runs of a row: spans as min / median / max, and their median as a multiple of the bare loop's."""
    lines = [
        f"\n**{row.name}**: {' '.join(row.asked)}"
        + "".join(f", {name} {value:g}" for name, value in row.weather.items()),
        "",
        "| | span, s | × bare | CPU, s | CPU ms/call | wall, s | MiB | records | calls | ended |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    bare = runs.get("bare loop")
    base = median(run["server"]["span_s"] for run in bare) if bare else 0.0
    for name, ran in runs.items():
        spans = [run["server"]["span_s"] for run in ran]
        cpu, calls = median(run["cpu_s"] for run in ran), median(run["server"]["ok"] for run in ran)
        each = 1000 * (cpu - one[name]) / (calls - 1) if name in one and calls > 1 else None
        ended = {
            "by itself" if run["rc"] == 0 else "stopped" if run["killed"] else f"error {run['rc']}"
            for run in ran
        }
        cells = [
            name,
            spread(spans),
            f"{median(spans) / base:.2f}" if base else "–",
            f"{cpu:.1f}",
            "–" if each is None else f"{each:.1f}",
            f"{median(run['wall_s'] for run in ran):.1f}",
            f"{max(run['rss_mb'] for run in ran)}",
            "/".join(sorted({str(run["records"]) for run in ran})),
            f"{median(run['server']['calls'] for run in ran):.0f}",
            ", ".join(sorted(ended)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", action="append", choices=[row.name for row in ROWS])
    parser.add_argument("--racer", action="append", help="names; all that are there by default")
    parser.add_argument("--json", type=Path, help="every run as a line")
    asked = parser.parse_args()
    entered = [racer for racer in racers() if not asked.racer or racer.name in asked.racer]
    one: dict[str, float] = {}
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {asked.repeats} runs each, in turns")
    for row in ROWS:
        if asked.only and row.name not in asked.only:
            continue
        runs: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for _ in range(asked.repeats):
            for racer in entered:
                if row.structured and racer.name == "bare loop":
                    continue
                runs[racer.name].append(race(row, racer))
                if asked.json:
                    with asked.json.open("a") as file:
                        file.write(
                            json.dumps({"row": row.name, "racer": racer.name, **runs[racer.name][-1]}) + "\n"
                        )
        if row.name == "one":
            alone = {racer.name for racer in entered if not racer.more}
            one = {name: median(run["cpu_s"] for run in ran) for name, ran in runs.items() if name in alone}
        print(table(row, runs, one), flush=True)
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
