"""What of the host a job may see: the interpreter, its libraries, and nothing that tells where they lie."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ...errors import SandboxUnavailableError
from .job import Limits, Profile

PYTHON = "/py/bin/python"
MATH_ROOT = "/math"
_MATH_PACKAGES = ("sympy", "mpmath")
_LINKS = ("/lib", "/lib64")
_LINKER_CACHE = Path("/etc/ld.so.cache")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


class Bind(NamedTuple):
    """A host path and where the job sees it, read-only."""

    source: Path
    target: str


@dataclass(frozen=True, slots=True)
class Runtime:
    """The read-only part of a job's world, as arguments of bubblewrap."""

    binds: tuple[Bind, ...]
    links: tuple[Bind, ...]
    hidden: tuple[str, ...]
    """Package directories under the bound ones: a job has the standard library and its profile, no more."""
    packages: tuple[Bind, ...]
    """What profile `math` adds; empty where sympy is not installed."""

    def arguments(self, profile: Profile, limits: Limits) -> list[str]:
        binds = [*self.binds, *(self.packages if profile == "math" else ())]
        args: list[str] = []
        # Directories that bubblewrap makes on its own are closed to any but their owner.
        targets = [PurePosixPath(bind.target) for bind in (*binds, *self.links)]
        for parent in sorted(({str(p) for target in targets for p in target.parents} | {"/dev"}) - {"/"}):
            args += ["--dir", parent]
        for source, target in binds:
            args += ["--ro-bind", str(source), target]
        for source, target in self.links:
            args += ["--symlink", str(source), target]
        for path in self.hidden:
            args += ["--tmpfs", path, "--remount-ro", path]
        # One by one: bubblewrap's --dev costs a second user namespace and a devpts.
        for device in _DEVICES:
            args += ["--dev-bind", device, device]
        size = max(limits.file_bytes, os.sysconf("SC_PAGE_SIZE"))
        args += ["--perms", "0777", "--size", str(size), "--tmpfs", "/tmp", "--chdir", "/tmp"]
        # multiprocessing's semaphores live there.
        args += ["--symlink", "/tmp", "/dev/shm"]
        # Last, since everything above is made in it; a writable root is scratch space without a cap.
        return [*args, "--remount-ro", "/"]

    def search_path(self, profile: Profile) -> list[str]:
        """What follows the standard library on `sys.path`.

        Raises:
            SandboxUnavailableError: the profile's packages are not installed.
        """
        if profile != "math":
            return []
        if not self.packages:
            raise SandboxUnavailableError(
                "profile 'math' needs sympy and mpmath next to proofset: pip install sympy"
            )
        return [MATH_ROOT]

    def compile_packages(self) -> None:
        """Have missing bytecode written: a job cannot write any, and would pay seconds for that each time."""
        for source, _ in self.packages:
            if not Path(importlib.util.cache_from_source(str(source / "__init__.py"))).exists():
                environment = {**os.environ, "PYTHONPATH": str(source.parent), "PYTHONDONTWRITEBYTECODE": ""}
                command = [sys.executable, "-P", "-c", f"import {source.name}"]
                subprocess.run(command, env=environment, check=False, capture_output=True)


def find_runtime() -> Runtime:
    """The runtime of the interpreter that is running, seen through any virtual environment.

    Raises:
        SandboxUnavailableError: its executable or library directory is not where Python says.
    """
    prefix = Path(sys.base_prefix)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    executable = Path(getattr(sys, "_base_executable", "") or sys.executable).resolve()
    if not os.access(executable, os.R_OK | os.X_OK):
        raise SandboxUnavailableError(
            f"the interpreter {executable} cannot be read: start proofset with one that this user may use"
        )
    if not (prefix / "lib" / version).is_dir() and not (prefix / "lib64" / version).is_dir():
        raise SandboxUnavailableError(
            f"no standard library in {prefix}/lib/{version}: start proofset with a complete python"
        )
    binds = [Bind(path, str(path)) for path in _system_libraries()]
    links: list[Bind] = []
    for path in map(Path, _LINKS):
        if path.is_symlink():
            links.append(Bind(path.readlink(), str(path)))
        elif path.is_dir():
            binds.append(Bind(path, str(path)))
    if _LINKER_CACHE.is_file():
        binds.append(Bind(_LINKER_CACHE, str(_LINKER_CACHE)))
    binds.append(Bind(executable, PYTHON))
    for name in ("lib", "lib64"):
        # Of the system's own prefix the standard library alone; the rest of /usr/lib is other programs.
        library = prefix / name / version if prefix == Path("/usr") else prefix / name
        if library.is_dir() and not (prefix / name).is_symlink():
            binds.append(Bind(library, f"/py/{library.relative_to(prefix)}"))
    return Runtime(tuple(binds), tuple(links), tuple(_hidden(binds, version)), tuple(_find_packages()))


def find_bwrap() -> Path | None:
    found = shutil.which("bwrap")
    return Path(found).resolve() if found else None


def _system_libraries() -> list[Path]:
    """The directory of the C library and the loader's, as narrow as the distribution's layout allows."""
    narrow = [Path(f"/usr/lib/{platform.machine()}-linux-gnu"), Path("/usr/lib64")]
    found = [path for path in narrow if path.is_dir()]
    return found if any((path / "libc.so.6").exists() for path in found) else [Path("/usr/lib"), *found]


def _hidden(binds: list[Bind], version: str) -> list[str]:
    names = ("site-packages", "dist-packages")
    places = [*names, *(f"{version}/{name}" for name in names), "python3/dist-packages"]
    return [
        f"{target}/{place}"
        for source, target in binds
        if source.is_dir()
        for place in places
        if (source / place).is_dir()
    ]


def _find_packages() -> list[Bind]:
    found = []
    for name in _MATH_PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            return []
        found.append(Bind(Path(next(iter(spec.submodule_search_locations))).resolve(), f"{MATH_ROOT}/{name}"))
    return found
