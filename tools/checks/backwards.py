"""Checks of an instruction against the text that it was written for; no judge is asked.

All are of kind `wording`: one that fails turns the pair down, one that passes lifts no grade.
"""

from __future__ import annotations

from pydantic import JsonValue

from ...records import Evidence, EvidenceKind, Outcome
from ..instructions.backwards import (
    figures_given,
    numbers_missing,
    points_elsewhere,
    shared_run,
    speaks_of_a_text,
    stated_answer,
    subject_of,
)
from ..instructions.language import language_of
from ..instructions.subject import shared_words
from ..versions import versions
from .reasoning import calculations_in


def gives_nothing_away(instruction: str, output: str, *, words: int, figures: float | None) -> Evidence:
    """The instruction holds neither so many words on end of its answer, nor its key figures.

    Args:
        figures: greatest share of the answer's different figures, 0 to 1, where it has three or more; None
            asks for the words alone, as for code, whose problem has to say its numbers.
    """
    run = shared_run(instruction, output)
    length = len(run.split())
    fault = f"{length} words on end stand in both, {words} give it away: {run[:120]!r}"
    fault = fault if length >= words else ""
    if figures is not None and not fault:
        given, all_ = figures_given(instruction, output)
        stated = stated_answer(output)
        if stated and stated in given:
            fault = f"it says the answer, {stated}"
        elif all_ >= 3 and len(given) > figures * all_:
            fault = f"it says {len(given)} of {all_} figures, more than {figures:.0%}: {', '.join(given[:5])}"
    return _evidence(
        "gives_nothing_away",
        "the instruction does not give its answer away",
        fault,
        {"instruction": instruction, "output": output, "words": words, "figures": figures},
        {"shared_words": length},
    )


def asks_by_itself(instruction: str) -> Evidence:
    """The instruction speaks of no text that its reader cannot see."""
    found = speaks_of_a_text(instruction)
    return _evidence(
        "asks_by_itself",
        "the instruction can be understood without the text",
        f"it says {found!r}, which its reader cannot see" if found else "",
        {"instruction": instruction},
    )


def stands_by_itself(output: str) -> Evidence:
    """The text points at nothing that its reader cannot see."""
    found = points_elsewhere(output)
    return _evidence(
        "stands_by_itself",
        "the text can be understood by itself",
        f"it says {found[:60]!r}, which points elsewhere" if found else "",
        {"output": output},
    )


def says_its_subject(instruction: str, output: str, *, mentions: int) -> Evidence:
    """The instruction says the name that the text is about, and the numbers that its answer comes from."""
    subject = subject_of(output, mentions)
    # Prose that shows a sum in passing does not depend on it.
    reckoned = calculations_in(output) if stated_answer(output) else ()
    missing = numbers_missing(instruction, reckoned)
    fault = ""
    if subject and subject.casefold() not in instruction.casefold():
        fault = f"the text is about {subject[:60]!r}, and the instruction does not say so"
    elif missing:
        fault = f"the text reckons with {', '.join(missing[:5])}, and the instruction does not say them"
    return _evidence(
        "says_its_subject",
        "names and numbers that the text depends on stand in the instruction",
        fault,
        {"instruction": instruction, "output": output, "mentions": mentions},
        {"subject": subject},
    )


def keeps_to_the_text(instruction: str, output: str, *, words: int) -> Evidence:
    """Instruction and text have so many words of content in common; passes where the instruction has few."""
    shared = shared_words(instruction, output)
    fault = ""
    if shared is not None and len(shared) < words:
        found = (
            f"{len(shared)} of its words of content ({', '.join(shared)})" if shared else "no word of content"
        )
        fault = f"the text has {found}, and needs {words}"
    return _evidence(
        "keeps_to_the_text",
        "the instruction asks for what the text is about",
        fault,
        {"instruction": instruction, "output": output, "words": words},
        {"shared": list(shared or ())},
    )


def same_language(instruction: str, output: str) -> Evidence | None:
    """Instruction and text are in one language; None where rules cannot tell for both."""
    asked, answered = language_of(instruction), language_of(output)
    if not asked or not answered:
        return None
    return _evidence(
        "same_language",
        "instruction and text are in the same language",
        f"the instruction is {asked}, the text {answered}" if asked != answered else "",
        {"instruction": instruction, "output": output},
        {"instruction_is": asked, "output_is": answered},
    )


def _evidence(
    check: str,
    claim: str,
    fault: str,
    inputs: dict[str, JsonValue],
    observed: dict[str, JsonValue] | None = None,
) -> Evidence:
    return Evidence(
        kind=EvidenceKind.WORDING,
        check=check,
        claim=claim,
        outcome=Outcome.FAIL if fault else Outcome.PASS,
        basis="none",
        inputs=inputs,
        observed={**(observed or {}), "detail": fault},
        versions=versions(),
    )
