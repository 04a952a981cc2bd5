"""Does an instruction speak of what its text speaks of? Words of content, compared by how they begin."""

from __future__ import annotations

import re

_CONTENT = re.compile(r"[a-zß-öø-ɏά-ώа-ӿ]{3,}")
"""Of Latin, Greek and Cyrillic script: others end words or begin them in other ways."""
_BEGINNING = 5
"""Letters: `collapse` and `collapsing`, `Grenze` and `Grenzen` begin alike."""
_WORDS = """
    about advantages all also and another any are asked aspects based because been before being benefits
    best between both briefly but can cannot cases characteristics choose clear clearly common
    comparison concept concise consider considerations context could create define definition describe
    description design detail detailed details determine develop did difference different differences
    difficult discuss discussion does doing each effective effectively ensure every example examples
    explain explaining explanation factors features few first following for from function general
    generate give given guide has have helpful how identify imagine impact importance important include
    including information instruction instructions into its itself just key kind kinds know like list
    main make many matter may mean meaning means might more most much must name necessary need needed
    not of off one only onto other others our out outline over overview particular perspective please
    point points possible potential practices principles process properties provide provided purpose put
    question questions reason reasons relationship role same several should show significance
    significant simple situation some specific step steps strategies strategy suggest suitable summarise
    summarize summary take talk tell terms than that the their them then there these they this those
    three through tips topic two type types understand understanding use used useful user uses using
    various very want was way ways well were what when where which while who whom whose why will with
    within without work working works would write writing you your
"""
_ANYWHERE = frozenset(_WORDS.split())


def shared_words(instruction: str, output: str) -> list[str] | None:
    """The instruction's words of content that the output has, too, in order; None where it has fewer than two
    of them: there is nothing to go by.
    """
    asked = {word[:_BEGINNING]: word for word in reversed(_contents(instruction))}
    if len(asked) < 2:
        return None
    told = {word[:_BEGINNING] for word in _contents(output)}
    return [word for beginning, word in reversed(asked.items()) if beginning in told]


def _contents(text: str) -> list[str]:
    return [word for word in _CONTENT.findall(text.casefold()) if word not in _ANYWHERE]
