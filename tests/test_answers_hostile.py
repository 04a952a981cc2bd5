"""Texts made to run code, to exhaust the checker or to be taken for an answer: none of them succeeds."""

from __future__ import annotations

import ast
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from proofset.tools.answers._cap import CpuCap
from proofset.tools.answers._terms import Unreadable
from proofset.tools.answers._tree import read
from proofset.tools.answers._worker import SECONDS_PER_PAIR, compare_pair

WORKER = sorted(Path(__file__).parent.parent.joinpath("tools", "answers").glob("_[a-z]*.py"))

CODE = [
    "__import__('os').system('touch {marker}')",
    "().__class__.__bases__[0].__subclasses__()",
    "open('{marker}', 'w').write('1')",
    "(lambda: open('{marker}', 'w'))()",
    "lambda x: x",
    "[x for x in (1, 2)]",
    "x.evalf()",
    "sqrt.__globals__",
    "pi[0]",
    "exec(chr(49))",
    "eval(x)",
    "sympify(x)",
    "f'{__import__(\"os\")}'",
    "5 if 1 else 6",
    "(y := 5)",
    "sqrt(*[4])",
    "sqrt(x=4)",
    "{1: 2}",
    "{**{}}",
    "await x",
    "5; import os",
    "5\nimport os",
    "5 # 6",
    "S(5)",
    "N(5)",
    "Symbol('x')",
    "True if 5 else 0",
    "not 5",
    "5 is 5",
    "...",
    "b'5'",
    "'5' * 5 * '5'",
    "_n0",
    "5 + _n0",
]

COSTLY = [
    "9**9**9**9",
    "9^9^9",
    "2**100000000",
    "(2**0.5)**100000000",
    "exp(10**9*log(2))",
    "exp(exp(exp(exp(10))))",
    "factorial(10**9)",
    "factorial(factorial(20))",
    "5!" * 300,
    "binomial(10**9, 5*10**8)",
    "(x + y + z)**512",
    "(x+1)**500*(x+2)**500*(x+3)**500 - (x+4)**500*(x+5)**500",
    "sin(" * 39 + "x" + ")" * 39,
    "root(2, 1000)+root(3, 999)+root(5, 998)",
    "sqrt(1+sqrt(2+sqrt(3+sqrt(5+sqrt(7+sqrt(11+sqrt(13+sqrt(17))))))))+1/(sqrt(2)+sqrt(3)+sqrt(5)+sqrt(7))",
    "(" * 400 + "5" + ")" * 400,
    "[" * 400 + "5" + "]" * 400,
    "-" * 1_900 + "5",
    "+".join(["x"] * 900),
    "**".join(["x"] * 300),
    "1e999999999",
    "9" * 1_999,
    "tan(10**500)**(1/999)",
    "\\frac{" * 300 + "1" + "}{2}" * 300,
    "\\boxed{" * 250 + "5" + "}" * 250,
    "x = " * 400 + "5",
    "\\frac{1}{1+" * 60 + "1" + "}" * 60,
    "\\sqrt{" * 39 + "2" + "}" * 39,
    "\\sum_{n=1}^{10^{12}} n",
    "sum(range(10**12))",
    "\\prod_{k=1}^{10^9} k",
    "\\int_0^{10^{9}} e^{x^x} dx",
    "10^{10^{10}}",
    "2^{2^{2^{2^{2^{2}}}}}",
    "(10^9)!",
    "\\binom{10^9}{5\\cdot 10^8}",
    "\\pm " * 200 + "5",
    "5 \\pm 1" + " \\pm 1" * 60,
    "x \\ne " + ", ".join(str(n) for n in range(400)),
    " \\cup ".join(f"({n}, {n + 1})" for n in range(0, 300, 2)),
    "(0, 9) " + "∩ (1, 8) " * 100,
    "5 " + "km" * 500,
    "5 km" + "/h" * 500,
    "5 m^9^9^9",
    "1 hour " * 200,
    "1" * 100 + "_" + "36",
    "9" * 300 + "_16",
    ":".join(["9" * 90] * 6),
    "the answer is " * 150 + "5",
    "#### 6\n" * 250,
    "\\boxed{5" * 100,
    "(" * 900 + ")" * 900,
    "$" * 1_500,
    "*" * 1_500,
    "{" * 1_500,
    "\\begin{pmatrix}" * 100,
    "\\begin{pmatrix}" + "1 & " * 400 + "\\end{pmatrix}",
    "0." + "12" * 800 + "...",
    "0.\\overline{" + "7" * 900 + "}",
    "a " * 900,
    "is " * 600 + "6",
    "We get " * 200 + "6",
    "1,234" * 300,
    "1 234" * 300,
    "≈ 5 " * 300,
    "or " * 600,
    "x_{" * 30 + "1" + "}" * 30,
    "|" * 900,
    "|x" * 300 + "|" * 300,
    "f(" * 39 + "x" + ")" * 39,
    "{" + ", ".join(str(n) for n in range(400)) + "}",
    "(" + "(1, " * 30 + "2" + ")" * 30 + ")",
    "x^{x^{x^{x^{x^{x^{x}}}}}}",
    "(((2^{1000})^{1000})^{1000})^{1000}",
    "\\binom{\\binom{50}{25}}{\\binom{40}{20}}",
    "\\sin(\\sin(\\sin(10^{300})))",
    "\\tan(\\frac{\\pi}{2}-10^{-300})",
    "twenty-" * 250 + "one",
    ", we get" * 250 + " 5",
    "Solving, " * 200 + "we get 5",
    "\nA: 5" * 400,
    "**5** " * 300,
    "$x$ is " * 280 + "$5$",
    "Total: " * 280 + "5",
    "((a)/(b))" * 200,
    "1 ((km)/(h))" * 150,
    "12:34" * 380,
    "5 degrees celsius " * 100,
    "p - q " * 300,
    "f^{-1}(x) = " * 150 + "x",
    "2\\theta" * 250,
    "$" * 99 + "5",
    "<answer>5</answer>" * 100 + "<answer>6</answer>",
    "\\newcommand{\\a}{\\a\\a}\\a",
    "\\input{/etc/passwd}",
    "5" + "\x00",
    "5\u202e",
    "\ud800",
    "5" * 1_000_000,
    " " * 1_000_000 + "6",
]


EXPECTED = {"set": "{4}", "tuple": "(4, 3)", "interval": "(1, 4)", "equation": "x = 4", "matrix": "[[4]]"}


@pytest.fixture
def within_the_cap() -> Iterator[None]:
    """Holds the test to the worker's own cap, in CPU time, with room for what cannot be interrupted."""
    started = time.process_time()
    yield
    assert time.process_time() - started < 2 * SECONDS_PER_PAIR


@pytest.mark.parametrize("text", CODE)
@pytest.mark.parametrize("kind", ["integer", "expression", "set", "interval", "matrix", "equation"])
def test_code_is_refused_and_does_not_run(kind: str, text: str, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    filled = text.replace("{marker}", str(marker))
    assert compare_pair(kind, EXPECTED.get(kind, "4"), filled).outcome != "pass"
    assert not marker.exists()


@pytest.mark.parametrize("text", CODE)
def test_the_reader_knows_no_code(text: str) -> None:
    with pytest.raises(Unreadable):
        read(text)


@pytest.mark.parametrize("text", COSTLY, ids=range(len(COSTLY)))
@pytest.mark.parametrize(
    "kind",
    ["", "integer", "expression", "quantity", "set", "tuple", "matrix", "interval", "equation", "choice"],
)
@pytest.mark.usefixtures("within_the_cap")
def test_costly_texts_are_given_up(kind: str, text: str) -> None:
    judgement = compare_pair(kind, EXPECTED.get(kind, "4"), text)
    assert judgement.outcome != "pass"
    assert len(judgement.reason) <= 300


@pytest.mark.parametrize("text", [*COSTLY, *CODE], ids=range(len(COSTLY) + len(CODE)))
@pytest.mark.usefixtures("within_the_cap")
def test_a_hostile_gold_accepts_no_answer_and_costs_no_more(text: str) -> None:
    assert compare_pair("", text, "4").outcome != "pass"
    # Whatever it is inferred to be, comparing it with itself ends as well.
    assert compare_pair("", text, text, text).reason


@pytest.mark.usefixtures("within_the_cap")
def test_simplification_is_stopped_in_time() -> None:
    factored = "*".join(f"({name}+1)" for name in "pqrstuvwxyz")
    expanded = f"({factored})**40 + sin(x)**2 + cos(x)**2"
    judgement = compare_pair("expression", f"({factored})**40 + 1", expanded)
    assert judgement.numeric == "pass"
    assert judgement.outcome in ("pass", "inconclusive")
    assert compare_pair("integer", "5", "5").outcome == "pass"


def spin() -> None:
    while True:
        sum(range(1_000))


def test_the_cap_interrupts_and_leaves_no_timer_behind() -> None:
    with CpuCap(0.05) as cap:
        spin()
    assert cap.expired
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_an_inner_cap_does_not_lift_the_outer_one() -> None:
    ended = 0
    with CpuCap(0.3) as outer:
        for _ in range(50):
            with CpuCap(0.02) as inner:
                spin()
            ended += inner.expired
    assert outer.expired
    assert 1 < ended < 50


@pytest.mark.usefixtures("within_the_cap")
def test_a_longer_inner_cap_ends_with_the_outer_one() -> None:
    with CpuCap(0.05) as outer, CpuCap(4 * SECONDS_PER_PAIR) as inner:
        spin()
    assert outer.expired and not inner.expired


def test_a_cap_that_is_not_reached_changes_nothing() -> None:
    with CpuCap(5) as outer, CpuCap(5) as inner:
        sum(range(1_000))
    assert not outer.expired and not inner.expired


@pytest.mark.parametrize("module", WORKER, ids=lambda path: path.stem)
def test_no_module_of_the_worker_can_evaluate_text(module: Path) -> None:
    calls = [
        node.func for node in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    names = {call.id for call in calls if isinstance(call, ast.Name)}
    attributes = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    assert not names & {"eval", "exec", "compile", "__import__", "open", "sympify", "parse_expr"}
    assert not attributes & {"eval", "exec", "sympify", "parse_expr", "lambdify", "S", "N", "import_module"}
