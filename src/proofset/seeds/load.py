"""Seeds of any kind: the built-in ones of all graphs, or those of one file."""

from __future__ import annotations

import json
from pathlib import Path

from .instructions import SeedInstruction, load_seed_instructions
from .problems import SeedProblem, load_seed_problems
from .prompts import SeedPrompt, load_seed_prompts
from .tasks import SeedTask, load_seed_tasks

Seed = SeedProblem | SeedTask | SeedInstruction | SeedPrompt


def load_seeds(path: Path | None = None) -> tuple[Seed, ...]:
    """All built-in seeds, or those of a file, whose first row says of what kind they are: programming tasks
    have an `entry_point`, instructions an `instruction`, prompts a `prompt`.

    Raises:
        UsageError: the file cannot be read, is empty, or a line is wrong; names file, line and mend.
    """
    if path is None:
        return (*load_seed_problems(), *load_seed_tasks(), *load_seed_instructions(), *load_seed_prompts())
    first = _first_row(path)
    if "entry_point" in first:
        return load_seed_tasks(path)
    if "instruction" in first:
        return load_seed_instructions(path)
    # A problem of mathematics is called that, whatever else its row holds.
    return (
        load_seed_prompts(path) if "prompt" in first and "problem" not in first else load_seed_problems(path)
    )


def _first_row(path: Path) -> dict[str, object]:
    """What cannot be read is left to the loader, which says why."""
    try:
        with path.open("rb") as file:
            first = json.loads(next((line for line in file if line.strip()), b""))
    except (OSError, ValueError, TypeError, RecursionError):
        return {}
    return first if isinstance(first, dict) else {}
