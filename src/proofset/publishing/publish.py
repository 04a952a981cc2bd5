"""Publish a version: once, whatever is killed on the way.

lock ─▶ an attempt without an end? settle it ─▶ begun ─▶ command | webhook | by hand ─▶ trained | failed
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ..engine.rundir import write_texts
from ..errors import ProofsetError, UsageError
from ..loop import Appointment, Begun, Failed, LoopLedger, Sent, Trained, standing_of
from ..loop.ledger import open_attempt, published
from ..mixing.guard import Guard, read_tiers
from ..models import ModelSpec
from .appointing import Bench, appointments
from .command import RESULT, Command, Ended, ended_in
from .hiding import told_url
from .request import Request
from .supervise import LOG
from .version import Checked, check_version
from .webhook import Answered, check_url, post, secret_of

Tell = Callable[[str], None]
PUBLICATION = "publication.json"
ROUNDS = "rounds"


class Published(NamedTuple):
    """What came of it; no model where a webhook took it and trains on."""

    round: int
    attempt: int
    model: str | None
    appointments: tuple[Appointment, ...]
    log: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that can be checked before anything is done.

    Attributes:
        by: how the version goes out.
        what: the command or address, its secrets hidden.
        target: the model that the next round trains.
    """

    request: Request
    checked: Checked
    ledger: LoopLedger
    by: Literal["command", "webhook", "hand"]
    what: str
    command: Command | None
    target: str | None
    bench: Bench

    def would(self) -> list[str]:
        """What publishing would do, in lines."""
        entries = self.ledger.entries()
        manifest, model = self.checked.manifest, self.request.model
        lines = [
            f"version    {self.checked.path}: {manifest.human.rows:,} human and "
            f"{manifest.synthetic.rows:,} synthetic rows in {len(manifest.shards)} shards, SHA-256 "
            f"{self.checked.sha256}",
            f"ledger     {self.ledger.path}",
            f"would      {_WOULD[self.by]}: {self.what}" if self.what else f"would      {_WOULD[self.by]}",
        ]
        lines += [f"pairs      {one.path}: {one.rows:,}" for one in self.checked.pairs]
        for name, count in self.checked.held_out.items():
            lines.append(f"held out   {name}: {count:,} items, none in it")
        if (before := published(entries, self.checked.sha256)) and not self.request.again:
            lines.append(f"refused    it was published in round {before.round}; --again publishes it anew")
        if (attempt := open_attempt(entries)) is not None:
            begun = attempt[0]
            lines.append(
                f"goes on    with round {begun.round}, attempt {begun.attempt}, which has no end yet"
            )
        return lines + (self._would_serve(model) if model else self._would_ask())

    def _would_serve(self, model: str) -> list[str]:
        standing = standing_of(self.ledger.entries())
        return [
            f"{one.role:<10} {one.model} {'would' if one.serves else 'would not'} serve: {one.reason}"
            for one in appointments(model, self.request.roles, self.bench, standing)
        ]

    def _would_ask(self) -> list[str]:
        if self.target is None:
            return [f"{role:<10} nobody: --target-model is not known" for role in self.request.roles]
        larger = f"the model that comes back, if it is larger than {self.target}"
        proved = "the model that comes back: all that was generated is proved"
        return [
            f"{role:<10} {proved if self.bench.all_proved and role == 'generator' else larger}"
            for role in self.request.roles
        ]


_WOULD = {"command": "run", "webhook": "post to", "hand": "record the model"}


def plan_of(request: Request) -> Plan:
    """Check all of it; nothing is written.

    Raises:
        UsageError: the version, the command, the address or a name is wrong.
        ProofsetError: the version is not whole, or holds items of held-out sets.
    """
    if request.command and request.webhook:
        raise UsageError("--command and --webhook: give one of them")
    model = str(ModelSpec.parse(request.model)) if request.model else None
    if not (request.command or request.webhook or model):
        raise UsageError("say who trains: --command CMD or --webhook URL; or what was trained: --model SPEC")
    command = Command.parse(request.command) if request.command else None
    by: Literal["command", "webhook", "hand"] = "command" if command else "hand"
    what = command.told if command else ""
    if request.webhook:
        check_url(request.webhook)
        secret_of(request.secret_variable)
        by, what = "webhook", told_url(request.webhook)
    checked = check_version(request.version, request.pairs)
    plan = checked.manifest.plan
    target = request.target or plan.target_model
    guard = Guard(target, read_tiers(request.tiers or plan.tiers)) if target else None
    ledger = LoopLedger(request.loop or request.version.absolute().parent)
    ledger.entries()
    bench = Bench(guard, checked.all_proved)
    return Plan(request._replace(model=model), checked, ledger, by, what, command, target, bench)


def publish(plan: Plan, *, tell: Tell = lambda line: None) -> Published:
    """Do it.

    Args:
        tell: gets a line for whatever is worth knowing on the way.

    Raises:
        UsageError: it was published, or another version is on its way.
        ProofsetError: no model came of it; the ledger says so.
    """

    def waiting() -> None:
        tell(f"{plan.ledger.directory}: a publication is at work there; waiting for its end")

    with plan.ledger.locked(waiting) as lock:
        return _Publishing(plan, lock, tell).run()


class _Publishing:
    """One call, with the loop's lock held."""

    def __init__(self, plan: Plan, lock: int, tell: Tell) -> None:
        self._plan, self._lock, self._tell = plan, lock, tell
        self._ledger = plan.ledger

    def run(self) -> Published:
        plan, entries = self._plan, self._ledger.entries()
        attempt = open_attempt(entries)
        if attempt is not None:
            begun, sent = attempt
            if begun.version.sha256 != plan.checked.sha256:
                other = self._ledger.directory / begun.version.path
                raise UsageError(
                    f"{other} is on its way (round {begun.round}); end that first: proofset flywheel publish "
                    f"{other} …, with --model SPEC if it is trained"
                )
            ended = self._settled(begun, sent)
            if ended is not None:
                return ended
            entries = self._ledger.entries()
        before = published(entries, plan.checked.sha256)
        if before is not None and not plan.request.again:
            raise UsageError(
                f"{plan.checked.path}: it was published in round {before.round} ({before.model}); --again "
                "publishes it anew"
            )
        return self._begin(*_next(entries))

    def _settled(self, begun: Begun, sent: Sent | None) -> Published | None:
        """What became of an attempt that nobody saw the end of; None where it must be made again."""
        work = self._work(begun)
        if begun.by == "command":
            ended = ended_in(work, self._plan.request.model)
            if ended is not None:
                self._tell(f"round {begun.round}: its command has ended meanwhile")
                return self._end(begun, ended)
            fault = "interrupted before its command had ended"
        elif self._plan.request.model and self._plan.by == "hand":
            # What the webhook's receiver trained, or what was named and not written down.
            return self._trained(begun, Ended(None, None, self._plan.request.model, ""))
        elif sent is not None and not self._plan.request.again:
            raise UsageError(
                f"{self._plan.checked.path}: it was sent in round {begun.round}; when it is trained: --model "
                "SPEC; --again sends it anew"
            )
        elif sent is None and begun.by == self._plan.by == "webhook":
            # The same attempt, so that the receiver can tell that it has it already.
            return self._send(begun)
        else:
            fault = "no model was named"
        self._say(Failed, begun, reason=fault)
        return None

    def _begin(self, number: int, attempt: int) -> Published:
        plan = self._plan
        begun = Begun(
            round=number,
            attempt=attempt,
            at=_now(),
            version=plan.checked.seen(self._ledger.directory),
            pairs=plan.checked.pairs,
            by=plan.by,
            what=plan.what,
            target=plan.target,
        )
        if plan.by == "hand":
            self._ledger.append(begun)
            return self._trained(begun, Ended(None, None, plan.request.model or "", ""))
        told = self._prepare(begun)
        self._ledger.append(begun)
        if plan.command is None:
            return self._send(begun)
        work = self._work(begun)
        self._tell(f"round {number}: {plan.what}")
        self._tell(f"its log is {work / LOG}")
        try:
            plan.command.run(work, _environment(told, work), plan.request.timeout_s, self._lock)
        except KeyboardInterrupt:
            self._say(Failed, begun, reason="interrupted", log=self._log(begun))
            raise ProofsetError(f"round {number}: interrupted; publish again to begin it anew") from None
        ended = ended_in(work, plan.request.model)
        return self._end(begun, ended or Ended(None, None, "", f"it was killed; its log is {work / LOG}"))

    def _prepare(self, begun: Begun) -> dict[str, Any]:
        """The attempt's directory, with what whoever trains is told."""
        work = self._work(begun)
        told = {
            **self._plan.checked.told(),
            "target_model": self._plan.target,
            "round": begun.round,
            "attempt": begun.attempt,
        }
        try:
            work.mkdir(parents=True, exist_ok=True)
            write_texts(work / PUBLICATION, [json.dumps(told, indent=2, ensure_ascii=False) + "\n"])
        except OSError as error:
            raise ProofsetError(f"{work}: cannot write there ({error.strerror}); mend that") from error
        return told

    def _send(self, begun: Begun) -> Published:
        request = self._plan.request
        assert request.webhook is not None
        told = json.loads((self._work(begun) / PUBLICATION).read_text(encoding="utf-8"))
        key = f"{begun.version.sha256[:16]}-{begun.round}-{begun.attempt}"
        answered: Answered = post(
            request.webhook, told, secret=secret_of(request.secret_variable), delivery=key
        )
        model = answered.model or request.model or ""
        if answered.fault or model:
            return self._end(begun, Ended(None, None, model, answered.fault))
        self._say(Sent, begun)
        return Published(begun.round, begun.attempt, None, (), "")

    def _end(self, begun: Begun, ended: Ended) -> Published:
        if not ended.fault:
            return self._trained(begun, ended)
        self._say(
            Failed,
            begun,
            reason=ended.fault.replace(f"{self._ledger.directory.absolute()}{os.sep}", ""),
            exit_code=ended.exit_code,
            seconds=ended.seconds,
            log=self._log(begun),
        )
        raise ProofsetError(f"{self._plan.checked.path}: round {begun.round} failed: {ended.fault}")

    def _trained(self, begun: Begun, ended: Ended) -> Published:
        plan = self._plan
        standing = standing_of(self._ledger.entries())
        made = appointments(ended.model, plan.request.roles, plan.bench, standing)
        log = self._log(begun)
        self._say(
            Trained,
            begun,
            model=ended.model,
            appointments=made,
            exit_code=ended.exit_code,
            seconds=ended.seconds,
            log=log,
        )
        return Published(begun.round, begun.attempt, ended.model, made, log)

    def _say(self, kind: type[Failed] | type[Trained] | type[Sent], begun: Begun, **told: Any) -> None:
        self._ledger.append(kind(round=begun.round, attempt=begun.attempt, at=_now(), **told))

    def _work(self, begun: Begun) -> Path:
        return self._ledger.directory.absolute() / ROUNDS / f"{begun.round}-{begun.attempt}"

    def _log(self, begun: Begun) -> str:
        path = self._work(begun) / LOG
        return path.relative_to(self._ledger.directory.absolute()).as_posix() if path.is_file() else ""


def _environment(told: Mapping[str, Any], work: Path) -> dict[str, str]:
    """What the command is told in its environment."""
    return {
        "PROOFSET_PUBLICATION": str(work / PUBLICATION),
        "PROOFSET_RESULT": str(work / RESULT),
        "PROOFSET_ROUND": str(told["round"]),
        "PROOFSET_VERSION": told["version"],
        "PROOFSET_MANIFEST": told["manifest"],
        "PROOFSET_SHARDS": os.pathsep.join(one["path"] for one in told["shards"]),
        "PROOFSET_PAIRS": os.pathsep.join(one["path"] for one in told["pairs"]),
    }


def _next(entries: tuple[Any, ...]) -> tuple[int, int]:
    """Round and attempt of what begins now."""
    number = 1 + sum(isinstance(one, Trained) for one in entries)
    return number, 1 + sum(isinstance(one, Begun) and one.round == number for one in entries)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
