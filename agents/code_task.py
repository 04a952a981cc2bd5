"""The task `verified_code`: what a function does, in words, and its head. Solutions come from others."""

from __future__ import annotations

import ast
import re

from pydantic import BaseModel, ConfigDict, field_validator

from ..records import Origin
from ..seeds import SeedTask
from .bounds import at_most, filled
from .solver import Style
from .state import CodeProposal, State
from .task import Draft, Task

MAX_PROBLEM_CHARS = 2500
MAX_SIGNATURE_CHARS = 300
MAX_CODE_CHARS = 6000
MAX_TESTS = 40


class CodeDraft(Draft):
    """A programming problem as proposer, evolver and reviser write it."""

    problem: str
    signature: str

    @field_validator("problem")
    @classmethod
    def _problem_length(cls, text: str) -> str:
        return at_most(filled(text), MAX_PROBLEM_CHARS)

    @field_validator("signature")
    @classmethod
    def _is_head(cls, text: str) -> str:
        text = at_most(filled(text), MAX_SIGNATURE_CHARS)
        name_in(text)
        return text

    def proposal(self, origin: Origin) -> CodeProposal:
        written = self.model_dump() | {"entry_point": name_in(self.signature)}
        return CodeProposal(**written, **dict(origin))


def name_in(signature: str) -> str:
    """The function's name in its head. Raises ValueError where the text is no head of one function."""
    if "\n" in signature.strip() or not re.match(r"def\s+\w+\s*\(", signature):
        raise ValueError("write one line: def name(argument: type) -> type:")
    try:
        (function,) = ast.parse(f"{signature}\n    pass").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"it is no head of a function ({error}); end it with a colon") from error
    if not isinstance(function, ast.FunctionDef):
        raise ValueError("write the head of one function")
    if not function.args.args or function.args.vararg or function.args.kwarg:
        raise ValueError("name each argument; at least one is needed, and no *args or **kwargs")
    return function.name


class CodeReply(BaseModel):
    """A solution as a solver writes it."""

    model_config = ConfigDict(extra="forbid")

    program: str

    @field_validator("program")
    @classmethod
    def _defines(cls, text: str) -> str:
        text = at_most(filled(text), MAX_CODE_CHARS)
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise ValueError(f"it is no Python: {error}") from error
        if not any(isinstance(node, ast.FunctionDef) for node in body):
            raise ValueError("it defines no function")
        return text


STRAIGHT = Style("code", "solve_code", CodeReply)
PLAINLY = Style("code", "solve_code_plainly", CodeReply)


class TestsReply(BaseModel):
    """Tests as a tester writes them: asserts, one a line."""

    __test__ = False
    model_config = ConfigDict(extra="forbid")

    tests: list[str]

    @field_validator("tests")
    @classmethod
    def _some(cls, tests: list[str]) -> list[str]:
        if not tests:
            raise ValueError("there is no test")
        return tests[:MAX_TESTS]


def _drafted(seed: SeedTask) -> CodeDraft:
    return CodeDraft.model_construct(problem=seed.problem, signature=seed.signature)


CODE = Task("verified_code", CodeDraft, SeedTask, _drafted, kind="code")


def code_proposal(state: State) -> CodeProposal:
    """The state's proposal as a programming problem. Raises TypeError for one of another method."""
    proposal = state["proposal"]
    if not isinstance(proposal, CodeProposal):
        raise TypeError(f"a CodeProposal belongs here, not a {type(proposal).__name__}")
    return proposal
