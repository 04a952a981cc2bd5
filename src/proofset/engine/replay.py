"""Replay: a recorded run once more, its answers from its journal and from nowhere else.

--model scripted:RUN_DIR ─▶ the config of that run, but for what is given otherwise
                         ─▶ every request is looked up by its hash; one that is not there ends the replay
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import NotRecordedError, UsageError
from ..memory import StoredRun
from ..models import DEFAULT_ROLE, Call
from .config import RunConfig
from .rundir import holds_run, open_ledger

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_SCRIPTED = "scripted:"
_NOT_THE_RUNS = ("ledger", "executor", "workers", "ray", "concurrency", "sandbox", "held_out_registry")
"""What changes nothing in what is made."""


def as_replay(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a run; where its model is a run's directory, those of the recorded run beneath them.

    Raises UsageError for another graph than the recorded one, and where only some roles are to be replayed.
    """
    specs: Mapping[str, str] = values.get("models", {})
    runs = {spec.removeprefix(_SCRIPTED) for spec in specs.values() if _names_a_run(spec)}
    if not runs:
        return dict(values)
    if len(runs) > 1 or set(specs) != {DEFAULT_ROLE}:
        raise UsageError("a run is replayed whole: give --model scripted:RUN_DIR, and no other model")
    (directory,) = runs
    recorded = _recorded(Path(directory)).config
    if values.get("graph", recorded["graph"]) != recorded["graph"]:
        raise UsageError(f"{directory} is a run of {recorded['graph']}, not of {values['graph']}")
    kept = {name: value for name, value in recorded.items() if name not in _NOT_THE_RUNS}
    given = {name: value for name, value in values.items() if name != "models"}
    merged = {name: {**kept[name], **given.get(name, {})} for name in ("settings", "agents")}
    return {**kept, **given, **merged, "replay": str(Path(directory).absolute())}


def replaying_chats(config: RunConfig) -> dict[str, BaseChatModel]:
    """In place of the models of a replay: whoever asks them asks what was not recorded."""
    if config.replay is None:
        return {}
    from ..models.scripted import ScriptedChat

    def respond(call: Call, prompt: str) -> str:
        asked = f"{call.role}, slot {call.slot}, attempt {call.attempt}, sample {call.sample}"
        raise NotRecordedError(
            f"{config.replay}: the recorded run has no answer to this ({asked}); its prompts, settings or "
            "version were others: replay it as it was, or run with a model"
        )

    return {spec: ScriptedChat(respond=respond) for spec in config.models.values()}


def recorded_view(config: RunConfig) -> dict[str, Any] | None:
    """What the recorded run saw of its memory; None for a run that is no replay."""
    return None if config.replay is None else _recorded(Path(config.replay)).view


def _names_a_run(spec: str) -> bool:
    return spec.startswith(_SCRIPTED) and Path(spec.removeprefix(_SCRIPTED)).is_dir()


def _recorded(directory: Path) -> StoredRun:
    if not holds_run(directory):
        raise UsageError(
            f"scripted:{directory}: no run to replay is in it; give a run's directory or a script"
        )
    with closing(open_ledger(directory)) as ledger:
        (run,) = ledger.runs() or (None,)
    if run is None:
        raise UsageError(f"scripted:{directory}: its ledger holds no run to replay")
    return run
