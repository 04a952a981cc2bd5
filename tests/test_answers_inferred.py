"""Answers as they are written, with no type given: what is inferred from the gold, and the outcome.

The texts are ours and harmless, so the worker's functions run in this process.
"""

from __future__ import annotations

import pytest
from test_answers_table import rows

from proofset.tools.answers._worker import compare_pair

EQUAL = r"""
integer | 42 | \boxed{42}
integer | 42 | **42**
integer | 42 | The answer is $42$.
integer | 42 | So in the end she has \(42\) left.⏎⏎Final Answer: 42
integer | 42 | $x = 42$
integer | 42 | \(\boxed{\text{42}}\)
integer | 42 | We get $6\cdot 7=\boxed{42}$ and $\boxed{42}$ it is.
integer | 10080 | 10{,}080
integer | 10080 | 10\,080
integer | 10080 | 10,\!080
integer | 10080 | 10 080
integer | 10080 | 1.008 \times 10^4
integer | 10080 | $10,080
integer | 48 | ... so they sold 24 + 24 = 48⏎#### 48
integer | 120 | 5!
integer | -7 | -7.0
integer | 3000000 | 3 million
integer | 24 | 2 dozen
integer | 9 | \sqrt{81}
integer | 2 | \log_{10} 100
integer | 3 | \log_2 8
integer | 70 | \binom{8}{4}
integer | 70 | {8 \choose 4}
integer | 4 | \lfloor 4.7 \rfloor
integer | 4 | |-4|
integer | 6 | \left|-6\right|
rational | \frac{3}{8} | 0.375
rational | \frac{3}{8} | 3/8
rational | \frac38 | \dfrac{3}{8}
rational | \tfrac38 | 37.5\%
rational | \tfrac38 | 37.5 percent
rational | -\frac{3}{8} | \frac{-3}{8}
rational | -\frac{3}{8} | {-3 \over 8}
rational | 2\frac{3}{4} | 11/4
rational | 2\frac{3}{4} | 2 3/4
rational | 2\frac34 | 2.75
rational | -2\frac34 | -\frac{11}{4}
rational | \frac{1}{3} | 0.\overline{3}
rational | \frac{1}{3} | 0.333...
rational | \frac{1}{6} | 0.1\overline{6}
rational | \frac{1}{6} | 0.1(6)
rational | \frac{5}{11} | 0.454545\ldots
rational | 0.\overline{27} | \frac{3}{11}
rational | 12.5\% | \frac18
rational | 1.6 \times 10^{-3} | 0.0016
rational | 1.6 \times 10^{-3} | 1.6e-3
rational | 1.6 \times 10^{-3} | 1.6 x 10^-3
rational | 1,234.5 | 1234.50
closed_form | 3\sqrt{2} | \sqrt{18}
closed_form | 3\sqrt2 | 3√2
closed_form | \frac{\sqrt{3}}{3} | \frac{1}{\sqrt{3}}
closed_form | \sqrt[3]{54} | 3\sqrt[3]{2}
closed_form | \frac{\pi}{6} | π/6
closed_form | \frac{7\pi}{4} | 7\pi/4
closed_form | \ln 8 | 3\ln 2
closed_form | \log_3 5 | \frac{\ln 5}{\ln 3}
closed_form | e^{2} | \exp(2)
closed_form | \tan^{-1} 1 | \frac{\pi}{4}
closed_form | \frac{1+\sqrt5}{2} | (1+\sqrt{5})/2
closed_form | 4\sin 60^\circ | 2\sqrt{3}
closed_form | 3+4i | 4i + 3
closed_form | \frac{1}{2}-\frac{\sqrt3}{2}i | \frac{1 - i\sqrt{3}}{2}
closed_form | \infty | \infty
closed_form | -\infty | -∞
expression | x^2-4 | (x-2)(x+2)
expression | x(x+1) | x^2+x
expression | 6xy | 6yx
expression | \frac{x+1}{2} | \frac{x}{2}+\frac12
expression | 2\sin x\cos x | \sin 2x
expression | 2n+1 | 1 + 2n
expression | 3a^2b | 3ba^2
expression | \sqrt{x+1} | (x+1)^{1/2}
expression | e^{-x}(x+1) | \frac{x+1}{e^x}
expression | \frac{n(n+1)}{2} | n(n+1)/2
expression | \theta+\phi | \phi + \theta
expression | x_1+x_2 | x_{2}+x_{1}
equation | y=2x+3 | 2x - y + 3 = 0
equation | y = 2x+3 | y=3+2x
equation | y = 2x+3 | 2x+3
equation | f(x)=x^2-1 | f(x) = (x-1)(x+1)
equation | x^2+y^2=25 | x^2 + y^2 - 25 = 0
integer | x=5 | 5
integer | x=5 | x = 5
set | \{1,2\} | \{2, 1\}
set | \{1,2\} | 1, 2
set | 1,2 | 2,1
set | 1, 2 | x=1 or x=2
set | -1, 4 | x = 4 \text{ or } x = -1
set | 1 \text{ and } 2 | \{1, 2\}
set | \pm 3 | 3, -3
set | \pm 3 | -3 and 3
set | 2\pm\sqrt{3} | 2+\sqrt3, 2-\sqrt3
set | x = \pm 3 | \{-3, 3\}
set | \{(1,2),(3,4)\} | (3,4), (1,2)
set | \emptyset | \varnothing
set | \emptyset | \{\}
tuple | (3,-1) | \left(3, -1\right)
tuple | (3,-1) | (x,y)=(3,-1)
tuple | (3,-1) | x=3, y=-1
tuple | (3,-1) | x = 3 \text{ and } y = -1
tuple | (\frac12, 3) | (0.5, 3)
tuple | \langle 1, 2, 3 \rangle | (1,2,3)
tuple | (3, \frac{\pi}{2}) | \left( 3, \dfrac{\pi}{2} \right)
interval | [0,1) | 0 \le x < 1
interval | (-\infty, 2] | x \le 2
interval | (-\infty, 2] | x \in (-\infty, 2]
interval | (-\infty,-1)\cup(1,\infty) | x<-1 \text{ or } x>1
interval | (-\infty,2)\cup(2,\infty) | x \ne 2
interval | (-\infty,2)\cup(2,\infty) | \mathbb{R} \setminus \{2\}
interval | x > 3 | (3, \infty)
interval | x > 3 | 3 < x
interval | [1,4] | 1 \leq x \leq 4
interval | [1,4] | \{x \mid 1 \le x \le 4\}
interval | \mathbb{R} | (-\infty,\infty)
interval | \mathbb{R} | all real numbers
matrix | \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} | \begin{bmatrix}1&2\\3&4\end{bmatrix}
matrix | \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} | [[1,2],[3,4]]
matrix | \begin{pmatrix} 1 \\ \frac12 \end{pmatrix} | \begin{bmatrix}1\\0.5\end{bmatrix}
matrix | \begin{pmatrix} 1 \\ 2 \end{pmatrix} | (1, 2)
quantity | 5 cm | 50 mm
quantity | 5\text{ cm} | 5\,\mathrm{cm}
quantity | 5 \text{ cm} | 0.05 meters
quantity | 12\text{ cm}^2 | 12 square centimeters
quantity | 12\text{ cm}^2 | 12 cm²
quantity | 1.5 hours | 90 minutes
quantity | 1.5 hours | 1 hour 30 minutes
quantity | 1.5 hours | 1 h 30 min
quantity | 36 km/h | 10 m/s
quantity | 60 mph | 60 miles per hour
quantity | 9.8 m/s^2 | 9.8\ \text{m/s}^2
quantity | 2 L | 2000 mL
quantity | 2 kg | 2000 grams
quantity | 25^\circ C | 25°C
quantity | 45^\circ | 45 degrees
quantity | 45^\circ | 45°
quantity | 45^\circ | \frac{\pi}{4}
quantity | \$3.50 | 3.50 dollars
quantity | \$3.50 | 350 cents
quantity | \$3.50 | \$3.5
quantity | \$1{,}250 | $1250
quantity | 12 apples | 12 apples
quantity | 1011_2 | 1011_{2}
quantity | 1011_2 | (1011)_2
quantity | 1011_2 | 1011 base 2
quantity | 3:45 PM | 3:45 p.m.
quantity | 3:45 PM | 15:45
quantity | 3:00 PM | 3 pm
quantity | 2:3 | 2 : 3
text | \text{east} | east
text | Saturday | saturday
text | \text{Yes} | Yes.
text | no solution | There is no solution.
text | no solution | \text{No solutions}
text | no solution | \emptyset
text | \text{DNE} | does not exist
text | infinitely many solutions | infinitely many
choice | C | (C)
choice | \text{(C)} | C
choice | \text{(C)} | \textbf{(C)}
choice | (C) | The correct answer is C.
choice | C | \boxed{C}
choice | C | C. 42
"""

DIFFERENT = r"""
integer | 42 | 24
integer | 42 | 42.5
integer | 42 | 41 or 42
integer | 42 | \boxed{41} or \boxed{42}
integer | 42 | {41, 42}
integer | 42 | \pm 42
integer | 42 |
integer | 42 | I am not sure.
integer | 42 | no solution
rational | \frac{3}{8} | \frac{8}{3}
rational | \frac{1}{3} | 0.33
rational | 2\frac34 | \frac{2 \cdot 3}{4}
rational | \frac23 | 0.667
rational | 0.\overline{27} | 0.27
rational | 1.6 \times 10^{-3} | 1.6 \times 10^{3}
closed_form | 3\sqrt{2} | 2\sqrt{3}
closed_form | \sqrt[3]{54} | \sqrt{54}
closed_form | \frac{\pi}{6} | \frac{\pi}{3}
closed_form | \ln 8 | \log_{10} 8
closed_form | 3+4i | 3-4i
closed_form | \infty | -\infty
expression | x^2-4 | (x-2)^2
expression | 2\sin x\cos x | \sin x
expression | 6xy | 6x+y
equation | y=2x+3 | y=2x-3
equation | y=2x+3 | y = 3x+2
set | \{1,2\} | \{1,2,3\}
set | 1,2 | 1
set | \pm 3 | 3
set | \{1,2\} | 1 or 3
set | \emptyset | 0
tuple | (3,-1) | (-1,3)
tuple | (3,-1) | x=-1, y=3
tuple | (3,-1) | (3,-1,0)
interval | [0,1) | [0,1]
interval | [0,1) | (0,1)
interval | (-\infty, 2] | x < 2
interval | x > 3 | x \ge 3
interval | (-\infty,-1)\cup(1,\infty) | (-1,1)
interval | \mathbb{R} | (0,\infty)
matrix | \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} | \begin{pmatrix} 1 & 3 \\ 2 & 4 \end{pmatrix}
matrix | \begin{pmatrix} 1 \\ 2 \end{pmatrix} | (2, 1)
quantity | 5 cm | 5 m
quantity | 5 cm | 6 cm
quantity | 5 cm | 5 cm^2
quantity | 5 cm | 5 kg
quantity | 1.5 hours | 1.5 minutes
quantity | 1.5 hours | 1 hour 50 minutes
quantity | 45^\circ | \frac{\pi}{3}
quantity | 45^\circ | 46^\circ
quantity | \$3.50 | \$3.05
quantity | \$3.50 | 35 cents
quantity | 1011_2 | 1010_2
quantity | 3:45 PM | 3:45 AM
quantity | 3:45 PM | 3:54 PM
quantity | 2:3 | 3:2
text | Saturday | Sunday
text | Yes | No
text | no solution | 0
choice | C | D
choice | C | C or D
choice | (C) | (C), (D)
"""

OPEN = r"""
rational | 50\% | 50
integer | 50 | 50\%
rational | \frac13 | 0.3333333333
closed_form | \pi | 3.14159265
quantity | 5 cm | 5
integer | 5 | 5 cm
quantity | 90^\circ | 90
tuple | (1,3) | \{1,3\}
set | 1,22 | 1.22
rational | 1.22 | 1,22
equation | f(x)=x^2 | f(t)=t^2
quantity | 204_5 | 54
quantity | 204_5 | 204
quantity | 2:3 | \frac23
quantity | 20^\circ C | 68^\circ F
integer | 7 | about 7
integer | 7 | \approx 7
integer | 7 | 7?
integer | 1 | \sin^2 x + \cos^2 x
quantity | 3:45 PM | 3:45
expression | 2x | \frac{d}{dx} x^2
integer | 1 | \int_0^1 2x\,dx
expression | \frac{x}{2} | 1/2x
"""


@pytest.mark.parametrize(("kind", "gold", "answer"), rows(EQUAL))
def test_equal(kind: str, gold: str, answer: str) -> None:
    judgement = compare_pair("", gold, answer)
    assert judgement.outcome == "pass", judgement
    assert judgement.kind == kind


@pytest.mark.parametrize(("kind", "gold", "answer"), rows(DIFFERENT))
def test_different(kind: str, gold: str, answer: str) -> None:
    judgement = compare_pair("", gold, answer)
    assert judgement.outcome == "fail", judgement
    assert judgement.kind == kind


@pytest.mark.parametrize(("kind", "gold", "answer"), rows(OPEN))
def test_inconclusive(kind: str, gold: str, answer: str) -> None:
    judgement = compare_pair("", gold, answer)
    assert judgement.outcome == "inconclusive", judgement
    assert judgement.kind == kind
