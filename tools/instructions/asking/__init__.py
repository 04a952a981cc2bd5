"""What an instruction asks of the form of a response, read by rules; what they cannot read they leave out.

A demand that is read where none is made would turn good responses down. So every rule wants the words that
make it one, and the sentence that holds them must ask something of the response: "in three bullet points" is
a demand, "why do slides have bullet points" and "he spoke in one sentence" are none.
"""

from __future__ import annotations

from ..demand import Demand
from .cases import cases
from .counts import counts
from .forms import forms
from .labels import labels
from .lists import lists
from .sentences import Instruction
from .texts import texts

_RULES = (counts, lists, forms, labels, cases, texts)


def demands_in(instruction: str) -> tuple[Demand, ...]:
    """What is asked of the form, each once, in the order of the rules."""
    text = Instruction(instruction)
    return tuple(dict.fromkeys(demand for rule in _RULES for demand in rule(text)))
