"""Request: what is to be published, how, and who may serve after it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..loop.entries import LoopRole

DAY_S = 86_400.0
WEBHOOK_SECRET = "PROOFSET_WEBHOOK_SECRET"


class Request(NamedTuple):
    """One publication.

    Attributes:
        version: what `proofset mix` wrote.
        loop: directory of the ledger; the one that holds the version where not given.
        command: of whoever trains; words as a shell would read them, though no shell reads them.
        webhook: `https` address, or `http` on this machine.
        secret_variable: environment variable with the key of the webhook's signature.
        model: spec of the model that came of it, where neither command nor answer names one.
        pairs: files of preference pairs that go with the version.
        roles: where the new model is to serve, if the guard lets it.
        target: the model that the next round trains; that of the version's plan where not given.
        tiers: file of sizes, as `proofset mix` reads it; that of the version's plan where not given.
        again: publish a version that was published before.
        timeout_s: longest time for the command.
    """

    version: Path
    loop: Path | None = None
    command: str | None = None
    webhook: str | None = None
    secret_variable: str = WEBHOOK_SECRET
    model: str | None = None
    pairs: tuple[Path, ...] = ()
    roles: tuple[LoopRole, ...] = ("generator",)
    target: str | None = None
    tiers: str | None = None
    again: bool = False
    timeout_s: float = DAY_S
