"""Ask a module of ours that runs in the sandbox, and read its reply: one JSON object of a given form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ..programs.shipped import shipped, start_of
from ..sandbox import Job, Limits, Profile
from .claim import Runs

T = TypeVar("T", bound=BaseModel)

LIMITS = Limits(cpu_s=6.0, wall_s=45.0)


async def asked_inside(
    runs: Runs,
    module: str,
    form: type[T],
    *,
    request: object = None,
    program: str = "",
    beside: Sequence[str] = (),
    profile: Profile = "math",
    limits: Limits = LIMITS,
) -> T | str:
    """The reply of `main` of a module in this package, or why there is none.

    Args:
        request: what it reads from its standard input, as JSON.
        program: a program of a model's, put beside it as `program.py`.
        beside: modules of this package that it imports.
    """
    files = dict(shipped(module, *beside, room=__package__))
    if program:
        files["program.py"] = program
    stdin = "" if request is None else json.dumps(request)
    result = await runs.sandbox.run(
        Job(start_of(module), stdin=stdin, files=files, profile=profile, limits=limits)
    )
    if not result.ok:
        return f"it ended with {result.kind.value}"
    try:
        return form.model_validate_json(result.stdout)
    except ValidationError:
        return "its reply could not be read"
