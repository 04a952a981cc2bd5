"""Training templates: an instruction and its input as one turn of a user, in one of several ways."""

from __future__ import annotations

from random import Random

from . import load_operators

TEMPLATES = "training_templates"


def training_prompt(instruction: str, given: str, random: Random, directory: str | None = None) -> str:
    """The user's turn by a template that is drawn: of those called `input_…` where there is an input, else of
    those called `alone_…` (Self-Instruct, arXiv 2212.10560, trains on several).
    """
    kind = "input" if given else "alone"
    templates = load_operators(TEMPLATES, directory)
    chosen = templates[random.choice(sorted(name for name in templates if name.startswith(kind)))]
    parts = {"{{instruction}}": instruction, "{{input}}": given}
    # Each place once, in one pass: an instruction may itself speak of placeholders.
    text = chosen.says
    pieces: list[str] = []
    while text:
        place = min((p for p in parts if p in text), key=text.index, default="")
        if not place:
            pieces.append(text)
            break
        before, _, text = text.partition(place)
        pieces += [before, parts[place]]
    return "".join(pieces)
