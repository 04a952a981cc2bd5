"""Cgroups on a directory that looks like one: what is asked of the kernel, and what a refusal changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from proofset.tools.sandbox.cgroups import find_delegated


@pytest.fixture
def hierarchy(tmp_path: Path) -> Path:
    """`/user/app` is where this process is."""
    place = tmp_path / "fs" / "user" / "app"
    place.mkdir(parents=True)
    (place / "cgroup.controllers").write_text("cpu memory pids\n")
    (tmp_path / "membership").write_text("9:name=systemd:/\n0::/user/app\n")
    mounts = (
        f"25 1 0:22 / / rw - ext4 /dev/vda rw\n31 25 0:27 / {tmp_path}/fs rw,nosuid - cgroup2 cgroup2 rw\n"
    )
    (tmp_path / "mounts").write_text(mounts)
    return place


def test_a_delegated_cgroup_is_made_ready(hierarchy: Path, tmp_path: Path) -> None:
    home = hierarchy / f"proofset-{os.getpid()}"
    delegated = find_delegated(tmp_path / "membership", tmp_path / "mounts")
    assert delegated is not None
    assert (home / "cgroup.procs").read_text() == str(os.getpid())
    assert (hierarchy / "cgroup.subtree_control").read_text() == "+memory"
    made = hierarchy / f"proofset-{os.getpid()}-1"
    with pytest.raises(FileNotFoundError):
        # A real one has that file; this directory shows that a refusal is told.
        delegated.new([])
    assert not made.exists()


def test_limits_are_beyond_what_the_interpreter_holds(hierarchy: Path, tmp_path: Path) -> None:
    delegated = find_delegated(tmp_path / "membership", tmp_path / "mounts")
    assert delegated is not None
    made = hierarchy / f"proofset-{os.getpid()}-1"

    class Kernel(type(made)):  # type: ignore[misc]
        """Fills a new cgroup with its files, as the kernel does."""

        def mkdir(self, *args: object, **kwargs: object) -> None:
            super().mkdir()
            (self / "memory.current").write_text("1000\n")
            (self / "memory.events").write_text("low 0\noom 4\noom_kill 3\noom_group_kill 0\n")

    from proofset.tools.sandbox.cgroups import Cgroup

    group = Cgroup(Kernel(made), [11])
    group.allow(500)
    assert (made / "memory.max").read_text() == "1500"
    assert (made / "cgroup.procs").read_text() == "11"
    assert group.kills() == 3


def test_a_second_sandbox_of_the_process_finds_the_same_place(hierarchy: Path, tmp_path: Path) -> None:
    home = hierarchy / f"proofset-{os.getpid()}"
    home.mkdir()
    (tmp_path / "membership").write_text(f"0::/user/app/{home.name}\n")
    assert find_delegated(tmp_path / "membership", tmp_path / "mounts") is not None
    assert not (home / home.name).exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("membership", "4:memory:/\n"),
        ("membership", ""),
        ("mounts", "25 1 0:22 / / rw - ext4 /dev/vda rw\n"),
        ("fs/user/app/cgroup.controllers", "cpu pids\n"),
    ],
)
def test_without_delegation_nothing_is_changed(hierarchy: Path, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert find_delegated(tmp_path / "membership", tmp_path / "mounts") is None
    assert [path.name for path in hierarchy.iterdir()] == ["cgroup.controllers"]


def test_a_refusal_moves_the_process_back(hierarchy: Path, tmp_path: Path) -> None:
    # Other processes in the same cgroup make the kernel refuse; a directory in the way does so here.
    (hierarchy / "cgroup.subtree_control").mkdir()
    assert find_delegated(tmp_path / "membership", tmp_path / "mounts") is None
    assert (hierarchy / "cgroup.procs").read_text() == str(os.getpid())
