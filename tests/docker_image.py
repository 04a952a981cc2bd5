"""An image with python3 for an engine that cannot pull one: this machine's interpreter and its libraries."""

from __future__ import annotations

import importlib.util
import io
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

NAME = "proofset-test:python"
_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
_LEFT_OUT = {
    "site-packages",
    "dist-packages",
    "test",
    "tests",
    "tkinter",
    "idlelib",
    "ensurepip",
    "turtledemo",
}
_PACKAGES = ("sympy", "mpmath", "pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments")


def import_image(command: str) -> None:
    """Make the image NAME; a few seconds.

    Raises:
        subprocess.CalledProcessError: the engine refused it.
    """
    process = subprocess.Popen(
        [command, "import", "-", NAME], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert process.stdin
    with process.stdin:
        write_image(process.stdin)
    if process.wait():
        raise subprocess.CalledProcessError(process.returncode, process.args)


def write_image(out: IO[bytes]) -> None:
    """Write the file system of the image as a tar archive."""
    prefix = Path(sys.base_prefix)
    executable = Path(getattr(sys, "_base_executable", "") or sys.executable).resolve()
    library = prefix / "lib" / _VERSION
    shared = _shared_libraries(executable)
    for module in (library / "lib-dynload").glob("*.so"):
        if not module.name.startswith("_tkinter"):
            shared |= _shared_libraries(module)
    system = next(Path(path).parent for path in shared if "/libc.so" in path)
    with tarfile.open(fileobj=out, mode="w|") as tar:
        for name in ("tmp", "proc", "sys", "dev", "etc", "root", "var", "var/log"):
            directory = tarfile.TarInfo(name)
            directory.type, directory.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            tar.addfile(directory)
        users = b"root:x:0:0::/root:/bin/sh\n"
        passwd = tarfile.TarInfo("etc/passwd")
        passwd.size = len(users)
        tar.addfile(passwd, io.BytesIO(users))
        _put(tar, executable, "usr/local/bin/python3")
        for found in sorted(shared):
            # Where the loader looks without being told.
            _put(tar, found, str(system / Path(found).name) if found.startswith(str(prefix)) else found)
        for path in _files(library):
            _put(tar, path, f"usr/local/lib/{_VERSION}/{path.relative_to(library)}")
        for name in _PACKAGES:
            spec = importlib.util.find_spec(name)
            for place in map(Path, (spec and spec.submodule_search_locations) or ()):
                for path in _files(place):
                    to = f"usr/local/lib/{_VERSION}/site-packages/{name}/{path.relative_to(place)}"
                    _put(tar, path, to)


def _put(tar: tarfile.TarFile, path: str | Path, name: str) -> None:
    real = os.path.realpath(path)
    info = tar.gettarinfo(real, name.lstrip("/"))
    info.uid = info.gid = 0
    info.mode |= 0o444
    with Path(real).open("rb") as content:
        tar.addfile(info, content)


def _files(top: Path) -> Iterator[Path]:
    for place, below, names in os.walk(top):
        below[:] = sorted(set(below) - _LEFT_OUT)
        yield from (Path(place, name) for name in sorted(names))


def _shared_libraries(path: Path) -> set[str]:
    told = subprocess.run(["ldd", path], capture_output=True, text=True, check=False).stdout
    return {found[1] for found in re.finditer(r"(?:=> )?(/\S+) \(0x", told)}
