"""Rules on an instruction that was written for a text: does it give it away, does it do without it?"""

from __future__ import annotations

import pytest

from proofset.agents.backtranslation_task import FunctionDraft, doctest_of, problem_for, signature_of
from proofset.agents.judging import Curation
from proofset.records import Evidence, EvidenceKind, Grade, Origin, Outcome, Verdict
from proofset.tools.checks import (
    asks_by_itself,
    gives_nothing_away,
    keeps_to_the_text,
    same_language,
    says_its_subject,
    stands_by_itself,
)
from proofset.tools.instructions import language_of, points_elsewhere, speaks_of_a_text, stated_answer
from proofset.tools.instructions.subject import shared_words

TEXT = (
    "Bread rises since yeast makes gas. Let the dough rest for 90 minutes at 24 degrees, then bake it for 35."
)


@pytest.mark.parametrize(
    ("instruction", "fault"),
    [
        ("How do I make bread rise well?", ""),
        ("Say that bread rises since yeast makes gas. Let the dough rest for a while.", "words on end"),
        ("Why does dough rest for 90 minutes at 24 degrees?", "says 2 of 3 figures"),
        ("Why bake it for 35 minutes?", ""),
    ],
)
def test_an_instruction_must_not_give_its_answer_away(instruction: str, fault: str) -> None:
    evidence = gives_nothing_away(instruction, TEXT, words=10, figures=0.5)
    assert fault in str(evidence.observed["detail"])
    assert (evidence.outcome is Outcome.FAIL) is bool(fault)


def test_an_instruction_must_not_say_the_answer_that_the_text_ends_in() -> None:
    text = "Three rows of seven make twenty-one, and two more are there. The answer is 23."
    assert "it says the answer, 23" in str(
        gives_nothing_away("Why are there 23 seats?", text, words=10, figures=0.5).observed["detail"]
    )


@pytest.mark.parametrize(
    ("instruction", "speaks"),
    [
        ("Summarise the text above.", True),
        ("What does this passage say about bread?", True),
        ("According to the author, why does bread rise?", True),
        ("Explain the following.", True),
        ("What is mentioned above about yeast?", True),
        ("Rewrite the given paragraph.", True),
        ("What is the mean time in the given table?", True),
        ("How do I make bread rise well?", False),
        ("Write a short text about bread.", False),
        ("What lies above the clouds?", False),
        ("Write a poem with the following rhymes: sea, tree.", False),
    ],
)
def test_an_instruction_must_not_speak_of_a_text_nobody_sees(instruction: str, speaks: bool) -> None:
    assert bool(speaks_of_a_text(instruction)) is speaks
    assert (asks_by_itself(instruction).outcome is Outcome.FAIL) is speaks


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("However, this is not always so.", True),
        ("It was built in spring.", True),
        ("Bread rises, as shown above.", True),
        ("See Figure 3 for the shape of the loaf.", True),
        ("Read [the next page](next.md) first.", True),
        ("The previous chapter deals with flour.", True),
        ("Bread rises since yeast makes gas.", False),
        ("Read [about yeast](https://yeast.example) first.", False),
        ("Itch is no illness.", False),
        ("Temperatures below zero stop the yeast.", False),
    ],
)
def test_a_text_must_not_point_at_what_nobody_sees(text: str, points: bool) -> None:
    assert bool(points_elsewhere(text)) is points
    assert (stands_by_itself(text).outcome is Outcome.FAIL) is points


def test_an_instruction_must_say_what_the_text_is_about() -> None:
    text = "In autumn Aldermoor is quiet. Yet Aldermoor wakes in May, and all who know Aldermoor return."
    assert "'Aldermoor'" in str(says_its_subject("Describe the town.", text, mentions=3).observed["detail"])
    assert says_its_subject("Describe aldermoor.", text, mentions=3).outcome is Outcome.PASS
    assert says_its_subject("Describe the town.", text, mentions=4).outcome is Outcome.PASS
    several = f"{text} So do Berrow and Cove: all love Berrow, and none leaves Berrow for long."
    assert says_its_subject("Describe the towns.", several, mentions=3).outcome is Outcome.PASS


def test_an_instruction_must_say_the_numbers_that_the_text_reckons_with() -> None:
    prose = "There are 13 * 7 = 91 seats, and 91 - 5 = 86 of them are free."
    text = f"{prose} The answer is 86."
    assert says_its_subject("Describe the hall.", prose, mentions=3).outcome is Outcome.PASS
    missing = says_its_subject("How many seats are free?", text, mentions=3)
    assert "reckons with 13, 7, 5" in str(missing.observed["detail"])
    asked = "A hall has 13 rows of 7 seats; 5 are taken. How many are free?"
    assert says_its_subject(asked, text, mentions=3).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("instruction", "text", "shared"),
    [
        ("What does a cache in computer science mean?", "A run may be reported on while it goes on.", []),
        ("Explain how yeasts raise a dough.", "Yeast makes gas, and the dough rises.", ["yeasts", "dough"]),
        ("Describe the limits of a company.", "A solution has at most forty characters.", []),
        ("Write about it.", "Bread rises.", None),
        ("为什么面团会发起来，请说明原因", "酵母产生气体，于是面团膨胀。", None),
        ("Wie bewahrt die Gilde ihre Boote auf?", "Die Boote der Gilde liegen im Schuppen.", 3),
    ],
)
def test_an_instruction_must_speak_of_what_its_text_speaks_of(
    instruction: str, text: str, shared: list[str] | int | None
) -> None:
    found = shared_words(instruction, text)
    assert (found if not isinstance(shared, int) else len(found or ())) == shared
    outcome = keeps_to_the_text(instruction, text, words=1).outcome
    assert (outcome is Outcome.FAIL) is (shared == [])
    assert keeps_to_the_text(instruction, text, words=0).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The boats lie in the shed, and they are tarred in spring.", "english"),
        ("Die Boote liegen im Schuppen und werden von den Leuten geteert.", "german"),
        ("Les bateaux sont dans le hangar et les gens du port les goudronnent.", "french"),
        ("Los barcos están en el cobertizo y la gente del puerto los cuida por la noche.", "spanish"),
        ("Лодки лежат в сарае всю зиму.", "cyrillic"),
        ("船は冬の間ずっと小屋の中に置かれています。", "japanese"),
        ("`def f(x): return x` boats tar", ""),
        ("Boats.", ""),
        ("", ""),
    ],
)
def test_a_language_is_told_by_script_and_stop_words(text: str, language: str) -> None:
    assert language_of(text) == language


def test_instruction_and_text_must_be_in_one_language() -> None:
    german = "Wie liegen die Boote im Winter, und was ist für sie wichtig?"
    english = "The boats lie in the shed, and they are tarred in spring by all of the guild."
    found = same_language(german, english)
    assert found is not None and found.outcome is Outcome.FAIL
    assert same_language("Boats?", english) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("So the answer is 42.", "42"),
        ("12 * 4 = 48\n#### 1,048", "1048"),
        ("Hence \\boxed{-3.5}.", "-3.5"),
        ("The total is $86 in all.", ""),
        ("In total: 86 seats", "86"),
        ("The answer is 42, and then he left for the sea.", ""),
        ("Version 2.0", ""),
    ],
)
def test_only_a_text_that_ends_in_a_number_as_its_answer_states_one(text: str, answer: str) -> None:
    assert stated_answer(text) == answer


def test_five_demands_make_the_score_and_none_makes_one() -> None:
    names = list(Curation.model_fields)
    for met in range(6):
        marks = Curation(**{name: number < met for number, name in enumerate(names)})
        assert marks.numbers == {"curation": float(max(1, met))}
        assert bool(marks.low(4.5)) is (met < 5)


@pytest.mark.parametrize("text", ['{"relevant": 1}', "5", "Score: 5", '{"score": 5}', ""])
def test_a_score_that_cannot_be_read_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Curation.model_validate_json(text)


def test_checks_of_wording_lift_no_grade() -> None:
    wording = asks_by_itself("How does bread rise?")
    assert wording.kind is EvidenceKind.WORDING
    assert Verdict.accept([wording]).grade is Grade.JUDGED
    hard = Evidence(kind=EvidenceKind.EXECUTION, check="x", claim="y", outcome=Outcome.PASS, basis="openai:a")
    other = hard.model_copy(update={"kind": EvidenceKind.AGREEMENT, "basis": "openai:b"})
    assert Verdict.accept([wording, hard]).grade is Grade.CHECKED
    assert Verdict.accept([wording, hard, other]).grade is Grade.PROVED


def test_a_problem_for_a_function_has_its_head_and_doctests() -> None:
    draft = FunctionDraft(problem="Add one.", examples=["f(2) == 3", "assert f( -1 )==0"])
    made = problem_for(draft, "def f(x: int,\n      y=(1)) -> int:\n    return x + y", Origin())
    assert made.problem == "Add one.\n\n>>> f(2)\n3\n>>> f(-1)\n0"
    assert (made.entry_point, made.signature) == ("f", "def f(x: int, y=1) -> int:")


@pytest.mark.parametrize("example", ["f(2)", "f(2) is 3", "f(2) = 3", "x.f(2) == 3", "", "(" * 2000])
def test_an_example_that_is_no_call_with_its_result_is_told(example: str) -> None:
    with pytest.raises(ValueError, match="write each example as"):
        doctest_of(example)


@pytest.mark.parametrize(
    "function", ["x = 1", "def f():\n    return 1", "def f(*x):\n    return x", "def f(:"]
)
def test_a_function_that_cannot_be_asked_for_is_told(function: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        signature_of(function)
