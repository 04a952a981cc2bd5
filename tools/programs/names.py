"""What a test text leans on, read from its syntax: style, the solution's names, what cannot cross."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator
from typing import NamedTuple

_SIDE_CHANNELS = frozenset(
    {
        *("capsys", "capfd", "capsysbinary", "capfdbinary", "caplog", "monkeypatch", "mocker", "recwarn"),
        *("redirect_stdout", "redirect_stderr", "patch", "mock", "MagicMock"),
        *("stdin", "stdout", "stderr", "environ", "putenv", "getsource", "signature", "gc"),
        *("tmp_path", "tmpdir", "tmp_path_factory", "open", "NamedTemporaryFile", "TemporaryDirectory"),
        *("warns", "deprecated_call", "catch_warnings", "settrace", "setprofile", "getrefcount"),
    }
)
"""What a test sees or changes in the solution's process by other ways than calls and values."""


MAX_TEST_CHARS = 400_000


class Leaning(NamedTuple):
    """What a test text needs of a solution.

    Attributes:
        style: `pytest`, or `script` for plain statements.
        calls_check: whether it defines `check(candidate)` and leaves the call to its reader.
        bare: names of the solution that it uses without importing them.
        named: names that it imports from the solution or reads as its attributes.
        imports: the solution's own imports from the standard library that it leans on: module, name, as.
        obstacle: what in it cannot work across two processes; empty where nothing is seen.
    """

    style: str
    calls_check: bool
    bare: tuple[str, ...]
    named: tuple[str, ...]
    imports: tuple[tuple[str, str, str], ...]
    obstacle: str


class Unreadable(NamedTuple):
    """A test text that is no Python."""

    detail: str


def leaning_of(tests: str, solution: str, entry_point: str, module: str) -> Leaning | Unreadable:
    """Read both texts; a solution that is no Python defines nothing."""
    if len(tests) > MAX_TEST_CHARS:
        return Unreadable(f"the tests have more than {MAX_TEST_CHARS} characters")
    try:
        tree = ast.parse(tests)
        bound, loaded = set(_bound(tree)), set(_loaded(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Unreadable(f"the tests are no Python: {error}")
    free = loaded - bound - set(dir(builtins)) - {entry_point, "candidate"}
    modules = {"solution", module}
    defined, imports = _offered(solution)
    named = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in modules
        for alias in node.names
    } | {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules
    }
    return Leaning(
        "pytest" if _is_for_pytest(tree) else "script",
        _leaves_check(tree),
        tuple(sorted(free & defined)),
        tuple(sorted(named - {"*", entry_point})),
        tuple(found for found in imports if found[2] in free),
        _obstacle(tree),
    )


def _bound(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.alias(name=name, asname=known_as):
                yield known_as or name.partition(".")[0]
            case ast.ExceptHandler(name=str(name)):
                yield name


def _loaded(tree: ast.AST) -> Iterator[str]:
    return (
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )


class _Offered(NamedTuple):
    defined: set[str]
    imports: tuple[tuple[str, str, str], ...]


def _offered(solution: str) -> _Offered:
    """What a solution defines at its top level, and what it imports there from the standard library.

    Names that it merely imports are not asked of it: a test that leans on `math.isclose` gets Python's.
    """
    try:
        body = ast.parse(solution).body if len(solution) <= MAX_TEST_CHARS else []
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _Offered(set(), ())
    defined: set[str] = set()
    imports: list[tuple[str, str, str]] = []
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AsyncFunctionDef(name=name):
                defined.add(name)
            case ast.Assign() | ast.AnnAssign():
                defined.update(_bound(node))
            case ast.Import(names=aliases):
                imports += [
                    (alias.name, "", alias.asname or alias.name)
                    for alias in aliases
                    if _is_standard(alias.name) and (alias.asname or "." not in alias.name)
                ]
            case ast.ImportFrom(module=str(module), names=aliases, level=0) if _is_standard(module):
                imports += [(module, alias.name, alias.asname or alias.name) for alias in aliases]
    taken = {known_as for _, _, known_as in imports}
    return _Offered(defined - taken, tuple(imports))


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


def _is_for_pytest(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(alias.name in ("pytest", "unittest") for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and node.module in ("pytest", "unittest"):
            return True
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.name.lower().startswith("test")
        for node in tree.body
    )


def _leaves_check(tree: ast.Module) -> bool:
    defines = any(isinstance(node, ast.FunctionDef) and node.name == "check" for node in tree.body)
    calls = any(
        isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "check"
        for node in tree.body
        if not isinstance(node, ast.FunctionDef)
        for part in ast.walk(node)
    )
    return defines and not calls


def _obstacle(tree: ast.AST) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await):
            return f"line {node.lineno}: asynchronous tests cannot call the solution in another process"
        name = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "arg", None)
        if isinstance(node, ast.alias):
            name = node.name
        if name in _SIDE_CHANNELS:
            return f"line {getattr(node, 'lineno', 0)}: {name} cannot reach the solution in another process"
    return ""
