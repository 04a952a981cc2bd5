"""The LangChain tools: what they tell a model, and that nothing a model gives them ends its graph."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.messages.tool import tool_call
from langchain_core.tools import BaseTool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode

from proofset.errors import SandboxUnavailableError
from proofset.records import Outcome
from proofset.tools.langchain import ANSWER_CHARS, sandbox_tools
from proofset.tools.langchain.programs import suite_text
from proofset.tools.langchain.telling import NO_RESULT, head, tail
from proofset.tools.programs import CaseResult, CaseStatus, Mode, SuiteResult
from proofset.tools.sandbox import ExitKind, Job, Result, Sandbox

NAMES = [
    "run_python",
    "run_tests",
    "sympy_solve",
    "sympy_simplify",
    "sympy_evaluate",
    "sympy_differentiate",
    "sympy_integrate",
]


class Broken:
    """A backend that does not work."""

    name, layers, joins = "broken", (), False

    def __init__(self, failing: Exception | ExitKind) -> None:
        self.failing = failing

    async def run(self, job: Job) -> Result:
        if isinstance(self.failing, Exception):
            raise self.failing
        return Result(self.failing, None, "", "cannot open /srv/secret", 0.0, 0.0, self.name, self.layers)

    async def close(self) -> None:
        return None


async def use(sandbox: Any, name: str, **arguments: Any) -> ToolMessage:
    """What an agent gets: the message of one tool call."""
    (tool,) = [tool for tool in sandbox_tools(sandbox) if tool.name == name]
    message = await tool.ainvoke(tool_call(name=name, args=arguments, id="c1"))
    assert isinstance(message, ToolMessage)
    return message


async def told(sandbox: Any, name: str, **arguments: Any) -> str:
    return str((await use(sandbox, name, **arguments)).text)


def test_tools_state_their_limits_and_forbid_other_arguments(sandbox: Sandbox) -> None:
    tools: list[BaseTool] = sandbox_tools(sandbox)
    assert [tool.name for tool in tools] == NAMES
    for tool in tools:
        assert "CPU seconds" in tool.description
        assert f"cut to {ANSWER_CHARS:,} characters" in tool.description
        schema = tool.get_input_jsonschema()
        assert schema["additionalProperties"] is False
        assert all("description" in field for field in schema["properties"].values())


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("print(6 * 7)", "It ended well.\nstdout:\n42"),
        ("print(input() + '!')", "It ended well.\nstdout:\nhello!"),
        ("import sympy; print(sympy.factorint(12))", "It ended well.\nstdout:\n{2: 2, 3: 1}"),
        ("x = 42", "It ended well. It printed nothing; use print(...)."),
        ("import sys; print(1); sys.exit(3)", "It ended with exit code 3.\nstdout:\n1"),
        ("print('\\ud800' == chr(0xd800))", "It ended well.\nstdout:\nTrue"),
    ],
)
async def test_run_python_tells_how_it_ended_and_what_it_printed(
    sandbox: Sandbox, code: str, answer: str
) -> None:
    assert await told(sandbox, "run_python", code=code, stdin="hello") == answer


async def test_run_python_tells_errors_and_limits(sandbox: Sandbox) -> None:
    text = await told(sandbox, "run_python", code="1 / 0")
    assert text.startswith("It ended with exit code 1.\nstderr:\nTraceback")
    assert text.endswith("ZeroDivisionError: division by zero")
    assert await told(sandbox, "run_python", code="while True: pass") == (
        "It was stopped: it used up its 4 CPU seconds."
    )
    text = await told(sandbox, "run_python", code="while True: print('x' * 999)")
    assert text.startswith("It was stopped: it wrote more than 16,384 bytes.\nstdout:\nxxx")
    assert len(text) <= ANSWER_CHARS
    text = await told(
        sandbox,
        "run_python",
        code="import sys\nprint('a' * 9000)\nprint('b' * 9000 + 'end', file=sys.stderr)",
    )
    assert len(text) <= ANSWER_CHARS
    assert "more characters left out\nstderr:\n" in text
    assert text.endswith("end")


@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("sympy_solve", {"equations": ["x^2 = 4"], "unknowns": ["x"]}, "x = -2\nx = 2"),
        ("sympy_solve", {"equations": ["x^2 = 4"], "unknowns": ["x"], "domain": "positive"}, "x = 2"),
        ("sympy_solve", {"equations": ["2x == 1"], "unknowns": ["x"], "domain": "integer"}, "no solution"),
        ("sympy_solve", {"equations": ["x + y = 3", "x - y - 1"], "unknowns": ["x", "y"]}, "x = 2, y = 1"),
        ("sympy_solve", {"equations": ["N = 2*S", "S = 4"], "unknowns": ["N", "S"]}, "N = 8, S = 4"),
        ("sympy_solve", {"equations": ["x = x"], "unknowns": ["x"]}, "every value is a solution"),
        ("sympy_solve", {"equations": ["x = 1", "1 = 2"], "unknowns": ["x"]}, "no solution"),
        ("sympy_solve", {"equations": ["x**2 < 4"], "unknowns": ["x"]}, "(-2 < x) & (x < 2)"),
        ("sympy_simplify", {"expression": "(x^2 - 1)/(x - 1)"}, "x + 1"),
        ("sympy_simplify", {"expression": "x^2 - 1", "form": "factor"}, "(x - 1)*(x + 1)"),
        ("sympy_simplify", {"expression": "x*(x + 1)", "form": "expand"}, "x**2 + x"),
        ("sympy_evaluate", {"expression": "pi", "digits": 30}, "3.14159265358979323846264338328"),
        ("sympy_evaluate", {"expression": "2**0.5 > 1"}, "True"),
        ("sympy_differentiate", {"expression": "x^3 + E^x", "variable": "x", "order": 2}, "6*x + exp(x)"),
        ("sympy_integrate", {"expression": "2*x", "variable": "x"}, "x**2"),
        (
            "sympy_integrate",
            {"expression": "exp(-t^2)", "variable": "t", "lower": "-oo", "upper": "oo"},
            "sqrt(pi)",
        ),
    ],
)
async def test_sympy_tools_answer(
    sandbox: Sandbox, name: str, arguments: dict[str, Any], answer: str
) -> None:
    message = await use(sandbox, name, **arguments)
    assert (message.text, message.status) == (answer, "success")


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("sympy_solve", {"equations": ["x = 1 = 2"], "unknowns": ["x"]}, "more than one equals sign"),
        ("sympy_solve", {"equations": ["x = cos(x)"], "unknowns": ["x"]}, "NotImplementedError"),
        ("sympy_evaluate", {"expression": "a + b"}, "it has unknown names: a, b"),
        ("sympy_evaluate", {"expression": "((("}, "SymPy gave no answer. TokenError"),
        ("sympy_evaluate", {"expression": "open('/etc/passwd').read()"}, "SymPy gave no answer. "),
        ("sympy_evaluate", {"expression": "9**9**9**9"}, "it used up its 8 CPU seconds"),
        (
            "sympy_integrate",
            {"expression": "x**x", "variable": "x", "lower": "0", "upper": "1"},
            "no closed form was found; numerically it is 0.783430510712134",
        ),
    ],
)
async def test_sympy_tools_say_why_there_is_no_answer(
    sandbox: Sandbox, name: str, arguments: dict[str, Any], reason: str
) -> None:
    assert reason in await told(sandbox, name, **arguments)


async def test_an_expression_that_takes_the_job_over_gains_nothing(sandbox: Sandbox) -> None:
    message = await use(sandbox, "sympy_evaluate", expression="print('not json')")
    assert message.status == "error"
    assert message.text.startswith("no result: the expression broke the tool")


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("run_python", {}, "wrong arguments: code: Field required"),
        ("run_python", {"code": ["print(1)"]}, "wrong arguments: code: Input should be a valid string"),
        ("run_python", {"code": "x", "shell": True}, "wrong arguments: shell: Extra inputs"),
        ("run_tests", {"solution": "x", "tests": "y", "entry_point": "a b"}, "wrong arguments: entry_point"),
        ("sympy_solve", {"equations": ["x"], "unknowns": ["x;y"]}, "wrong arguments: unknowns.0"),
        ("sympy_evaluate", {"expression": "1" * 2001}, "at most 2000 characters"),
        (
            "sympy_integrate",
            {"expression": "x", "variable": "x", "lower": "0"},
            "give both bounds, or none for an antiderivative",
        ),
    ],
)
async def test_wrong_arguments_are_told(name: str, arguments: dict[str, Any], reason: str) -> None:
    message = await use(Broken(AssertionError("nothing may run")), name, **arguments)
    assert message.status == "error"
    assert reason in message.text
    assert message.text.endswith("call the tool again")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "failing",
    [ExitKind.FAILED, ExitKind.STARVED, SandboxUnavailableError("pip install sympy"), OSError("/srv/secret")],
    ids=str,
)
async def test_a_sandbox_that_does_not_work_is_told_without_its_secrets(
    name: str, failing: Exception | ExitKind
) -> None:
    arguments: dict[str, dict[str, Any]] = {
        "run_python": {"code": "print(1)"},
        "run_tests": {"solution": "def f(): return 1", "tests": "assert f() == 1", "entry_point": "f"},
        "sympy_solve": {"equations": ["x"], "unknowns": ["x"]},
        "sympy_differentiate": {"expression": "x", "variable": "x"},
        "sympy_integrate": {"expression": "x", "variable": "x"},
    }
    message = await use(Broken(failing), name, **arguments.get(name, {"expression": "1"}))
    assert "/srv" not in message.text
    if isinstance(failing, SandboxUnavailableError):
        assert message.text == "pip install sympy"
    elif isinstance(failing, OSError):
        assert message.text == NO_RESULT
    if name != "run_tests":
        assert message.status == "error"


async def test_a_tool_node_answers_every_call(sandbox: Sandbox) -> None:
    graph = StateGraph(MessagesState)
    graph.add_node("tools", ToolNode(sandbox_tools(sandbox)))
    graph.add_edge(START, "tools")
    made = [
        tool_call(name="run_python", args={"code": "print(1)"}, id="a"),
        tool_call(name="run_python", args={}, id="b"),
        tool_call(name="run_shell", args={"command": "ls"}, id="c"),
        tool_call(name="sympy_evaluate", args={"expression": "1/4"}, id="d"),
    ]
    state = await graph.compile().ainvoke({"messages": [AIMessage("", tool_calls=made)]})
    answers = {message.tool_call_id: message.text for message in state["messages"][1:]}
    assert answers["a"] == "It ended well.\nstdout:\n1"
    assert answers["b"].startswith("wrong arguments: code")
    assert answers["c"].startswith("Error: run_shell is not a valid tool")
    assert answers["d"] == "0.250000000000000"


@pytest.mark.parametrize(
    ("tests", "answer"),
    [
        ("assert add(1, 2) == 3\nassert add(2, 2) == 4\n", "2 of 2 cases passed."),
        (
            "assert add(1, 2) == 3\nassert add(2, 2) == 5\n",
            "1 of 2 cases passed.\nline 2: failed, expected 5, got 4",
        ),
    ],
)
async def test_run_tests_tells_which_cases_failed(sandbox: Sandbox, tests: str, answer: str) -> None:
    solution = "def add(a, b):\n    return a + b\n"
    assert await told(sandbox, "run_tests", solution=solution, tests=tests, entry_point="add") == answer


async def test_run_tests_takes_a_pytest_file(sandbox: Sandbox) -> None:
    tests = """\
import pytest
from solution import add

def test_near():
    assert add(0.1, 0.2) == pytest.approx(0.3)

def test_types():
    with pytest.raises(ValueError):
        add(1, "x")
"""
    if not sandbox.joins:
        pytest.skip("this sandbox joins no two jobs")
    solution = "def add(a, b):\n    return a + b\n"
    text = await told(sandbox, "run_tests", solution=solution, tests=tests, entry_point="add")
    assert text.startswith("1 of 2 cases passed.\ntest_types: raised, ")
    assert "TypeError" in text


async def test_run_tests_tells_why_a_solution_does_not_load(sandbox: Sandbox) -> None:
    text = await told(
        sandbox, "run_tests", solution="import nothing_here", tests="assert f() == 1", entry_point="f"
    )
    assert text.startswith("Not passed: the solution cannot be loaded: ModuleNotFoundError")
    text = await told(
        sandbox, "run_tests", solution="def f(): return 1", tests="assert 1 + 1 == 2", entry_point="f"
    )
    assert text.endswith("Not decided: the tests do not call the solution.")


def test_a_long_suite_is_told_in_short() -> None:
    cases = tuple(CaseResult(f"line {n}", CaseStatus.FAILED, expected="1", got="2") for n in range(30))
    text = suite_text(SuiteResult(Mode.VALUES, Outcome.FAIL, cases, "line 0: failed"))
    assert text.startswith("0 of 30 cases passed.\nline 0: failed, expected 1, got 2\n")
    assert text.endswith("line 11: failed, expected 1, got 2\n… 18 more cases did not pass")


@given(st.text(max_size=400), st.integers(61, 200))
def test_cut_texts_keep_to_their_length(text: str, limit: int) -> None:
    for cut in (head(text, limit), tail(text, limit)):
        assert len(cut) <= limit
        assert cut == text or "characters left out" in cut
    assert head(text, limit)[: limit - 60] == text[: limit - 60]
    assert len(text) <= limit or tail(text, limit).endswith(text[60 - limit :])
