"""Texts near an answer that do not give it: hedges, denials, bounds, other units. None is accepted."""

from __future__ import annotations

import pytest

from proofset.tools.answers._worker import compare_pair

PROBLEM = (
    "Tom has 5 bags with 12 apples each. How many apples does he have in total? Give the price in dollars."
)
PAIRS = r"""
5 | The number is 5 or so.
5 | Thus the answer isn't $5$.
5 | Therefore $x$ is between $5$ and 6
5 | So x is more than 5.
5 | It is false that x is 5.
5 | The remainder is 5 and the quotient is 7.
5 | The answer is 5 or 6.
5 | The answer is 5. Alternatively, the answer is 6.
5 | \boxed{5}, \boxed{6}
5 | #### 5 or 6
5 | The answer is 5^2.
5 | The answer is five hundred
5 | The answer is 5 hundred
5 | The answer is 5 percent
5 | The answer is 5 squared.
5 | We find x is 5 less than y.
5 | x = 5, y = 6
5 | x = 5 and y = 5
5 | (5, 5)
5 | \{5\}
5 | [5]
5 | 5x
5 | x > 5
5 | 5 < x
5 | 5 = 6
5 | 6 = 5
5 | 2+2 = 5
5 | 2+2=4=5
5 | x = 6 = 5
5 | 5 \text{ not } 6
5 | 5, not 6
5 | not 5
5 | \text{not } 5
5 | 5 \approx 5.5
5 | 5.4 \approx 5
5 | \sqrt{26} \approx 5
5 | 5\%
5 | 5^\circ
5 | 5!
5 | -(-(-5))
5 | 5 \bmod 7
5 | 12 \equiv 5 \pmod 7
5 | 5 + C
5 | 5 \pm 0
5 | 5 \pm 1
5 | 5 dozen
5 | 5 pairs
5 | 5 bags
5 | half of 10 is 5? no, 6
5 | The final answer is: $5$ if x is even, else $6$
5 | $5$ is wrong
5 | If x = 5 then the answer is 6
5 | answer: 5⏎Wait, answer: 6
5 | The answer is 5\times 2
5 | between 4 and 5
5 | at least 5
5 | up to 5
5 | 5+
5 | 5-
5 | 5...
5 | ,5
5 | 5;6
5 | 5/
5 | 5 6
5 | 5\,6
5 | 5\\6
5 | 5 \quad 6
5 | 5_6
5 | 5e
5 | 5e1
5 | 5i
5 | 5j
5 | 5 I
5 | V
5 | log_5
5 | 5''
5 | 5'
5 | $5 per apple
5 | 5 dollars per apple
5 | 5 \text{ thousand}
5 | 5k
5 | 5K
5 | 5M
5 | 5:00
5 | 5:1
5 | 5 to 1
5 | 5 out of 6
5 | 5 of 12
5 | 5 apples and 3 bags
5 | 5 apples remain out of 12
5 | 1/5
5 | Let x be $5$.
5 | Suppose $x=5$.
5 | Since 5 is odd, the answer is 6
5 | if and only if $x = 5$
5 | The answer is (5, 6)
5 | The answer is option (5)
5 | The solution set is {5, -5}
5 | Answer: 5 (but could be 6)
5 | Answer: 5 / 6
5 | Answer: 5 ; 6
5 | Answer: A 5
C | A or C
C | (C) is incorrect
C | C is not right
C | (A) and (C)
C | Not (C)
C | all but C
C | (C) and (D)
C | C, D
C | the answer is not C
C | ABC
C | (C) or maybe (B)
C | C) false
yes | yes and no
yes | not yes
yes | true
no solution | no solution is known
(1,2) | [1,2]
(1,2) | 1 < x < 2
(1,2) | (1,2]
(1,2) | 1.2
(1,2) | (12)
1,2 | 1.2
1,2 | 12
12 | 1,2
1234 | 1,2,3,4
1234 | 1.234
1,234 | 1, 234
1,234 | 1.234
x^2 | y = x^3
x^2 | x = 2
x^2+1 | (x^2+1) = 0
y=x^2 | y=x^2 for x>0
y=x^2 | y = x^2, x > 0
[1,2] | \{1,2\}
[1,2] | 1, 2
x>1 | x>1 and x<2
x>1 | x>1, x \ne 2
x>1 | x>1, y>2
x>1 | -x>-1
x>1 | x^2>1
x>1 | 2x>1
x>1 | |x|>1
5 cm | 5 cm^{-1}
5 cm | 5 per cm
5 cm | 5 c m
5 cm | 5 \text{ cm long and 6 wide}
5 cm | 5 cm or so
5 m/s | 5 ms
5 m/s | 5 m s
5 N | 5 n
5 m | 5 M
10 mg | 10 Mg
2 hours | 2 hours ago
2 hours | 2.30 hours
3:45 PM | 3:45 PM or AM
\frac{1}{2} | 1/2/1/2
\frac{1}{2} | \frac{1}{2}\frac{1}{2}
\frac{1}{2} | 1\frac{1}{2}
\frac{1}{2} | \frac12 \cdot 2
0.5 | 5\cdot 10
0.5 | 0,5
\sqrt{2} | √2i
\sqrt{2} | 2^(1/2)i
\pi | 180^\circ C
\pi | 180
\pi | pie
2\pi | 2p i
i | -i
i | 1
e | 2.718281828
e | e^2
\infty | oo-oo
\infty | 1/0
\infty | infinitely many
-\infty | \infty
\emptyset | \{\emptyset\}
\emptyset | \{0\}
\{0\} | \emptyset
\mathbb{R} | \mathbb{Q}
\mathbb{R} | \mathbb{R}^2
\mathbb{R} | real
"""


def rows() -> list[list[str]]:
    return [line.replace("⏎", "\n\n").split(" | ", 1) for line in PAIRS.strip("\n").split("\n")]


@pytest.mark.parametrize(("gold", "answer"), rows())
@pytest.mark.parametrize("problem", ["", PROBLEM], ids=["alone", "with its problem"])
def test_what_does_not_give_the_answer_is_not_accepted(gold: str, answer: str, problem: str) -> None:
    assert compare_pair("", gold, answer, problem).outcome != "pass"
