"""Pairs of answers with their outcome, by type: the policy of the answer checker, row by row.

The texts are ours and harmless, so the worker's functions run in this process.
"""

from __future__ import annotations

import pytest

from proofset.tools.answers._worker import compare_pair

EQUAL = r"""
integer | 5 | 5
integer | 5 | 5.0
integer | 5 | x = 5
integer | 5 | 5 = x
integer | 5 | area = 5
integer | 5 | The answer is 5.
integer | 5 | Final answer: 5
integer | 5 | So the final answer is: **5**
integer | 5 | `5`
integer | 5 | $5$
integer | 5 | $5
integer | 5 | \boxed{5}
integer | 5 | We add 2 and 3 and get \boxed{5}.
integer | 5 | 2 + 3⏎#### 5
integer | 5 | 10/2
integer | -5 | −5
integer | 1234567 | 1,234,567
integer | 1234 | $1,234.00
integer | 120 | 5!
integer | 720 | (2*3)!
integer | 10 | binomial(5, 2)
integer | 4 | gcd(8, 12)
integer | 2000 | 2e3
integer | 7 | 007
integer | 1024 | 2^10
integer | 1024 | 2¹⁰
integer | 12 | 3 × 4
integer | 3 | 12 ÷ 4
integer | 3 | floor(pi)
integer | 1 | 10**200 + 1 - 10**200
integer | 1 | sqrt(10**400) + 1 - 10**200
rational | 3/4 | 0.75
rational | 3/4 | .75
rational | 3/4 | 75%
rational | 3/4 | 6/8
rational | 3/4 | ¾
rational | 7/2 | 3 1/2
rational | -7/2 | -3 1/2
rational | 5/2 | 2½
rational | 3/4 | \frac{3}{4}
rational | 11/4 | 2\frac{3}{4}
rational | 2469/2 | $1,234.50
rational | 3/4 | Rational(3, 4)
rational | 3/4 | Fraction(3, 4)
rational | 1/3 | 0.3333333333333333
rational | 1/3 | 0.333333333333
rational | 2/3 | 0.6666666666666666
rational | 2/3 | 0.6666666666666667
rational | 0.00042 | 4.2e-4
closed_form | sqrt(2)/2 | 1/sqrt(2)
closed_form | sqrt(2)/2 | 0.7071067811865476
closed_form | sqrt(2) + sqrt(3) | sqrt(5 + 2*sqrt(6))
closed_form | 2*sqrt(3) | 2√3
closed_form | 2*sqrt(3) | √12
closed_form | 6*sqrt(2) | 6√(2)
closed_form | pi/4 | π/4
closed_form | pi/4 | atan(1)
closed_form | 2*pi | 6.283185307179586
closed_form | log(7)/log(3) | log(7, 3)
closed_form | 3*log(2) | ln(8)
closed_form | E**2 | exp(2)
closed_form | (5 - sqrt(5))/8 | sin(pi/5)**2
closed_form | 1 + 2*I | 1 + 2i
closed_form | 1 + 2*I | (1+2j)
closed_form | cbrt(16) | 2*2**(1/3)
closed_form | oo | ∞
expression | (x + 1)**2 | x^2 + 2x + 1
expression | 2*sin(x)*cos(x) | sin(2*x)
expression | (x**2 - 1)/(x - 1) | x + 1
expression | sqrt(x**2) | Abs(x)
expression | sqrt(1/n) | 1/sqrt(n)
expression | x**2 + 1 | y = x^2 + 1
expression | 3*y**5*(y - 2) | 3 y^{5} \left(y - 2\right)
expression | alpha*beta | β*α
expression | x_1 + x_2 | x_2 + x_1
expression | lambda + 1 | 1 + λ
expression | x*(x + 1)/2 | (x^2 + x)/2
equation | 2*x + 4*y - 3 = 0 | y = -x/2 + 3/4
equation | y = x + 1 | Eq(y, x + 1)
equation | (x - 1)**2 + (y + 2)**2 = 9 | x^2 + y^2 - 2x + 4y - 4 = 0
equation | 3*x - y + 13 = 0 | -3x + y - 13 = 0
set | {1, 2} | [2, 1]
set | {1, 2} | {2, 1}
set | {1, 2} | 1, 2
set | {1, 2} | 1 and 2
set | {1, 2} | x = 1, x = 2
set | {1, 2} | FiniteSet(2, 1)
set | {1, 2} | [1, 1, 2]
set | {5} | x = 5
set | {sqrt(2), -sqrt(2)} | [-sqrt(2), sqrt(2)]
set | {1/3, 2} | [2.0, 0.3333333333333333]
set | {} | EmptySet
set | {} | set()
set | {(1, 2), (3, 4)} | [(3, 4), (1, 2)]
tuple | (3, -1) | (3, -1)
tuple | (3, -1) | 3, -1
tuple | (3, -1) | (x, y) = (3, -1)
tuple | (3, -1, 1/2) | [3, -1, 0.5]
tuple | (100, 200) | (100,200)
interval | (1, 3] | (1,3]
interval | (1, 3] | 1 < x <= 3
interval | (1, 3] | Interval.Lopen(1, 3)
interval | (1, 3] | Interval(1, 3, True, False)
interval | (1, 3) | (1 < x) & (x < 3)
interval | (1, 3) | x > 1 and x < 3
interval | (1, 3) | (1, 2) U [2, 3)
interval | (-oo, 3) | x < 3
interval | [3, oo) | x ≥ 3
interval | (-oo, 1) U (3, oo) | x < 1 or x > 3
interval | (-oo, 1) U (3, oo) | (x < 1) | (x > 3)
interval | (-oo, 1) U [3, oo) | Union(Interval.open(-oo, 1), Interval(3, oo))
interval | (-oo, oo) | Reals
interval | [0, 1/2] | [0, 0.5]
matrix | [[1, 2], [3, 4]] | Matrix([[1, 2], [3, 4]])
matrix | Matrix([1, 2]) | Matrix([[1], [2]])
matrix | Matrix([[1/2, sqrt(4)]]) | [[0.5, 2]]
quantity | 5 cm | 5.0 cm
quantity | 1,500 m | 1500 m
quantity | 3 1/2 km/h | 7/2 km/h
text | Evelyn | evelyn
text | New York | new   york.
text | True | true
text | Evelyn | \boxed{\text{Evelyn}}
choice | B | (B)
choice | B | b
choice | B | B) 42
choice | B | The answer is (B).
integer | 1000 | 1 000
expression | x*y | xy
expression | x*(x + 1) | x(x + 1)
equation | y = x**2 | x**2
set | {1, 2} | 1 or 2
matrix | Matrix([1, 2]) | [1, 2]
quantity | 5 cm | 50 mm
"""

DIFFERENT = r"""
integer | 5 | 6
integer | 5 | -5
integer | 5 | 5.1
integer | 5 | 5 or 6
integer | 5 | either 5 or 6
integer | 5 | 5 and 6
integer | 5 | 5, 6
integer | 5 | {5, 6}
integer | 5 | \boxed{5} or \boxed{6}
integer | 5 | #### 5⏎#### 6
integer | 5 |
integer | 5 | \boxed{}
integer | 5 | I don't know
integer | 5 | N/A
integer | 10 | 2x = 10
integer | 1 | True
integer | 3628800 | 9!
integer | 1 | 0.9999999999
integer | 0 | sqrt(2)*10^-20
integer | 2 | 2.0000000001
rational | 1/3 | 0.333
rational | 1/3 | 0.3333
rational | 1/3 | 0.3334
rational | 1/8 | 0.13
rational | 23/4 | 2 3/4
rational | 1/3 | 0.3333333333334
rational | 1/2 | sqrt(2)
closed_form | sqrt(2) | 1.414
closed_form | sqrt(2) | -sqrt(2)
closed_form | sqrt(2) | 3
closed_form | pi | 22/7
closed_form | pi | 3
closed_form | E | 2.718
closed_form | 1 + 2*I | 2 + I
closed_form | 1 + 2*I | 1 - 2*I
closed_form | log(7)/log(3) | log(7/3)
closed_form | oo | 5
expression | (x + 1)**2 | x^2 + 1
expression | (x + 1)**2 | x^2 + 2x + 1.0001
expression | sqrt(x**2) | x
expression | sec(y)**2 | tan(y)**2 - 1
expression | x + y | x
equation | 2*x + 4*y - 3 = 0 | 2*x + 4*y - 3 = 1
equation | x = 2 | x**2 = 4
equation | (x - 1)**2 + (y + 2)**2 = 9 | (x + 1)**2 + (y - 2)**2 = 9
set | {1, 2} | {1, 3}
set | {1, 2} | {1}
set | {1, 2} | {1, 2, 3}
set | {} | {0}
set | {(1, 2)} | [(2, 1)]
tuple | (3, -1) | (-1, 3)
tuple | (3, -1) | (3, -1, 0)
tuple | (3, -1) | (3, 1)
interval | (1, 3] | [1, 3]
interval | (1, 3] | (1, 3)
interval | (1, 3] | (1, 4]
interval | (1, 3] | 1 <= x <= 3
interval | (1, 3) | (1, 2) U (2, 3)
interval | (-oo, 1) U (3, oo) | (-oo, 1)
interval | (-oo, 1) U (3, oo) | (-oo, 1) U [3, oo)
matrix | [[1, 2], [3, 4]] | [[1, 2], [3, 5]]
matrix | [[1, 2]] | [[1], [2]]
matrix | [[1, 2], [3, 4]] | [[1, 2, 0], [3, 4, 0]]
quantity | 5 cm | 6 cm
text | Evelyn | Eve
text | Evelyn | Evelyn or Carla
choice | B | A
choice | B | A or B
choice | B | A, B
interval | (1, 3) | {1, 3}
interval | (1, 3) | (1, 2) or (2, 3)
"""

OPEN = r"""
integer | 5 | about 5
integer | 5 | ≈ 5
integer | 5 | 5?
integer | 5 | it is neither 5 nor 6
integer | 5 | [5]
integer | 5 | 5x
integer | 40 | 40_9
integer | 16 | 0x10
integer | 1 | 1_0
integer | 1/2 | 1/2
integer | 50 | 50%
integer | 2^100 | 1.267650600228229e+30
rational | 0.3 | 0.30000000000000004
rational | 1/3 | 0.33333
rational | 1/3 | 0.33333333333
rational | 1.22 | 1,22
rational | sqrt(2) | sqrt(2)
rational | 1/2 | 1/0
closed_form | sqrt(2) | 1.41421356
closed_form | -2 | (-8)**(1/3)
closed_form | -2 | cbrt(-8)
closed_form | pi/3 | 0.333333333333333*pi
expression | x/2 | 1/2x
expression | exp(2*x) | e^2x
expression | x + 1 | t + 1
expression | sqrt(x*y) | sqrt(x)*sqrt(y)
equation | x - y = 0 | (x - y)**2 = 0
equation | a = b = c | a = b
set | {1, 2} | (1, 2)
set | {1, 2} | \boxed{1} and \boxed{2}
tuple | (1, 3) | [1, 3]
tuple | (1, 3) | {1, 3}
tuple | (1234, 5) | 1,234, 5
interval | (1, 3) | (3, 1)
matrix | [[1, 2], [3, 4]] | [[1, 2], [3]]
quantity | 5 cm | 5
choice | B | Paris
rational | x = 5 | y = 5
"""


def rows(table: str) -> list[list[str]]:
    """Type, expected and given of each line; `⏎` stands for a line break."""
    lines = table.strip("\n").split("\n")
    return [[cell.strip().replace("⏎", "\n") for cell in line.split(" |", 2)] for line in lines]


@pytest.mark.parametrize(("kind", "expected", "given"), rows(EQUAL))
def test_equal(kind: str, expected: str, given: str) -> None:
    judgement = compare_pair(kind, expected, given)
    assert (judgement.outcome, judgement.symbolic, judgement.numeric) == ("pass", "pass", "pass"), judgement
    assert judgement.expected_read and judgement.given_read


@pytest.mark.parametrize(("kind", "expected", "given"), rows(DIFFERENT))
def test_different(kind: str, expected: str, given: str) -> None:
    judgement = compare_pair(kind, expected, given)
    assert judgement.outcome == "fail", judgement
    assert "fail" in (judgement.symbolic, judgement.numeric)
    assert judgement.reason


@pytest.mark.parametrize(("kind", "expected", "given"), rows(OPEN))
def test_inconclusive(kind: str, expected: str, given: str) -> None:
    judgement = compare_pair(kind, expected, given)
    assert judgement.outcome == "inconclusive", judgement
    assert judgement.reason


ASYMMETRIC = ("integer", "rational", "text", "choice")
"""An expected answer must be of these types as it stands, or is compared as it stands."""


@pytest.mark.parametrize(
    ("kind", "expected", "given"), [row for row in rows(EQUAL) if row[0] not in ASYMMETRIC]
)
def test_an_equal_pair_is_equal_the_other_way_round(kind: str, expected: str, given: str) -> None:
    assert compare_pair(kind, given, expected).outcome == "pass"


@pytest.mark.parametrize("given", ["{}", "4 or 5", "the answer is \\boxed{}", "N/A", ""])
def test_an_unreadable_expected_answer_never_fails_the_given_one(given: str) -> None:
    assert compare_pair("integer", given, "5").outcome == "inconclusive"
