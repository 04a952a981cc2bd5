"""Labelled texts for the scrub: what is personal or secret in them stands in brackets, as `[[KIND|value]]`.

`pii_cases.yaml` was at hand while the rules were written, `pii_cases_unseen.yaml` was written before them
and never used to mend them; `pii_cases_hard.yaml` holds what people write to be read and not found, half
words, and codes that look like numbers of people. It was measured once, and then the rules were mended by
some of it. All values are made up. Secrets are drawn when the file is read, so that none stands in it:
`@NAME` in a value is replaced by one.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import yaml

HERE = Path(__file__).resolve().parent
FILES = {
    "known": HERE / "pii_cases.yaml",
    "unseen": HERE / "pii_cases_unseen.yaml",
    "hard": HERE / "pii_cases_hard.yaml",
}
_MARK = re.compile(r"\[\[([A-Z_]+)\|(.*?)\]\]", re.DOTALL)
_DRAWN = re.compile(r"@([a-z0-9_]+)")
_ALNUM = string.ascii_letters + string.digits
_URL = _ALNUM + "-_"


class Labelled(NamedTuple):
    """A part of a text that a person labelled."""

    kind: str
    start: int
    end: int


class Case(NamedTuple):
    """A text and all that has to be scrubbed from it."""

    group: str
    text: str
    labels: tuple[Labelled, ...]


def _draw(rng: random.Random, letters: str, count: int) -> str:
    drawn = "".join(rng.choice(letters) for _ in range(count))
    return drawn if any(char.isdigit() for char in drawn) else drawn[:-1] + "7"


_SHAPES: dict[str, Callable[[random.Random], str]] = {
    "openai": lambda rng: "sk-" + "proj-" + _draw(rng, _URL, 48),
    "openai_old": lambda rng: "sk-" + _draw(rng, _ALNUM, 48),
    "anthropic": lambda rng: "sk-" + "ant-api03-" + _draw(rng, _URL, 80),
    "aws_id": lambda rng: "AK" + "IA" + _draw(rng, string.ascii_uppercase + "234567", 16),
    "aws_secret": lambda rng: _draw(rng, _ALNUM + "/+", 40),
    "github": lambda rng: "gh" + "p_" + _draw(rng, _ALNUM, 36),
    "github_fine": lambda rng: "github" + "_pat_" + _draw(rng, _ALNUM + "_", 82),
    "gitlab": lambda rng: "gl" + "pat-" + _draw(rng, _URL, 20),
    "slack": lambda rng: "xo" + "xb-" + _draw(rng, string.digits, 12) + "-" + _draw(rng, _ALNUM, 24),
    "stripe": lambda rng: "sk" + "_live_" + _draw(rng, _ALNUM, 24),
    "google": lambda rng: "AI" + "za" + _draw(rng, _URL, 35),
    "huggingface": lambda rng: "h" + "f_" + _draw(rng, string.ascii_letters, 34),
    "npm": lambda rng: "np" + "m_" + _draw(rng, _ALNUM, 36),
    "pypi": lambda rng: "pypi" + "-AgEIcHlwaS5vcmc" + _draw(rng, _URL, 70),
    "sendgrid": lambda rng: "S" + "G." + _draw(rng, _URL, 22) + "." + _draw(rng, _URL, 43),
    "twilio": lambda rng: "S" + "K" + _draw(rng, "0123456789abcdef", 32),
    "langsmith": lambda rng: (
        "lsv2" + "_pt_" + _draw(rng, "0123456789abcdef", 32) + "_" + _draw(rng, "0123456789abcdef", 10)
    ),
    "jwt": lambda rng: (
        "ey" + "J" + _draw(rng, _URL, 20) + ".ey" + "J" + _draw(rng, _URL, 40) + "." + _draw(rng, _URL, 43)
    ),
    "hex32": lambda rng: _draw(rng, "0123456789abcdef", 32),
    "hex40": lambda rng: _draw(rng, "0123456789abcdef", 40),
    "opaque": lambda rng: _draw(rng, _ALNUM, 32),
    "password": lambda rng: _draw(rng, _ALNUM, 7) + "!" + _draw(rng, string.digits, 3),
    "pem": lambda rng: "\n".join(
        ["-----BEGIN " + "RSA PRIVATE KEY-----"]
        + [_draw(rng, _ALNUM + "+/", 64) for _ in range(6)]
        + ["-----END " + "RSA PRIVATE KEY-----"]
    ),
    "pem_ssh": lambda rng: "\n".join(
        ["-----BEGIN " + "OPENSSH PRIVATE KEY-----"]
        + [_draw(rng, _ALNUM + "+/", 70) for _ in range(5)]
        + ["-----END " + "OPENSSH PRIVATE KEY-----"]
    ),
}


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a file, group by group. The same draws on every reading."""
    groups: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    rng = random.Random(path.name)
    return tuple(_case(group, text, rng) for group, texts in groups.items() for text in texts)


def _case(group: str, marked: str, rng: random.Random) -> Case:
    text, labels, at = "", [], 0
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        value = _DRAWN.sub(lambda name: _SHAPES[name[1]](rng) if name[1] in _SHAPES else name[0], mark[2])
        labels.append(Labelled(mark[1], len(text), len(text) + len(value)))
        text += value
        at = mark.end()
    rest = _DRAWN.sub(lambda name: _SHAPES[name[1]](rng) if name[1] in _SHAPES else name[0], marked[at:])
    return Case(group, text + rest, tuple(labels))
