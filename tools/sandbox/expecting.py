"""How the conformance kit says what it demands of a Result."""

from __future__ import annotations

from .job import ExitKind, Result


class Unmet(Exception):
    """A backend fell short of a demand; the message says what was seen."""


def expect(
    result: Result,
    *kinds: ExitKind,
    stdout: str | None = None,
    stderr_has: str = "",
    exit_code: int | None = None,
) -> None:
    """Demand one of `kinds` (OK where none is given) and, where given, exact stdout and exit code.

    Raises:
        Unmet: the result is another one.
    """
    allowed = kinds or (ExitKind.OK,)
    if result.kind not in allowed:
        raise Unmet(f"ended as {result.kind}, not {'/'.join(allowed)}; stderr: {result.stderr[-300:]!r}")
    if stdout is not None and result.stdout != stdout:
        raise Unmet(f"stdout is {result.stdout[:300]!r}, not {stdout[:300]!r}")
    if stderr_has not in result.stderr:
        raise Unmet(f"stderr is {result.stderr[-300:]!r}, without {stderr_has!r}")
    if exit_code is not None and result.exit_code != exit_code:
        raise Unmet(f"exit code is {result.exit_code}, not {exit_code}")
