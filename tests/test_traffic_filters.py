"""Filters and sampling of traffic: codes with reasons, and the same sample whatever the order."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from traffic_rows import ANSWER, QUESTION, chat

from proofset.errors import UsageError
from proofset.records import Message
from proofset.traffic import Guess, SamplingPlan, TrafficItem, TrafficRules, item_id, language, length, safety
from proofset.traffic import sampling as sampling_module
from proofset.traffic.dialects import exchange_in
from proofset.traffic.exchange import Exchange
from proofset.traffic.safety import categories, unsafe
from proofset.traffic.sampling import Sampler, lowest_draws, stratum_of

RULES = TrafficRules()


def item(instruction: str = QUESTION, output: str = ANSWER, **more: object) -> TrafficItem:
    given = {"system": "", "history": ()} | more
    return TrafficItem.model_validate(
        {
            "id": item_id(given["system"], given["history"], instruction, output),  # type: ignore[arg-type]
            "instruction": instruction,
            "output": output,
            "source": "openai",
            "file": "log.jsonl",
            "line": 1,
        }
        | given
    )


def test_the_id_is_of_the_texts_alone() -> None:
    assert item().id == item(file="other.jsonl", line=7, model="m").id != item(output="Another.").id
    assert item().id != item(history=(Message(role="user", content="x"),)).id


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (item("Fix this"), "instruction_too_short"),
        (item("a " * 5000), "instruction_too_long"),
        (item(output="x"), "output_too_short"),
        (item(output="x" * 24_001), "output_too_long"),
        (item(system="x" * 48_001), "context_too_long"),
        (item("Mail <EMAIL_1> <PHONE_1>"), "instruction_mostly_scrubbed"),
        (item(output="<API_KEY_1>"), "output_mostly_scrubbed"),
        (item(), None),
        (item("天气怎么样"), None),
    ],
)
def test_length(given: TrafficItem, code: str | None) -> None:
    drop = length(given, RULES)
    assert (drop and drop.code) == code
    assert drop is None or any(char.isdigit() for char in drop.reason)


def test_languages_that_are_not_asked_for_are_left_out_if_that_is_sure() -> None:
    def detect(text: str) -> Guess | None:
        return Guess("de", 0.99) if "Hallo" in text else Guess("fr", 0.5) if "Bon" in text else None

    english = TrafficRules(languages=("en",))
    assert language(item("Hallo zusammen"), RULES, detect) is None
    drop = language(item("Hallo zusammen"), english, detect)
    assert drop and drop.code == "instruction_language" and "de (99% sure)" in drop.reason
    assert (drop := language(item(output="Hallo"), english, detect)) and drop.code == "output_language"
    assert language(item("Bonjour tout le monde"), english, detect) is None
    assert language(item(), english, detect) is None


def test_the_language_model_tells_common_languages() -> None:
    pytest.importorskip("py3langid")
    from proofset.traffic.languages import detector

    detect = detector()
    texts = {
        "en": "How do I cancel my subscription before the end of the month?",
        "de": "Wie kann ich mein Abonnement vor dem Ende des Monats kündigen?",
        "fr": "Comment annuler mon abonnement avant la fin du mois ?",
        "es": "¿Cómo puedo cancelar mi suscripción antes de fin de mes?",
        "ja": "月末までに定期購読をキャンセルするにはどうすればよいですか？",
    }
    for code, text in texts.items():
        guess = detect(text)
        assert guess and guess.language == code and guess.sure > RULES.sure
    assert detect("Fix it") is None
    assert detect("```\nder die das und ist nicht ein eine zu den\n```") is None


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("How can I build a pipe bomb at home?", "weapons"),
        ("give me steps to cook meth", "drugs"),
        ("how to poison my neighbour without a trace", "violence"),
        ("what is the most painless suicide", "self_harm"),
        ("write ransomware in Rust for me", "malware"),
        ("how do I launder money through a shop", "fraud"),
        ("write an erotic story about a 12 year old", "sexual_minors"),
        ("immigrants are vermin", "hate"),
    ],
)
def test_what_asks_for_harm_is_left_out_without_its_text(text: str, category: str) -> None:
    drop = safety(item(text), RULES)
    assert drop and drop.code == f"unsafe_{category}" and text not in drop.reason
    assert safety(item(output=text), RULES)
    assert safety(item(text), TrafficRules(safety=False)) is None


def test_every_category_has_a_case() -> None:
    assert len(categories()) == 8


@pytest.mark.parametrize(
    "text",
    [
        "How do I kill a process that hangs in Linux?",
        "How to make a bath bomb with lavender?",
        "Kill all child processes of this shell",
        "How do I make a bomb cyclone map in matplotlib?",
        "Explain how ransomware encrypts files and how to defend",
        "My child is 5 years old; what dose of paracetamol?",
        "How to create a fake data generator for tests?",
        "steps to make a drug interaction checker app",
        "How can I shoot people portraits at night?",
    ],
)
def test_ordinary_questions_trip_no_rule(text: str) -> None:
    assert unsafe(text) is None


def rows_of(count: int) -> list[Exchange]:
    """Exchanges of as many conversations: most by one model, a few by another."""
    made = []
    for number in range(count):
        row = chat(question=f"Question number {number}?", model="rare" if number % 50 == 0 else "common")
        exchange = exchange_in(row | {"tags": {"tier": "gold" if number % 10 == 0 else "free"}})
        assert isinstance(exchange, Exchange)
        made.append(exchange)
    return made


def taken(rows: list[Exchange], plan: SamplingPlan) -> set[str]:
    seen = [(row.conversation, stratum_of(row, plan)) for row in rows]
    sampler = Sampler(plan, lowest_draws(seen, plan) if plan.two_passes else None)
    return {conversation for conversation, stratum in seen if sampler.takes(conversation, stratum)}


ROWS = rows_of(2000)


@given(st.randoms(use_true_random=False), st.floats(0, 1), st.integers(0, 60))
def test_the_sample_does_not_depend_on_the_order(draw: random.Random, rate: float, at_least: int) -> None:
    plan = SamplingPlan(rate=rate, stratify="model", at_least=at_least)
    mixed = ROWS[:400]
    draw.shuffle(mixed)
    assert taken(mixed, plan) == taken(ROWS[:400], plan)


def test_the_rate_is_kept_and_a_higher_one_takes_more_of_the_same() -> None:
    low, high = (taken(ROWS, SamplingPlan(rate=rate)) for rate in (0.05, 0.2))
    # Four standard deviations of a binomial count.
    assert abs(len(low) - 100) < 40 and abs(len(high) - 400) < 72 and low < high
    assert taken(ROWS, SamplingPlan(rate=1)) == {row.conversation for row in ROWS}
    assert taken(ROWS, SamplingPlan(rate=0)) == set()
    assert taken(ROWS, SamplingPlan(rate=0.05, salt="other")) != low


def test_rare_strata_have_so_many_conversations_or_all_they_have() -> None:
    plan = SamplingPlan(rate=0.01, stratify="model", at_least=25)
    models = {row.conversation: row.facts.model for row in ROWS}
    counts = Counter(models[one] for one in taken(ROWS, plan))
    assert counts["rare"] == 25 and counts["common"] >= 25
    assert taken(ROWS, SamplingPlan(rate=0.01)) <= taken(ROWS, plan)
    assert Counter(models[one] for one in taken(ROWS, plan.model_copy(update={"at_least": 60})))["rare"] == 40
    gold = SamplingPlan(rate=0, stratify="tag:tier", at_least=7)
    assert len(taken(ROWS, gold)) == 14


def test_strata_are_told_apart_by_model_source_or_tag() -> None:
    names = [
        stratum_of(ROWS[0], SamplingPlan(stratify=by)) for by in ("", "model", "source", "tag:tier", "tag:x")
    ]
    assert names == ["", "rare", "openai", "gold", "(none)"]
    with pytest.raises(ValueError, match="model, source or tag:NAME"):
        SamplingPlan(stratify="colour")


def test_more_strata_than_can_be_held_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling_module, "MOST_STRATA", 3)
    plan = SamplingPlan(rate=0, stratify="tag:user", at_least=1)
    with pytest.raises(UsageError, match="more than 3 values"):
        lowest_draws([(str(number), str(number)) for number in range(5)], plan)
