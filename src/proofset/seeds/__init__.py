"""Seeds: the worked examples that `verified_math` and `verified_code` show to their proposers."""

from .load import load_seeds
from .problems import SeedProblem, load_seed_problems
from .tasks import SeedTask, load_seed_tasks

__all__ = ["SeedProblem", "SeedTask", "load_seed_problems", "load_seed_tasks", "load_seeds"]
