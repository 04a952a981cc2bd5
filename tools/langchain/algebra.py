"""The SymPy tools, the host's side: arguments go to the sandbox as data and come back as text.

An expression is opaque here. It is bounded in length, sent as JSON and parsed by `_sympy_job`, which runs
inside the sandbox only: parsing it may run it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError, model_validator

from ...records import well_formed
from ..sandbox import ExitKind, Job, Limits, Sandbox
from .spec import Arguments, ToolSpec
from .telling import NoResultError, ending, limits_sentence

ALGEBRA_LIMITS = Limits(cpu_s=8.0, wall_s=40.0)

_SYNTAX = (
    "Python's and SymPy's syntax, such as 2*x**2 + sqrt(3)*pi; E is Euler's number, I the imaginary unit."
)

Expression = Annotated[str, Field(min_length=1, max_length=2_000)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,30}$")]


class SolveArguments(Arguments):
    equations: list[Expression] = Field(
        min_length=1,
        max_length=12,
        description='Equations or inequalities, such as ["x + y = 3", "x - y = 1"].',
    )
    unknowns: list[Name] = Field(
        min_length=1, max_length=12, description='Names to solve for, such as ["x", "y"].'
    )
    domain: Literal["complex", "real", "positive", "integer"] = Field(
        default="complex", description="What numbers the unknowns may be."
    )


class SimplifyArguments(Arguments):
    expression: Expression = Field(description="The expression.")
    form: Literal["simplify", "expand", "factor"] = Field(
        default="simplify", description="What to do with it."
    )


class EvaluateArguments(Arguments):
    expression: Expression = Field(description="An expression without unknown names.")
    digits: int = Field(default=15, ge=1, le=200, description="Significant digits.")


class DifferentiateArguments(Arguments):
    expression: Expression = Field(description="The expression.")
    variable: Name = Field(description="Name to differentiate by.")
    order: int = Field(default=1, ge=1, le=20, description="How often.")


class IntegrateArguments(Arguments):
    expression: Expression = Field(description="The expression.")
    variable: Name = Field(description="Name to integrate over.")
    lower: str = Field(
        default="", max_length=2_000, description="Lower bound, such as 0 or -oo; empty for none."
    )
    upper: str = Field(
        default="", max_length=2_000, description="Upper bound, such as pi or oo; empty for none."
    )

    @model_validator(mode="after")
    def _both_bounds(self) -> Self:
        if bool(self.lower.strip()) != bool(self.upper.strip()):
            raise ValueError("give both bounds, or none for an antiderivative")
        return self


class _Reply(BaseModel):
    """What the job writes: the answer, or why there is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: StrictStr = ""
    fault: StrictStr = ""


_TOOLS: tuple[tuple[str, type[Arguments], str], ...] = (
    (
        "sympy_solve",
        SolveArguments,
        "Solve equations or inequalities exactly for the unknowns. "
        "Of periodic equations it may give only the principal solutions.",
    ),
    ("sympy_simplify", SimplifyArguments, "Simplify, expand or factor an expression exactly."),
    ("sympy_evaluate", EvaluateArguments, "The numeric value of an expression to as many digits as wanted."),
    ("sympy_differentiate", DifferentiateArguments, "The derivative of an expression."),
    (
        "sympy_integrate",
        IntegrateArguments,
        "The antiderivative of an expression, or its integral between bounds.",
    ),
)


def algebra_specs(sandbox: Sandbox) -> list[ToolSpec[Any]]:
    """The SymPy tools on a sandbox."""
    about = f"{_SYNTAX} {limits_sentence(ALGEBRA_LIMITS)}"
    return [
        ToolSpec(name, f"{purpose} {about}", arguments, _asker(name, sandbox))
        for name, arguments, purpose in _TOOLS
    ]


def _asker(name: str, sandbox: Sandbox) -> Callable[[Arguments], Awaitable[str]]:
    async def answer(arguments: Arguments) -> str:
        asked = {"tool": name, "arguments": arguments.model_dump()}
        job = Job(
            _job_source(),
            stdin=well_formed(json.dumps(asked, ensure_ascii=False)),
            profile="math",
            limits=ALGEBRA_LIMITS,
        )
        result = await sandbox.run(job)
        said = ending(result, ALGEBRA_LIMITS)
        if result.kind is not ExitKind.OK:
            return f"SymPy gave no answer. {said}"
        try:
            reply = _Reply.model_validate_json(result.stdout)
        except ValidationError:
            raise NoResultError("no result: the expression broke the tool; write it otherwise") from None
        return reply.answer or f"SymPy gave no answer. {reply.fault}"

    return answer


@lru_cache(maxsize=1)
def _job_source() -> str:
    return files(__package__).joinpath("_sympy_job.py").read_text("utf-8")
