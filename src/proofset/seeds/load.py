"""Seeds of any kind: the built-in ones of all graphs, or those of one file."""

from __future__ import annotations

import json
from pathlib import Path

from .problems import SeedProblem, load_seed_problems
from .tasks import SeedTask, load_seed_tasks


def load_seeds(path: Path | None = None) -> tuple[SeedProblem | SeedTask, ...]:
    """All built-in seeds, or those of a file: programming tasks where its first row has an `entry_point`.

    Raises:
        UsageError: the file cannot be read, is empty, or a line is wrong; names file, line and mend.
    """
    if path is None:
        return (*load_seed_problems(), *load_seed_tasks())
    return load_seed_tasks(path) if _holds_tasks(path) else load_seed_problems(path)


def _holds_tasks(path: Path) -> bool:
    """What cannot be read is left to the loader, which says why."""
    try:
        with path.open("rb") as file:
            first = next((line for line in file if line.strip()), b"")
        return "entry_point" in json.loads(first)
    except (OSError, ValueError, TypeError, RecursionError):
        return False
