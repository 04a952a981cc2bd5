"""Inside the sandbox: run arithmetic on quantities for a text's numbers, and tell the result's unit."""

from __future__ import annotations

import json
import os
import runpy
import sys
from fractions import Fraction
from typing import Any

_CONVERSIONS = {2.54, 4, 7, 10, 12, 24, 52, 60, 100, 365, 1000, 3600, 3.6}


def _converts(factor: Fraction) -> bool:
    return float(factor) in _CONVERSIONS or (
        factor.denominator == 1 and str(factor.numerator).strip("0") == "1"
    )


class Mismatch(Exception):
    """Quantities that cannot be added."""


class Quantity:
    """A value, powers of dimensions and a scale; `converted` once a usual factor came in as a bare number."""

    def __init__(
        self, value: Any, powers: dict[str, int], scale: Fraction, *, converted: bool = False
    ) -> None:
        self.value = value
        self.powers = {name: power for name, power in powers.items() if power}
        self.scale = scale
        self.converted = converted
        self.mixed = False

    def _with(self, value: Any, other: Any, sign: int) -> Quantity:
        if not isinstance(other, Quantity):
            known = any(_converts(Fraction(part)) for part in ((other, 1 / Fraction(other)) if other else ()))
            made = Quantity(value, self.powers, self.scale, converted=self.converted or bool(known))
            made.mixed = self.mixed
            return made
        powers = dict(self.powers)
        for name, power in other.powers.items():
            powers[name] = powers.get(name, 0) + sign * power
        scale = self.scale * other.scale if sign > 0 else self.scale / other.scale
        made = Quantity(value, powers, scale, converted=self.converted or other.converted)
        made.mixed = self.mixed or other.mixed
        return made

    def _beside(self, value: Any, other: Any) -> Quantity:
        if not isinstance(other, Quantity):
            made = Quantity(value, self.powers, self.scale, converted=self.converted)
            # A bare number in a sum may be anything, also a stated number in another form.
            made.mixed = self.mixed or bool(other)
            return made
        converted = self.converted or other.converted
        counts = all(name[0] == "#" for name in (*self.powers, *other.powers))
        # `$25 a month plus $2 for every gigabyte`: one month is meant, and not said.
        per = _upper(self.powers) == _upper(other.powers)
        if self.powers != other.powers and not (per or counts or converted or self.mixed or other.mixed):
            raise Mismatch(f"{_shown(self)} and {_shown(other)}")
        if self.powers == other.powers and self.scale != other.scale and not converted:
            raise Mismatch(f"two scales of {_shown(self)}")
        made = Quantity(value, self.powers, self.scale, converted=converted)
        made.mixed = self.mixed or other.mixed or self.powers != other.powers
        return made

    def __mul__(self, other: Any) -> Quantity:
        return self._with(self.value * _value(other), other, 1)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Quantity:
        return self._with(Fraction(self.value) / Fraction(_value(other)), other, -1)

    def __floordiv__(self, other: Any) -> Quantity:
        return self._with(self.value // _value(other), other, -1)

    def __rtruediv__(self, other: Any) -> Quantity:
        return Quantity(other, {}, Fraction(1)) / self

    def __add__(self, other: Any) -> Quantity:
        return self._beside(self.value + _value(other), other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Quantity:
        return self._beside(self.value - _value(other), other)

    def __rsub__(self, other: Any) -> Quantity:
        return self._beside(_value(other) - self.value, other)


def main() -> None:
    """Run program.py, whose numbers with units are calls of `quantity`; write the unit of what it prints."""
    units = json.load(sys.stdin)
    printed: list[Any] = []
    kept = os.dup(1)

    def quantity(place: int) -> Quantity:
        told = units[place]
        return Quantity(Fraction(told["value"]), told["powers"], Fraction(told["scale"]))

    given = {
        "quantity": quantity,
        "print": lambda *values, **_: printed.append(values[0] if len(values) == 1 else None),
        "Fraction": _ratio,
        "Rational": _ratio,
        **dict.fromkeys(("int", "float", "round", "Integer", "str", "Decimal", "abs"), _same),
    }
    said: dict[str, Any] = {"powers": {}, "scale": "1", "converted": False, "read": False, "mismatch": ""}
    try:
        runpy.run_path("program.py", init_globals=given, run_name="__main__")
        last = printed[0] if len(printed) == 1 else None
        if isinstance(last, Quantity):
            said |= {
                "powers": last.powers,
                "scale": str(last.scale),
                "converted": last.converted,
                "read": not last.mixed,
            }
    except Mismatch as error:
        said["mismatch"] = str(error)[:200]
    except BaseException:
        said["read"] = False
    os.write(kept, json.dumps(said).encode())
    os._exit(0)


def _upper(powers: dict[str, int]) -> dict[str, int]:
    return {name: power for name, power in powers.items() if power > 0}


def _value(other: Any) -> Any:
    if isinstance(other, Quantity):
        return other.value
    return Fraction(str(other)) if isinstance(other, float) else other


def _ratio(top: Any, bottom: Any = 1) -> Any:
    return (
        top / bottom if isinstance(top, Quantity) or isinstance(bottom, Quantity) else Fraction(top) / bottom
    )


def _same(value: Any, *_: Any) -> Any:
    return value


def _shown(one: Quantity) -> str:
    return " ".join(f"{name.strip('#')}^{power}" for name, power in sorted(one.powers.items())) or "a number"
