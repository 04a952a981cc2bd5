"""What docs/answers.md says about ambiguous answers is what the checker does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from proofset.tools.answers._infer import infer
from proofset.tools.answers._worker import compare_pair

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "answers.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([^|]+) \| `(.+?)` \| `(.+?)` \| (accept|reject|abstain) \|$", TEXT, re.MULTILINE)
OUTCOMES = {"accept": "pass", "reject": "fail", "abstain": "inconclusive"}


def test_the_policy_has_its_rows() -> None:
    assert len(ROWS) == TEXT.count("` | accept |") + TEXT.count("` | reject |") + TEXT.count("` | abstain |")
    assert len(ROWS) > 30


@pytest.mark.parametrize(
    ("gold", "answer", "verdict"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_the_policy_holds(gold: str, answer: str, verdict: str) -> None:
    judgement = compare_pair("", gold, answer)
    assert judgement.outcome == OUTCOMES[verdict], judgement


ASKED = [
    ("8", "8 kg", "How many kg does the box weigh?", "pass"),
    ("8", "8 kg", "How many grams does the box weigh?", "inconclusive"),
    ("8 kg", "8", "How heavy is the box in kg?", "pass"),
    ("60", "60^\\circ", "What is the angle in degrees?", "pass"),
    ("60", "60 hours", "How far does the train go in an hour?", "inconclusive"),
    ("25", "25\\%", "What percent of the class is absent?", "pass"),
    ("25", "25\\%", "A shirt is 10% off. What does it cost?", "inconclusive"),
    ("132_4", "132", "Write the number 30 in base 4.", "pass"),
    ("132_4", "132", "How much is $33_4 + 33_4$?", "inconclusive"),
    ("12", "12 red apples", "Tom has 5 bags. How many red apples has he?", "pass"),
    ("12", "12 bags", "Tom has 5 bags. How many red apples has he?", "inconclusive"),
    ("C", "42", "What is 6 * 7? (A) 40 (B) 41 (C) 42 (D) 43", "pass"),
    ("C", "41", "What is 6 * 7? (A) 40 (B) 41 (C) 42 (D) 43", "fail"),
    ("5", "6 cm", "How many cm?", "fail"),
]


@pytest.mark.parametrize(("gold", "answer", "problem", "outcome"), ASKED)
def test_what_the_problem_asks_for_goes_without_saying(
    gold: str, answer: str, problem: str, outcome: str
) -> None:
    assert compare_pair("", gold, answer, problem).outcome == outcome


@pytest.mark.parametrize(
    ("gold", "kind"),
    [
        ("7", "integer"),
        ("1,250", "integer"),
        ("\\sqrt{49}", "integer"),
        ("n = 7", "integer"),
        ("0.5", "rational"),
        ("\\frac{1}{2}", "rational"),
        ("\\sqrt{2}", "closed_form"),
        ("2-3i", "closed_form"),
        ("x^2", "expression"),
        ("xy", "expression"),
        ("y = x^2", "equation"),
        ("x + y < 3", "equation"),
        ("f(1) < f(2)", "equation"),
        ("x < 3", "interval"),
        ("[2, 5]", "interval"),
        ("[2, 5, 7]", "tuple"),
        ("(2, 5)", "tuple"),
        ("x = 2, y = 5", "tuple"),
        ("x = 2, x = 5", "set"),
        ("\\boxed{2} and \\boxed{5}", "set"),
        ("\\emptyset", "set"),
        ("\\begin{bmatrix} 1 \\\\ 2 \\end{bmatrix}", "matrix"),
        ("1,250 dollars", "quantity"),
        ("4:20 PM", "quantity"),
        ("no solution", "text"),
        ("Monday", "text"),
        ("", "text"),
        ("\\int x", "text"),
        ("B", "choice"),
    ],
)
def test_the_type_is_inferred_from_the_gold(gold: str, kind: str) -> None:
    assert infer(gold) == kind
