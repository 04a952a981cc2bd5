"""Does a response keep to the form that its instruction asks for? Nothing here reads what it says.

demands_in(instruction) ─▶ Demand … ─▶ fault_of(demand, response) ─▶ "" or what is wrong
"""

from .asking import demands_in
from .backwards import points_elsewhere, speaks_of_a_text, stated_answer, subject_of
from .demand import Demand
from .examples import Examples, code_in, examples_in
from .facts import facts_marked_in
from .kept import fault_of
from .language import language_of
from .sums import sum_in

__all__ = [
    "Demand",
    "Examples",
    "code_in",
    "demands_in",
    "examples_in",
    "facts_marked_in",
    "fault_of",
    "language_of",
    "points_elsewhere",
    "speaks_of_a_text",
    "stated_answer",
    "subject_of",
    "sum_in",
]
