"""Attacks on the sandbox: with all layers on, with each off in turn, and with none, where they must work.

Each configuration runs in a process of its own, as whoever runs the tests and, where that is root, as an
ordinary user too. `python -m attacks.matrix` shows the same as a table.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

import pytest
from attacks import ATTACKS, UNSWITCHABLE
from attacks.inside import Attempt
from attacks.matrix import (
    ALL_OFF,
    CONFIGURATIONS,
    CONTROL,
    Configuration,
    Unavailable,
    as_table,
    attacks_of,
    expected,
    fires,
    needs_root,
    run_all,
    switched_off,
    through,
)
from attacks.runner import Observed, Outcome, judge
from attacks.table import Attack, source_of

from proofset.tools.sandbox import ExitKind, Result
from proofset.tools.sandbox.layers import SWITCHABLE, Layer

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the zygotes need Linux"),
    # The first test of each user waits for all of its runs.
    pytest.mark.timeout(900),
]

USERS = ("root", "ordinary") if os.geteuid() == 0 else ("ordinary",)

# What kernels are built without or closed to, file systems do not do, and hosts do not have.
MAY_BE_MISSING = {
    *(
        "kexec",
        "load_module",
        "unload_module",
        "port_access",
        "calls_of_x32",
        "calls_of_32_bits",
        "modify_ldt",
    ),
    *("io_uring", "secret_memory", "perf_event_open", "userfaultfd", "quotactl", "type_into_terminal"),
    *("unshare_user", "clone_user", "clone3_user", "raise_limit", "console_selection", "new_device"),
    *("name_to_handle", "open_by_handle", "watch_files", "read_attribute", "set_attribute_outside"),
    *("netlink", "vsock", "other_families", "set_uid_program"),
}
FEW = 10
CAP_SYS_ADMIN = 21
# What no tier claims without cgroups: the limit on memory holds for each process of a job.
UNCLAIMED_IN_TIER_A = {"memory_in_children"}
# What tier B does not claim: a job sees that a file or a process of the host exists.
SEEN_IN_TIER_B = {"file_metadata", "link_target", "process_numbers"}
# Nor, where an ordinary user starts it, to count threads: the kernel counts those of the user in all.
UNCOUNTED_IN_TIER_B = {"ordinary": {"thread_bomb"}, "root": set[str]()}


@cache
def matrix(user: str) -> dict[Configuration, Outcome | Exception]:
    return run_all(CONFIGURATIONS, ordinary=user == "ordinary")


def outcome_of(user: str, configuration: Configuration) -> Outcome:
    try:
        outcome = matrix(user)[configuration]
    except Unavailable as missing:
        pytest.skip(str(missing))
    if isinstance(outcome, Unavailable):
        pytest.skip(str(outcome))
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def assert_clean(outcome: Outcome, configuration: Configuration) -> None:
    """Whatever got through, the sandbox ran all attacks, left no process and changed no file of its own."""
    assert {name: seen.broken for name, seen in outcome.observed.items() if seen.broken} == {}
    assert set(outcome.observed) == set(attacks_of(configuration))
    assert not outcome.tree_changed


def how(outcome: Outcome, names: set[str]) -> dict[str, Observed]:
    return {name: outcome.observed[name] for name in sorted(names)}


def status(name: str) -> str:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith(f"{name}:"))


def is_excused(user: str, name: str) -> bool:
    """Whether this user cannot do it, in this container, without any sandbox of ours."""
    entry = ATTACKS[name]
    # Root in a container is often not much of one.
    weak = user == "ordinary" or not int(status("CapEff"), 16) >> CAP_SYS_ADMIN & 1
    filtered = status("Seccomp") != "0" and Layer.SECCOMP in entry.stopped_by
    return (weak and needs_root(entry)) or filtered


@pytest.mark.parametrize("user", USERS)
def test_without_a_sandbox_every_attack_works(user: str) -> None:
    outcome = outcome_of(user, CONTROL)
    assert_clean(outcome, CONTROL)
    missed = {name for name in set(ATTACKS) - through(outcome) if not is_excused(user, name)}
    assert not how(outcome, missed - MAY_BE_MISSING)
    assert len(missed) <= FEW
    unseen = {
        name for name in through(outcome) if ATTACKS[name].canary and not outcome.observed[name].touched
    }
    assert not unseen


@pytest.mark.parametrize("user", USERS)
def test_tier_a_stops_every_attack(user: str) -> None:
    outcome = outcome_of(user, Configuration("A"))
    assert_clean(outcome, Configuration("A"))
    unclaimed = UNCLAIMED_IN_TIER_A if Layer.CGROUP not in outcome.layers else set()
    assert not how(outcome, through(outcome) - unclaimed)
    assert through(outcome) == unclaimed
    assert not outcome.processes_left
    assert not outcome.files_left
    assert not [name for name, seen in outcome.observed.items() if seen.touched]


@pytest.mark.parametrize("user", USERS)
def test_tier_b_stops_all_but_what_it_does_not_claim(user: str) -> None:
    outcome = outcome_of(user, Configuration("B"))
    assert_clean(outcome, Configuration("B"))
    counted = Layer.CGROUP in outcome.layers
    unclaimed = SEEN_IN_TIER_B | (set() if counted else UNCOUNTED_IN_TIER_B[user])
    assert not how(outcome, through(outcome) - unclaimed)
    assert through(outcome) == unclaimed
    assert not outcome.processes_left
    assert not outcome.files_left
    assert not [name for name, seen in outcome.observed.items() if seen.touched]


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("configuration", [*switched_off("A"), *switched_off("B"), ALL_OFF], ids=str)
def test_without_a_layer_exactly_what_only_it_stops_gets_through(
    user: str, configuration: Configuration
) -> None:
    outcome = outcome_of(user, configuration)
    assert_clean(outcome, configuration)
    fired = fires(outcome_of(user, CONTROL), outcome_of("ordinary", CONTROL))
    should = expected(configuration, outcome, fired) & set(attacks_of(configuration))
    seen = through(outcome)
    assert {"through": how(outcome, seen - should), "stopped": how(outcome, should - seen)} == {
        "through": {},
        "stopped": {},
    }


def test_each_layer_stops_something_alone() -> None:
    alone = {
        layer
        for entry in ATTACKS.values()
        # Few machines leave cgroups to ordinary users.
        for stoppers in (entry.stopped_by - {Layer.CGROUP}, entry.stopped_in_b)
        if len(stoppers) == 1
        for layer in stoppers
    }
    assert set(SWITCHABLE) <= alone


def test_most_attacks_meet_more_than_one_layer() -> None:
    isolated = [entry for entry in ATTACKS.values() if not entry.stopped_by & UNSWITCHABLE]
    overlapping = [entry for entry in isolated if len(entry.stopped_by) > 1]
    assert len(overlapping) > len(isolated) * 2 / 3


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_compiles_and_says_what_it_reaches(name: str) -> None:
    entry = ATTACKS[name]
    assert entry.reaches.endswith((".", ")"))
    for program in (entry.program, entry.before, entry.beside):
        if program is not None:
            compile(source_of(program, {"name": name}), name, "exec")


def entry_of(**options: object) -> Attack:
    return Attack(
        name="probe",
        kind="files",
        reaches="Nothing.",
        stopped_by=frozenset(),
        stopped_in_b=frozenset(),
        program=lambda: Attempt(True, ""),
        **options,  # type: ignore[arg-type]
    )


def result_of(stdout: str, kind: ExitKind = ExitKind.OK) -> Result:
    return Result(kind, 0, stdout, "", 0.0, 0.0, "none", ())


REACHED, STOPPED, MISSING = (f'{{"reached": {said}, "how": "x"}}\n' for said in ("true", "false", '"n/a"'))


@pytest.mark.parametrize(
    ("canary", "stdout", "touched", "reached"),
    [
        (False, REACHED, [], True),
        (False, STOPPED, [], False),
        (False, MISSING, [], None),
        (False, STOPPED, ["a file was written"], True),
        (True, REACHED, [], False),
        (True, REACHED, ["a file was written"], True),
        (True, MISSING, ["a file was written"], True),
    ],
)
def test_the_host_has_the_last_word(
    canary: bool, stdout: str, touched: list[str], reached: bool | None
) -> None:
    assert judge(entry_of(canary=canary), result_of(stdout), touched).reached is reached


@pytest.mark.parametrize(
    ("kind", "broken"),
    [(ExitKind.OK, True), (ExitKind.ERROR, True), (ExitKind.FAILED, True), (ExitKind.SIGNAL, False)],
)
def test_an_attack_that_says_nothing_proves_nothing(kind: ExitKind, broken: bool) -> None:
    seen = judge(entry_of(), result_of("no report", kind), [])
    assert bool(seen.broken) is broken
    assert not seen.reached


def test_the_table_has_a_line_for_each_attack() -> None:
    observed = {name: Observed(name == "kill", "", [], "") for name in ATTACKS}
    table = as_table({Configuration("A"): Outcome(("seccomp",), observed, [], [], False)}).splitlines()
    assert len(table) == len(ATTACKS) + 2
    (line,) = [line for line in table if line.startswith("| processes: kill |")]
    assert line.endswith("| tier A |")
    assert sum(line.endswith("| nowhere |") for line in table) == len(ATTACKS) - 1
