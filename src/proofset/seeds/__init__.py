"""Seeds: what the graphs show to their proposers, or begin with."""

from .instructions import SeedInstance, SeedInstruction, load_seed_instructions
from .load import Seed, load_seeds
from .problems import SeedProblem, load_seed_problems
from .prompts import SeedPrompt, load_seed_prompts
from .tasks import SeedTask, load_seed_tasks

__all__ = [
    "Seed",
    "SeedInstance",
    "SeedInstruction",
    "SeedProblem",
    "SeedPrompt",
    "SeedTask",
    "load_seed_instructions",
    "load_seed_problems",
    "load_seed_prompts",
    "load_seed_tasks",
    "load_seeds",
]
