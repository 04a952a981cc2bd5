"""Canaries for hard verifiers: candidates made wrong, and known to be, from material that was found right.

What a verifier is given has no mark: it is the candidate that it would be given in a run. What is not known
to be wrong, as a changed program that gives the same values, is no canary.
"""

from .code import Coded, wrong_code
from .fingerprints import fingerprints_of
from .math import Posed, reasoned, wrong_math
from .wrong import Wrong

__all__ = ["Coded", "Posed", "Wrong", "fingerprints_of", "reasoned", "wrong_code", "wrong_math"]
