"""Mutants: every operator changes something, what it makes is Python, and the choice is the same again."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofset.tools.programs.cores import core_of
from proofset.tools.programs.mutants import Mutant, mutants_of
from proofset.tools.programs.mutators import OPERATORS

# For each operator a body that it changes, and a text that one of its mutants holds.
CHANGED = {
    "comparison-negated": ("return a < b", "a >= b"),
    "comparison-at-bound": ("return a < b", "a <= b"),
    "membership": ("return a in b", "a not in b"),
    "identity": ("return a is None", "a is not None"),
    "arithmetic": ("return a // b", "a / b"),
    "bitwise": ("return a & b", "a | b"),
    "operand-dropped": ("return a + b", "return b"),
    "augmented": ("a += b\n    return a", "a -= b"),
    "connective": ("return a and b", "a or b"),
    "part-dropped": ("return a and b and f(a)", "return b and f(a)"),
    "condition-negated": ("if a:\n        return b", "if not a"),
    "condition-fixed": ("return a if b else 0", "a if False else 0"),
    "negation-dropped": ("return not a", "return a"),
    "number-shifted": ("return a * 7", "a * 8"),
    "text-changed": ("return a + 'st'", "'s'"),
    "truth-flipped": ("return True", "return False"),
    "range-bound": ("return list(range(a, b))", "range(a, b - 1)"),
    "slice-bound": ("return a[1:b]", "a[1:b + 1]"),
    "index-shifted": ("return a[0]", "a[-1]"),
    "statement-removed": ("a = b\n    return a", "pass"),
    "returned": ("return a", "return None"),
    "loop-exit": ("for x in a:\n        break\n    return b", "continue"),
    "loop-cut": ("for x in a:\n        b += x\n    return b", "list(a)[1:]"),
    "opposite": ("return min(a, b)", "max(a, b)"),
    "order-reversed": ("return sorted(a)", "reverse=True"),
    "method-exchanged": ("return a.lower()", "a.upper()"),
    "arguments-swapped": ("return f(a, b)", "f(b, a)"),
    "default-changed": ("return a", "b=None"),
    "wrapper-dropped": ("return abs(a)", "return a"),
    "length-shifted": ("return len(a)", "len(a) - 1"),
    "branch-dropped": (
        "if a:\n        b = 1\n    else:\n        b = 2\n    return b",
        "if a:\n        b = 1\n    return",
    ),
    "collection-emptied": ("return [a]", "return []"),
}


def program(body: str) -> str:
    return f'def f(a, b=5):\n    """Says a thing: 1 < 2."""\n    {body}\n'


def test_every_operator_is_tried() -> None:
    assert CHANGED.keys() == OPERATORS.keys()
    assert len(OPERATORS) >= 20


@pytest.mark.parametrize("operator", CHANGED)
def test_each_operator_changes_its_syntax(operator: str) -> None:
    body, wanted = CHANGED[operator]
    made = [mutant for mutant in mutants_of(program(body), limit=1_000) if mutant.operator == operator]
    assert any(wanted in mutant.source for mutant in made), [mutant.source for mutant in made]


NAMES = st.sampled_from(
    ["a", "b", "len(a)", "a[0]", "b[1:]", "sorted(a)", "-1", "0", "3", "'x'", "True", "[]"]
)
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: (
        st.builds(
            "({} {} {})".format,
            inner,
            st.sampled_from(["+", "-", "//", "<", "<=", "==", "in", "and", "or", "is not", "&"]),
            inner,
        )
        | st.builds("({} if {} else {})".format, inner, inner, inner)
        | st.builds("[x for x in range({}) if {}]".format, inner, inner)
    ),
    max_leaves=8,
)
BODIES = EXPRESSIONS.map("return {}".format) | st.builds(
    "for a in {}:\n        if {}:\n            break\n        b += {}\n    return b".format,
    EXPRESSIONS,
    EXPRESSIONS,
    EXPRESSIONS,
)


@settings(max_examples=60, deadline=None)
@given(BODIES, st.integers(1, 60), st.integers(0, 9))
def test_mutants_are_python_differ_and_come_again(body: str, limit: int, seed: int) -> None:
    source = program(body)
    made = mutants_of(source, limit=limit, seed=seed)
    assert made == mutants_of(source, limit=limit, seed=seed)
    assert 1 <= len(made) <= limit
    original = ast.unparse(ast.parse(source))
    assert len({mutant.source for mutant in made} | {original}) == len(made) + 1
    for mutant in made:
        assert ast.unparse(ast.parse(mutant.source)) == mutant.source
        assert "Says a thing: 1 < 2." in mutant.source


def test_few_mutants_are_spread_over_the_operators() -> None:
    made = mutants_of(program("return [1, 2, 3, 4, 5, 6, 7, 8, len(a) < b]"), limit=6)
    assert len({mutant.operator for mutant in made}) == 6


def test_annotations_imports_and_decorators_are_left_alone() -> None:
    source = "import os\n\n@cache(5)\ndef f(a: Annotated[int, 3]=None) -> List[0]:\n    pass"
    assert [mutant.source for mutant in mutants_of(source, limit=50)] == [
        ast.unparse(ast.parse(source.replace("=None", "=1")))
    ]


@pytest.mark.parametrize("source", ["def f(:", "\x00", "(" * 5_000, "x = 1\n" * 20_000, ""])
def test_texts_that_cannot_be_changed_have_no_mutants(source: str) -> None:
    assert mutants_of(source, limit=5) == ()


def test_lines_are_those_of_the_original() -> None:
    made = mutants_of("def f():\n\n    return 1\n", limit=9)
    assert Mutant("number-shifted", 3, "def f():\n    return 2") in made
    assert {mutant.line for mutant in made} == {3}


def test_copies_have_one_core() -> None:
    one = "def f(a):\n    '''Adds.'''\n    return a + 1  # one more\n"
    assert core_of(one) == core_of("def f(a):\n\n    return (a+1)")
    assert core_of(one) != core_of("def f(a):\n    return a + 2")
    assert core_of("def f(:") == "def f(:"
