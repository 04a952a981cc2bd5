"""Mode `values`, its first half: tests that are nothing but asserts on calls, read without running them.

    assert candidate([3, 1]) == [1, 3]
    def check(candidate): …asserts…      def test_name(): …asserts…

Whatever else a text holds makes it Inexpressible as a whole: its state could matter to the asserts.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ._plain import Malformed
from .expressions import Answer, AnswerKind, Call, Expressions, Inexpressible, NoValue, Reader, beyond
from .names import MAX_TEST_CHARS
from .pure import FUNCTIONS, TYPES, TooLarge
from .results import CaseResult, CaseStatus, cut, show

_IMPORTS = frozenset({"math", "typing", "pytest"})


class Side(NamedTuple):
    """A comparison's two operands, for telling what was expected and got."""

    left: Reader
    operator: str
    right: Reader


class Case(NamedTuple):
    """One assert: the function of the calls' answers that must be true."""

    id: str
    holds: Reader
    side: Side | None


class Asserts(NamedTuple):
    """A whole suite of asserts, and the calls it stands on."""

    cases: tuple[Case, ...]
    calls: tuple[Call, ...]


def read_asserts(tests: str, entry_point: str, module: str = "solution") -> Asserts | Inexpressible:
    """The asserts of a text, or what in it is beyond them.

    The function under test is called by its name, by `candidate`, or as an attribute of its module.
    """
    try:
        if len(tests) > MAX_TEST_CHARS:
            raise Inexpressible(f"the tests have more than {MAX_TEST_CHARS} characters")
        return _read(ast.parse(tests), entry_point, module)
    except Inexpressible as refusal:
        return refusal
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Inexpressible(f"the tests cannot be read: {type(error).__name__} {error}")


def _read(tree: ast.Module, entry_point: str, module: str) -> Asserts:
    modules = {"solution", module}
    names = {"candidate", entry_point, *(f"{name}.{entry_point}" for name in modules)}
    expressions = Expressions(frozenset(names))
    statements = list(_asserts(tree, entry_point, frozenset(modules)))
    lines = Counter(node.lineno for node in statements)
    cases, seen = [], Counter[int]()
    for node in statements:
        seen[node.lineno] += 1
        number = f".{seen[node.lineno]}" if lines[node.lineno] > 1 else ""
        side = _side(node.test, expressions)
        holds = expressions.read(node.test)
        cases.append(Case(f"line {node.lineno}{number}", holds, side))
    return Asserts(tuple(cases), tuple(expressions.calls))


def _side(test: ast.expr, expressions: Expressions) -> Side | None:
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    # Read apart, but the calls are numbered from the same count as in the reading that follows.
    mirror = Expressions(expressions.names, calls=list(expressions.calls))
    left = mirror.operand(test.left)
    sign = ast.unparse(ast.Compare(ast.Name("x"), test.ops, [ast.Name("y")]))[2:-2]
    return Side(left, sign, mirror.operand(test.comparators[0]))


def _asserts(tree: ast.Module, entry_point: str, modules: frozenset[str]) -> Iterator[ast.Assert]:
    checked = {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and _is_check(node, entry_point)
    }
    used = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    for node in tree.body:
        if isinstance(node, ast.Assert):
            yield node
        elif isinstance(node, ast.FunctionDef):
            yield from _asserts_of(node, entry_point)
        elif not (
            _is_docstring(node)
            or _is_label(node, used)
            or _is_import(node, entry_point, modules)
            or _calls_check(node, checked, entry_point)
        ):
            beyond(node, f"{type(node).__name__} is not supported")


def _asserts_of(node: ast.FunctionDef, entry_point: str) -> Iterator[ast.Assert]:
    takes_nothing = ast.unparse(node.args) == ""
    is_test = node.name.startswith("test") and takes_nothing and node.name != entry_point
    if node.decorator_list or not (is_test or _is_check(node, entry_point)):
        beyond(node, f"the function {node.name} is not supported")
    for statement in node.body:
        if isinstance(statement, ast.Assert):
            yield statement
        elif not _is_docstring(statement) and not isinstance(statement, ast.Pass):
            beyond(statement, f"{type(statement).__name__} is not supported")


def _is_check(node: ast.FunctionDef, entry_point: str) -> bool:
    return node.name == "check" != entry_point and ast.unparse(node.args) in ("candidate", entry_point)


def _calls_check(node: ast.stmt, checked: set[str], entry_point: str) -> bool:
    return "check" in checked and ast.unparse(node) == f"check({entry_point})"


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_label(node: ast.stmt, used: set[str]) -> bool:
    """An assignment of constants to a name that nothing reads, such as METADATA."""
    if (
        not isinstance(node, ast.Assign)
        or len(node.targets) != 1
        or not isinstance(node.targets[0], ast.Name)
    ):
        return False
    allowed = (ast.Constant, ast.Dict, ast.List, ast.Tuple, ast.Load)
    name = node.targets[0].id
    return (
        name not in used
        and name not in FUNCTIONS
        and name not in TYPES
        and all(isinstance(part, allowed) for part in ast.walk(node.value))
    )


def _is_import(node: ast.stmt, entry_point: str, modules: frozenset[str]) -> bool:
    if isinstance(node, ast.Import):
        return all(name.name in _IMPORTS | modules and not name.asname for name in node.names)
    if not isinstance(node, ast.ImportFrom) or node.level:
        return False
    if node.module in modules:
        return all(name.name == entry_point and not name.asname for name in node.names)
    return node.module in ("typing", "__future__") and not any(name.asname for name in node.names)


def judge(case: Case, answers: Sequence[Answer]) -> CaseResult:
    """What became of one assert, given what came of the calls."""
    try:
        if case.holds(answers):
            return CaseResult(case.id, CaseStatus.PASSED)
        return _failed(case, answers)
    except NoValue as missing:
        return CaseResult(case.id, _STATUS[missing.answer.kind], cut(missing.answer.detail))
    except (Malformed, TooLarge) as bound:
        return CaseResult(case.id, CaseStatus.UNSUPPORTED, cut(f"its value is too large to compare: {bound}"))
    except (ArithmeticError, TypeError, ValueError, LookupError, RecursionError) as error:
        # The values are exact builtins: it is the value that does not fit, not code of the solution's.
        return CaseResult(
            case.id, CaseStatus.FAILED, cut(f"the assert raises {type(error).__name__}: {error}")
        )


def _failed(case: Case, answers: Sequence[Answer]) -> CaseResult:
    if case.side is None:
        return CaseResult(case.id, CaseStatus.FAILED, "the assert is false")
    left, right = show(case.side.left(answers)), show(case.side.right(answers))
    wanted = right if case.side.operator == "==" else cut(f"{case.side.operator} {right}")
    return CaseResult(case.id, CaseStatus.FAILED, expected=wanted, got=left)


_STATUS = {
    AnswerKind.RAISED: CaseStatus.RAISED,
    AnswerKind.REFUSED: CaseStatus.UNSUPPORTED,
    AnswerKind.MISSING: CaseStatus.FAILED,
}
