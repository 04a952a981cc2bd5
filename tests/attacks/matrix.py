"""All configurations, each in a process of its own, and the table that they make.

`python -m attacks.matrix` prints the table in Markdown.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import proofset
from proofset.tools.sandbox.layers import SWITCHABLE, Layer

from . import ATTACKS, Attack
from .runner import Outcome, from_json
from .table import UNSWITCHABLE, Tier

ORDINARY_UID = 61234
_TIMEOUT_S = 300
_HERE = Path(__file__).resolve().parent

Place = Literal["none", "A", "B"]


class Configuration(NamedTuple):
    """Where the attacks run: on no sandbox at all or on a tier, with some of its layers off."""

    place: Place
    without: frozenset[Layer] = frozenset()

    def __str__(self) -> str:
        if self.place == "none":
            return "no sandbox"
        if self.without == SWITCHABLE:
            return "all layers off"
        return " without ".join(
            [f"tier {self.place}", *([", ".join(sorted(self.without))] * bool(self.without))]
        )


CONTROL = Configuration("none")


def switched_off(tier: Tier) -> list[Configuration]:
    """A tier with each of its switchable layers off in turn. Tier B has no namespaces to switch off."""
    layers = sorted(SWITCHABLE if tier == "A" else SWITCHABLE - {Layer.NAMESPACES})
    return [Configuration(tier, frozenset({layer})) for layer in layers]


ALL_OFF = Configuration("B", SWITCHABLE)
CONFIGURATIONS = (
    CONTROL,
    ALL_OFF,
    Configuration("A"),
    *switched_off("A"),
    Configuration("B"),
    *switched_off("B"),
)


def attacks_of(configuration: Configuration) -> list[str]:
    """The attacks that run there. What no switch changes runs with all layers on and with all off only."""
    one_off = configuration.without and configuration != ALL_OFF
    return [
        name
        for name, entry in ATTACKS.items()
        if not (one_off and entry.stopped_by & UNSWITCHABLE and entry.stopped_in_b & UNSWITCHABLE)
    ]


def through(outcome: Outcome) -> set[str]:
    """The attacks that reached something."""
    return {name for name, observed in outcome.observed.items() if observed.reached}


def needs_root(entry: Attack) -> bool:
    """Whether an ordinary user cannot do it anyway."""
    return bool(entry.stopped_by & {Layer.THROW_AWAY_UID, Layer.NO_CAPABILITIES, Layer.NO_NEW_PRIVILEGES})


def fires(control: Outcome, ordinary: Outcome) -> set[str]:
    """The attacks that work on this machine, for one who is not root once inside.

    Args:
        control: of the user who starts the sandbox.
        ordinary: of an ordinary user.
    """
    return {name for name in through(control) if needs_root(ATTACKS[name]) or ordinary.observed[name].reached}


def expected(configuration: Configuration, outcome: Outcome, fired: set[str]) -> set[str]:
    """The attacks that the table lets through: all of their stoppers are off, and they work here at all."""
    assert configuration.place != "none"
    tier = configuration.place
    layers = set(outcome.layers) - configuration.without
    if Layer.USER_NAMESPACE in layers:
        # It gives a job all capabilities, to whom else an ordinary user has none to give.
        fired = fired | {"capabilities"}
    return {name for name in fired if not ATTACKS[name].is_stopped(tier, layers)}


class Unavailable(Exception):
    """This machine cannot run a configuration; the message says why."""


class Stage(NamedTuple):
    """From where configurations are started: an interpreter and copies that the user may read."""

    python: str
    root: Path
    uid: int | None
    """Whom to become; None to stay."""

    def run(self, configuration: Configuration) -> Outcome:
        """Run all attacks.

        Raises:
            Unavailable: the sandbox does not start here.
        """
        place, without = configuration
        only = attacks_of(configuration)
        become = {} if self.uid is None else {"user": self.uid, "group": self.uid, "extra_groups": []}
        with tempfile.TemporaryDirectory(dir=self.root) as home:
            Path(home).chmod(0o755)
            if self.uid is not None:
                os.chown(home, self.uid, self.uid)
            done = subprocess.run(
                [*(self.python, "-B", "-m", "attacks", place, "--without", *without), "--only", *only],
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(self.root), "HOME": home, "TMPDIR": home},
                cwd="/",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_TIMEOUT_S,
                check=False,
                **become,  # type: ignore[call-overload]
            )
        last = done.stderr.strip().rpartition("\n")[2]
        if "SandboxUnavailableError" in last:
            raise Unavailable(last)
        if done.returncode:
            raise RuntimeError(f"{configuration}: {done.stderr[-2000:]}")
        return from_json(done.stdout)


@contextmanager
def stage(*, ordinary: bool) -> Iterator[Stage]:
    """A stage for this user, or, where that is root, for an ordinary one.

    Raises:
        Unavailable: an ordinary user can reach no interpreter.
    """
    uid = ORDINARY_UID if ordinary and os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="attacks-") as directory:
        root = Path(directory)
        root.chmod(0o755)
        package = Path(proofset.__file__).parent
        ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
        for part in ("__init__.py", "errors.py", "plugins.py", "tools/__init__.py"):
            (root / "proofset" / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(package / part, root / "proofset" / part)
        shutil.copytree(package / "tools/sandbox", root / "proofset/tools/sandbox", ignore=ignore)
        shutil.copytree(_HERE, root / "attacks", ignore=ignore)
        yield Stage(_readable_python(), root, uid)


@cache
def _readable_python() -> str:
    """An interpreter that any user may start: jobs of root become somebody else too.

    Raises:
        Unavailable: there is none of a version that proofset supports.
    """
    own = str(Path(sys.executable).resolve())
    if os.geteuid() != 0:
        return own
    wanted = "import sys, ctypes, encodings; sys.exit(sys.version_info < (3, 11))"
    for python in (own, "/usr/local/bin/python3", "/usr/bin/python3"):
        try:
            done = subprocess.run(
                [python, "-I", "-c", wanted],
                cwd="/",
                capture_output=True,
                check=False,
                user=ORDINARY_UID,
                group=ORDINARY_UID,
                extra_groups=[],
            )
        except OSError:
            continue
        if done.returncode == 0:
            return python
    raise Unavailable("an ordinary user can reach no python 3.11 or newer: install one outside of /root")


def as_table(outcomes: Mapping[Configuration, Outcome]) -> str:
    """One line for each attack, in Markdown: what it is, what stops it, and which runs it got through."""
    head = ["attack", "reached means", "stopped by, tier A", "tier B", "got through"]
    lines = [head, ["---"] * len(head)]
    for entry in sorted(ATTACKS.values(), key=lambda entry: entry.kind):
        stoppers = [", ".join(sorted(entry.stoppers(tier))) or "nothing" for tier in ("A", "B")]
        runs = [str(run) for run, outcome in outcomes.items() if entry.name in through(outcome)]
        lines.append([f"{entry.kind}: {entry.name}", entry.reaches, *stoppers, ", ".join(runs) or "nowhere"])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def run_all(
    configurations: Iterable[Configuration], *, ordinary: bool
) -> dict[Configuration, Outcome | Exception]:
    """Run configurations, two at a time; what a run raised stands in its place.

    Raises:
        Unavailable: see `stage`.
    """

    def one(configuration: Configuration) -> Outcome | Exception:
        try:
            return held.run(configuration)
        except (Unavailable, RuntimeError, subprocess.TimeoutExpired) as error:
            return error

    wanted = list(configurations)
    with stage(ordinary=ordinary) as held, ThreadPoolExecutor(2) as threads:
        return dict(zip(wanted, threads.map(one, wanted), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(prog="attacks.matrix", description=__doc__)
    parser.add_argument("--ordinary", action="store_true", help="as an ordinary user, where this is root")
    arguments = parser.parse_args()
    outcomes = {}
    for configuration, outcome in run_all(CONFIGURATIONS, ordinary=arguments.ordinary).items():
        if isinstance(outcome, Exception):
            sys.stderr.write(f"{configuration}: {outcome}\n")
        else:
            outcomes[configuration] = outcome
    sys.stdout.write(as_table(outcomes) + "\n")


if __name__ == "__main__":
    main()
