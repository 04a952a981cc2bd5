"""What libraries do at their first use is done once, before the first fork."""

from __future__ import annotations

import sys


def warm_up() -> None:
    """Use what is imported, so that no job pays for modules and tables that are made on demand."""
    if "sympy" in sys.modules:
        _warm_sympy()


def _warm_sympy() -> None:
    import sympy
    from sympy.core.cache import clear_cache

    x, y = sympy.symbols("x y")
    square = sympy.expand((x + y) ** 2)
    sympy.factor(square)
    sympy.simplify(sympy.sin(x) ** 2 + sympy.cos(x) ** 2 + square / (x + y))
    sympy.solve(x**2 - 2 * x - 3, x)
    sympy.solve([x + y - 3, x - y - 1], [x, y])
    sympy.integrate(sympy.diff(x**3 * sympy.exp(x), x), x)
    sympy.Rational(1, 3).evalf(40)
    sympy.sqrt(2).equals(2 / sympy.sqrt(2))
    str(sympy.Matrix([[x, 1], [2, y]]).det())
    # Results are not to be remembered: a job's own are as new as in an interpreter of its own.
    clear_cache()
