"""Checking: an agent is called on the states of its role; what it does is held against what graphs rely on.

it loads ─▶ a graph takes it ─▶ plain states: each update against each demand of `updates`
                                    │ again, from the journal alone: the same update?
                                    │ all at once, on one object: the same updates?
                                    └ hostile states and hostile replies: does it fail?
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from ..engine.plug import load_agent
from ..errors import NotRecordedError, ProofsetError, UsageError
from ..graphs import load_graph
from ..tools.checks import rerun
from .cases import GRAPHS, HOSTILE, Case, cases_for, roles_of
from .replies import hostile_replies, plain_replies
from .trying import Journal, LazySandbox, Trial, Tried
from .updates import DEMANDS, FORM, Asked, canonical, hard_evidence_in


class Status(StrEnum):
    """`skipped`: nothing came up that could have shown it."""

    PASS = "pass"
    FAIL = "fail"
    SKIPPED = "skipped"


class Check(NamedTuple):
    """Whether an agent meets one demand; `found` says what was seen instead, `mend` what to do."""

    name: str
    status: Status
    found: str = ""
    mend: str = ""

    @property
    def failed(self) -> bool:
        return self.status is Status.FAIL


def check_agent(agent: Any, role: str, **options: Any) -> list[Check]:
    """Check an agent and wait; takes what `acheck_agent` takes."""
    return asyncio.run(acheck_agent(agent, role, **options))


async def acheck_agent(
    agent: Any,
    role: str,
    *,
    graph: str | None = None,
    cases: Sequence[Case] | None = None,
    model: str | None = None,
) -> list[Check]:
    """Every demand in order; a check that needs what an earlier one missed is left out.

    Args:
        agent: the agent, or its name: `module:attribute`, or that of a plug-in.
        graph: whose states it is asked in; the first of `cases.GRAPHS` that has the role where not given.
        cases: states of your own in place of those.
        model: spec of the model that it asks, such as `scripted:FILE`. Replies that the built-in agents
            understand where not given.

    Raises:
        UsageError: no graph has the role, or there are no states for it.
    """
    named = graph or next((one for one in GRAPHS if role in roles_of(one)), GRAPHS[0])
    states = tuple(cases) if cases is not None else cases_for(role, graph)
    if not any(not case.hostile for case in states):
        raise UsageError(f"no plain state is given for the role {role!r}; give at least one")
    work = _Work(agent, role, named, states, model)
    await work.run()
    return work.checks


@dataclass(slots=True)
class _Work:
    agent: Any
    role: str
    graph: str
    cases: tuple[Case, ...]
    model: str | None
    checks: list[Check] = field(default_factory=list)

    async def run(self) -> None:
        sandbox = LazySandbox()
        try:
            if not self._loads() or not self._is_a_node():
                return
            trial = Trial(self.agent, self.role, sandbox, self.model)
            plain = [case for case in self.cases if not case.hostile]
            journals = [Journal() for _ in plain]
            tried = [
                await trial.call(case.state, plain_replies(self.graph), journal)
                for case, journal in zip(plain, journals, strict=True)
            ]
            if self._updates(plain, tried):
                await self._runs_again(plain, tried, sandbox)
                await self._replays(trial, plain, journals, tried)
                await self._at_once(trial, plain, journals, tried)
                await self._hostile(trial)
        finally:
            await sandbox.close()

    def _say(self, name: str, found: str, mend: str) -> bool:
        self.checks.append(Check(name, Status.FAIL, found, mend) if found else Check(name, Status.PASS))
        return not found

    def _loads(self) -> bool:
        if not isinstance(self.agent, (str, type)):
            return True
        found = ""
        try:
            self.agent = _loaded(self.agent)
        except UsageError as error:
            found = str(error)
        return self._say("loads", found, "see the error; a class is called without arguments")

    def _is_a_node(self) -> bool:
        found = ""
        try:
            load_graph(self.graph).build(**{self.role: self.agent}).compile()
        except Exception as error:
            found = f"the graph {self.graph} does not take it ({_line(error)})"
        return self._say(
            "is_a_node", found, "give a function, an object with an async __call__, a Runnable or a graph"
        )

    def _updates(self, cases: Sequence[Case], tried: Sequence[Tried]) -> bool:
        """Every demand on every update; the first that falls short is told. False where there are none."""
        pairs = [(Asked(self.role, self.graph, case), one) for case, one in zip(cases, tried, strict=True)]
        raised = _first((a.case, f"it raises {_line(one.error)}" if one.error else "") for a, one in pairs)
        if not self._say("does_not_raise", raised, "catch what can go wrong, and refuse with a reason"):
            return False
        form = _first((a.case, FORM.fault(one.returned, a)) for a, one in pairs)
        if not self._say(FORM.name, form, FORM.mend):
            return False
        changed = _first(
            (a.case, f"it changes {one.changed[0]!r}" if one.changed else "") for a, one in pairs
        )
        self._say("input_untouched", changed, "copy what you change; the state is shared")
        refused = bool(tried) and all(one.returned.get("refusal") is not None for one in tried)
        for demand in DEMANDS:
            fault = _first((a.case, _fault(demand.fault, one.returned, a)) for a, one in pairs)
            if demand.name == "gives_its_part" and refused and not fault:
                reason = getattr(tried[0].returned["refusal"], "reason", "")
                self.checks.append(
                    Check(
                        demand.name,
                        Status.SKIPPED,
                        f"it refuses all of the plain states ({_one_line(reason)})",
                        "give it a model whose replies it understands: --model scripted:FILE",
                    )
                )
            else:
                self._say(demand.name, fault, demand.mend)
        return True

    async def _runs_again(self, cases: Sequence[Case], tried: Sequence[Tried], sandbox: LazySandbox) -> None:
        if any(check.failed for check in self.checks if check.name == "evidence_can_be_checked"):
            return
        found, seen = "", 0
        made = [
            evidence
            for case, one in zip(cases, tried, strict=True)
            for evidence in hard_evidence_in(one.returned, case.state)
        ]
        for evidence in made:
            seen += 1
            try:
                again = await rerun(evidence, sandbox)
            except ProofsetError as error:
                found = found or _line(error)
                continue
            if again.outcome is not evidence.outcome:
                found = found or (
                    f"evidence {evidence.check} says {evidence.outcome.value}, and run again it says "
                    f"{again.outcome.value}"
                )
        if seen:
            self._say("evidence_runs_again", found, "put all that a check read into its inputs")

    async def _replays(
        self, trial: Trial, cases: Sequence[Case], journals: Sequence[Journal], tried: Sequence[Tried]
    ) -> None:
        again = [
            await trial.call(case.state, plain_replies(self.graph), journal, replay=True)
            for case, journal in zip(cases, journals, strict=True)
        ]
        found = _first(
            (case, _differs(first, one)) for case, first, one in zip(cases, tried, again, strict=True)
        )
        self._say(
            "is_deterministic",
            found,
            "draw from proofset.records.rng(state['seed'], state['slot'], attempt, …), and ask neither the "
            "clock nor a counter: a killed run must go on as it was",
        )

    async def _at_once(
        self, trial: Trial, cases: Sequence[Case], journals: Sequence[Journal], tried: Sequence[Tried]
    ) -> None:
        if any(check.failed for check in self.checks if check.name == "is_deterministic"):
            return
        again = await asyncio.gather(
            *(
                trial.call(case.state, plain_replies(self.graph), journal, replay=True)
                for case, journal in zip(cases, journals, strict=True)
            )
        )
        found = _first(
            (case, _differs(first, one)) for case, first, one in zip(cases, tried, again, strict=True)
        )
        self._say(
            "keeps_slots_apart",
            found,
            "keep nothing of a call in the object: one agent serves many slots at once",
        )

    async def _hostile(self, trial: Trial) -> None:
        found = ""
        for case in self.cases:
            if case.hostile:
                one = await trial.call(case.state, plain_replies(self.graph), Journal())
                found = found or (f"on {case.name} it raises {_line(one.error)}" if one.error else "")
        mend = "take any text as it is: refuse what you cannot read, and never format or evaluate it"
        if any(case.hostile for case in self.cases):
            self._say("bears_hostile_texts", found, mend)
        if self.model is not None:
            return
        found, asked = "", 0
        first = next(case for case in self.cases if not case.hostile)
        for number in range(len(HOSTILE)):
            one = await trial.call(first.state, hostile_replies(number), Journal())
            asked += one.asked
            found = found or (f"on reply {number + 1} it raises {_line(one.error)}" if one.error else "")
        if asked or found:
            self._say("bears_hostile_replies", found, mend)


def _loaded(agent: str | type) -> Any:
    if isinstance(agent, str):
        return load_agent(agent, agent)
    try:
        return agent()
    except Exception as error:
        raise UsageError(f"{agent.__name__} cannot be called without arguments ({_line(error)})") from error


def _fault(fault: Callable[[Any, Asked], str], update: Any, asked: Asked) -> str:
    try:
        return fault(update, asked)
    except Exception as error:
        # What a demand stumbles over is no update as the state has them.
        return f"its update cannot be read ({_line(error)})"


def _first(told: Iterable[tuple[Case, str]]) -> str:
    """The first that says something, with the case it is about."""
    return next((f"on {case.name} {text}" for case, text in told if text), "")


def _differs(first: Tried, again: Tried) -> str:
    if isinstance(again.error, NotRecordedError):
        return "asked again, it asks its model something else"
    if again.error is not None:
        return f"asked again, it raises {_line(again.error)}"
    if canonical(first.returned) != canonical(again.returned):
        return "asked again, it returns another update"
    return ""


def _line(error: BaseException | None) -> str:
    return _one_line(f"{type(error).__name__}: {error}")


def _one_line(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:200]
