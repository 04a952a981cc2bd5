"""A file, or a directory, that appears when it is complete, or stays as it was."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..errors import ProofsetError, UsageError


class AtomicFile:
    """A file beside its final place, moved there by `keep`; without that it is gone at the end of `with`.

    Args:
        out: the final place; compressed where its name ends in `.gz`.
        source: the file or directory that is read meanwhile, which `out` must not be, or lie in.
        option: what the user calls it.

    Raises:
        UsageError: it cannot be written there.
    """

    def __init__(self, source: Path, out: Path, *, option: str = "--out") -> None:
        self.out = out
        self._option = option
        if out.is_dir() or (out.exists() and out.samefile(source)):
            raise UsageError(f"{option} {out}: give a file that is not the input and no directory")
        try:
            descriptor, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
        except OSError as error:
            raise UsageError(
                f"{option} {out}: cannot write it ({error.strerror}); give another path"
            ) from error
        self._path = Path(name)
        self._file: IO[bytes] = os.fdopen(descriptor, "wb")
        self._target: IO[bytes] = (
            gzip.GzipFile(filename="", mode="wb", fileobj=self._file, mtime=0)  # type: ignore[assignment]
            if out.suffix == ".gz"
            else self._file
        )

    def __enter__(self) -> AtomicFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Raises ProofsetError where the disk does not take it."""
        try:
            self._target.write(data)
        except OSError as error:
            raise ProofsetError(
                f"{self._option} {self.out}: cannot write on ({error.strerror}); mend that"
            ) from error

    def keep(self) -> None:
        """Move it to its place. Raises ProofsetError where that fails."""
        try:
            if self._target is not self._file:
                self._target.close()
            self._file.flush()
            # A private temporary file becomes one like any other that this user makes.
            self._path.chmod(0o666 & ~_umask())
            self._path.replace(self.out)
        except OSError as error:
            raise ProofsetError(
                f"{self._option} {self.out}: cannot write it ({error.strerror}); mend that"
            ) from error


@contextmanager
def appearing(out: Path, *, single: bool) -> Iterator[Path]:
    """A directory whose files take their place when all is written: it becomes `out`; or, where `single`, its
    files move to beside `out`. Otherwise nothing is there.

    Raises:
        UsageError: `out` is taken, or cannot be made.
        ProofsetError: the disk does not take the files.
    """
    if not single and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"--out {out}: it holds files already; name a new or an empty directory")
    try:
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.absolute().parent))
    except OSError as error:
        raise UsageError(f"--out {out}: cannot write there ({error.strerror}); give another path") from error
    try:
        yield making
        if single:
            # The data last: whoever sees them finds what belongs to them.
            for path in sorted(making.iterdir(), key=lambda path: path.name == out.name):
                path.replace(out.parent / path.name)
        else:
            making.chmod(0o777 & ~_umask())
            making.replace(out)
    except OSError as error:
        raise ProofsetError(f"--out {out}: cannot write it ({error.strerror}); mend that") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
