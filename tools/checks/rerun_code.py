"""Evidence about code, read back into what its checks take."""

from __future__ import annotations

from dataclasses import fields
from typing import cast

from pydantic import JsonValue

from ...errors import ProofsetError
from ...records import Evidence
from ..programs.asserts import read_asserts
from ..programs.examining import CodeRules, CodeTask
from ..programs.expressions import Call, Inexpressible
from ..programs.inputs import Inputs
from ..sandbox import Sandbox
from .code import Needed, solution_agrees_with_peers, suite_kills_mutants


async def agrees_again(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    """`solution_agrees_with_peers` on the calls that the evidence holds."""
    task = CodeTask(
        _text(evidence, "prompt"),
        _text(evidence, "entry_point"),
        _text(evidence, "solution"),
        _text(evidence, "tests"),
        tuple(_texts(evidence, "peers")),
    )
    calls = tuple(_call(evidence, text, task.entry_point) for text in _texts(evidence, "calls"))
    beyond, costly = (frozenset(_numbers(evidence, name, len(calls))) for name in ("beyond", "costly"))
    inputs = Inputs(calls, beyond, costly)
    return await solution_agrees_with_peers(
        task, inputs, sandbox, basis=evidence.basis, rules=_rules(evidence)
    )


async def kills_again(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    """`suite_kills_mutants` with the suite that the evidence holds."""
    needed = Needed(_count(evidence, "needed"), _count(evidence, "needed_pieces"))
    entry_point = _text(evidence, "entry_point")
    task = CodeTask("", entry_point, _text(evidence, "solution"), _text(evidence, "tests"))
    return await suite_kills_mutants(task, needed, sandbox, basis=evidence.basis, rules=_rules(evidence))


def _missing(evidence: Evidence, name: str) -> ProofsetError:
    return ProofsetError(
        f"evidence {evidence.check}: its input {name!r} is missing or malformed; it cannot be run again"
    )


def _text(evidence: Evidence, name: str) -> str:
    value = evidence.inputs.get(name)
    if not isinstance(value, str):
        raise _missing(evidence, name)
    return value


def _texts(evidence: Evidence, name: str) -> list[str]:
    value = evidence.inputs.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _missing(evidence, name)
    return cast(list[str], value)


def _count(evidence: Evidence, name: str) -> int:
    value = evidence.inputs.get(name)
    if not isinstance(value, int):
        raise _missing(evidence, name)
    return value


def _numbers(evidence: Evidence, name: str, below: int) -> list[int]:
    value = evidence.inputs.get(name)
    known = [item for item in value if isinstance(item, int)] if isinstance(value, list) else []
    if not isinstance(value, list) or len(known) < len(value) or not all(0 <= item < below for item in known):
        raise _missing(evidence, name)
    return known


def _call(evidence: Evidence, text: str, entry_point: str) -> Call:
    read = read_asserts(f"assert {text} == 0", entry_point)
    if isinstance(read, Inexpressible) or len(read.calls) != 1:
        raise _missing(evidence, "calls")
    return read.calls[0]


def _rules(evidence: Evidence) -> CodeRules:
    given = evidence.inputs.get("rules")
    names = {field.name for field in fields(CodeRules)}
    if not isinstance(given, dict) or given.keys() != names or not all(map(_is_number, given.values())):
        raise _missing(evidence, "rules")
    return CodeRules(**given)  # type: ignore[arg-type]


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
