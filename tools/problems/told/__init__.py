"""Problems that the text alone decides: readers of whole texts, each for one sort of question.

reading.py: what a reader is, and what its result says of a claim · text_gives.py: all of them in their order,
and the check · the other modules: readers by sort
"""

from .reading import Fault, Reader, Told, held_against, read_by
from .text_gives import READERS, text_gives

__all__ = ["READERS", "Fault", "Reader", "Told", "held_against", "read_by", "text_gives"]
