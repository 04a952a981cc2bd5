"""Constants, contracts, annotations and watched programs: what leads the choice of new inputs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofset.tools.programs import _run_watched
from proofset.tools.programs.annotations import UNKNOWN, Form, forms_of, values_of
from proofset.tools.programs.asserts import Asserts, read_asserts
from proofset.tools.programs.constants import Constants, constants_of, is_brief
from proofset.tools.programs.contracts import contract_of
from proofset.tools.programs.cores import core_of
from proofset.tools.programs.domains import SAYS_NOTHING, Wording, wording_of
from proofset.tools.programs.inputs import Inventor, all_inputs
from proofset.tools.programs.planting import planted
from proofset.tools.programs.searching import search
from proofset.tools.programs.sightings import sightings_of
from proofset.tools.programs.ventures import ventures
from proofset.tools.programs.watching import watched
from proofset.tools.sandbox import Sandbox


def inventor(*calls: str, wording: Wording = SAYS_NOTHING, brief: bool = False) -> Inventor:
    read = read_asserts("\n".join(f"assert candidate({call}) == 0" for call in calls), "f")
    assert isinstance(read, Asserts), read
    return Inventor(read.calls, wording, brief=brief)


def test_constants_are_those_that_stand_in_programs() -> None:
    one = "def f(a):\n    '''Says 5.'''\n    return a > -7 or a == 10 ** 6 or a in 'xyz' or a < 2.5"
    found = constants_of([one, "def g(:", "x = 'own'"])
    assert set(found.numbers) == {-7, 7, 10**6, 10, 6, 2.5}
    assert found.texts == ("own", "xyz") or found.texts == ("xyz", "own")
    assert constants_of([]) == Constants()
    assert set(constants_of(["x = 9 ** 2 ** 9"]).numbers) == {9, 2, 512}


@pytest.mark.parametrize(
    ("program", "brief"),
    [
        ("def f(a):\n    return a // 2 + abs(a)", True),
        ("def f(a):\n    return [n for n in range(a)]", False),
        ("def f(a):\n    return sum(range(a))", False),
        ("def f(a):\n    return 2 ** a", False),
        ("def f(a):\n    return f(a - 1)", False),
        ("def f(a):\n    return (lambda: a)()()", False),
        ("def f(", False),
    ],
)
def test_programs_that_any_number_may_be_put_to(program: str, brief: bool) -> None:
    assert is_brief(program) is brief


PLANTED = st.lists(st.integers(-200, 200), min_size=1, max_size=3)


@settings(max_examples=40, deadline=None)
@given(st.integers(-9, 9), st.lists(st.integers(0, 9), min_size=1, max_size=4), PLANTED)
def test_each_constant_and_its_neighbours_are_planted(
    number: int, items: list[int], constants: list[int]
) -> None:
    made = list(planted([(number, items)], Constants(tuple(constants))))
    for constant in constants:
        for near in (constant - 1, constant, constant + 1):
            assert (near, items) in made
            assert any(near in each[1] for each in made if isinstance(each[1], list))
            if 1 <= near <= 60:
                sizes = {len(each[1]) for each in made if isinstance(each[1], list)}
                assert near in sizes
    assert all(isinstance(each[0], int) and isinstance(each[1], list) for each in made)


def test_texts_are_planted_where_texts_stand() -> None:
    made = [each[0] for each in planted([("a b",)], Constants((), ("xy",)))]
    assert {"xy", "a bxy", "xy b"} <= set(made)
    assert list(planted([(None, True)], Constants((3,), ("x",)))) == []


@pytest.mark.parametrize(
    ("source", "forms"),
    [
        ("def f(a: int, b: 'list[str]', *c): ...", (Form("int"), Form("list", (Form("str"),)))),
        ("def f(a: Optional[List[int]], b):\n    '''x'''", (None, UNKNOWN)),
        ("def f(a: int | None) -> int:", (Form("union", (Form("int"), Form("None"))),)),
        ("def f(a: Tuple[int, ...])", None),
        ("def f(a: Tuple[int, ...]): ...", (Form("list of tuple", (Form("int"),)),)),
        ("def g(a: int): ...", None),
        ("def f(a, b): ...", None),
        ("def f(", None),
    ],
)
def test_annotations_are_read_and_never_run(source: str, forms: tuple[Form | None, ...] | None) -> None:
    found = forms_of([source], "f")
    if forms is None:
        assert found is None
        return
    assert found is not None
    assert len(found) == len(forms)
    assert all(want is None or want == got for want, got in zip(forms, found, strict=True))


FORMS = st.recursive(
    st.sampled_from(["int", "float", "str", "bool", "None", "any", "bytes"]).map(Form),
    lambda inner: (
        inner.map(lambda form: Form("list", (form,)))
        | inner.map(lambda form: Form("set", (form,)))
        | st.tuples(inner, inner).map(lambda two: Form("dict", two))
        | st.tuples(inner, inner).map(lambda two: Form("tuple", two))
        | st.tuples(inner, inner).map(lambda two: Form("union", two))
    ),
    max_leaves=4,
)


@settings(max_examples=40, deadline=None)
@given(FORMS)
def test_unusual_values_are_of_their_form(form: Form) -> None:
    kinds: dict[str, type] = {"int": int, "str": str, "list": list, "set": set, "dict": dict, "tuple": tuple}
    values = list(values_of(form))
    assert len(values) < 2_000
    if form.name in kinds:
        assert all(type(value) is kinds[form.name] for value in values)
    if form.name == "list" and list(values_of(form.parts[0])):
        assert [] in values
        assert any(len(value) > len(set(map(repr, value))) for value in values if isinstance(value, list))


def test_what_was_seen_is_within_and_what_was_not_is_beyond() -> None:
    made = inventor("[1, 5], 'ab'", "[4, 2, 9], 'c'")
    assert made.contract is not None
    covers = made.contract.covers
    assert covers(([3, 3], "b"))
    assert covers(([700], "b"))
    for beyond in [
        ([-1], "b"),
        ([1.5], "b"),
        ([1], "é"),
        ([1], ""),
        ([10**9], "b"),
        ((1,), "b"),
        ([[1]], "b"),
    ]:
        assert not covers(beyond), beyond
    inputs = made.inputs([([-1], "b"), ([3], "b"), ([700], "b")])
    assert [call.text for call in inputs.calls] == [
        "candidate([3], 'b')",
        "candidate([700], 'b')",
        "candidate([-1], 'b')",
    ]
    assert (inputs.beyond, inputs.costly) == (frozenset({2}), frozenset({1, 2}))


def test_words_forbid_what_unusual_values_may_be() -> None:
    words = wording_of("Given a non-empty list of positive numbers, each at most 50.")
    contract = contract_of([([1, 5],), ([3],)], words)
    assert contract.forbids(([],))
    assert contract.forbids(([0, 3],))
    assert contract.forbids(([51],))
    assert not contract.forbids(([50, 50],))
    # A bound that the tests themselves pass is about something else.
    passed = inventor("[60, 5]", "[3]", wording=words).contract
    assert passed is not None
    assert not passed.forbids(([51],))
    tried = list(ventures(contract_of([([1, 5],), ([3],)]), None))
    assert ([],) in tried
    assert any(min(items, default=0) < 0 for (items,) in tried if isinstance(items, list))


@pytest.mark.parametrize(
    ("text", "limit"),
    [("less than 100", 100), ("1 <= n <= 10^5", 10**5), ("between 1 and 20", 20), ("of 3 items", None)],
)
def test_bounds_in_words(text: str, limit: int | None) -> None:
    assert wording_of(text).limit == limit


def test_large_numbers_are_put_to_brief_programs_only() -> None:
    def largest(brief: bool) -> int:
        inputs = all_inputs(
            inventor("3", "8", brief=brief),
            Constants((10**12,)),
            (Form("int"),),
            count=20,
            planted_count=20,
            venture_count=60,
        )
        return max(call.arguments[0] if isinstance(call.arguments[0], int) else 0 for call in inputs.calls)

    assert largest(brief=False) <= 20_000
    assert largest(brief=True) > 10**12


WATCHED = '''
def f(items, bound):
    """Says nothing."""
    if bound > 9:
        return [n for n in items if 0 <= n < bound]
    for n in items:
        if n == bound and n != 3:
            continue
        try:
            bound += 1 if n < 0 else n
        except TypeError:
            raise
    def inner(x): return x
    return (lambda: inner(bound))() or not bound
'''


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-20, 20), max_size=6), st.integers(-20, 20))
def test_a_watched_program_gives_what_it_gave(items: list[int], bound: int) -> None:
    found = watched(WATCHED)
    assert found is not None
    watch = _run_watched.Watch()
    plain: dict[str, Any] = {}
    told: dict[str, Any] = {"__piece__": watch.piece, "__compare__": watch.compare}
    exec(WATCHED, plain)  # noqa: S102 - our own text
    exec(found.source, told)  # noqa: S102 - our own text
    assert told["f"](items, bound) == plain["f"](items, bound)
    line = watch.look()
    assert line[0] == "seen"
    assert all(0 <= piece < len(found.pieces) for piece in line[1])  # type: ignore[attr-defined]
    assert watch.look() == ["seen", [], []]


@pytest.mark.parametrize(
    "source", ["def f(:", "x = 1", "\x00", "def f():\n    return __piece__(0)", "(" * 5_000]
)
def test_texts_that_cannot_be_watched(source: str) -> None:
    assert watched(source) is None


async def test_pieces_that_run_are_told_by_call(shared_sandbox: Sandbox) -> None:
    found = watched("def f(a):\n    if a > 5:\n        return 1\n    return 2 if a else 3")
    assert found is not None
    assert [piece.line for piece in found.pieces] == [2, 3, 4, 4, 4]
    read = read_asserts("assert f(9) == f(1) == f(0)", "f")
    assert isinstance(read, Asserts)
    seen = await sightings_of(found.source, read.calls, "f", shared_sandbox)
    assert [sorted(each.pieces) for each in seen] == [[0, 1], [0, 2, 3], [0, 2, 4]]
    assert [(each.compared[0].below, each.compared[0].above) for each in seen] == [
        (None, 4),
        (-4, None),
        (-5, None),
    ]
    silent = await sightings_of("import os\nos._exit(0)", read.calls, "f", shared_sandbox)
    assert [each.pieces for each in silent] == [frozenset()] * 3


@pytest.mark.parametrize(
    "body",
    [
        "return 0 if a + b == 4321 else 1",
        "return 0 if a * 3 > 600 else 1",
        "return 0 if a == 61 and b == 47 else 1",
        "return 0 if abs(a - b) > 333 else 1",
    ],
)
async def test_the_search_finds_what_no_constant_gives(body: str, shared_sandbox: Sandbox) -> None:
    source = f"def f(a, b):\n    {body}"
    found = watched(source)
    assert found is not None
    made = inventor("1, 2", "5, 3")
    read = read_asserts("assert f(1, 2) == f(5, 3)", "f")
    assert isinstance(read, Asserts)
    new = await search(found, read.calls, "f", made, shared_sandbox)
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102 - our own text
    assert 0 in [names["f"](*arguments) for arguments in new.arguments]


def test_programs_under_other_names_are_copies() -> None:
    one = "from typing import List\ndef f(items: List[int]) -> int:\n    best = max(items)\n    return best"
    assert core_of(one) == core_of("def f(xs):\n    '''Says.'''\n    m = max(xs)\n    return m")
    assert core_of(one) != core_of("def f(xs):\n    m = min(xs)\n    return m")
    assert core_of("def f(a, b):\n    return a - b") != core_of("def f(a, b):\n    return b - a")
