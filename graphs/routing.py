"""The questions that edges ask. Each takes the state and the runtime and names the next node.

They are asynchronous though they wait for nothing: LangGraph asks others in a thread each.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from langgraph.runtime import Runtime

from ..agents import Context, State
from ..agents.backtranslation_task import is_function
from ..agents.constitution.verify import stands

Route = Callable[[State, Runtime[Context]], Awaitable[str]]


def may_try_again(state: State, runtime: Runtime[Context]) -> bool:
    """Has the slot attempts left? Every rejection has used one up."""
    context = runtime.context or Context()
    return len(state.get("rejections", ())) < context.n_attempts


def passes_to(node: str, *, otherwise: str = "") -> Route:
    """On to `node` when the last node let the candidate pass; else to `otherwise`, where there is one, or to
    another attempt, or to none.
    """

    async def route(state: State, runtime: Runtime[Context]) -> str:
        if state.get("refusal") is None:
            return node
        if otherwise:
            return otherwise
        return "proposer" if may_try_again(state, runtime) else "discard"

    return route


def _iterates_on(state: State, runtime: Runtime[Context]) -> bool:
    context = runtime.context or Context()
    return state.get("iteration", 1) < context.curation_iterations


def iterates(node: str, *, once_more: bool = False) -> Route:
    """On to `node` with what passed; with what did not, to another iteration, or to none where none is left.

    `once_more` takes what passed to another iteration, too, as long as there is one.
    """

    async def route(state: State, runtime: Runtime[Context]) -> str:
        if state.get("refusal") is None:
            return "iteration" if once_more and _iterates_on(state, runtime) else node
        again = may_try_again(state, runtime) and _iterates_on(state, runtime)
        return "iteration" if again else "discard"

    return route


async def rewritten_or_rescored(state: State, runtime: Runtime[Context]) -> str:
    """In another iteration: what was turned down is written anew; what was kept is scored anew beside what
    others kept meanwhile, where there is any.
    """
    if state.get("refusal") is not None:
        return "proposer"
    return "judge" if state.get("shown") else "commit"


def needs_tests(then: str) -> Route:
    """A new problem for a function gets tests before it is solved; any other goes on to `then`."""
    is_new = iterates(then)

    async def route(state: State, runtime: Runtime[Context]) -> str:
        if state.get("refusal") is None and is_function(state):
            return "tester"
        return await is_new(state, runtime)

    return route


def curated(judge: str) -> Route:
    """On to the judge with what was verified; a function that ran only where the settings ask for it."""
    holds = iterates(judge)

    async def route(state: State, runtime: Runtime[Context]) -> str:
        proved = is_function(state) and not (runtime.context or Context()).curate_code
        if state.get("refusal") is None and proved:
            return "commit"
        return await holds(state, runtime)

    return route


def evolves_on(rounds: int, *, then: str) -> Route:
    """Another round while there are any left, of `rounds` where the settings do not say; `then` with what
    survived. A line of which nothing did is given up. Every few rounds, where the settings ask for it, a
    person looks at what survived: what they turn down ends the line, what they mend is answered anew.
    """

    async def route(state: State, runtime: Runtime[Context]) -> str:
        context, survivor = runtime.context or Context(), state["survivor"].proposal
        again, evolved = may_try_again(state, runtime), bool(survivor.ancestors)
        if state.get("refusal") is not None:
            return "proposer" if again else "discard"
        if state["proposal"].problem != survivor.problem:
            # Mended by a person: nobody has answered it yet.
            return "solver"
        done, every, wanted = state.get("evolutions", 0), context.checkpoint_every, context.evolve_rounds
        if every and evolved and done % every == 0 and state.get("looked_at") != survivor.problem:
            return "checkpoint"
        if again and done < (rounds if wanted is None else wanted):
            return "evolver"
        if evolved:
            return then
        return "proposer" if again else "discard"

    return route


async def criticised(state: State, runtime: Runtime[Context]) -> str:
    """On to the reviser with what the critic found; else another round, with another principle, while any are
    left. A text that the critic finds clean so many times on end goes on, as does one whose rounds or
    attempts are used up, where it stands.
    """
    context = runtime.context or Context()
    if state.get("refusal") is None and state.get("finding") is not None:
        return "reviser"
    if not may_try_again(state, runtime):
        versions = state.get("versions", ())
        return "verifier" if versions and stands(versions[-1]) else "discard"
    clean = state.get("clean", 0) >= context.clean_rounds
    return "verifier" if clean or state.get("critiques", 0) >= context.critique_rounds else "critic"


async def drafted(state: State, runtime: Runtime[Context]) -> str:
    """On to the reviser with an answer that the judge finds a fault in; to people with any other."""
    if state.get("refusal") is not None:
        return "discard"
    return "reviser" if state.get("finding") is not None else "review"


def judged(own: bool) -> Route:
    """On to the judge, where the settings ask for one; a judge of the user's `own` is always asked."""

    async def route(state: State, runtime: Runtime[Context]) -> str:
        wanted = own or (runtime.context or Context()).judge_minimum is not None
        return "judge" if wanted else "commit"

    return route


def holds(then: Route) -> Route:
    """Did verification accept? A failure goes to the critic."""

    async def route(state: State, runtime: Runtime[Context]) -> str:
        if state.get("refusal") is None:
            return await then(state, runtime)
        return "critic" if may_try_again(state, runtime) else "discard"

    return route


def holds_or_rephrased(then: Route) -> Route:
    """Did verification accept? What was told in one way only is told otherwise first, and solved again."""
    accepted = holds(then)

    async def route(state: State, runtime: Runtime[Context]) -> str:
        context = runtime.context or Context()
        wanted = (context.other_numbers or context.other_words) and not state.get("rephrased")
        return "rephraser" if wanted and state.get("refusal") is None else await accepted(state, runtime)

    return route


def has_variants(then: Route) -> Route:
    """Is there another telling of the problem to solve?"""

    async def route(state: State, runtime: Runtime[Context]) -> str:
        return "solver" if state.get("variants") else await then(state, runtime)

    return route


def needs_evolving(solving: str) -> Route:
    """A new problem is made harder for as many rounds as the settings ask, then on to `solving`."""
    is_new = passes_to(solving)

    async def route(state: State, runtime: Runtime[Context]) -> str:
        context = runtime.context or Context()
        wanted = state.get("evolutions", 0) < (context.evolve_rounds or 0)
        return "evolver" if wanted and state.get("refusal") is None else await is_new(state, runtime)

    return route
