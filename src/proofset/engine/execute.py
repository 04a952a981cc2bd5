"""One run from its config to its files: check all, open all, drive the runner, close all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ..agents import Services, open_evaluation
from ..agents.prompts import check_prompts
from ..errors import UsageError
from ..graphs import find_graph, load_graph
from ..memory import Admission, LedgerJournal, Pool, postgres_url
from ..memory.ledger import LedgerCanaries, run_canaries, stage_counts
from ..models import ModelPool, ModelSpec, Spent
from ..models.provider import Provider
from ..records import Usage
from ..tools.sandbox import open_sandbox
from ..tools.versions import versions
from .budget import Accounts, check_budget
from .collecting import seldom_collected
from .config import RunConfig, begun_with, make_config, settled_config
from .events import CallDone, Event, ModelLoading, Notice, RunStarted, Status, Summary, funnel_of
from .executors import Executor, Setting, check_executor, open_executor
from .heldout import check_reads, check_remembered, held_out_of, with_held_out
from .notices import evaluation_notices, held_out_notices, notices_of
from .opening import check_given, compiled_graph, material_of, seeds_of
from .remember import check_known, open_admission, open_pool
from .replay import recorded_view, replaying_chats
from .reviews import RunReviews
from .rundir import RunDirectory, check_existing, check_new
from .runner import Runner
from .spans import check_trace, spans_of
from .tracing import Tracing

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from .spans.spans import Spans

Tell = Callable[[Event], None]


@dataclass(slots=True)
class Order:
    """A run as ordered: its config, where it goes, and the live things that a config cannot hold."""

    config: RunConfig
    out: Path
    resume: bool = False
    chats: Mapping[str, BaseChatModel | Provider] = field(default_factory=dict)
    agents: Mapping[str, Any] = field(default_factory=dict)


def resumed(
    out: Path,
    *,
    n: int | None = None,
    keep: int | None = None,
    concurrency: int | None = None,
    workers: int | None = None,
    sandbox: str | None = None,
    budget: Mapping[str, float] | None = None,
    allow_collapse: bool = False,
    trace: Mapping[str, Any] | None = None,
) -> Order:
    """The order to go on with the run in `out`; more slots or records may be asked for, and other traces:
    `trace` has fields of the config.

    Raises UsageError where there is none, or where fewer slots are asked for than are settled.
    """
    check_existing(out)
    directory = RunDirectory.open(out)
    try:
        (stored,) = directory.ledger.runs() or (None,)
        settled = directory.ledger.settled(stored.run_id) if stored else 0
    finally:
        directory.close()
    if stored is None:
        raise UsageError(
            f"{out}: the run was ended before it began; start it anew with `proofset run … --out {out}`"
        )
    changes = {"n": n, "keep": keep, "concurrency": concurrency, "workers": workers, "sandbox": sandbox}
    values = stored.config | {name: value for name, value in changes.items() if value is not None}
    values |= trace or {}
    if allow_collapse:
        values["allow_collapse"] = True
    if budget:
        values["budget"] = {**values["budget"], **budget}
    config = make_config(values, source=f"the run in {out}")
    if config.n < settled:
        raise UsageError(f"--n {config.n}: {settled} slots of {out} are settled already; ask for more")
    return Order(config, out, resume=True)


async def execute(order: Order, tell: Tell, *, stop: asyncio.Event | None = None) -> Summary:
    """Run an order to its end. Setting `stop` drains it: the directory stays valid for a resume.

    Raises ProofsetError; nothing is written before all that can be checked is checked.
    """
    started = time.monotonic()
    graph_name = find_graph(order.config.graph).name
    if not order.resume:
        check_new(order.out)
    config = order.config = settled_config(order.config)
    chats = {**order.chats, **replaying_chats(config)}
    check_given(config, order.agents, chats, str(order.out))
    if config.ledger is not None:
        postgres_url(config.ledger)
    check_budget(config.budget, config.models, config.prices)
    check_prompts(config.settings.prompts, config.settings.constitution)
    check_executor(config, {**order.agents, **order.chats})
    check_trace(config)
    compiled_graph(config, order.agents)
    check_known(config, resume=order.resume)
    seeds = seeds_of(config)
    material = await asyncio.to_thread(material_of, config)
    if material.items is not None:
        config = order.config = begun_with(config, material.items)
    held_out = await asyncio.to_thread(held_out_of, config)
    await asyncio.to_thread(check_reads, config, held_out, seeds, material)
    if not order.resume:
        config = order.config = with_held_out(config, held_out)
    evaluation = await asyncio.to_thread(open_evaluation, config.not_to_be_made)
    sandbox = await asyncio.to_thread(open_sandbox, config.sandbox)
    meter, notice = _Meter(tell), _noticing(tell)
    await _fetch_local_models(config, chats, tell)
    async with (
        _closing(sandbox),
        spans_of(config, tell) as spans,
        _closing(_models(config, chats, meter, notice, spans)) as models,
    ):
        await models.check()
        with ExitStack() as open_things:
            open_things.enter_context(seldom_collected())
            directory = open_things.enter_context(
                closing(RunDirectory.open(order.out, config.ledger, config.replay))
            )
            pool = open_things.enter_context(await asyncio.to_thread(open_pool, config, notice))
            task = load_graph(config.graph).task
            await asyncio.to_thread(check_remembered, config, held_out, pool, task.kind)
            run_id = _run_id(directory, config, pool)
            reviews = RunReviews(order.out, Path(config.replay) if config.replay else None)
            accounts = Accounts(directory.ledger, config.budget, config.prices)
            models.use_journal(LedgerJournal(accounts, begin=accounts.begin))
            memory = await asyncio.to_thread(
                open_admission,
                config,
                run_id=run_id,
                ledger=directory.ledger,
                seeds=seeds,
                task=task,
                pool=pool,
                notice=notice,
            )
            tell(
                RunStarted(graph_name, str(order.out), config.n, memory.next_slot, memory.kept, sandbox.name)
            )
            told = (
                *notices_of(config),
                *material.said,
                *held_out_notices(held_out),
                *evaluation_notices(evaluation, seeds),
            )
            for said in told:
                tell(Notice(said))
            seen = sandbox if spans is None else spans.around(sandbox)
            services = Services(models, seen, memory, seeds, evaluation, reviews, *material)
            canaries = LedgerCanaries(directory.ledger, run_id)
            setting = Setting(config, services, memory, accounts, canaries, order.agents, meter, tell, spans)
            if spans is not None:
                spans.begin_run(run_id, config.seed)
            try:
                async with open_executor(setting) as executor:
                    runner = Runner(executor, config, memory, tell=tell)
                    try:
                        await _drive(runner, executor, stop)
                    finally:
                        if spans is not None:
                            spans.count_elsewhere(*await executor.spans_sent())
            finally:
                await memory.flush()
                files = directory.write_files(run_id)
                if (waiting := reviews.write()) is not None:
                    files["review"] = str(waiting)
            counts = stage_counts(directory.ledger, run_id)
            tried = [one for one in run_canaries(directory.ledger, run_id) if not one.is_judges]
            return Summary(
                status=_status(config, memory, runner),
                budget_spent=runner.budget_spent,
                collapsed=memory.ended,
                all_taken=material.items is not None and memory.next_slot >= len(material.items),
                out=str(order.out),
                slots=memory.next_slot,
                n=config.n,
                kept=memory.kept,
                rejected=sum(count.attempts for count in counts),
                funnel=funnel_of(counts, kept=memory.kept),
                reasons={count.reason: count.attempts for count in counts},
                usage=accounts.usage(),
                paid=meter.paid,
                replayed=meter.replayed,
                seconds=round(time.monotonic() - started, 1),
                canaries=len(tried),
                false_accepts=tuple(f"{one.kind} in slot {one.slot}" for one in tried if one.passed),
                files=files,
            )


class _Meter:
    """Sums what calls took, paid and replayed apart."""

    def __init__(self, tell: Tell) -> None:
        self.paid = Usage()
        self.replayed = Usage()
        self._tell = tell

    def __call__(self, spent: Spent) -> None:
        if spent.replayed:
            self.replayed += spent.usage
        else:
            self.paid += spent.usage
        usage, call = spent.usage, spent.call
        self._tell(
            CallDone(
                spent.spec,
                call.role,
                call.slot,
                usage.input_tokens,
                usage.output_tokens,
                usage.usd,
                spent.replayed,
            )
        )


def _noticing(tell: Tell) -> Callable[[str], None]:
    """Tells notices from any thread."""
    loop = asyncio.get_running_loop()

    def notice(text: str) -> None:
        loop.call_soon_threadsafe(tell, Notice(text))

    return notice


def _models(
    config: RunConfig,
    chats: Mapping[str, BaseChatModel | Provider],
    meter: _Meter,
    notice: Callable[[str], None],
    spans: Spans | None,
) -> ModelPool:
    return ModelPool(
        config.models,
        chats=chats,
        prices=config.prices,
        concurrency=config.concurrency,
        timeout_s=config.timeout_s,
        on_spent=meter,
        notice=notice,
        traced=Tracing(config).calls,
        watch=None if spans is None else spans.call,
    )


async def _fetch_local_models(config: RunConfig, chats: Mapping[str, Any], tell: Tell) -> None:
    from ..models.pull import ensure_model

    loop = asyncio.get_running_loop()
    for spec in sorted({spec for spec in config.models.values() if spec not in chats}):
        parsed = ModelSpec.parse(spec)
        if parsed.provider == "local":

            def report(progress: Any, name: str = parsed.name) -> None:
                event = ModelLoading(name, progress.done_bytes, progress.total_bytes, progress.source)
                loop.call_soon_threadsafe(tell, event)

            await asyncio.to_thread(ensure_model, parsed.name, report)


def _run_id(directory: RunDirectory, config: RunConfig, pool: Pool | None) -> str:
    stored = directory.ledger.runs()
    values = config.model_dump(mode="json")
    if stored:
        directory.ledger.update_config(stored[0].run_id, values)
        return stored[0].run_id
    run_id = uuid4().hex
    view = None if pool is None else recorded_view(config) or pool.view()._asdict()
    directory.ledger.start_run(run_id, values, versions(), view)
    return run_id


async def _drive(runner: Runner, executor: Executor, stop: asyncio.Event | None) -> None:
    try:
        await _until(runner, stop)
    finally:
        # Before the ledger closes: a call in flight still has its answer to write.
        gently = runner.budget_spent or (stop is not None and stop.is_set())
        await (executor.drain() if gently else executor.cancel())


async def _until(runner: Runner, stop: asyncio.Event | None) -> None:
    async def watch() -> None:
        if stop is not None:
            await stop.wait()
            runner.drain()

    watcher = asyncio.create_task(watch())
    try:
        await runner.run()
    finally:
        watcher.cancel()


def _status(config: RunConfig, memory: Admission, runner: Runner) -> Status:
    if memory.ended:
        return "collapsed"
    if memory.full:
        return "kept_enough"
    if runner.budget_spent:
        return "budget_spent"
    if runner.awaits_review:
        return "awaiting_review"
    return "finished" if memory.next_slot >= config.n else "drained"


@asynccontextmanager
async def _closing(resource: Any) -> AsyncIterator[Any]:
    try:
        yield resource
    finally:
        await resource.close()
