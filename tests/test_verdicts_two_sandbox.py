"""What tests may do with a solution in another process, and what is told as unsupported."""

from __future__ import annotations

import pytest

from proofset.errors import UsageError
from proofset.records import Outcome
from proofset.tools.programs import CaseStatus, Mode, SuiteResult, check_solution
from proofset.tools.programs.joined import check_tests
from proofset.tools.programs.names import Leaning, leaning_of
from proofset.tools.sandbox import Limits, Sandbox

LIMITS = Limits(cpu_s=10.0, wall_s=60.0)

SOLUTION = '''
import math
from enum import Enum
from dataclasses import dataclass

LIMIT = 10
calls = 0

class Empty(LookupError):
    """Nothing left."""
    def __init__(self, where, code=7):
        super().__init__(where)
        self.code = code

class Deeper(Empty):
    pass

class Stack:
    size = 0
    def __init__(self, items=()):
        self.items = list(items)
    def push(self, item):
        self.items.append(item)
        return self
    def pop(self):
        if not self.items:
            raise Deeper("stack")
        return self.items.pop()
    @classmethod
    def of(cls, *items):
        return cls(items)
    @property
    def top(self):
        return self.items[-1]
    def __len__(self):
        return len(self.items)
    def __getitem__(self, at):
        return self.items[at]
    def __iter__(self):
        return iter(self.items)
    def __contains__(self, item):
        return True
    def __str__(self):
        return f"Stack({self.items})"
    def __enter__(self):
        return self
    def __exit__(self, *error):
        self.items.clear()

class Tall(Stack):
    pass

@dataclass
class Point:
    x: int
    y: int

class Color(Enum):
    RED = 1

class Text(str):
    pass

def add(a, b=0):
    global calls
    calls += 1
    return a + b
def same(x): return x
def sort_rows(rows):
    rows.sort()
    rows[0].append("first")
    return rows
def fill(where): where.update({"a": 1})
def count(n):
    for i in range(n):
        yield i
def endless():
    while True:
        yield 1
def apply(f, *xs, **named): return f(*xs, **named)
def by(items, key): return sorted(items, key=key)
def twice(f):
    def both(x): return f(f(x))
    return both
def first(items): return next(items, None)
def check_positive(n):
    if n < 0: raise ValueError(f"negative: {n}")
    return math.sqrt(n)
def swallow(f):
    try: return f()
    except BaseException: return "swallowed"
def text(): return Text("a")
def stop(n): raise StopIteration
class Every(KeyError, ValueError, TypeError): pass
def every(): raise Every()
def decode(word): return "".join(chr(ord(c) - 1) for c in word)
def encode(word): return "".join(chr(ord(c) + 1) for c in word)
'''

PASSES = {
    "values of all kinds": """
import pytest
from solution import same
@pytest.mark.parametrize("value", [1, -0.0, 2.5, True, None, "é\\ud800", b"x", 1j, (1, (2,)), [1, [2]],
                                   {1: {2}}, {(1, 2): [3]}, frozenset({1}), range(3), ..., 10**400,
                                   bytearray(b"a"), int])
def test_same(value):
    assert same(value) == value
    assert type(same(value)) is type(value)
def test_nan(): assert same(float("nan")) != same(float("nan"))
def test_identity():
    x = [1]
    assert same(x) is x
    loop = []
    loop.append(loop)
    assert same(loop)[0] is loop
""",
    "arguments changed in place": """
from solution import sort_rows, fill
def test_rows():
    low, high = [1], [2]
    rows = [high, low]
    assert sort_rows(rows) is rows
    assert rows == [[1, "first"], [2]]
    assert rows[0] is low and low == [1, "first"]
def test_dict():
    d = {}
    assert fill(d) is None
    assert d == {"a": 1}
def test_set():
    s = {1}
    fill(s)
    assert s == {1, "a"}
""",
    "objects": """
import pytest
import solution
from solution import Stack, Tall, Color, Point, same
@pytest.fixture
def stack(): return Stack([1, 2])
def test_use(stack):
    assert len(stack) == 2 and stack[0] == 1 and list(stack) == [1, 2]
    assert stack.push(3) is stack
    assert stack.top == 3 and stack.items == [1, 2, 3]
    assert str(stack) == "Stack([1, 2, 3])" and f"{stack}" == str(stack)
    assert [stack.pop() for _ in range(3)] == [3, 2, 1]
    assert not stack
def test_class():
    assert isinstance(Stack.of(1), Stack) and not isinstance(Stack(), Tall)
    assert isinstance(Tall(), Stack) and issubclass(Tall, Stack) and type(Tall()) is Tall
    assert Stack.size == 0 and Stack.__name__ == "Stack"
    assert callable(Stack) and callable(Stack().pop) and not callable(Stack())
def test_attributes():
    p = Point(1, y=2)
    p.x = 5
    assert (p.x, p.y) == (5, 2)
    assert hasattr(p, "x") and not hasattr(p, "z")
    with pytest.raises(AttributeError): p.z
    assert Color.RED is Color["RED"] and same(Color.RED) is Color.RED and Color.RED.value == 1
    assert [c.name for c in Color] == ["RED"]
def test_context():
    with Stack([1]) as stack: assert stack.top == 1
    assert len(stack) == 0
def test_in_containers():
    a, b = Stack([1]), Stack([2])
    assert [s.top for s in same([a, b])] == [1, 2]
    assert solution.same(a) is a
""",
    "errors": """
import pytest
from solution import Stack, Empty, check_positive, add, same
def test_builtin():
    with pytest.raises(ValueError, match="negative: -1") as caught: check_positive(-1)
    assert str(caught.value) == "negative: -1" and caught.value.args == ("negative: -1",)
    with pytest.raises(TypeError): add(1, "a")
    with pytest.raises(TypeError): add()
    with pytest.raises(KeyError): same({})["a"]
def test_own():
    with pytest.raises(Empty) as caught: Stack().pop()
    assert caught.value.code == 7 and str(caught.value) == "stack"
    with pytest.raises(LookupError, match="stack"): Stack().pop()
    try: Stack().pop()
    except Empty as error: seen = error
    assert isinstance(seen, Empty) and type(seen).__name__ == "Deeper"
""",
    "functions as arguments": """
from functools import partial
from solution import apply, by, twice, first, same, swallow
def test_called_back():
    seen = []
    assert apply(lambda x, y=1: seen.append(x) or x + y, 3, y=4) == 7
    assert seen == [3]
    assert by(["bb", "a"], key=len) == ["a", "bb"] == by(["a", "bb"], lambda s: len(s))
    assert apply(partial(max, 3), 5) == 5
    assert apply(str.upper, "a") == "A"
def test_given_back():
    def f(x): return x + 1
    assert same(f) is f
    assert twice(f)(1) == 3
    assert twice(twice(f))(1) == 5
def test_raising():
    def bad(): raise KeyError("no")
    assert swallow(bad) == "swallowed"
def test_iterators():
    assert first(iter([4, 5])) == 4
    assert first(x for x in ()) is None
    rest = iter([1, 2, 3])
    assert first(rest) == 1 and list(rest) == [2, 3]
""",
    "iterators": """
from itertools import islice
from solution import count, endless
def test_generator():
    assert list(count(3)) == [0, 1, 2] and sum(count(4)) == 6
    made = count(2)
    assert next(made) == 0 and next(made) == 1 and next(made, None) is None
    assert list(islice(endless(), 3)) == [1, 1, 1]
    assert 2 in list(count(3))
""",
    "approximately": """
import math, pytest
from solution import check_positive, add
def test_close():
    assert check_positive(2) == pytest.approx(1.4142, abs=1e-3)
    assert math.isclose(add(0.1, 0.2), 0.3)
    assert [add(0.1, 0.2)] == pytest.approx([0.3])
""",
    "classes and unittest": """
import unittest
import solution
class TestAdd(unittest.TestCase):
    def setUp(self): self.two = solution.add(1, 1)
    def test_two(self): self.assertEqual(self.two, 2)
    def test_raises(self):
        with self.assertRaises(ValueError): solution.check_positive(-1)
class TestPlain:
    def test_limit(self): assert solution.LIMIT == 10
""",
    "bare names and its imports": """
def test_bare():
    assert add(1, 2) == 3 and LIMIT == 10
    assert math.isclose(check_positive(4), 2)
    assert candidate(1, 2) == 3
""",
    "a script": """
from random import choice
words = [choice("abc") * n for n in range(5)]
for word in words:
    assert decode(encode(word)) == word
result = candidate(2, 3)
assert result == 5, f"got {result}"
""",
    "check with a loop": """
def check(candidate):
    for n in range(3):
        assert candidate(n, n) == 2 * n
check(add)
""",
    "the given module": """
from my_module import add
import my_module
def test_add(): assert add(1) == 1 == my_module.add(1)
""",
    "state between calls": """
import solution
def test_counts():
    before = solution.calls
    solution.add(1)
    assert solution.calls == before + 1
""",
}


async def run(tests: str, sandbox: Sandbox, solution: str = SOLUTION) -> SuiteResult:
    if not sandbox.joins:
        pytest.skip(f"{sandbox.name} cannot join two jobs")
    return await check_tests(solution, tests, "add", sandbox, module="my_module", limits=LIMITS)


@pytest.mark.parametrize("name", PASSES)
async def test_suites_pass_across_two_sandboxes(name: str, shared_sandbox: Sandbox) -> None:
    suite = await run(PASSES[name], shared_sandbox)
    assert (suite.detail, suite.outcome, suite.mode) == ("", Outcome.PASS, Mode.TWO_SANDBOX)


UNSUPPORTED = {
    "assert Point(1, 2) == Point(1, 2)": "is compared",
    "assert Point(1, 2) != Point(1, 3)": "is compared",
    "assert Point(1, 2) in [Point(1, 2)]": "is compared",
    "assert 3 in Stack()": "is asked what it contains",
    "assert sorted([Point(2, 1), Point(1, 1)])": "is compared",
    "assert {Point(1, 2)}": "is hashed",
    "assert add(Point(1, 2), 3)": "",
    "assert Point(1, 2) + 1": "is an operand",
    "assert 1 - Stack() == 0": "is an operand",
    "assert text() == 'a'": "is compared",
    "assert isinstance(text(), str)": "ask what an object of class Text is",
    "import copy\n    assert copy.deepcopy(Point(1, 2))": "is copied",
    "assert list(endless())": "yields more than",
    "class Mine(Stack): pass": "make a subclass",
    "assert add.__code__": "look at __code__",
    "class Own: x = 1\n    assert same(Own())": "cannot cross",
    "assert same(3.5) == 3.5 and same(object())": "cannot cross",
    "import solution\n    solution.LIMIT = 5": "change a name",
    "raise Empty('x')": "",
    "try:\n        Point(1, 2) == 3\n    except BaseException:\n        pass": "is compared",
    "assert swallow(lambda: Point(1, 2) == 3)": "is compared",
    "assert same(1) == 1\n    pytest.skip('no')": "skipped",
    "assert all(map(lambda n: stop(n) == 1, [1, 2]))": "raises StopIteration",
    "with pytest.raises(KeyError): every()": "of several kinds",
    "undefined()": "name 'undefined' is not defined",
    "assert same(1) == undefined": "name 'undefined' is not defined",
    "assert len(1) == 2": "without a call of the solution",
}


async def test_what_cannot_cross_is_told_and_decides_nothing(shared_sandbox: Sandbox) -> None:
    names = "Stack, Point, Empty, text, same, add, endless, swallow, stop, every"
    tests = f"import pytest\nfrom solution import {names}\n" + "".join(
        f"def test_{number}():\n    {body}\n" for number, body in enumerate(UNSUPPORTED)
    )
    suite = await run(tests, shared_sandbox)
    assert len(suite.cases) == len(UNSUPPORTED)
    for case, (body, why) in zip(suite.cases, UNSUPPORTED.items(), strict=True):
        if why:
            assert case.status is CaseStatus.UNSUPPORTED, (body, case)
            assert why in case.detail, body
        else:
            assert case.status is not CaseStatus.PASSED, body


@pytest.mark.parametrize(
    ("tests", "why"),
    [
        (
            "from solution import add\nTWO = add(1, 1)\ndef test_two(): assert TWO == 2",
            "while they are loaded",
        ),
        (
            "import pytest, solution as s\n@pytest.mark.parametrize('n', range(s.LIMIT))\ndef test(n): pass",
            "while they are loaded",
        ),
        ("def test_print(capsys):\n    add(1, 2)\n    assert capsys.readouterr().out == ''", "capsys"),
        ("import sys\nsys.stdin = None\nassert add(1) == 1", "stdin"),
        ("async def test_a(): assert add(1) == 1", "asynchronous"),
        ("def test_a(:", "no Python"),
        ("import numpy_is_not_here\ndef test_a(): assert add(1) == 1", "numpy_is_not_here"),
        ("import os\ndef test_a():\n    add(1)\n    os._exit(0)", "no report"),
        ("import pytest\ndef test_a():\n    add(1)\n    pytest.exit('enough')", "ended early"),
        ("import pytest\n", "no case"),
    ],
)
async def test_faults_of_the_tests_are_not_the_solutions(
    tests: str, why: str, shared_sandbox: Sandbox
) -> None:
    suite = await run(tests, shared_sandbox)
    assert suite.outcome is Outcome.INCONCLUSIVE
    assert why in suite.detail or why == "no report"


async def test_a_missing_name_is_the_solutions_fault(shared_sandbox: Sandbox) -> None:
    suite = await run("from solution import add, subtract\ndef test_a(): assert add(1) == 1", shared_sandbox)
    assert suite.outcome is Outcome.FAIL
    assert "subtract" in suite.detail


async def test_wrong_answers_fail_with_what_was_seen(shared_sandbox: Sandbox) -> None:
    suite = await run(
        "from solution import add\n"
        "def test_a():\n    assert add(1, 2) == 4\n"
        "def test_b():\n    assert add(1) == 1\n",
        shared_sandbox,
    )
    assert suite.counts == {"passed": 1, "failed": 1}
    assert "assert 3 == 4" in suite.detail


async def test_borrowed_names_are_told(shared_sandbox: Sandbox) -> None:
    suite = await run(PASSES["a script"], shared_sandbox)
    assert suite.borrowed == ("decode", "encode")


@pytest.mark.parametrize(
    ("tests", "solution"),
    [
        ("assert list(f(3)) == [0, 1, 2]", "def f(n):\n    yield from range(n)\n"),
        ("for n in range(3): assert f(n) == n", "def f(n): return n\n"),
    ],
)
async def test_the_second_mode_takes_over_where_values_do_not_do(
    tests: str, solution: str, shared_sandbox: Sandbox
) -> None:
    suite = await check_solution(solution, tests, "f", shared_sandbox)
    assert suite.outcome is Outcome.PASS, suite.detail
    assert suite.mode is (Mode.TWO_SANDBOX if shared_sandbox.joins else Mode.IN_PROCESS)


@pytest.mark.parametrize(
    ("entry_point", "module"),
    [("f()", "solution"), ("def", "solution"), ("f", "a b"), ("f", "math"), ("f", "pytest")],
)
async def test_names_that_cannot_be_are_refused(
    entry_point: str, module: str, shared_sandbox: Sandbox
) -> None:
    with pytest.raises(UsageError, match="module"):
        await check_solution(SOLUTION, "assert f() == 1", entry_point, shared_sandbox, module=module)


def leaning(tests: str, solution: str = SOLUTION) -> Leaning:
    found = leaning_of(tests, solution, "add", "my_module")
    assert isinstance(found, Leaning)
    return found


def test_only_names_that_the_solution_defines_are_borrowed() -> None:
    shadow = "def abs(x): return 0\ndef helper(): pass\nimport math\nfrom math import isclose\nother = 1\n"
    found = leaning("assert abs(add(1)) == helper() + math.pi\nassert isclose(mine, other)\nmine = 1", shadow)
    assert found.bare == ("helper", "other")
    assert found.imports == (("math", "", "math"), ("math", "isclose", "isclose"))


def test_a_test_texts_style_is_seen() -> None:
    assert leaning("def test_a(): assert add(1)").style == "pytest"
    assert leaning("class TestA: pass").style == "pytest"
    assert leaning("for x in []: pass").style == "script"
    assert leaning("def check(candidate): pass").calls_check
    assert not leaning("def check(candidate): pass\ncheck(add)").calls_check
