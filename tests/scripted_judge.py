"""Judges by script: they read the example out of the prompt as a model sees it, and answer by a function."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from proofset.agents.judging import Example
from proofset.models import Call, Model
from proofset.models.scripted import ScriptedChat

_SHOWN = re.compile(r"<<<([0-9a-f]{12})\n(.*?)\n\1>>>", re.DOTALL)

Says = Callable[[Example, Call], str]
Respond = Callable[[Call, str], str]


def shown(prompt: str) -> list[str]:
    """The texts between marks, in their order."""
    return [text for _, text in _SHOWN.findall(prompt)]


def scores(clarity: int = 5, quality: int = 5, diversity: int = 5) -> str:
    return json.dumps({"clarity": clarity, "quality": quality, "diversity": diversity})


def judging(says: Says) -> Respond:
    """What a scripted chat answers where the judge says this."""

    def respond(call: Call, prompt: str) -> str:
        texts = shown(prompt)
        # A feedback turn shows no example: the judge says once more what it said.
        return says(Example(*texts), call) if texts else "still no scores"

    return respond


def model(respond: Respond, spec: str = "python:judge:one") -> Model:
    return Model(spec, ScriptedChat(respond=respond))


def knows(good: set[str]) -> Says:
    """A judge that keeps these responses and no other."""
    return lambda example, call: scores() if example.response in good else scores(quality=1)
