"""Plain values cross exactly or not at all, and asserts are read without running them."""

from __future__ import annotations

import ast
import json
import math
import struct
from collections import OrderedDict
from collections.abc import Iterator
from enum import IntEnum
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofset.tools.programs._heap import Packer, Unpacker
from proofset.tools.programs._plain import Malformed, NotPlain, from_json, to_json
from proofset.tools.programs.asserts import Asserts, judge, read_asserts
from proofset.tools.programs.expressions import Answer, AnswerKind, Inexpressible
from proofset.tools.programs.results import CaseStatus

few = settings(max_examples=60, deadline=None)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**300, max_value=10**320)
    | st.floats()
    | st.complex_numbers()
    | st.text(st.characters())
    | st.text(st.sampled_from("\ud800\udc00\udfffa\x00"))
    | st.binary()
    | st.just(...)
    | st.builds(range, st.integers(-99, 99), st.integers(-99, 99), st.integers(1, 9))
)
HASHED = SCALARS | st.tuples(SCALARS, SCALARS) | st.frozensets(SCALARS, max_size=4)
FLAT = st.builds(bytearray, st.binary(max_size=9)) | st.sets(HASHED, max_size=4) | HASHED
LISTS = st.lists(FLAT, max_size=4) | st.dictionaries(HASHED, FLAT, max_size=4)
VALUES = FLAT | LISTS | st.tuples(LISTS, LISTS) | st.lists(LISTS, max_size=3)


def exact(value: Any) -> object:
    """What tells two values apart: types all the way down and bits, so nan is nan and -0.0 is not 0.0."""
    kind = type(value).__name__
    if isinstance(value, float):
        return kind, struct.pack(">d", value)
    if isinstance(value, complex):
        return kind, exact(value.real), exact(value.imag)
    if isinstance(value, dict):
        return kind, [(exact(key), exact(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return kind, [exact(item) for item in value]
    if isinstance(value, set | frozenset):
        return kind, sorted(map(repr, map(exact, value)))
    return kind, value


def same(left: object, right: object) -> bool:
    return exact(left) == exact(right)


@few
@given(VALUES)
def test_plain_values_cross_exactly(value: object) -> None:
    assert same(from_json(json.loads(json.dumps(to_json(value), allow_nan=False))), value)


@few
@given(VALUES)
def test_plain_values_cross_the_link_exactly(value: object) -> None:
    def never(_: object) -> object:
        raise AssertionError("a plain value needs no export")

    packer = Packer(never)
    sent = json.loads(json.dumps([packer.node(value), packer.contents()], allow_nan=False))
    assert same(Unpacker(never, sent[1]).value(sent[0]), value)


def test_sharing_and_cycles_cross_the_link() -> None:
    row: list[object] = [1]
    grid = [row, row]
    row.append(grid)
    packer = Packer(lambda _: None)
    form = packer.node(grid)
    got: Any = Unpacker(lambda _: None, packer.contents()).value(form)
    assert got[0] is got[1]
    assert got[0][1] is got


class Liar(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class Claims:
    @property
    def __class__(self) -> Any:
        return int

    @__class__.setter
    def __class__(self, _: Any) -> None: ...


class Point(NamedTuple):
    x: int


def iter_nothing() -> Iterator[int]:
    yield from ()


class Level(IntEnum):
    LOW = 1


LOOP: list[object] = []
LOOP.append(LOOP)
DEEP: object = ()
for _ in range(150):
    DEEP = (DEEP,)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (Liar(3), "Liar"),
        (Claims(), "Claims"),
        (Level.LOW, "Level"),
        (Point(1), "Point"),
        (OrderedDict(a=1), "OrderedDict"),
        (type("Text", (str,), {})("a"), "Text"),
        (type("List", (list,), {})(), "List"),
        ({1: [Liar(3)]}, "Liar"),
        (iter_nothing(), "generator"),
        (len, "builtin_function_or_method"),
        (int, "type"),
        (LOOP, "nested deeper"),
        (DEEP, "nested deeper"),
        ([0] * 300_000, "more than 200000 parts"),
        (1 << 2_000_000, "bits"),
        (range(10**12), "range"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_all_else_is_refused_by_name(value: object, named: str) -> None:
    with pytest.raises(NotPlain, match=named):
        to_json(value)


COLLIDING = [["i", hex(k * (2**61 - 1))] for k in range(1, 200)]


@pytest.mark.parametrize(
    "form",
    [
        *([], ["?"], [[]], {}, ["l", {}], ["d", ["l"]], ["d", [1, 2, 3]], ["i", 5], ["i", "x"], ["x", "00"]),
        *(["c", 1, 2], ["r", 1, 2], ["r", 0.5, 1, 1], ["r", 0, 10**15, 1], ["b", 5], ["b", "0"], ["e", 1]),
        *(["s", 1, 1], ["s", 1, True], ["d", [1, 1], [1.0, 1]], ["s", ["l"]], ["d", [["l"], 1]], 1e999),
        *(
            ["s", *COLLIDING],
            ["d", *([key, 1] for key in COLLIDING)],
            ["f", *COLLIDING],
            ["u", "zz"],
            ["@", 0],
        ),
    ],
    ids=lambda form: json.dumps(form)[:30],
)
def test_forms_of_no_value_are_malformed(form: object) -> None:
    with pytest.raises(Malformed):
        from_json(form)


@few
@given(
    st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=4))
)
def test_any_json_is_a_value_or_malformed(form: object) -> None:
    try:
        value = from_json(form)
    except Malformed:
        return
    assert same(from_json(to_json(value)), value)


def read(tests: str) -> Asserts:
    asserts = read_asserts(tests, "f")
    assert isinstance(asserts, Asserts), asserts
    return asserts


def status(tests: str, *values: object) -> CaseStatus:
    """What becomes of the only assert when its calls give these values."""
    (case,) = read(tests).cases
    return judge(case, [Answer(AnswerKind.VALUE, value) for value in values]).status


@pytest.mark.parametrize(
    ("test", "right", "wrong"),
    [
        ("f(1) == 2", 2, 3),
        ("f(1) == 2", 2.0, "2"),
        ("f(1) == [1, 2]", [1, 2], (1, 2)),
        ("f(1) != 2", 3, 2),
        ("f(1) < 2", 1, 2),
        ("f(1) in (2, 3)", 3, 4),
        ("2 in f(1)", [2], []),
        ("f(1) is None", None, 0),
        ("f(1) is True", True, 1),
        ("f(1) == True", 1, 2),
        ("not f()", 0, 1),
        ("f()", [0], []),
        ("0 <= f(1) <= 3", 3, 4),
        ("abs(f(2) - 0.5) < 1e-6", 0.5000001, 0.51),
        ("math.isclose(f(2), 0.5, rel_tol=1e-9)", 0.5, 0.50001),
        ("round(f(2), 2) == 0.33", 1 / 3, 0.3),
        ("len(f(1)) == 2", "ab", "abc"),
        ("sorted(f(1)) == [1, 2]", {2, 1}, [3]),
        ("set(f(1)) == {1, 2}", [1, 2, 1], [1]),
        ("tuple(f(1)) == tuple([1, 2])", [1, 2], [2, 1]),
        ("sum(f(1)) == 3 and max(f(1)) == 2", [1, 2], [1, 1]),
        ("isinstance(f(1), (int, str))", 1, 1.0),
        ("type(f(1)) is int", 1, True),
        ("f(1) == float('inf')", math.inf, 1.0),
        ("str(f(1)) == '12'", 12, 13),
        ("f(1)[0] == 2 or f(1)[-1] == 3", [0, 3], [0, 0]),
        ("f(1) == 3 * 5 ** 2 - 10 // 3", 72, 73),
        ("f(1) == {'a': [1, {2}]}", {"a": [1, {2}]}, {"a": [1, {3}]}),
        ("f(1) == -0.0", 0.0, 1.0),
        ("solution.f(1) == 1", 1, 2),
        ("candidate(1) == 1", 1, 2),
    ],
)
def test_asserts_are_evaluated_as_python_does(test: str, right: object, wrong: object) -> None:
    calls = len(read(f"assert {test}").calls)
    assert status(f"assert {test}", *[right] * calls) is CaseStatus.PASSED
    assert status(f"assert {test}", *[wrong] * calls) is CaseStatus.FAILED


@pytest.mark.parametrize(
    ("test", "got"),
    [
        ("f(1) < 2", "a"),
        ("f(1)[3] == 1", [1]),
        ("len(f(1)) == 2", 5),
        ("f(1) - 1 == 0", "a" * 5),
        ("int(f(1)) == 1", "x"),
        ("sum(f(1)) == 1", [[]]),
        ("abs(f(1)) == 1", None),
    ],
)
def test_a_value_that_does_not_fit_fails(test: str, got: object) -> None:
    assert status(f"assert {test}", got) is CaseStatus.FAILED


def test_nan_equals_nothing() -> None:
    assert status("assert f() == float('nan')", math.nan) is CaseStatus.FAILED


@pytest.mark.parametrize(
    ("test", "got"),
    [
        ("f() ** 10 ** 7 == 1", 3),
        ("f() << 10 ** 9 == 1", 3),
        ("f() * 10 ** 6 == 1", "a"),
        ("round(f(), 10 ** 9) == 1", 3),
        ("int(f()) == 1", "1" * 5000),
        ("set(f()) == {1}", [k * (2**61 - 1) for k in range(200)]),
        ("len(list(f())) == 1", range(900_000)),
    ],
)
def test_what_would_take_long_is_not_begun(test: str, got: object) -> None:
    assert status(f"assert {test}", got) is CaseStatus.UNSUPPORTED


def test_each_call_is_told_with_its_arguments() -> None:
    suite = read("assert f([1], key=(2,)) == 1\nassert f(10**5, -3, {'a': 1}) == f([0] * 3)")
    assert [call.text for call in suite.calls] == [
        "f([1], key=(2,))",
        "f(10 ** 5, -3, {'a': 1})",
        "f([0] * 3)",
    ]
    assert from_json(suite.calls[0].arguments[0]) == [1]
    assert suite.calls[0].keywords == [["key", ["t", 2]]]
    assert [case.id for case in suite.cases] == ["line 1", "line 2"]


def test_a_failure_tells_both_sides() -> None:
    (case,) = read("assert f(1) == [1, 2]").cases
    result = judge(case, [Answer(AnswerKind.VALUE, [1, 3])])
    assert (result.expected, result.got) == ("[1, 2]", "[1, 3]")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(AnswerKind.RAISED, detail="ValueError: no"), CaseStatus.RAISED),
        (Answer(AnswerKind.REFUSED, detail="a value of type Liar"), CaseStatus.UNSUPPORTED),
        (Answer(AnswerKind.MISSING, detail="it died"), CaseStatus.FAILED),
    ],
)
def test_a_call_without_a_value_never_passes(answer: Answer, expected: CaseStatus) -> None:
    for test in ("f() == 1", "f() != 1", "not f()", "f() is None", "isinstance(f(), object)"):
        (case,) = read(f"assert {test}").cases
        assert judge(case, [answer]).status is expected


@pytest.mark.parametrize(
    "tests",
    [
        "METADATA = {'a': 1}\n\ndef check(candidate):\n    '''doc'''\n    assert candidate(1) == 1\n",
        "def check(candidate):\n    assert candidate(1) == 1\n\ncheck(f)\n",
        "import math\nfrom solution import f\n\ndef test_one():\n    assert f(1) == 1\n",
        "'''Tests.'''\nimport pytest\nimport solution\nassert solution.f(1) == 1, 'message'\n",
    ],
)
def test_usual_frames_of_asserts_are_read(tests: str) -> None:
    assert len(read(tests).cases) == 1


@pytest.mark.parametrize(
    "tests",
    [
        *("for x in [1]:\n    assert f(x) == 1", "x = [1]\nassert f(x) == 1", "assert f(g(1)) == 1"),
        *(
            "assert f(f(1)) == 1",
            "assert f(1).x == 1",
            "assert all(x > 0 for x in f(1))",
            "assert f(*[1]) == 1",
        ),
        *("assert f(lambda: 1) == 1", "assert f(1) is 3", "assert f(x := 1) == 1", "assert f(**{}) == 1"),
        *("import math as m\nassert m.sqrt(f(1)) == 1", "from other import f\nassert f(1) == 1"),
        *("len = 3\nassert len(f(1)) == 1", "def sorted(x): return 1\nassert sorted(f(1)) == 1"),
        *("def check(candidate, x): assert candidate(1) == 1", "def test_a(x): assert f(1) == 1"),
        *(
            "@d\ndef test_a(): assert f(1) == 1",
            "assert f(10 ** 10 ** 10) == 1",
            "assert f('a' * 10 ** 9) == 1",
        ),
        *(
            "assert f([[0] * 9999] * 9999) == 1",
            "assert f(list(range(10 ** 9))) == 1",
            "assert f(1 / 0) == 1",
        ),
        *("assert open('/etc/passwd')", "assert __import__('os')", "assert f(1", "a\0b", "assert f(x) == 1"),
        *("(" * 500 + ")" * 500, "assert " + "-" * 5000 + "f(1)", "assert " + "1+" * 50_000 + "f(1)"),
        *("assert f(1) == '%1000000000d' % 1", "assert (lambda: f(1))()", "assert f'{f(1)}' == '1'"),
    ],
    ids=lambda tests: tests[:40],
)
def test_all_else_is_left_to_a_stronger_mode(tests: str) -> None:
    read_ = read_asserts(tests, "f")
    if isinstance(read_, Asserts):
        # Read, and not evaluated to anything that could pass.
        assert [judge(case, [Answer(AnswerKind.VALUE, 1)] * 9).status for case in read_.cases] == [
            CaseStatus.FAILED
        ]
    else:
        assert str(read_)


@few
@given(st.text(max_size=80) | st.text(alphabet="assertf()=[]{}'\"1 +-*.,:\n", max_size=60))
def test_any_text_can_be_read(tests: str) -> None:
    assert isinstance(read_asserts(tests, "f"), Asserts | Inexpressible)


@few
@given(VALUES)
def test_a_literal_argument_is_what_python_reads(value: object) -> None:
    text = repr(value)
    try:
        literal = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return
    (call,) = read(f"assert f({text}) == 1").calls
    assert same(from_json(call.arguments[0]), literal)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("frozenset({1})", frozenset({1})),
        ("range(3)", range(3)),
        ("bytearray(b'a')", bytearray(b"a")),
        ("float('-inf')", -math.inf),
        ("set()", set()),
        ("[0] * 3 + [10 ** 5]", [0, 0, 0, 100_000]),
        ("list(range(2, 5))", [2, 3, 4]),
        ("-2.5", -2.5),
        ("math.pi", math.pi),
    ],
)
def test_an_argument_may_be_a_simple_expression(text: str, value: object) -> None:
    (call,) = read(f"assert f({text}) == 1").calls
    assert same(from_json(call.arguments[0]), value)
