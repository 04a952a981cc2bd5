"""What of the host a job may read: the interpreter, its libraries and its profile's packages."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ...errors import SandboxUnavailableError
from .job import Profile

PACKAGES_ROOT = "/packages"
_LINKS = ("/lib", "/lib64")
_LINKER_CACHE = Path("/etc/ld.so.cache")
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_PACKAGE_DIRECTORIES = ("site-packages", "dist-packages")


class Wanted(NamedTuple):
    """What a profile adds to the standard library."""

    needed: tuple[str, ...]
    optional: tuple[str, ...]
    mend: str


_PROFILES: dict[Profile, Wanted] = {
    "plain": Wanted((), (), ""),
    "math": Wanted(("sympy", "mpmath"), ("numpy",), "pip install sympy"),
    "pytest": Wanted(
        ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments"),
        ("py",),
        "pip install 'proofset[sandbox]'",
    ),
}
_PRELOAD = (
    *("abc", "array", "base64", "bisect", "cmath", "collections", "contextlib", "copy", "dataclasses"),
    *("datetime", "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "io", "itertools"),
    *("json", "math", "numbers", "operator", "os", "random", "re", "statistics", "string", "struct"),
    *("textwrap", "time", "traceback", "typing", "unicodedata", "zlib"),
)


class Bind(NamedTuple):
    """A host path and where the job sees it, read-only."""

    source: Path
    target: str


@dataclass(frozen=True, slots=True)
class Runtime:
    """The interpreter that is running, seen through any virtual environment."""

    executable: Path
    prefix: Path
    libraries: tuple[Path, ...]
    """The directories of the standard library and of the interpreter's own shared libraries."""
    system: tuple[Path, ...]
    """Directories of the C library and the loader, and the loader's cache."""
    links: tuple[Bind, ...]
    packages: dict[Profile, tuple[Path, ...]]
    """What a profile adds: directories and single modules. Missing where they are not installed."""

    def packages_of(self, profile: Profile) -> tuple[Path, ...]:
        """Raises:
        SandboxUnavailableError: they are not installed.
        """
        if profile not in self.packages:
            wanted = _PROFILES[profile]
            raise SandboxUnavailableError(
                f"profile {profile!r} needs {', '.join(wanted.needed)} next to proofset: {wanted.mend}"
            )
        return self.packages[profile]

    def preload(self, profile: Profile) -> tuple[str, ...]:
        """Modules to import once for all jobs of a profile."""
        names = [path.name for path in self.packages_of(profile) if path.name.isidentifier()]
        return (*_PRELOAD, *names)

    def standard_library(self) -> list[Path]:
        """What lies in `libraries`, without the packages that are installed there for others."""
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        found: list[Path] = []
        for library in self.libraries:
            for entry in library.iterdir():
                if entry.name == version:
                    found += [each for each in entry.iterdir() if each.name not in _PACKAGE_DIRECTORIES]
                elif entry.name not in _PACKAGE_DIRECTORIES:
                    found.append(entry)
        return found

    def closed_to_others(self) -> Path | None:
        """A directory on the way to the interpreter that other users may not enter, if there is one."""
        ways = {parent for path in (self.executable, *self.libraries) for parent in (path, *path.parents)}
        return next((way for way in sorted(ways) if not way.stat().st_mode & 0o001), None)

    def compile_packages(self, profile: Profile) -> None:
        """Have missing bytecode written: a job cannot write any, and would pay seconds for that each time."""
        for source in self.packages_of(profile):
            initial = source / "__init__.py"
            if initial.exists() and not Path(importlib.util.cache_from_source(str(initial))).exists():
                environment = {**os.environ, "PYTHONPATH": str(source.parent), "PYTHONDONTWRITEBYTECODE": ""}
                command = [sys.executable, "-P", "-c", f"import {source.name}"]
                subprocess.run(command, env=environment, check=False, capture_output=True)


def find_runtime() -> Runtime:
    """Raises:
    SandboxUnavailableError: the interpreter's executable or library is not where Python says.
    """
    prefix = Path(sys.base_prefix)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    executable = Path(getattr(sys, "_base_executable", "") or sys.executable).resolve()
    if not os.access(executable, os.R_OK | os.X_OK):
        raise SandboxUnavailableError(
            f"the interpreter {executable} cannot be read: start proofset with one that this user may use"
        )
    libraries = []
    for name in ("lib", "lib64"):
        # Of the system's own prefix the standard library alone; the rest of /usr/lib is other programs.
        library = prefix / name / version if prefix == Path("/usr") else prefix / name
        if library.is_dir() and not (prefix / name).is_symlink():
            libraries.append(library)
    if not any((path / "os.py").exists() or (path / version).is_dir() for path in libraries):
        raise SandboxUnavailableError(
            f"no standard library in {prefix}/lib/{version}: start proofset with a complete python"
        )
    links = [Bind(Path(path).readlink(), path) for path in _LINKS if Path(path).is_symlink()]
    real = [Path(path) for path in _LINKS if Path(path).is_dir() and not Path(path).is_symlink()]
    cache = [_LINKER_CACHE] if _LINKER_CACHE.is_file() else []
    packages = {profile: found for profile in _PROFILES if (found := _find_packages(profile)) is not None}
    return Runtime(
        executable, prefix, tuple(libraries), (*_system_libraries(), *real, *cache), tuple(links), packages
    )


def find_bwrap() -> Path | None:
    found = shutil.which("bwrap")
    return Path(found).resolve() if found else None


def _system_libraries() -> list[Path]:
    """The directory of the C library and the loader's, as narrow as the distribution's layout allows."""
    narrow = [Path(f"/usr/lib/{platform.machine()}-linux-gnu"), Path("/usr/lib64")]
    found = [path for path in narrow if path.is_dir()]
    return found if any((path / "libc.so.6").exists() for path in found) else [Path("/usr/lib"), *found]


def _find_packages(profile: Profile) -> tuple[Path, ...] | None:
    wanted = _PROFILES[profile]
    needed = [_place_of(name) for name in wanted.needed]
    if None in needed:
        return None
    found = [path for path in (*needed, *map(_place_of, wanted.optional)) if path]
    # Shared libraries of a wheel lie beside its package.
    beside = [path.with_name(f"{path.name}.libs") for path in found]
    return (*found, *(path for path in beside if path.is_dir()))


def _place_of(package: str) -> Path | None:
    """The package's directory, or the file of a module that is no package."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        return None
    places = list(spec.submodule_search_locations or ())
    return Path(places[0] if places else str(spec.origin)).resolve()
