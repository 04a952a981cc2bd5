"""Collapse watch: the figures by hand, by definition and in closed loops."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from markov import Markov

from proofset.cli import cli
from proofset.collapse import METRICS, Family, State, watch
from proofset.collapse.bounds import Metric
from proofset.collapse.meaning import Topics, WordVectors, dispersion, vendi
from proofset.collapse.shape import entropy, length_entropy, opening_entropy
from proofset.collapse.wording import distinct, grams, self_bleu
from proofset.errors import UsageError
from proofset.seeds import load_seed_instructions

HUMAN = [seed.instruction for seed in load_seed_instructions()]
TEXTS = st.lists(st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=8), max_size=6)


def test_distinct_is_distinct_runs_by_all_runs() -> None:
    texts = [["a", "b", "a", "b"], ["a", "c"]]
    assert distinct(texts, 1, 100) == 3 / 6
    assert distinct(texts, 2, 100) == 3 / 4
    assert distinct(texts, 2, 3) == 2 / 3
    assert distinct(texts, 5, 100) == 0


def by_definition(texts: Sequence[Sequence[str]]) -> float:
    texts = [words for words in texts if words]
    if len(texts) < 2:
        return 0.0
    scores = []
    for own, words in enumerate(texts):
        others = [text for place, text in enumerate(texts) if place != own]
        logs = []
        for n in range(1, min(4, len(words)) + 1):
            counts = Counter(grams(words, n))
            allowed = {gram: max(Counter(grams(other, n))[gram] for other in others) for gram in counts}
            matched = sum(min(count, allowed[gram]) for gram, count in counts.items())
            logs.append(math.log((matched or 0.1) / counts.total()))
        closest = min((len(other) for other in others), key=lambda n: (abs(n - len(words)), n))
        brevity = min(1.0, math.exp(1 - closest / len(words)))
        scores.append(brevity * math.exp(sum(logs) / len(logs)))
    return sum(scores) / len(scores)


@given(TEXTS)
def test_self_bleu_is_what_its_definition_gives(texts: list[list[str]]) -> None:
    assert self_bleu(texts) == pytest.approx(by_definition(texts))


def test_self_bleu_of_copies_is_one() -> None:
    assert self_bleu([["a", "b", "c", "d"]] * 3) == pytest.approx(1)


def test_entropy_is_in_bits() -> None:
    assert entropy("aabb") == 1
    assert entropy([]) == 0
    assert length_entropy([["a"] * 10] * 4) == 0
    assert opening_entropy([["write", "a", "poem"], ["write", "the", "poem"], ["name", "a", "fish"]]) == (
        pytest.approx(entropy("aab"))
    )


def test_vendi_counts_different_texts() -> None:
    same = np.tile(np.eye(1, 8, dtype=np.float32), (5, 1))
    assert vendi(same) == pytest.approx(1)
    assert vendi(np.eye(5, 8, dtype=np.float32)) == pytest.approx(5)
    # More texts than places: three groups of equal size are three different texts.
    assert vendi(np.repeat(np.eye(3, dtype=np.float32), 4, axis=0)) == pytest.approx(3)


def test_dispersion_is_the_mean_distance_of_pairs() -> None:
    rows = WordVectors([]).vectors([["a", "b"], ["b", "c"], ["d"]])
    pairs = [1 - float(rows[i] @ rows[j]) for i in range(3) for j in range(3) if i != j]
    assert dispersion(rows) == pytest.approx(sum(pairs) / 6, abs=1e-6)


def test_coverage_is_one_for_the_anchor_and_falls_with_a_lost_topic() -> None:
    words = [["cat", "fur"]] * 20 + [["sum", "add"]] * 20
    vectors = WordVectors(words)
    topics = Topics(vectors.vectors(words), seed=0)
    assert topics.coverage(vectors.vectors(words)) == pytest.approx(1)
    assert topics.coverage(vectors.vectors(words[:20])) == pytest.approx(0.5)


def test_halves_of_human_texts_are_steady() -> None:
    for seed in range(5):
        texts = list(HUMAN)
        random.Random(seed).shuffle(texts)
        (half,) = watch(texts[:87], {"half": texts[87:]}).generations
        assert half.state is State.STEADY, half.findings


def test_the_same_texts_give_the_same_figures() -> None:
    texts = Markov(HUMAN).write(100, 1)
    assert watch(HUMAN, {"a": texts}) == watch(HUMAN, {"a": texts})


@pytest.mark.parametrize("loop", ["replace", "accumulate", "mix"])
def test_the_watch_fires_for_replace_and_not_for_accumulate_or_mix(loop: str) -> None:
    """Five generations of a tiny model, trained on what the loop makes of the last one (arXiv 2404.01413)."""
    training, states = HUMAN, []
    for generation in range(5):
        written = Markov(training).write(len(HUMAN), generation)
        if loop == "replace":
            training = written
        elif loop == "accumulate":
            training = [*training, *written]
        else:
            # Thirty rows of people to seventy of the model.
            training = [*HUMAN, *Markov(training).write(len(HUMAN) * 7 // 3, 100 + generation)]
        (seen,) = watch(HUMAN, {loop: training}).generations
        states.append(seen.state)
    if loop == "replace":
        assert states[-1] is State.COLLAPSED
        assert states.count(State.COLLAPSED) >= 3
    else:
        assert State.COLLAPSED not in states


def test_one_text_over_and_over_is_told_in_every_family() -> None:
    (seen,) = watch(HUMAN, {"copies": ["Write a poem about the sea."] * 60}).generations
    assert {finding.metric.family for finding in seen.findings} == set(Family)
    assert "self_bleu 1.000, the anchor's is" in "".join(finding.reason for finding in seen.findings)


def test_one_family_alone_is_no_collapse() -> None:
    # All of one length, and as broad as ever otherwise.
    texts = [" ".join(text.split()[:8]) for text in HUMAN if len(text.split()) >= 8]
    (seen,) = watch(HUMAN, {"short": texts}).generations
    assert seen.state is State.DRIFTING
    assert {finding.metric.family for finding in seen.findings} == {Family.SHAPE}


def test_few_texts_tell_nothing() -> None:
    (seen,) = watch(HUMAN, {"few": ["One text."] * 49}).generations
    assert seen.state is State.TOO_FEW
    with pytest.raises(UsageError, match=r"the anchor has 3 texts; give at least 50"):
        watch(HUMAN[:3], {"few": HUMAN})


def test_a_figure_that_rises_is_watched_by_what_it_leaves() -> None:
    assert Metric("x", Family.WORDING, 0.5, rises=True).share(0.6, 0.2) == pytest.approx(0.5)
    assert Metric("x", Family.WORDING, 0.5).share(1.0, 0.0) == 1
    assert len({metric.name for metric in METRICS}) == len(METRICS)


def written(path: Path, texts: Sequence[str], field: str = "instruction") -> Path:
    path.write_text("".join(json.dumps({field: text}) + "\n" for text in texts), encoding="utf-8")
    return path


def test_the_command_tells_each_generation_and_fails_for_a_collapse(tmp_path: Path) -> None:
    human = written(tmp_path / "human.jsonl", HUMAN)
    good = written(tmp_path / "one.jsonl", HUMAN[::-1])
    bad = written(tmp_path / "two.jsonl", ["Write a poem about the sea."] * 60)
    done = CliRunner().invoke(cli, ["collapse", str(good), "--anchor", str(human)])
    assert done.exit_code == 0
    assert f"{good}: steady (175 of 175 texts)" in done.output
    done = CliRunner().invoke(cli, ["collapse", str(good), str(bad), "--anchor", str(human), "--json"])
    assert done.exit_code == 1
    rows = [json.loads(line) for line in done.output.splitlines()]
    assert [row["state"] for row in rows] == ["steady", "collapsed"]
    assert set(rows[1]["values"]) == {metric.name for metric in METRICS}


def test_the_command_names_rows_that_it_leaves_out(tmp_path: Path) -> None:
    human = written(tmp_path / "human.jsonl", HUMAN)
    with human.open("a", encoding="utf-8") as file:
        file.write('{"nothing": 1}\nno json\n')
    done = CliRunner().invoke(cli, ["collapse", str(human), "--anchor", str(human), "--json"])
    assert done.exit_code == 0
    assert f"{human} line 176: none of the fields" in done.stderr
    assert f"{human} line 177: no JSON" in done.stderr
