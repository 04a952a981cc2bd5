"""Evol-Instruct's four elimination rules (arXiv 2304.12244), each with the code it rejects with.

1. no_gain: the evolved instruction asks for nothing that its parent did not (the critic's model is asked)
2. apology: the response says sorry and is short
3. empty_response: the response is punctuation and stop words only
4. copies_prompt: the evolved instruction holds words of the prompt that evolved it, or of its operator

Pure but for the first, which is the critic's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_RUN = 6
COPIED = (
    "given prompt",
    "rewritten prompt",
    "created prompt",
    "#given prompt#",
    "#rewritten prompt#",
    "#created prompt#",
    "given instruction",
    "rewritten instruction",
    "created instruction",
)
"""Labels of the paper's prompts, and of ours."""

# English words that say nothing by themselves; what is left of a response without them must be something.
_STOP_WORDS = frozenset(
    """
    a about after all also am an and any are as at be because been before being but by can could did do does
    for from had has have he her here him his how i if in into is it its just may me might more most my now of
    on only or other our out over she should so some such than that the their them then there these they this
    those through to too under up us was we were what when where which who why will with would you your
    """.split()  # noqa: SIM905
)


def apology(response: str, words: int) -> str:
    """Rule 2: it holds "sorry" and has fewer than so many words; a sentence, or nothing."""
    count = len(response.split())
    if re.search(r"\bsorry\b", response, re.IGNORECASE) and count < words:
        return f"the response says sorry in {count} words, below {words}"
    return ""


def empty_response(response: str) -> str:
    """Rule 3: nothing is left without punctuation and stop words; a sentence, or nothing."""
    left = [word for word in re.findall(r"\w+", response.lower()) if word not in _STOP_WORDS]
    return "" if left else "the response is punctuation and stop words only"


def copies_prompt(instruction: str, parent: str, said: Iterable[str] = ()) -> str:
    """Rule 4: it holds a label of the evolving prompt, or six words on end of what an operator says, that its
    parent has not; a sentence, or nothing.
    """
    text, before = instruction.lower(), parent.lower()
    runs = (run for operator in said for run in _runs(operator))
    mine, old = _plain(text), _plain(before)
    found = next((label for label in COPIED if label in text and label not in before), None)
    found = found or next((run for run in runs if run in mine and run not in old), None)
    return f"it copies {found!r} from the prompt that evolved it" if found else ""


def _runs(operator: str) -> Iterator[str]:
    words = _plain(operator.lower()).split()
    for start in range(len(words) - _RUN + 1):
        yield " ".join(words[start : start + _RUN])


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))
