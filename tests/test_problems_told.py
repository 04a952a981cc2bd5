"""Questions that a text alone decides: what the readers compute, and what they leave alone."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.records import Outcome
from proofset.tools.problems import Claim, Runs
from proofset.tools.problems.asked import asks_one_quantity
from proofset.tools.problems.invented import invented_numbers
from proofset.tools.problems.plain_value import expression_value
from proofset.tools.problems.spoken import in_digits, stated_numbers
from proofset.tools.problems.told import READERS, Fault, Told, held_against, read_by
from proofset.tools.problems.told.calculus import formula_in
from proofset.tools.sandbox import Sandbox


def gives(text: str) -> Fraction | str | None:
    """The value that the readers compute, the code of a fault, or None where they leave a text alone."""
    found = read_by(READERS, text)
    return found.value if isinstance(found, Told) else found.code if isinstance(found, Fault) else None


@given(st.integers(2, 40), st.integers(1, 300), st.integers(2, 60))
def test_remainders_of_powers(base: int, power: int, divisor: int) -> None:
    assert gives(f"Find the remainder when {base}^{power} is divided by {divisor}.") == base**power % divisor
    assert gives(f"What is {base}^{power} mod {divisor}?") == base**power % divisor


@given(st.lists(st.integers(1, 500), min_size=2, max_size=4))
def test_common_divisors_and_multiples(numbers: list[int]) -> None:
    listed = ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}"
    assert gives(f"What is the greatest common divisor of {listed}?") == math.gcd(*numbers)
    assert gives(f"Find the least common multiple of {listed}.") == math.lcm(*numbers)
    assert gives(f"What is the mean of {listed}?") == Fraction(sum(numbers), len(numbers))


@given(st.integers(1, 7), st.integers(0, 5))
def test_committees_are_counted_like_the_sets_themselves(n: int, more: int) -> None:
    pool = n + more
    ways = len(list(combinations(range(pool), n)))
    assert gives(f"How many ways are there to choose {n} books from {pool} books?") == ways
    assert gives(f"How many committees of {n} can be formed from {pool} teachers?") == ways


@given(st.integers(2, 3), st.integers(2, 8), st.integers(1, 26))
def test_dice_are_rolled_in_all_ways(count: int, sides: int, total: int) -> None:
    rolls = [[]]  # type: list[list[int]]
    for _ in range(count):
        rolls = [[*roll, face] for roll in rolls for face in range(1, sides + 1)]
    text = f"{count} fair {sides}-sided dice are rolled. What is the probability that the sum is"
    good = sum(sum(roll) == total for roll in rolls)
    assert gives(f"{text} exactly {total}?") == Fraction(good, len(rolls))
    least = sum(sum(roll) >= total for roll in rolls)
    assert gives(f"{text} at least {total}?") == Fraction(least, len(rolls))


@given(st.integers(1, 99), st.integers(1, 5000))
def test_prices_go_up_and_down(percent: int, price: int) -> None:
    assert gives(
        f"A ${price} coat is reduced by {percent}%. What is the new price in dollars?"
    ) == price * Fraction(100 - percent, 100)
    assert gives(
        f"The price of a pan rose by {percent}% to ${price}. What was it before, in dollars?"
    ) == price / Fraction(100 + percent, 100)


@given(st.integers(1, 400), st.integers(1, 400))
def test_two_numbers_by_sum_and_difference(large: int, small: int) -> None:
    large, small = max(large, small), min(large, small)
    text = f"The sum of two numbers is {large + small} and their difference is {large - small}."
    assert gives(f"{text} What is the larger number?") == large
    assert gives(f"{text} What is the smaller number?") == small


@given(st.integers(5, 200), st.integers(5, 200), st.integers(1, 300))
def test_there_and_back(there: int, back: int, far: int) -> None:
    text = (
        f"A bus drives {far} km at {there} km/h and {far} km back at {back} km/h. "
        "What is its average speed in km/h?"
    )
    assert gives(text) == Fraction(2 * far) / (Fraction(far, there) + Fraction(far, back))


@given(st.integers(10, 90), st.lists(st.tuples(st.booleans(), st.integers(1, 9)), min_size=1, max_size=4))
def test_heaps_are_followed(start: int, steps: list[tuple[bool, int]]) -> None:
    told = ". ".join(f"He {'buys' if gains else 'loses'} {n} shells" for gains, n in steps)
    heaps = [start + sum(n if gains else -n for gains, n in steps[:k]) for k in range(len(steps) + 1)]
    heap = heaps[-1] if min(heaps) >= 0 else "impossible_quantity"
    assert gives(f"Tom has {start} shells. {told}. How many shells does he have now?") == heap


JAR = "A jar holds 4 red and 6 blue balls."


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("How many positive divisors does 84 have?", 12),
        ("What is the sum of the digits of 2^12?", 19),
        ("How many numbers from 20 to 60 are divisible by 4 or 6?", 14),
        ("What is the sum of the first 9 odd numbers?", 81),
        ("What is the largest three-digit multiple of 41?", 984),
        ("What is the 9th term of the geometric sequence 3, 6, 12, ...?", 768),
        ("How many arrangements are there of the letters of the word BANANA?", 60),
        ("Ann and Bo share $60 in the ratio 2:3. How many dollars does Bo get?", 36),
        (f"{JAR} One ball is drawn. What is the probability that it is red?", Fraction(2, 5)),
        (f"{JAR} Two balls are drawn at once. What is the probability that both are red?", Fraction(2, 15)),
        ("A tap fills 12 liters per minute. How many liters flow in 2 hours?", 1440),
        ("4 kg of rice cost $6. How many dollars do 10 kg of rice cost?", 15),
        ("What is 15% of 80?", 12),
        ("What is 35 divided by 6?", Fraction(35, 6)),
        ("A rectangle has a perimeter of 20 cm. What is its area in square cm?", "underdetermined"),
        ("The sum of three consecutive integers is 20. What is the smallest?", "inconsistent"),
        ("Two numbers differ by 3. What is the larger number?", "underdetermined"),
        ("Tom has 5 pens. He loses 7 pens. How many pens does he have?", "impossible_quantity"),
    ],
)  # fmt: skip
def test_texts_are_read(text: str, value: Fraction | int | str) -> None:
    assert gives(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "How many ways are there to choose 3 books from 10 books if one of them must be chosen?",
        "How many ways are there to arrange 5 red balls in a row?",
        "In how many ways can a man and a woman be chosen from 10 people?",
        "How many committees of 3 with at least one woman can be formed from 9 teachers?",
        "How many arrangements are there of the letters of the alphabet?",
        "How many numbers between 10 and 20 are even?",
        "A $200 phone is reduced to 75% of its price. What is the new price in dollars?",
        "A shirt costs $40. It is reduced by 20% and then by 10%. What is the final price in dollars?",
        "How many boxes are needed for 50 pens with 8 pens per box?",
        "5 workers build a wall in 6 hours. How many hours do 3 workers need?",
        "Tom has 12 apples. Anna gives 5 apples to Tom. How many apples does Tom have?",
        "Tom has 12 apples. He loses 4 and then half of them. How many apples does he have?",
        "A tap fills a tub in 3 hours, another empties it in 6 hours. How many hours do both need together?",
        "7 boys share 30 apples equally. How many apples does each boy get?",
        "What is the next term of the sequence 1, 4, 9, ...?",
        "Two whole numbers have the product 12. What is the larger number?",
        "A car drives 60 km in 2 hours and stops twice. How many km does it drive per hour?",
        "Two coins are tossed. What is the probability of one head?",
        "",
    ],
)
def test_what_may_mean_something_else_is_left_alone(text: str) -> None:
    assert gives(text) is None


@given(st.text(max_size=80), st.text(alphabet="0123456789+-*/^!(). ", max_size=30))
def test_no_text_breaks_a_reader(text: str, sum_: str) -> None:
    gives(text), gives(f"What is {sum_}?"), formula_in(text), stated_numbers(text), in_digits(text)
    expression_value(sum_), invented_numbers(text, sum_)


@given(st.integers(2, 999_999))
def test_numbers_in_words_are_those_in_digits(number: int) -> None:
    assert [one.value for one in stated_numbers(f"There are {words_of(number)} of them.")] == [number]
    assert in_digits(f"There are {words_of(number)} of them.") == f"There are {number} of them."


_ONES_WORDS = """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_TENS_WORDS = " twenty thirty forty fifty sixty seventy eighty ninety"
_ONES, _TENS = _ONES_WORDS.split(), _TENS_WORDS.split()


def words_of(number: int) -> str:
    if number >= 1000:
        rest = f" {words_of(number % 1000)}" if number % 1000 else ""
        return f"{words_of(number // 1000)} thousand{rest}"
    if number >= 100:
        rest = f" and {words_of(number % 100)}" if number % 100 else ""
        return f"{_ONES[number // 100 - 1]} hundred{rest}"
    if number < 20:
        return _ONES[number - 1]
    return _TENS[number // 10 - 2] + (f"-{_ONES[number % 10 - 1]}" if number % 10 else "")


def test_numbers_without_a_reason_are_found() -> None:
    text = "Each box holds the same number of eggs. How many eggs are in 12 boxes?"
    assert invented_numbers(text, "print(12 * 6)") == (Fraction(6),)
    assert invented_numbers("How many minutes are 3 hours?", "print(3 * 60)") == ()
    assert invented_numbers("What is 20% of 45?", "print(45 * 0.2)") == ()
    assert invented_numbers("Two dice are rolled.", "print(6 * 6)") == ()


def test_a_number_with_a_name_of_its_own_must_be_stated() -> None:
    """One step leads from 4 to 5: a reason for a 5 within a calculation, and for no `feet = 5`."""
    text = "A frog jumps some feet at a time. How many feet does it jump in 4 jumps?"
    assert invented_numbers(text, "feet = 5\njumps = 4\nprint(feet * jumps)") == (Fraction(5),)
    assert invented_numbers(text.replace("some", "5"), "feet: int = 5\njumps = 4\nprint(feet * jumps)") == ()
    assert invented_numbers("How many rails join 5 posts?", "posts = 5\nprint(posts - 1)") == ()
    assert (
        invented_numbers("What is 20% off 45?", "share = 0.2\nprice = 45\nprint(price * (1 - share))") == ()
    )


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("3/8", Outcome.PASS),
        ("0.375", Outcome.PASS),
        ("37.5%", Outcome.PASS),
        ("[3/8]", Outcome.PASS),
        ("0.38", Outcome.FAIL),
        ("3:8", Outcome.INCONCLUSIVE),
        ("about a third", Outcome.INCONCLUSIVE),
    ],
)
def test_claims_are_held_against_the_text(answer: str, outcome: Outcome) -> None:
    told = Told(Fraction(3, 8), "counted")
    assert held_against(Claim("", answer, ""), told).outcome is outcome


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("How long will it take to travel 180 km at 60 km/h?", "no_unit"),
        ("How many hours does it take to travel 180 km at 60 km/h?", ""),
        ("How far does a car get in 3 hours at 60 km/h?", "no_unit"),
        ("A car needs 3 hours for 180 km. What is its speed?", "no_unit"),
        ("A car needs 3 hours for 180 km. What is its speed in km/h?", ""),
        ("A pen costs 3. How much do 9 pens cost?", "no_unit"),
        ("A pen costs $3. How much do 9 pens cost?", ""),
        ("A pen costs 3 euros. How much do 9 pens cost?", ""),
        ("A pen costs 3. How many dollars do 9 pens cost?", ""),
        ("What do 9 pens cost at 3 per pen?", "no_unit"),
        ("How much time do 9 rounds of 3 minutes take?", "no_unit"),
        ("A square has a side of 3 cm. What is its perimeter?", ""),
        ("A board is 3 m long and 9 cm wide. What is its area?", "no_unit"),
        ("A board is 3 long and 9 wide. What is its area?", ""),
        ("A choir has 27 singers and gives 9 concerts. How many singers are in the choir?", "answer_stated"),
    ],
)
async def test_open_units_and_told_answers(text: str, code: str, shared_sandbox: Sandbox) -> None:
    finding = await asks_one_quantity(Claim(text, "27", "print(27)"), Runs(shared_sandbox))
    assert finding.code == code
    assert finding.outcome is (Outcome.INCONCLUSIVE if code else Outcome.PASS)


def test_formulas_are_cut_out_of_their_sentence() -> None:
    found = formula_in("Evaluate the definite integral of 3x^2 - 4x from x = 1 to x = 5.")
    assert found is not None and found == ("integral", "3x^2 - 4x", "1", "5")
    assert formula_in("If f(x) = 2x + 1, what is f(3)?") == ("value", "2x + 1", "3", "")
    assert formula_in("What is the area between y = x^2 and y = x from x = 0 to x = 1?") is None
    assert formula_in("What is the integral of x^2?") is None
