"""Families of models, told by their names: a judge likes what its own family wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .spec import FROM_PYTHON

_FAMILIES = {
    "claude": ("claude",),
    "deepseek": ("deepseek",),
    "gemini": ("gemini",),
    "gemma": ("gemma", "codegemma", "medgemma", "paligemma"),
    "gpt": ("gpt", "chatgpt", "davinci"),
    "llama": ("llama", "codellama", "vicuna", "alpaca"),
    "mistral": ("mistral", "mixtral", "ministral", "magistral", "codestral", "devstral", "pixtral"),
    "phi": ("phi",),
    "qwen": ("qwen", "qwq", "codeqwen", "qvq"),
    "smollm": ("smollm",),
}
_OF_WORD = {word: family for family, words in _FAMILIES.items() for word in words}
_WORD = re.compile(r"[a-z]+")
# OpenAI's reasoning models carry no name but a letter and a number.
_O_SERIES = re.compile(r"(?<![a-z0-9])o[1-9](?![a-z0-9.])")
# Version, size, quantisation, and how it was trained or is served: none of it tells families apart.
_DETAIL = re.compile(
    r"[av]?\d.*|(?:i?q|fp|bf|int)\d.*|k|[sml]|gguf|instruct|chat|base|it|hf|preview|latest|mini|nano|small|"
    r"medium|large"
)


def family_of(spec: str) -> str:
    """The family that a spec's model belongs to: `qwen` for `local:qwen2.5-coder-0.5b`.

    A name with several families, as distillates have, belongs to the last: those are its weights. A name
    with none is its own family, without version and size.
    """
    name = _name_of(spec)
    named = _named_in(name)
    if named:
        return named[-1]
    words = [word for word in re.split(r"[^a-z0-9.]+", name.rpartition("/")[2]) if word]
    kept = [word for word in words if not _DETAIL.fullmatch(word)]
    return re.sub(r"(?<=[a-z])[\d.]+$", "", "-".join(kept)) or name


def same_family(judge: str, generators: Iterable[str]) -> tuple[str, ...]:
    """The generators' specs that share a family with the judge's; any family in either name counts."""
    own = _families(judge)
    return tuple(spec for spec in dict.fromkeys(generators) if own & _families(spec))


def _families(spec: str) -> set[str]:
    return {family_of(spec), *_named_in(_name_of(spec))}


def _name_of(spec: str) -> str:
    """The model's name in lower case, without provider and URL; an organisation before it stays."""
    if spec.startswith(FROM_PYTHON):
        return spec.rpartition(":")[2].lower()
    provider, _, name = spec.lower().partition(":")
    # A script is no model: the folders that it lies in say nothing.
    name = name.rpartition("/")[2] if provider == "scripted" else name.partition("@http")[0]
    return name.removesuffix(".gguf").removesuffix(".jsonl") or spec.lower()


def _named_in(name: str) -> list[str]:
    # The name says more than the organisation before it: meta-llama and google publish many families.
    for part in (name.rpartition("/")[2], name):
        found = [_OF_WORD[word] for word in _WORD.findall(part) if word in _OF_WORD]
        if found or _O_SERIES.search(part):
            return found or ["gpt"]
    return []
