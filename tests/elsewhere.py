"""Runs a script as another user, or as root with an interpreter that others may use too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

import pytest

import proofset

ORDINARY_UID = 61234


class Elsewhere(NamedTuple):
    """Where another user finds Python and proofset's sandbox."""

    python: str
    path: str
    has_math: bool

    def command(self, script: str, *, root: bool) -> list[str]:
        return [*([] if root else _become()), self.python, "-B", "-c", script]

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "PYTHONPATH": self.path, "HOME": "/nonexistent"}

    def run(self, script: str, given: str = "", *, root: bool = False) -> str:
        """What the script prints; a script that fails fails the test."""
        done = subprocess.run(
            self.command(script, root=root),
            input=given,
            env=self.environment,
            cwd="/",
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def find_elsewhere(factory: pytest.TempPathFactory) -> Elsewhere:
    """Skips where this is not root, or where others can reach no interpreter of this version."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    wanted = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    pythons = (str(Path(sys.executable).resolve()), "/usr/bin/python3", "/usr/local/bin/python3")
    usable = [p for p in pythons if Path(p).exists() and _succeeds([*_become(), p, "-I", "-c", wanted])]
    if not usable:
        pytest.skip("an ordinary user can reach no interpreter of this version")
    root = factory.mktemp("elsewhere")
    package = root / "proofset"
    here = Path(proofset.__file__).parent
    for part in ("__init__.py", "errors.py", "plugins.py", "tools/__init__.py"):
        (package / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(here / part, package / part)
    shutil.copytree(here / "tools" / "sandbox", package / "tools" / "sandbox")
    # pytest closes its directories to others.
    base = factory.getbasetemp()
    for place in (root, base, base.parent):
        place.chmod(0o755)
    libraries = sysconfig.get_path("purelib")
    has_math = _succeeds([*_become(), "test", "-r", f"{libraries}/sympy/__init__.py"])
    return Elsewhere(usable[0], f"{root}:{libraries}", has_math)


def _become() -> list[str]:
    # setpriv itself may still enter a closed directory; what it starts may not.
    return ["setpriv", f"--reuid={ORDINARY_UID}", f"--regid={ORDINARY_UID}", "--clear-groups", "env"]


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, cwd="/", capture_output=True, check=False).returncode == 0
