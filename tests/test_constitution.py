"""The rules of Constitutional AI that need no judge, the constitution's file, and the prompts' file."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from proofset.agents import Settings
from proofset.agents.constitution import is_helpful
from proofset.agents.prompts.constitution import load_constitution, read_constitution
from proofset.errors import ProofsetError, UsageError
from proofset.records import Evidence, EvidenceKind, Grade, Outcome, Verdict, rng
from proofset.seeds import load_seed_prompts, load_seeds
from proofset.tools.checks import critique_is_grounded, rerun, revision_is_sound
from proofset.tools.instructions.revised import (
    Limits,
    critique_faults,
    declines,
    evasion,
    revision_faults,
    same_text,
)
from proofset.tools.sandbox import Sandbox

KNOWN = ("no-harm", "privacy")
RESPONSE = "Look at her phone while she sleeps.\n\nShe’ll “never” know — so they say."
SETTINGS = Settings()
LIMITS = Limits(SETTINGS.revision_growth, SETTINGS.echo_words, SETTINGS.engaged_words)
CRITIQUE = "The response tells how to pry into a phone, which is hers alone to open or to show."
REQUEST = "Rewrite it so that nobody's private life is pried into; say whose say it is."


def codes_of_critique(principle: str = "privacy", quote: str = "her phone", critique: str = CRITIQUE) -> Any:
    return [
        f.code for f in critique_faults(principle, quote, critique, RESPONSE, drawn="privacy", known=KNOWN)
    ]


def codes_of_revision(after: str, before: str = RESPONSE, prompt: str = "How do I read her mail?") -> Any:
    found = revision_faults(before, after, prompt=prompt, critique=CRITIQUE, request=REQUEST, limits=LIMITS)
    return [fault.code for fault in found]


def test_a_critique_names_a_principle_that_exists() -> None:
    assert codes_of_critique() == []
    assert codes_of_critique(principle="no-fun") == ["unknown_principle"]


def test_a_critique_goes_by_the_principle_that_was_drawn() -> None:
    assert codes_of_critique(principle="no-harm") == ["other_principle"]


@pytest.mark.parametrize(
    ("quote", "codes"),
    [
        ("Look at her phone while she sleeps.", []),
        ("look  at HER phone", []),
        ('sleeps. She\'ll "never" know', []),
        ('"while she sleeps"...', []),
        ("Look at his phone", ["invented_quote"]),
        ("she sleeps while her phone", ["invented_quote"]),
        ("", ["no_quote"]),
        ('"..."', ["no_quote"]),
        ("a", ["no_quote"]),
    ],
)
def test_a_critique_quotes_what_is_in_the_response(quote: str, codes: list[str]) -> None:
    assert codes_of_critique(quote=quote) == codes


def test_a_critique_says_what_is_wrong() -> None:
    assert codes_of_critique(critique="Bad.") == ["no_critique"]


@given(st.text(min_size=1, max_size=80), st.text(max_size=40), st.text(max_size=40))
def test_every_span_of_a_response_may_be_quoted(span: str, before: str, after: str) -> None:
    response = f"{before} {span} {after}"
    found = critique_faults("privacy", span, CRITIQUE, response, drawn="privacy", known=KNOWN)
    assert "invented_quote" not in [fault.code for fault in found]


@pytest.mark.parametrize(
    "after", [RESPONSE, RESPONSE.upper(), f"  {RESPONSE}!!\n", RESPONSE.replace("\n", " ")]
)
def test_a_revision_differs_from_what_it_revises(after: str) -> None:
    assert codes_of_revision(after) == ["unchanged"]
    assert same_text(after, RESPONSE)
    assert codes_of_revision("Ask her about it when you have breakfast together.") == []


def test_a_revision_is_bounded_in_length() -> None:
    words = len(RESPONSE.split())
    assert codes_of_revision("word " * (words + LIMITS.revision_growth)) == []
    assert codes_of_revision("word " * (words + LIMITS.revision_growth + 1)) == ["grown_too_much"]


def test_a_revision_does_not_echo_the_critique() -> None:
    assert codes_of_revision(f"Ask her. {CRITIQUE}") == ["echoes_critique"]
    assert codes_of_revision(f"Ask her. {REQUEST}") == ["echoes_critique"]
    assert codes_of_revision("Here is the revised response: ask her.") == ["echoes_critique"]
    # Seven words on end may be the subject's own.
    assert codes_of_revision("Ask her: a phone is hers alone to open or to lend.") == []
    # What the text or the prompt said before is no echo.
    assert codes_of_revision(f"Ask her. {CRITIQUE}", before=f"Pry. {CRITIQUE}") == []
    assert codes_of_revision("A revised response is ready.", prompt="What is a revised response?") == []


STUBS = (
    "I'm sorry, but I can't help with that.",
    "I cannot assist with this request. Is there anything else I can help you with?",
    "Sorry, I can't do that. Please understand.",
    "As an AI, I am not able to answer. Thank you for asking!",
    "I won't help with that. It's against my guidelines.",
    "I am unable to provide that information. Let me know if you have another question.",
    "I’m sorry, I can’t help.",
)
ENGAGED = (
    "I won't help with reading her messages, because they are hers, and finding out would cost you her "
    "trust. If something worries you, tell her what you noticed and ask.",
    "I can't help with opening a lock that is not yours: its owner would lose a bicycle. If it is yours, the "
    "shop that sold it can cut it for you when you show the receipt.",
    "Keep your dog away from yew and holly.",
    "Seven minutes.",
    "You cannot put metal in a microwave oven.",
)


@pytest.mark.parametrize("stub", STUBS)
def test_a_revision_is_no_evasive_stub(stub: str) -> None:
    assert "evasive" in codes_of_revision(stub)
    assert declines(stub)


@pytest.mark.parametrize("text", ENGAGED)
def test_an_engaged_explained_refusal_is_wanted(text: str) -> None:
    assert evasion(text, LIMITS.engaged_words) == ""
    assert "evasive" not in codes_of_revision(text)


@given(st.text(max_size=300))
def test_the_rules_read_any_text(text: str) -> None:
    list(critique_faults(text, text, text, text, drawn="privacy", known=KNOWN))
    list(revision_faults(text, text[::-1], prompt=text, critique=text, request=text, limits=LIMITS))
    assert "unchanged" in codes_of_revision(text, before=text)


def grounded(quote: str = "her phone") -> Evidence:
    return critique_is_grounded("privacy", quote, CRITIQUE, RESPONSE, drawn="privacy", known=KNOWN)


def sound(after: str = "Ask her about it.") -> Evidence:
    return revision_is_sound(
        RESPONSE, after, prompt="How?", critique=CRITIQUE, request=REQUEST, limits=LIMITS, basis="m"
    )


@pytest.mark.parametrize("evidence", [grounded(), grounded("his phone"), sound(), sound(STUBS[0])])
async def test_what_was_checked_is_checked_again_from_the_evidence_alone(
    evidence: Evidence, sandbox: Sandbox
) -> None:
    again = await rerun(Evidence.model_validate_json(evidence.model_dump_json()), sandbox)
    assert again == evidence


@pytest.mark.parametrize(
    ("evidence", "name"), [(grounded(), "known"), (sound(), "limits"), (sound(), "after")]
)
async def test_evidence_that_lacks_an_input_is_refused(
    evidence: Evidence, name: str, sandbox: Sandbox
) -> None:
    inputs = {key: value for key, value in evidence.inputs.items() if key != name}
    with pytest.raises(ProofsetError, match=f"its input '{name}'"):
        await rerun(evidence.model_copy(update={"inputs": inputs}), sandbox)


def test_checks_of_wording_lift_no_grade() -> None:
    assert Verdict.accept([grounded(), sound()]).grade is Grade.JUDGED
    form = Evidence(kind=EvidenceKind.FORMAT, check="x", claim="x", outcome=Outcome.PASS, basis="none")
    assert Verdict.accept([sound(), form]).grade is Grade.CHECKED
    # But it can fail a candidate.
    with pytest.raises(ValueError, match="no failed hard check"):
        Verdict.accept([sound(), sound(STUBS[0])])


@pytest.mark.parametrize(("share", "wanted"), [(0.0, 0), (0.4, 40), (0.33, 33), (1.0, 100), (0.05, 5)])
def test_the_share_of_ordinary_prompts_is_exact_and_spread(share: float, wanted: int) -> None:
    drawn = [is_helpful(slot, share) for slot in range(100)]
    assert sum(drawn) == wanted
    for start in range(0, 100, 20):
        assert abs(sum(drawn[start : start + 20]) - 20 * share) < 1


# The constitution.

FIELDS = ("id", "critique", "revision", "comparison")
GOOD = "".join(f"{'- ' if name == 'id' else '  '}{name}: text of {name}\n" for name in FIELDS)


def test_16_principles_each_with_a_critique_a_revision_and_a_comparison() -> None:
    constitution = load_constitution()
    assert len(constitution.principles) == len(set(constitution.ids)) == 16
    for principle in constitution.principles:
        assert re.fullmatch(r"[a-z-]+", principle.id)
        assert len(set(principle)) == 4
        assert principle.comparison.endswith("?")
    assert "engaged" in constitution.ids


def test_every_principle_has_the_same_chance() -> None:
    constitution = load_constitution()
    drawn = Counter(constitution.draw(rng(0, slot, 1, "critic", 0)).id for slot in range(1600))
    assert set(drawn) == set(constitution.ids)
    # 15 degrees of freedom: above 37.7 in one of a thousand fair draws, and the draw is always the same.
    assert sum((count - 100) ** 2 / 100 for count in drawn.values()) < 37.7


def test_a_draw_leaves_out_what_has_passed_while_there_are_others() -> None:
    constitution = load_constitution()
    most = frozenset(constitution.ids[:-1])
    for number in range(20):
        assert constitution.draw(rng(number), without=most).id == constitution.ids[-1]
    assert constitution.draw(rng(0), without=frozenset(constitution.ids)).id in constitution.ids


def test_a_constitution_in_other_forms_of_yaml_is_read() -> None:
    folded = GOOD.replace("text of critique", ">\n    in two\n    lines")
    assert read_constitution("c", folded.encode()).principles[0].critique == "in two lines"
    assert read_constitution("c", b"\xef\xbb\xbf" + GOOD.encode()).ids == ("text of id",)
    assert read_constitution("c", GOOD.replace("text of id", "12").encode()).ids == ("12",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "c: holds no principle; write a list"),
        ("# only a comment\n", "c: holds no principle"),
        ("[]", "c: holds no principle"),
        ("a: 1\n", "c line 1: not a list"),
        ("just words\n", "c line 1: not a list"),
        ("- one\n", "c line 1: not a principle"),
        (GOOD + "- - x\n", "c line 5: not a principle"),
        (GOOD + GOOD, "c line 5: id 'text of id' is taken by the principle of line 1"),
        ("- critique: a\n  revision: b\n  comparison: c\n", "c line 1: the principle has no `id`"),
        ("- id: a\n  critique: b\n  revision: c\n", "c line 1: the principle 'a' has no `comparison`"),
        (GOOD + "  id: again\n", "c line 5: field `id` stands twice"),
        (GOOD + "  note: x\n", "c line 5: field `note` is not known"),
        (GOOD.replace("text of revision", ""), "c line 3: field `revision` is empty"),
        (GOOD.replace("text of revision", "~"), "c line 3: field `revision` is empty"),
        (GOOD.replace("text of id", "' '"), "c line 1: field `id` is empty"),
        (GOOD.replace("text of revision", "[a, b]"), "c line 3: field `revision` is not a text"),
        (GOOD.replace("text of id", "x" * 61), "c line 1: field `id` has 61 characters; at most 60"),
        (GOOD.replace("text of critique", "x" * 2001), "c line 2: field `critique` has 2001 characters"),
        ("- id: 'a\n", "c line 2: no valid YAML"),
        ("- id: a\n   b: c\n", "c line 2: no valid YAML"),
        ("a\0b", "c: no valid YAML|c line 1: no valid YAML"),
        ("[" * 5000, "c: nested too deeply|no valid YAML"),
    ],
)
def test_a_broken_constitution_is_refused_by_file_and_line(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_constitution("c", text.encode())
    assert any(part in str(refused.value) for part in said.split("|"))
    assert "\n" not in str(refused.value)


def test_a_constitution_of_another_encoding_is_refused_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(GOOD.encode() + "- id: Güte\n".encode("latin-1"))
    with pytest.raises(UsageError, match=r"c\.yaml line 5: not UTF-8; save the file in UTF-8"):
        load_constitution(str(path))
    with pytest.raises(UsageError, match=r"nowhere\.yaml: cannot be read \(No such file"):
        load_constitution(str(tmp_path / "nowhere.yaml"))
    with pytest.raises(UsageError, match="cannot be read"):
        load_constitution(str(tmp_path))


@given(st.text(max_size=200))
def test_any_text_is_a_constitution_or_one_clear_line(text: str) -> None:
    try:
        assert read_constitution("c", text.encode("utf-8", "surrogatepass")).principles
    except UsageError as error:
        assert str(error).startswith("constitution c")
        assert "\n" not in str(error)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30)


@given(st.dictionaries(TEXTS, st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4))
def test_a_constitution_reads_back_as_it_was_written(written: dict[str, tuple[str, str, str]]) -> None:
    rows = [dict(zip(FIELDS, (id_, *texts), strict=True)) for id_, texts in written.items()]
    read = read_constitution("c", yaml.safe_dump(rows, allow_unicode=True).encode())
    assert [principle._asdict() for principle in read.principles] == rows


# The prompts of a red team, and those beside them.


def test_built_in_prompts_are_of_both_kinds_and_several_categories() -> None:
    seeds = load_seed_prompts()
    red = [seed for seed in seeds if not seed.helpful]
    assert (len(red), len(seeds) - len(red)) == (24, 18)
    assert min(Counter(seed.category for seed in seeds).values()) == 3
    assert len({seed.prompt for seed in seeds}) == len(seeds)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no"),
        ('{"prompt": ""}\n', "line 1: field `prompt` is empty"),
        ('{"prompt": "a"}\n\n{"category": "x"}\n', "line 3: missing field `prompt`; each line needs"),
        ('{"prompt": 7}\n', "line 1: field `prompt` is not a text"),
        ('{"prompt": "a", "helpful": "yes"}\n', "line 1: field `helpful` is neither true nor false"),
        ('{"prompt": "a", "id": "x"}\n{"prompt": "b", "id": "x"}\n', "line 2: id 'x' is taken by line 1"),
        ('{"prompt": "a"}\n{"prompt": \n', "line 2: not valid JSON"),
        ('{"prompt": "a"}\n["b"]\n', "line 2: not a JSON object"),
    ],
)
def test_a_broken_file_of_prompts_is_refused_by_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_text(text)
    with pytest.raises(UsageError) as refused:
        load_seeds(path)
    assert str(path) in str(refused.value)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_prompts_need_no_more_than_a_prompt(tmp_path: Path) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_text('{"prompt": "One?", "source": "x"}\n{"prompt": "Two?", "helpful": true}\n')
    one, two = load_seed_prompts(path)
    assert (one.id, one.category, one.helpful) == ("line-1", "general", False)
    assert two.helpful
    assert load_seeds(path) == (one, two)
