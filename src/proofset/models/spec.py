"""Model specs: `openai:NAME`, `openai:NAME@BASE_URL`, `local:NAME`, `scripted:FILE`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args
from urllib.parse import urlsplit

from ..errors import UsageError

Provider = Literal["openai", "local", "scripted"]
PROVIDERS: tuple[str, ...] = get_args(Provider)
DEFAULT_ROLE = "default"
FROM_PYTHON = "python:"
"""Begins the names of chat models and agents that were given as objects: no file can bring them back."""

_FORMS = "openai:NAME, openai:NAME@BASE_URL, local:NAME or scripted:FILE"


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Which model answers. `str(spec)` gives back what was parsed.

    Attributes:
        provider: `openai` for any OpenAI-compatible endpoint, `local` for the embedded llama.cpp,
            `scripted` for fixed replies.
        name: the model's name, or the path of the script.
        base_url: endpoint of an `openai` model; None means OPENAI_BASE_URL or OpenAI itself.
    """

    provider: Provider
    name: str
    base_url: str | None = None

    @classmethod
    def parse(cls, text: str) -> ModelSpec:
        """Read a spec. Raises UsageError for another form."""
        provider, colon, name = text.strip().partition(":")
        if provider not in PROVIDERS or not colon or not name:
            raise UsageError(f"model spec {text!r}: write {_FORMS}")
        base_url = None
        if provider == "openai" and "@http" in name:
            name, _, base_url = name.partition("@")
            secret = urlsplit(base_url)
            if "@" in secret.netloc or secret.query:
                # Specs are written into records and ledgers.
                raise UsageError(
                    f"model spec {provider}:{name}@…: a base URL holds no user, password or query; "
                    "put the key into OPENAI_API_KEY"
                )
        if not name or name != name.strip():
            raise UsageError(
                f"model spec {text!r}: the name is empty or has blanks around it; write {_FORMS}"
            )
        return cls(cast(Provider, provider), name, base_url)

    def __str__(self) -> str:
        tail = f"@{self.base_url}" if self.base_url else ""
        return f"{self.provider}:{self.name}{tail}"


def parse_models(options: Iterable[str], roles: Iterable[str]) -> dict[str, str]:
    """Read `--model` options, `SPEC` for every role or `ROLE=SPEC` for one, into role → spec.

    Raises UsageError for an unknown role, a role given twice or a malformed spec.
    """
    known = (DEFAULT_ROLE, *roles)
    models: dict[str, str] = {}
    for option in options:
        head, equals, tail = option.partition("=")
        role, text = (head, tail) if equals and ":" not in head else (DEFAULT_ROLE, option)
        if role not in known:
            raise UsageError(f"--model {option}: no role {role!r}; the roles are {', '.join(known[1:])}")
        if role in models:
            raise UsageError(f"--model {option}: the role {role!r} has a model already ({models[role]})")
        # Who serves in a loop is looked up where the run's config is made.
        models[role] = text if text.startswith("loop:") else str(ModelSpec.parse(text))
    return models


def model_for(models: Mapping[str, str], role: str) -> str:
    """The spec of a role, or the default's. Raises UsageError where neither is given."""
    spec = models.get(role) or models.get(DEFAULT_ROLE)
    if spec is None:
        raise UsageError(
            f"no model for the role {role!r}: give --model SPEC, or --model {role}=SPEC ({_FORMS})"
        )
    return spec
