"""The house keeps its plan: packages, one-way imports, room sizes, lean start, no evaluation on the host."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {name: ROOT / name for name in ("agents", "graphs", "memory", "tools")}
# A floor may import from floors before it, never from floors after it.
FLOORS = (
    "errors",
    "importing",
    "records",
    "seeds",
    "corpus",
    "traffic",
    "models",
    "tools",
    "memory",
    "collapse",
    "agents",
    "graphs",
    "loop",
    "engine",
    "mixing",
    "publishing",
    "release",
    "review",
    "cli",
)
HEAVY = (
    "langgraph",
    "langchain_core",
    "openai",
    "sqlalchemy",
    "sympy",
    "pandas",
    "torch",
    "pyarrow",
    "opentelemetry",
)


def sources() -> Iterator[tuple[str, Path]]:
    """Module name below `proofset` and file."""
    for base, prefix in ((ROOT / "src/proofset", ""), *((path, name) for name, path in ROOMS.items())):
        for path in sorted(base.rglob("*.py")):
            relative = path.relative_to(base)
            if not prefix and relative.parts[0] in ROOMS:
                continue
            parts = ([prefix] if prefix else []) + list(relative.with_suffix("").parts)
            yield ".".join(part for part in parts if part != "__init__"), path


def imported(name: str, path: Path) -> Iterator[str]:
    """Top-level rooms of proofset that a module imports, lazily or not."""
    package = ["proofset", *name.split(".")] if name else ["proofset"]
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            target = [*base, *(node.module.split(".") if node.module else [])]
            if target[:1] == ["proofset"]:
                yield from [target[1]] if len(target) > 1 else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from (
                alias.name.split(".")[1] for alias in node.names if alias.name.startswith("proofset.")
            )


def test_imports_run_one_way() -> None:
    order = {floor: number for number, floor in enumerate(FLOORS)}
    wrong = [
        f"{name} imports {target}"
        for name, path in sources()
        for target in imported(name, path)
        if name.split(".")[0] in order and target in order and order[target] > order[name.split(".")[0]]
    ]
    assert not wrong


def test_every_room_is_on_a_floor() -> None:
    tops = {name.split(".")[0] for name, _ in sources()} - {"", "__main__"}
    assert tops == set(FLOORS)


def test_every_package_is_listed() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        listed = set(tomllib.load(file)["tool"]["setuptools"]["packages"])
    found = {f"proofset.{name}".rstrip(".") for name, path in sources() if path.name == "__init__.py"}
    assert found == listed


def test_links_lead_to_the_rooms() -> None:
    for name in ROOMS:
        link = ROOT / "src/proofset" / name
        assert link.is_symlink()
        assert link.readlink() == Path(f"../../{name}")


@pytest.mark.parametrize(
    ("name", "path"), list(sources()), ids=lambda value: str(value) if value else "proofset"
)
def test_no_room_is_too_large(name: str, path: Path) -> None:
    limit = 80 if name.startswith("graphs.verified") else 400
    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit


def test_model_text_is_never_evaluated_on_the_host() -> None:
    banned = {"eval", "exec", "sympify", "parse_expr", "literal_eval", "os.system", "os.popen"}
    inside_the_sandbox = ("tools.sandbox.inside.", "tools.langchain._sympy_job")
    found = []
    for name, path in sources():
        if name.startswith(inside_the_sandbox):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called in banned or called.rpartition(".")[2] in banned:
                    found.append(f"{name}:{node.lineno} {called}")
    assert not found


def test_importing_proofset_loads_nothing_heavy() -> None:
    code = f"import sys, proofset, proofset.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_public_names_load() -> None:
    import proofset

    assert all(getattr(proofset, name) is not None for name in proofset.__all__)
    with pytest.raises(AttributeError, match="nothing_here"):
        _ = proofset.nothing_here
