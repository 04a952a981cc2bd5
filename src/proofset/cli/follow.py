"""Run an order in the foreground: progress on standard error, Ctrl-C drains, a summary at the end."""

from __future__ import annotations

import asyncio
import json
import signal
from typing import TYPE_CHECKING

import click

from ..errors import ProofsetError, UsageError

if TYPE_CHECKING:
    from ..engine import Event, Order, Summary
    from .progress import RunProgress


_APART = {
    "unverified": "they state facts that nothing here can check",
    "red_team": "their prompts were made to draw out harm, and the first answers are in them",
    "red_team_rejected": "what was turned down of such prompts",
    "canaries": "wrong on purpose, and no part of the data",
}


def follow(order: Order, *, as_json: bool) -> None:
    """Run it and show it. Raises ProofsetError; exits 130 when it was interrupted twice."""
    try:
        summary = asyncio.run(_follow(order, as_json=as_json))
    except KeyboardInterrupt:
        click.echo(f"\nstopped at once; go on with: proofset resume {order.out}", err=True)
        raise SystemExit(130) from None
    except UsageError:
        raise
    except ProofsetError as error:
        from ..engine.rundir import holds_run

        if holds_run(order.out):
            raise type(error)(
                f"{error} (what is done is safe; go on with: proofset resume {order.out})"
            ) from error
        raise
    if not as_json:
        _say(summary)
    if summary.status == "collapsed":
        raise ProofsetError(
            f"the run was ended: what it keeps has lost the breadth of the anchor ({summary.collapsed}); "
            f"what is kept is valid; change seeds, operators or model, or go on with: "
            f"proofset resume {summary.out} --allow-collapse"
        )


async def _follow(order: Order, *, as_json: bool) -> Summary:
    from ..engine import execute
    from .progress import PLAIN_SECONDS, RunProgress

    stop = asyncio.Event()
    _drain_on_interrupt(stop)
    with RunProgress(order.config.n, order.config.keep) as progress:

        def tell(event: Event) -> None:
            progress.update(event)
            if as_json:
                click.echo(json.dumps(event.as_json(), ensure_ascii=False))

        ticking = asyncio.create_task(_tick(progress, PLAIN_SECONDS))
        try:
            summary = await execute(order, tell, stop=stop)
        finally:
            ticking.cancel()
    if as_json:
        click.echo(json.dumps(summary.as_json(), ensure_ascii=False))
    return summary


async def _tick(progress: RunProgress, seconds: float) -> None:
    # A slow model may say nothing for a minute; whoever watches a log shall see that the run lives.
    while True:
        await asyncio.sleep(seconds)
        progress.tick()


def _drain_on_interrupt(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def interrupted() -> None:
        click.echo("\nstopping: calls in flight are finished and kept; Ctrl-C again stops at once", err=True)
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    loop.add_signal_handler(signal.SIGINT, interrupted)
    loop.add_signal_handler(signal.SIGTERM, stop.set)


def _say(summary: Summary) -> None:
    funnel = summary.funnel
    click.echo(
        f"{summary.kept} kept of {summary.slots} slots in {summary.seconds:.0f} s: "
        f"{funnel.proposed} proposed → {funnel.novel} novel → {funnel.solved} solved → "
        f"{funnel.verified} verified → {funnel.kept} kept"
    )
    for reason, count in sorted(summary.reasons.items(), key=lambda item: -item[1]):
        click.echo(f"  {count:>5} rejected at {reason}")
    usage, usd = summary.usage, summary.usd_per_kept
    price = "price unknown" if usage.usd is None else f"{usage.usd:.4f} USD"
    per_kept = f", {usd:.4f} USD per kept record" if usd is not None else ""
    click.echo(
        f"{usage.calls} calls, {usage.input_tokens} tokens in, {usage.output_tokens} out, {price}{per_kept}"
        + (f"; {summary.replayed.calls} of them replayed from the journal" if summary.replayed.calls else "")
    )
    if summary.canaries:
        click.echo(_canaries(summary))
    for name, path in summary.files.items():
        apart = f"    (kept apart: {_APART[name]})" if name in _APART else ""
        click.echo(f"{name:<10} {path}{apart}")
    click.echo(f"next       {_next_step(summary)}")


def _canaries(summary: Summary) -> str:
    """What the verifier made of known-wrong candidates, in one line."""
    if not summary.false_accepts:
        return f"canaries   {summary.canaries} known-wrong candidates before the verifier, none was accepted"
    first, more = summary.false_accepts[:5], len(summary.false_accepts) - 5
    named = ", ".join([*first, *([f"and {more} more"] if more > 0 else [])])
    return (
        f"canaries   THE VERIFIER ACCEPTED {len(summary.false_accepts)} of {summary.canaries} known-wrong "
        f"candidates ({named}); what it kept may be wrong, too: look into "
        f"{summary.files.get('canaries', 'canaries.jsonl')}, decision accept"
    )


def _next_step(summary: Summary) -> str:
    if summary.status == "budget_spent":
        return f"proofset resume {summary.out} with a higher budget; {summary.budget_spent}"
    if summary.status == "awaiting_review":
        return (
            f"fill in `decision` (accept, edit or reject) in {summary.files['review']}, "
            f"then proofset resume {summary.out}"
        )
    if summary.status == "collapsed":
        return f"proofset collapse {summary.files['records']} --anchor …    for the figures"
    if summary.status == "drained":
        return f"proofset resume {summary.out}"
    if summary.status == "kept_enough":
        return f"proofset resume {summary.out} --keep {summary.kept * 2}    for more records of the same run"
    if summary.all_taken:
        return f"proofset verify {summary.out}    every item was taken; give more in a new run"
    return f"proofset resume {summary.out} --n {summary.n * 2}    for more records of the same run"
