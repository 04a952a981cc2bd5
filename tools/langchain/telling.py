"""What a tool tells the model: one sentence on how a job ended, then its streams, cut to a stated length."""

from __future__ import annotations

import signal

from ...records import well_formed
from ..sandbox import ExitKind, Limits, Result

ANSWER_CHARS = 4_000
"""Longest text that a tool returns."""

NO_RESULT = "no result: the sandbox could not run it; go on without this tool"

_STDOUT_CHARS = 2_700
_STDERR_CHARS = 1_000
_NOTE_CHARS = 60


class NoResultError(Exception):
    """The sandbox gave no result: nothing is known about the program."""


def limits_sentence(limits: Limits) -> str:
    """The limits of a job, as a tool's description states them."""
    return (
        f"Limits: {limits.cpu_s:g} CPU seconds, {limits.wall_s:g} seconds in all, "
        f"{limits.memory_bytes >> 20} MiB of memory; what is returned is cut to {ANSWER_CHARS:,} characters."
    )


def ending(result: Result, limits: Limits) -> str:
    """How a job ended, as a sentence about the program.

    Raises NoResultError where the outcome says nothing about the program.
    """
    match result.kind:
        case ExitKind.OK:
            return "It ended well."
        case ExitKind.ERROR:
            return f"It ended with exit code {result.exit_code}."
        case ExitKind.SIGNAL:
            return f"It was ended by {_signal(result.exit_code)}: it crashed or did what is forbidden here."
        case ExitKind.CPU_LIMIT:
            return f"It was stopped: it used up its {limits.cpu_s:g} CPU seconds."
        case ExitKind.WALL_LIMIT:
            return f"It was stopped: it had not ended after {limits.wall_s:g} seconds."
        case ExitKind.MEMORY_LIMIT:
            return f"It ran out of memory: it may use {limits.memory_bytes >> 20} MiB."
        case ExitKind.OUTPUT_LIMIT:
            return f"It was stopped: it wrote more than {limits.output_bytes:,} bytes."
        case ExitKind.STARVED:
            raise NoResultError("no result: the machine was too busy to run it; call the tool again")
        case ExitKind.FAILED:
            # What went wrong is about this machine, and no business of the model.
            raise NoResultError(NO_RESULT)


def streams(result: Result) -> str:
    """Both streams under headings: the start of stdout, and of stderr the end, where the error is."""
    parts = []
    if result.stdout.strip():
        parts.append(f"stdout:\n{head(result.stdout.rstrip(), _STDOUT_CHARS)}")
    if result.stderr.strip():
        parts.append(f"stderr:\n{tail(result.stderr.rstrip(), _STDERR_CHARS)}")
    return "\n".join(parts)


def head(text: str, limit: int = ANSWER_CHARS) -> str:
    """The text, or its start and how much was left out: at most `limit` characters."""
    if len(text) <= limit:
        return text
    kept = limit - _NOTE_CHARS
    return f"{text[:kept]}\n… {len(text) - kept:,} more characters left out"


def tail(text: str, limit: int) -> str:
    """The text, or its end and how much was left out: at most `limit` characters."""
    if len(text) <= limit:
        return text
    kept = limit - _NOTE_CHARS
    return f"… {len(text) - kept:,} characters left out\n{text[-kept:]}"


def told(text: str) -> str:
    """The text as a message can carry it: whole characters, and not too many."""
    return head(well_formed(text))


def _signal(exit_code: int | None) -> str:
    try:
        return signal.Signals(-(exit_code or 0)).name
    except ValueError:
        return "a signal"
