"""The graph flywheel with scripted models: whole runs over every rule, the queue, and a person's word."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from kept_files import records, rejections
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from scripted_flywheel import (
    DRAFTS,
    EVALUATION,
    FATES,
    KEPT,
    KNOWN,
    REJECTED,
    SETTINGS,
    Told,
    answer_of,
    draft_of,
    item_of,
    marks,
    pair_row,
    replies,
    traffic_at,
)

import proofset
from proofset.agents import Context
from proofset.agents.production import standing_of
from proofset.agents.production.scoring import bits_of
from proofset.agents.settings import Settings
from proofset.cli import cli
from proofset.engine import Summary
from proofset.graphs.flywheel import build
from proofset.graphs.form import Input
from proofset.mixing.example import synthetic_example
from proofset.models import Call, Token
from proofset.models.scripted import ScriptedChat
from proofset.records import Evidence, EvidenceKind, Grade, Outcome, Record, Risk, text_sha256
from proofset.release.binding import faults_of
from proofset.release.choosing import Choice
from proofset.release.rechecking import Status, recheck
from proofset.review.index import Filter
from proofset.review.items import Place
from proofset.review.results import reviewed
from proofset.review.store import Store
from proofset.review.view import view_of
from proofset.tools.checks import exchange_is_fit, is_rerunnable, rerun
from proofset.tools.sandbox import Sandbox
from proofset.traffic import TrafficRules

pytestmark = pytest.mark.usefixtures("needs_sandbox")
FILES = ("records.jsonl", "rejected.jsonl")


async def run(
    tmp_path: Path, fates: list[str], name: str = "run", respond: Any = None, **options: Any
) -> Summary:
    traffic = tmp_path / "traffic"
    paths = [str(traffic)] if traffic.exists() else traffic_at(traffic, fates)
    return await proofset.arun(
        "flywheel",
        model=ScriptedChat(respond=respond or replies()),
        out=tmp_path / name,
        settings=SETTINGS | {"traffic": paths} | options.pop("settings", {}),
        **{"n": len(fates), "concurrency": 4, **options},
    )


def bars(tmp_path: Path) -> dict[str, Any]:
    """Options by which every item comes to its fate."""
    evaluation, known = tmp_path / "evaluation.jsonl", tmp_path / "known.jsonl"
    evaluation.write_text(json.dumps({"question": EVALUATION}) + "\n")
    known.write_text(json.dumps({"instruction": KNOWN}) + "\n")
    settings = {"evaluation_sets": [str(evaluation)], "perplexity": True, "judge_samples": 3}
    return {"against": [str(known)], "settings": settings}


def by_fate(tmp_path: Path) -> dict[str, Record]:
    kept = records(tmp_path / "run")
    return {re.findall(r"\[\d+: ([^\]]+)\]", one.output)[-1]: one for one in kept}


async def test_a_run_over_every_rule_ends_with_the_right_counts(tmp_path: Path) -> None:
    summary = await run(tmp_path, [*FATES, *FATES], **bars(tmp_path))
    assert summary.reasons == dict.fromkeys((*REJECTED, *DRAFTS), 2)
    # A draft that does not hold costs no answer.
    assert summary.kept == 2 * (len(KEPT) + len(DRAFTS))
    kept = records(tmp_path / "run")
    assert {record.verdict.grade for record in kept} == {Grade.JUDGED}
    assert {record.risk for record in kept} == {Risk.TRAFFIC}
    filtered = [one for one in REJECTED if one.startswith(("filter", "perplexity"))]
    # Drafts that were turned down are attempts, too.
    assert summary.funnel.proposed == 2 * (len(FATES) - len(filtered))


async def test_a_drop_holds_the_exchange_the_reason_and_where_it_is_from(tmp_path: Path) -> None:
    await run(tmp_path, list(REJECTED), **bars(tmp_path))
    dropped = {f"{one.stage}: {one.code}": one for one in rejections(tmp_path / "run")}
    assert set(dropped) == set(REJECTED)
    for one in dropped.values():
        assert one.origin.source is not None and one.reason
        assert one.candidate["output"]
    assert "more than 600" in dropped["filter: output_too_long"].reason
    assert "in de" in dropped["filter: output_language"].reason
    assert "bits a character, more than 4" in dropped["perplexity: noise"].reason
    assert dropped["triage: judged_low"].reason == "production 1 < 2: It answers nothing."


async def test_a_record_says_where_it_is_from_and_who_answered(tmp_path: Path) -> None:
    await run(tmp_path, ["sure in a dialogue"])
    (record,) = records(tmp_path / "run")
    item, source = item_of(0, "sure in a dialogue"), record.lineage.source
    assert source is not None
    assert (source.path, source.line, source.model, source.time) == (
        "logs/may.jsonl",
        1,
        "gpt-4o-mini",
        "2026-05-04T08:00:00Z",
    )
    assert (source.item, source.sha256) == (item.id, text_sha256(item.output))
    assert record.lineage.topic == "help"
    assert [turn.role for turn in record.messages] == ["system", "user", "assistant", "user", "assistant"]
    assert record.messages[1:3] == item.history
    assert (record.instruction, record.output) == (item.instruction, item.output)
    found = synthetic_example(record.model_dump(mode="json"), "x")
    assert not isinstance(found, str) and found[0].generators == ("gpt-4o-mini",)


async def test_what_was_said_before_is_judged_and_bound_too(tmp_path: Path, sandbox: Sandbox) -> None:
    prompts: list[str] = []
    scripted = replies()

    def respond(call: Call, prompt: str) -> Any:
        prompts.append(prompt)
        return scripted(call, prompt)

    await run(tmp_path, ["sure in a dialogue"], respond=respond)
    assert "[system]\nYou help people who live by the sea.\n\n[user]\nDo you know" in prompts[0]
    (record,) = records(tmp_path / "run")
    assert (await recheck(record, sandbox)).status is Status.OPINION
    for number in (0, 1, 2):
        turns = list(record.messages)
        turns[number] = turns[number].model_copy(update={"content": "Something else was said."})
        other = record.model_copy(update={"messages": tuple(turns)})
        assert "other_text" in {fault.code for fault in faults_of(other)}


async def test_what_the_judge_finds_fault_with_is_drafted_anew_for_people_to_compare(tmp_path: Path) -> None:
    await run(tmp_path, ["fixable"])
    (record,) = records(tmp_path / "run")
    assert record.output == record.chosen == draft_of(0)
    assert record.rejected == answer_of(0, "fixable")
    assert [trace.verdict.code for trace in record.traces] == ["", "judged_low"]
    assert record.lineage.operators == ("revise",)
    found = synthetic_example(record.model_dump(mode="json"), "x")
    # Whoever drafted wrote it, not the model of production.
    assert not isinstance(found, str) and found[0].generators == ("python:default:ScriptedChat",)
    plain = await run(tmp_path, ["fixable"], "plain", settings={"draft_revisions": False})
    (alone,) = records(tmp_path / "plain")
    assert (alone.output, alone.rejected, plain.usage.calls) == (answer_of(0, "fixable"), None, 1)


async def test_orders_that_disagree_put_draft_and_answer_among_the_uncertain(tmp_path: Path) -> None:
    await run(tmp_path, ["fixable", "fixable in one order"])
    kept = {one.scores["queue"]: one for one in records(tmp_path / "run")}
    assert (kept[2.0].scores["uncertainty"], kept[2.0].scores["p_chosen"]) == (0.5, 1.0)
    assert (kept[1.0].scores["uncertainty"], kept[1.0].scores["p_chosen"]) == (1.0, 0.5)
    for record, outcome in ((kept[2.0], Outcome.PASS), (kept[1.0], Outcome.INCONCLUSIVE)):
        (preference,) = [one for one in record.verdict.evidence if one.check == "pair_preference"]
        assert preference.outcome is outcome
        assert record.rejected is not None
    unasked = await run(tmp_path, ["fixable"] * 2, "unasked", settings={"draft_votes": 0})
    assert unasked.usage.calls == 4


async def test_a_draft_that_does_not_hold_is_told_and_the_answer_kept_without_one(tmp_path: Path) -> None:
    await run(tmp_path, list(DRAFTS))
    kept = records(tmp_path / "run")
    assert len(kept) == len(rejections(tmp_path / "run")) == len(DRAFTS)
    for record in kept:
        assert (record.rejected, record.traces, record.scores["queue"]) == (None, (), 2.0)


def opinion(*scores: float | None, minimum: float = 3.5, canary: str = "", fault: str = "wrong") -> Evidence:
    read = [one for one in scores if one is not None]
    kept = [one >= minimum for one in read]
    pairs = [one == two for place, one in enumerate(kept) for two in kept[place + 1 :]]
    return Evidence(
        kind=EvidenceKind.JUDGE,
        check="judge_opinion",
        claim="",
        outcome=Outcome.PASS,
        basis="x",
        observed={
            "scores": {"production": sum(read) / len(read)} if read else {},
            "samples": [None if one is None else {"fault": fault, "right": one > 4} for one in scores],
            "unreadable": scores.count(None),
            "self_agreement": sum(pairs) / len(pairs) if pairs else None,
            "canary": {"kind": "empty", "outcome": canary} if canary else None,
        },
    )


@pytest.mark.parametrize(
    ("said", "queue", "uncertainty"),
    [
        (opinion(5), 3, 0.0),
        (opinion(4), 3, 0.5),
        (opinion(3), 2, 0.5),
        (opinion(2), 2, 0.0),
        (opinion(1), 0, 0.0),
        (opinion(4, 3, 4), 1, 0.833),
        # Split far from the bound, too.
        (opinion(5, 5, 1), 1, 0.833),
        (opinion(5, 5, 5), 3, 0.0),
        (opinion(1, 1, 1), 0, 0.0),
        # What is uncertain is dropped by nobody.
        (opinion(1, canary="passed"), 1, 1.0),
        (opinion(5, canary="passed"), 1, 1.0),
        (opinion(5, canary="caught"), 3, 0.0),
        (opinion(None), 1, 1.0),
        (opinion(5, None, None), 1, 0.667),
        (None, 1, 1.0),
    ],
)
def test_the_uncertain_come_first_then_the_fixable_then_the_sure(
    said: Evidence | None, queue: int, uncertainty: float
) -> None:
    standing = standing_of(said, Settings())
    assert standing.queue == queue
    assert standing.uncertainty == pytest.approx(uncertainty, abs=0.001)
    assert standing.fault == ("wrong" if said and said.observed["scores"] else "")


async def test_the_review_queue_is_in_that_order_and_shows_why(tmp_path: Path) -> None:
    await run(
        tmp_path, ["sure", "fixable", "uncertain", "sure", "fixable alone"], settings={"judge_samples": 3}
    )
    store = Store(Place.at(tmp_path / "run"))
    shown = []
    while (item := store.next(Filter(), "ann")) is not None:
        found = store.show(item, "ann")
        assert found is not None
        view = view_of(found)
        shown.append(view["scores"]["queue"])
        store.decide(item, "ann", found.version, "accept")
        if view["scores"]["queue"] == "uncertain":
            assert view["scores"]["uncertainty"] == 0.83
        if view["changes"]:
            assert view["changes"][0]["label"].startswith("Draft")
    assert shown == ["uncertain", "fixable", "fixable", "sure", "sure"]
    store.close()


async def test_exports_and_mixes_leave_it_out_until_a_person_has_decided(tmp_path: Path) -> None:
    await run(tmp_path, ["sure", "fixable"])
    assert [Choice().why_not(one) for one in records(tmp_path / "run")] == ["risk traffic"] * 2
    store = Store(Place.at(tmp_path / "run"))
    for item in (one.id for one in records(tmp_path / "run")):
        found = store.show(item, "ann")
        assert found is not None
        store.decide(item, "ann", found.version, "accept")
    decided = list(reviewed(records(tmp_path / "run"), store.decisions()))
    store.close()
    assert [(one.verdict.grade, Choice().why_not(one)) for one in decided] == [(Grade.HUMAN, "")] * 2


async def asked_in_studio(tmp_path: Path, fate: str, answer: dict[str, Any], **settings: Any) -> Any:
    """The interrupt and, with the answer, the state at the end."""
    rows = [
        pair_row(),
        {"role": "judge", "reply": marks(3 if fate == "fixable" else 5, "It does not say why.")},
        {"role": "reviser", "reply": {"revision": draft_of(0)}},
    ]
    script, traffic = tmp_path / "s.jsonl", tmp_path / "traffic"
    script.write_text("".join(json.dumps(row) + "\n" for row in rows))
    context = Context(
        models={"default": f"scripted:{script}"},
        traffic=tuple([str(traffic)] if traffic.exists() else traffic_at(traffic, [fate])),
        judge_canary_share=0.0,
        review="interrupt",
        **settings,
    )
    graph = build().compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    first = await graph.ainvoke(Input(), config, context=context)
    (stopped,) = first["__interrupt__"]
    return stopped.value, await graph.ainvoke(Command(resume=[answer]), config, context=context)


EDIT = {"type": "edit", "args": {"action": "review_answer", "args": {"output": "Because it was so."}}}


@pytest.mark.parametrize("fate", ["sure", "fixable"])
async def test_a_person_is_asked_in_the_form_of_a_human_interrupt(tmp_path: Path, fate: str) -> None:
    (asked,), state = await asked_in_studio(tmp_path, fate, {"type": "accept", "args": None})
    assert set(asked) == {"action_request", "config", "description"}
    assert asked["config"] == dict.fromkeys(
        ("allow_accept", "allow_edit", "allow_respond", "allow_ignore"), True
    )
    request = asked["action_request"]
    assert request["action"] == "review_answer"
    item = item_of(0, fate)
    assert request["args"]["answered"] == item.output
    assert request["args"]["output"] == (draft_of(0) if fate == "fixable" else item.output)
    assert request["args"]["instruction"] == item.instruction
    assert request["args"]["critique"] == "It does not say why."
    assert request["args"]["source"]["model"] == "gpt-4o-mini"
    assert state["record"].verdict.grade is Grade.HUMAN


@pytest.mark.parametrize("fate", ["sure", "fixable"])
@pytest.mark.parametrize(
    ("action", "edited", "answer"),
    [("accept", "", {"type": "accept", "args": None}), ("edit", "Because it was so.", EDIT)],
)
async def test_a_decision_in_studio_and_one_in_the_browser_make_the_same_record(
    tmp_path: Path, fate: str, action: Any, edited: str, answer: dict[str, Any]
) -> None:
    _, state = await asked_in_studio(tmp_path, fate, answer)
    # With other settings, so that its memory is another one. In a run the person decides afterwards.
    _, unasked = await asked_in_studio(tmp_path, fate, {"type": "ignore"}, perplexity_chars=501)
    path = tmp_path / "records.jsonl"
    path.write_text(unasked["record"].model_dump_json() + "\n")
    store = Store(Place.at(path))
    store.decide(unasked["record"].id, "studio", 0, action, edited=edited)
    (in_the_browser,) = reviewed([unasked["record"]], store.decisions())
    store.close()
    assert state["record"] == in_the_browser
    assert list(faults_of(in_the_browser)) == []
    if edited:
        kept = state["record"]
        assert (kept.chosen, kept.rejected) == (edited, unasked["record"].output)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"type": "response", "args": "It is rude."}, "It is rude."),
        ({"type": "x"}, "a person turned it down"),
    ],
)
async def test_what_a_person_objects_to_is_turned_down(
    tmp_path: Path, answer: dict[str, Any], reason: str
) -> None:
    _, state = await asked_in_studio(tmp_path, "sure", answer)
    assert state["record"] is None
    (rejection,) = state["rejections"]
    assert (rejection.stage, rejection.code, rejection.reason) == ("review", "turned_down", reason)


async def test_what_a_person_ignores_is_left_to_the_queue(tmp_path: Path) -> None:
    _, state = await asked_in_studio(tmp_path, "sure", {"type": "ignore", "args": None})
    assert state["record"].verdict.grade is Grade.JUDGED


async def test_checks_run_again_from_their_evidence_and_lift_no_grade(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    await run(tmp_path, list(FATES), **bars(tmp_path))
    verdicts = [record.verdict for record in records(tmp_path / "run")]
    verdicts += [one.verdict for one in rejections(tmp_path / "run") if one.verdict]
    checks: Counter[tuple[str, str]] = Counter()
    for evidence in (one for verdict in verdicts for one in verdict.evidence):
        if is_rerunnable(evidence):
            again = await rerun(evidence, sandbox)
            assert (again.outcome, again.observed) == (evidence.outcome, evidence.observed)
            checks[evidence.check, evidence.outcome.value] += 1
    assert {name for name, outcome in checks if outcome == "fail"} == {"exchange_is_fit", "revision_is_sound"}


async def test_a_run_replays_to_the_same_bytes(tmp_path: Path) -> None:
    await run(tmp_path, list(FATES), window=4, **bars(tmp_path))
    await proofset.arun("flywheel", n=99, model=f"scripted:{tmp_path / 'run'}", out=tmp_path / "again")
    for name in FILES:
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


async def test_a_run_goes_on_where_it_was_stopped_with_the_same_traffic_only(tmp_path: Path) -> None:
    fates = ["sure", "fixable", "uncertain", "triage: judged_low"] * 2
    await run(tmp_path, fates, "whole", window=2)
    await run(tmp_path, fates, "parts", window=2, n=3)
    summary = await proofset.aresume(tmp_path / "parts", n=8, model=ScriptedChat(respond=replies()))
    assert summary.slots == 8
    for name in FILES:
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()
    with (tmp_path / "traffic" / "traffic.jsonl").open("a") as file:
        file.write(item_of(99, "sure").model_dump_json() + "\n")
    with pytest.raises(proofset.UsageError, match=r"--traffic .*it is not what the run was begun with"):
        await proofset.aresume(tmp_path / "parts", n=9, model=ScriptedChat(respond=replies()))


@pytest.mark.usefixtures("scripted_run")
async def test_workers_make_the_same_files(tmp_path: Path) -> None:
    traffic = traffic_at(tmp_path / "traffic", ["sure"] * 6)
    script = tmp_path / "script.jsonl"
    script.write_text(json.dumps({"role": "judge", "reply": marks(5)}) + "\n")
    for name, workers in (("one", 1), ("two", 2)):
        await proofset.arun(
            "flywheel",
            n=6,
            model=f"scripted:{script}",
            out=tmp_path / name,
            settings=SETTINGS | {"traffic": traffic},
            workers=workers,
            window=2,
        )
    assert len(records(tmp_path / "one")) == 6
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


async def test_there_are_no_more_slots_than_items_and_each_is_taken_once(tmp_path: Path) -> None:
    summary = await run(tmp_path, ["sure"] * 5, n=50)
    assert (summary.n, summary.slots, summary.status) == (5, 5, "finished")
    sources = [record.lineage.source for record in records(tmp_path / "run")]
    lines = [source.line for source in sources if source is not None]
    assert sorted(lines) == [1, 2, 3, 4, 5]
    assert lines != sorted(lines)


@pytest.mark.parametrize(
    ("graph", "options", "message"),
    [
        ("flywheel", [], "begins with production traffic; name some with --traffic PATH"),
        ("flywheel", ["--traffic", "no/such"], "no/such: no traffic.jsonl is there"),
        ("flywheel", ["--traffic", "{tmp}/empty"], "--traffic .*/empty: there is no item in it"),
        ("flywheel", ["--traffic", "{tmp}/broken"], "broken/traffic.jsonl line 1: no item of traffic"),
        (
            "flywheel",
            ["--traffic", "{tmp}/good", "--config", "{tmp}/c.yaml"],
            "review: interrupt asks people",
        ),
        ("flywheel", ["--traffic", "{tmp}/good", "--corpus", "x"], "flywheel begins with no corpus"),
        ("self_instruct", ["--traffic", "{tmp}/good"], "self_instruct begins with no traffic; leave it out"),
    ],
)
def test_wrong_traffic_is_told_in_one_line(
    tmp_path: Path, graph: str, options: list[str], message: str
) -> None:
    traffic_at(tmp_path / "good", ["sure"])
    traffic_at(tmp_path / "empty", [])
    traffic_at(tmp_path / "broken", [])
    (tmp_path / "broken" / "traffic.jsonl").write_text('{"id": 1}\n')
    (tmp_path / "c.yaml").write_text("settings: {review: interrupt}\n")
    (tmp_path / "s.jsonl").write_text('{"reply": "x"}\n')
    given = [word.format(tmp=tmp_path) for word in options]
    command = ["run", graph, "--n", "1", "--model", f"scripted:{tmp_path / 's.jsonl'}"]
    done = CliRunner().invoke(cli, [*command, "--out", str(tmp_path / "run"), *given])
    assert isinstance(done.exception, proofset.UsageError)
    assert re.search(message, str(done.exception))
    assert "\n" not in str(done.exception)
    assert not (tmp_path / "run").exists()


async def test_a_scorer_that_tells_no_log_probs_ends_the_run_with_one_line(tmp_path: Path) -> None:
    from langchain_core.language_models.fake_chat_models import FakeListChatModel

    with pytest.raises(
        proofset.ModelError, match="it tells no log-probs of a text, which `perplexity` needs"
    ):
        await proofset.arun(
            "flywheel",
            n=1,
            model=FakeListChatModel(responses=["no"]),
            out=tmp_path / "run",
            settings=SETTINGS | {"traffic": traffic_at(tmp_path / "traffic", ["sure"]), "perplexity": True},
        )


@pytest.mark.parametrize(
    ("languages", "text", "code"),
    [
        ((), "Das ist so, und die Leute in der Stadt sagen es auch, denn sie haben es nicht gesehen.", ""),
        (
            ("en",),
            "Das ist so, und die Leute in der Stadt sagen es nicht, denn es ist so.",
            "output_language",
        ),
        (("en", "de"), "Das ist so, und die Leute in der Stadt sagen es nicht, denn es ist so.", ""),
        # Rules that do not know Danish take it for Swedish, and so have nothing to say where it is wanted.
        (("da",), "Det er sådan, og folk i byen siger det, for de har set det, som en ven har om det.", ""),
        # The script of many languages is none of them.
        (("en",), "Это так, и люди в городе говорят об этом, потому что они это видели.", ""),
        (("en",), "これはそうです。町の人々もそう言っています。", "output_language"),
    ],
)
def test_languages_are_told_where_rules_can_tell_them(
    languages: tuple[str, ...], text: str, code: str
) -> None:
    rules = TrafficRules(languages=languages)
    found = exchange_is_fit("", (), "Tell me how it came to be?", text, rules)
    assert found.observed["codes"] == ([code] if code else [])


def test_bits_are_counted_by_character_for_each_text_apart() -> None:
    asked, said = "a" * 30, "b" * 40
    tokens = [Token("<s>", ()), *(Token(one * 2, ((one, -math.log(2)),)) for one in (asked + "\n\n")[::2])]
    tokens += [Token(said[:2], ()), *[Token(said[:4], (("b", -math.log(2)),))] * 9, Token(said[:2], ())]
    bits = bits_of(asked, said, tokens)
    # A bit for every two characters, and for every four; what was not told counts for nothing.
    assert bits.instruction == pytest.approx(0.5)
    assert bits.output == pytest.approx(0.25)
    assert bits_of(asked, said, ()) == bits_of(asked, said, tokens[:3]) == (None, None)


async def test_with_a_judge_of_the_users_own_who_leaves_no_opinion_all_is_uncertain(tmp_path: Path) -> None:
    def silent(state: Any) -> dict[str, Any]:
        return {"refusal": None}

    await run(tmp_path, ["sure"], agents={"judge": silent})
    (record,) = records(tmp_path / "run")
    assert (record.scores["queue"], record.scores["uncertainty"]) == (1.0, 1.0)


async def test_a_canary_that_the_judge_keeps_puts_the_answer_first(tmp_path: Path) -> None:
    """A script that does not look keeps every canary."""
    await run(tmp_path, ["sure"], settings={"judge_canary_share": 1.0}, respond=_always_five)
    (record,) = records(tmp_path / "run")
    assert (record.scores["queue"], record.scores["uncertainty"]) == (1.0, 1.0)


def _always_five(call: Call, prompt: str) -> str:
    return json.dumps(marks(5))


async def test_changed_replies_are_heard(tmp_path: Path) -> None:
    def change(call: Call, told: Told) -> Told:
        return Told(told.number, "triage: judged_low") if call.slot == 1 else told

    summary = await run(tmp_path, ["sure"] * 2, respond=replies(change))
    assert (summary.kept, summary.reasons) == (1, {"triage: judged_low": 1})


def test_the_graph_is_listed_with_its_prompts() -> None:
    listed = CliRunner().invoke(cli, ["graphs"]).output
    assert "flywheel" in listed
    shown = CliRunner().invoke(cli, ["graphs", "show", "flywheel", "--prompts"]).output
    assert "judge_production.md" in shown and "revise_production.md" in shown
