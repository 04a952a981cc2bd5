"""The card says what was measured, and that the rest was not; the Clopper-Pearson bound is exact."""

from __future__ import annotations

import json
import shlex
from fractions import Fraction
from math import comb, isclose
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from released import judged_record, made, write
from scripted_math import TrustingVerifier, replies

import proofset
from proofset.cli import cli
from proofset.engine import make_config
from proofset.models.catalogue import entries
from proofset.models.scripted import ScriptedChat
from proofset.records import (
    Evidence,
    EvidenceKind,
    Outcome,
    Record,
    Rejection,
    Risk,
    Verdict,
    clopper_pearson,
)
from proofset.records import upper_bound as bound
from proofset.release.card import licence_of
from proofset.release.choosing import Choice
from proofset.release.exporting import Order, export
from proofset.release.readme import readme_of
from proofset.release.tallying import judge_canaries


def at_most(hits: int, of: int, share: Fraction) -> Fraction:
    """The binomial tail, exactly."""
    return sum((comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(hits + 1)), start=Fraction(0))


@given(of=st.integers(1, 60), data=st.data(), confidence=st.sampled_from([0.9, 0.95, 0.99]))
def test_the_bound_is_where_the_exact_tail_says(of: int, data: st.DataObject, confidence: float) -> None:
    hits = data.draw(st.integers(0, of - 1))
    found = Fraction(bound(hits, of, confidence))
    step, left = Fraction(1, 10**10), 1 - Fraction(confidence)
    assert at_most(hits, of, found - step) > left > at_most(hits, of, found + step)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.3084971),
        (1, 10, 0.0025286, 0.4450161),
        (5, 50, 0.0332751, 0.2181354),
        (10, 10, 0.6915029, 1.0),
        (0, 100, 0.0, 0.0362167),
        (50, 100, 0.3983211, 0.6016789),
    ],
)
def test_intervals_that_are_known(hits: int, of: int, low: float, high: float) -> None:
    found = clopper_pearson(hits, of)
    assert found == pytest.approx((low, high), abs=5e-8)


def test_the_ends_of_the_bound() -> None:
    assert bound(0, 0) == bound(5, 5) == 1.0
    assert isclose(bound(0, 59), 1 - 0.05 ** (1 / 59))
    assert bound(0, 1_000_000) == pytest.approx(2.995728e-6, rel=1e-5)
    assert bound(3, 1000) < bound(4, 1000) < bound(4, 900)


def exported(tmp_path: Path, records: list[Record], **more: Any) -> dict[str, Any]:
    (tmp_path / "data").mkdir()
    data = write(tmp_path / "data" / "records.jsonl", records)
    export(Order(data, tmp_path / "out", "trl-sft", **more))
    card: dict[str, Any] = json.loads((tmp_path / "out" / "card.json").read_text())
    return card


def test_a_card_of_a_file_says_what_is_not_known(tmp_path: Path) -> None:
    records = [judged_record(n) for n in range(4)]
    records.append(judged_record(4, risk=Risk.UNVERIFIED_FACTUAL))
    choice = Choice(risks=tuple(Risk), at_least={"quality": 2})
    card = exported(tmp_path, records, choice=choice, licence="cc-by-4.0", validation=0.2)
    assert card["records"] == 5
    assert card["grades"] == {"judged": 5}
    assert card["rows"] == {"train": 4, "validation": 1}
    assert card["licence"] == "cc-by-4.0"
    assert card["yield"]["funnel"] == "not measured"
    assert card["yield"]["usd_per_kept"] == pytest.approx(0.002)
    assert card["canaries"] == [
        {
            "verifier": "judge openai:judge",
            "canaries": 5,
            "false_accepts": 0,
            "bound_95": pytest.approx(1 - 0.05 ** (1 / 5)),
            "kinds": {
                "empty": {
                    "canaries": 5,
                    "false_accepts": 0,
                    "bound_95": pytest.approx(1 - 0.05 ** (1 / 5)),
                }
            },
        },
        {"verifier": "hard verifiers", "canaries": "not measured"},
    ]
    assert "5 records rest on a model's opinion alone." in card["limits"]
    assert "1 records assert facts that nothing here could check." in card["limits"]
    assert card["filters"]["at_least"] == {"quality": 2.0}
    # Every prompt by its hash, every model with the licence that the catalogue has.
    (hashes,) = card["prompts"].values()
    assert [len(one) for one in hashes] == [64]
    assert card["generators"] == [
        {"model": "local:qwen2.5-coder-1.5b", "roles": "solver", "licence": "Apache-2.0"}
    ]
    said = (tmp_path / "out" / "README.md").read_text()
    assert "| judge openai:judge | 5 | 0 | 45.07% | 5 | 0 |" in said
    assert "| hard verifiers | not measured | not measured | not measured |" in said
    assert "| judge openai:judge | empty | 5 | 0 | 45.07% |" in said


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: str(entry.name))
def test_licences_of_embedded_models_are_the_catalogues(entry: Any) -> None:
    assert licence_of(f"local:{entry.name}") == entry.licence


def test_licences_that_nobody_has_told_are_not_guessed() -> None:
    for spec in ("openai:gpt-5", "local:mine", "python:default:Chat", "what"):
        assert "not known" in licence_of(spec)


def judged(outcome: str, verdict: str) -> Evidence:
    return Evidence(
        kind=EvidenceKind.JUDGE,
        check="judge_opinion",
        claim="good",
        outcome=Outcome.PASS if verdict == "pass" else Outcome.INCONCLUSIVE,
        basis="openai:j",
        observed={"canary": {"kind": "colon", "outcome": outcome}},
    )


def test_canaries_are_counted_over_what_was_turned_down_too() -> None:
    """A judge that keeps a canary has its candidate turned down: records alone would show a perfect judge."""
    verdict = Verdict.accept([judged("caught", "pass")])
    kept = [made("self_instruct", n, "a", f"b{n}", verdict, risk=Risk.STYLE) for n in range(3)]
    void = Verdict.abstain("judge_failed_canary", "it keeps one", [judged("passed", "no")])
    turned_down = Rejection(
        slot=9, attempt=1, stage="judge", code="judge_failed_canary", reason="x", verdict=void
    )
    found = judge_canaries([*kept, turned_down])["openai:j"]
    assert found.share == (1, 4)
    assert found.passed == {"colon": 1}


async def test_a_card_of_a_run_has_its_funnel_its_cost_and_the_command(
    tmp_path: Path, needs_sandbox: None
) -> None:
    run = tmp_path / "run"
    chat = ScriptedChat(respond=replies(lambda slot, attempt: "malformed" if slot == 1 else "good"))
    await proofset.arun(
        "verified_math",
        n=4,
        model=chat,
        out=run,
        agents={"verifier": TrustingVerifier()},
        settings={"n_attempts": 1},
    )
    export(Order(run, tmp_path / "out", "hf", validation=0.34))
    card = json.loads((tmp_path / "out" / "card.json").read_text())
    assert card["yield"]["funnel"] == {"proposed": 3, "novel": 3, "solved": 3, "verified": 3, "kept": 3}
    assert card["yield"]["turned_down"] == {"proposer: malformed": 1}
    assert card["yield"]["usage"]["calls"] == 3 * 3 + 2
    assert card["thresholds"] == {"n_attempts": 1}
    assert card["seeds"] == [0]
    config = make_config(yaml.safe_load((tmp_path / "out" / "card.yaml").read_text()), source="card.yaml")
    assert (config.graph, config.n, config.settings.n_attempts) == ("verified_math", 4, 1)
    for command in card["reproduce"]:
        words = shlex.split(command)[1:]
        found = cli.get_command(click.Context(cli), words[0])
        assert found is not None
        options = {option for parameter in found.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options
    head = yaml.safe_load((tmp_path / "out" / "README.md").read_text().split("---\n")[1])
    assert [one["split"] for one in head["configs"][0]["data_files"]] == ["train", "validation"]
    assert str(tmp_path) not in "".join(
        path.read_text() for path in (tmp_path / "out").iterdir() if path.suffix in (".json", ".md", ".yaml")
    )


def test_names_from_outside_are_no_markdown_and_no_yaml(tmp_path: Path) -> None:
    record = judged_record(1)
    lineage = record.lineage.model_copy(
        update={"models": {"solver": "openai:a|b\n# [x](http://evil) <script>`"}}
    )
    card = exported(tmp_path, [record.model_copy(update={"lineage": lineage})], name="a: b\n---\n# c")
    text = readme_of(card, {"train": "train.jsonl"})
    front, body = text.removeprefix("---\n").split("\n---\n", 1)
    assert yaml.safe_load(front)["pretty_name"] == "a: b --- # c"
    assert [line for line in body.splitlines() if line.startswith("# ")] == ["# a: b --- \\# c"]
    assert "<script>" not in body
    assert "a\\|b \\# \\[x\\](http://evil) \\<script\\>\\`" in body
