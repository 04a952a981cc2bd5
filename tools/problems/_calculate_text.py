"""Inside the sandbox: the integral, slope or value of a text's formula, by symbols and by numbers."""

from __future__ import annotations

import json
import sys
from typing import Any

from ._solve_text import claimed_values, expression


def main() -> None:
    """Read what is asked from standard input; write the value, and whether the claim is it, as JSON."""
    asked = json.load(sys.stdin)
    import sympy

    x = sympy.Symbol("x", real=True)
    formula = expression(asked["text"], {"x": x})
    a = expression(asked["a"], {})
    value = _value(asked["kind"], formula, x, a, expression(asked["b"], {}) if asked["b"] else None)
    claimed = claimed_values(asked["claim"], {})
    said = {"value": "", "read": False, "same": False}
    if value is not None and value.is_finite and value.is_number:
        said["value"] = str(value)[:80]
        if claimed is not None and len(claimed) == 1:
            near, exact = sympy.N(claimed[0], 30), sympy.N(value, 30)
            said["read"] = True
            said["same"] = bool(abs(near - exact) <= 1e-12 * (1 + abs(exact)))
            # A rounded decimal of an irrational or endless value is left to the policy of answers.
            if not said["same"] and "." in asked["claim"] and abs(near - exact) <= 1e-3 * (1 + abs(exact)):
                said["read"] = False
    sys.stdout.write(json.dumps(said))


def _value(kind: str, formula: Any, x: Any, a: Any, b: Any) -> Any:
    import sympy

    if kind == "value":
        return sympy.nsimplify(formula.subs(x, a)) if formula.subs(x, a).is_rational else formula.subs(x, a)
    if kind == "slope":
        return sympy.diff(formula, x).subs(x, a)
    value = sympy.integrate(formula, (x, a, b))
    measured = sympy.N(sympy.Integral(formula, (x, a, b)), 15)
    if not value.is_number or abs(sympy.N(value, 20) - measured) > 1e-8 * (1 + abs(measured)):
        return None
    if kind == "area":
        # Below the axis an area may be meant with or without its sign.
        points = [sympy.N(formula.subs(x, a + (b - a) * k / sympy.Integer(40))) for k in range(41)]
        return value if all(point.is_real and point >= 0 for point in points) else None
    return value
