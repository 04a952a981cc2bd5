"""Inside the sandbox: run a program and write down what it asked of sympy's solvers, and what came back."""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
from typing import Any

_SOLVERS = ("solve", "solveset", "linsolve", "nonlinsolve", "solve_linear_system")
_MAX_CALLS = 20


def main() -> None:
    """Run the file program.py; write its solver calls as JSON."""
    import sympy

    calls: list[dict[str, Any]] = []
    for name in _SOLVERS:
        setattr(sympy, name, _recording(getattr(sympy, name), name, calls))
    kept = os.dup(1)
    ended = "ok"
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            runpy.run_path("program.py", run_name="__main__")
        except SystemExit:
            pass
        except BaseException as error:
            ended = type(error).__name__
    os.write(kept, json.dumps({"ended": ended, "calls": calls[:_MAX_CALLS]}).encode())


def _recording(solver: Any, name: str, calls: list[dict[str, Any]]) -> Any:
    def recorded(*args: Any, **options: Any) -> Any:
        result = solver(*args, **options)
        with contextlib.suppress(Exception):
            calls.append({"solver": name, **_shape(args, result)})
        return result

    return recorded


def _shape(args: tuple[Any, ...], result: Any) -> dict[str, Any]:
    import sympy

    system = args[0]
    equations = list(system) if isinstance(system, list | tuple | set) else [system]
    if isinstance(result, dict):
        solutions: list[Any] = [tuple(result.values())] if result else []
    elif isinstance(result, sympy.FiniteSet | list | tuple):
        solutions = [tuple(s.values()) if isinstance(s, dict) else s for s in result]
    else:
        return {
            "equations": len(equations),
            "solutions": -1,
            "free": False,
            "real": 0,
            "positive": 0,
            "values": [],
        }
    flat = [list(s) if isinstance(s, tuple | sympy.Tuple) else [s] for s in solutions]
    asked = {s for e in equations for s in getattr(e, "free_symbols", ())}
    wanted = [a for a in args[1:] for a in (a if isinstance(a, list | tuple) else [a])]
    free = len(wanted) != 1 and any(getattr(v, "free_symbols", set()) & asked for row in flat for v in row)
    free = free or (
        isinstance(result, dict) and len(wanted) > len(result) and len(equations) >= 1 and len(wanted) > 1
    )
    real = [row for row in flat if all(getattr(v, "is_real", False) for v in row)]
    positive = [row for row in real if all(v > 0 for v in row)]
    values = [[str(v)[:40] for v in row] for row in real[:6]]
    return {
        "equations": len(equations),
        "solutions": len(flat),
        "free": bool(free),
        "real": len(real),
        "positive": len(positive),
        "values": values,
    }
