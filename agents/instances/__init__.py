"""Instances of an instruction: is it a classification task, and what are an input and an output of it?

classifier ─▶ solver: label first, then an input │ input first, then an output ─▶ reading ─▶ filters
"""

from .classifier import Classifier
from .writer import InstanceWriter

__all__ = ["Classifier", "InstanceWriter"]
