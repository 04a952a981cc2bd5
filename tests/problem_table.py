"""Small problems with programs: right ones, and ones with a defect of each kind that is looked for."""

from __future__ import annotations

from typing import NamedTuple

_SYMPY = "from sympy import *\nx, y = symbols('x y')\n"
_REAL = "from sympy import *\nx = symbols('x', real=True)\n"
_FRACTION = "from fractions import Fraction\n"


class Row(NamedTuple):
    """A problem, its claim, the author's program, and a solver's right one (empty where there is none)."""

    problem: str
    claim: str
    program: str
    peer: str


VALID = (
    Row(
        "Tom has 12 apples and buys 9 more. How many apples does he have now?",
        "21",
        "print(12 + 9)",
        "a = 12\nb = 9\nprint(a + b)",
    ),
    Row(
        "A box holds 24 pencils. How many pencils are in 7 boxes?",
        "168",
        "print(24 * 7)",
        "n = 7\nprint(sum(24 for _ in range(n)))",
    ),
    Row(
        "A bookshelf has 5 shelves and each shelf holds 40 books. How many books are there?",
        "200",
        "print(5 * 40)",
        "shelves = 5\nbooks = 40\nprint(shelves * books)",
    ),
    Row(
        "A theater has 18 rows with 25 seats in each row. How many seats are there?",
        "450",
        "print(18 * 25)",
        "print(25 * 18)",
    ),
    Row(
        "Mia reads 35 pages per day. How many pages does she read in 14 days?",
        "490",
        "print(35 * 14)",
        "p = 35\nprint(p * 14)",
    ),
    Row(
        "A train moves at 80 km/h for 45 minutes. How many kilometers does it travel?",
        "60",
        "print(80 * 45 // 60)",
        "print(80 * 45 / 60)",
    ),
    Row(
        "A train travels 150 km at 50 km/h. How many hours does it take?",
        "3",
        "print(150 // 50)",
        "print(150 / 50)",
    ),
    Row(
        "A shirt costs $40 and is sold at a discount of 15%. What is the sale price in dollars?",
        "34",
        "print(40 * (100 - 15) // 100)",
        "print(40 * 0.85)",
    ),
    Row(
        "Lea buys 6 notebooks at $4 each and 3 pens at $2 each. How much does she pay in dollars?",
        "30",
        "print(6 * 4 + 3 * 2)",
        "print(4 * 6 + 2 * 3)",
    ),
    Row(
        "What is the sum of the first 50 positive integers?",
        "1275",
        "print(sum(range(1, 51)))",
        "n = 50\nprint(n * (n + 1) // 2)",
    ),
    Row(
        "What is the remainder when 7^85 is divided by 23?",
        "11",
        "print(pow(7, 85, 23))",
        "print(7 ** 85 % 23)",
    ),
    Row(
        "Find the greatest common divisor of 252 and 198.",
        "18",
        "from math import gcd\nprint(gcd(252, 198))",
        "a, b = 252, 198\nwhile b:\n    a, b = b, a % b\nprint(a)",
    ),
    Row(
        "Solve 3x + 7 = 31 for x.",
        "8",
        _SYMPY + "print(solve(Eq(3*x + 7, 31), x)[0])",
        "print((31 - 7) // 3)",
    ),
    Row(
        "Find all real solutions of x^2 - 9x + 20 = 0.",
        "[4, 5]",
        _SYMPY + "print(sorted(solve(x**2 - 9*x + 20, x)))",
        "print([n for n in range(-50, 50) if n * n - 9 * n + 20 == 0])",
    ),
    Row(
        "Solve sqrt(x + 11) = x - 1 over the reals.",
        "[5]",
        _REAL + "print(solve(Eq(sqrt(x + 11), x - 1), x))",
        "print([n for n in range(1, 99) if n + 11 == (n - 1) ** 2])",
    ),
    Row(
        "What is the sum of the roots of x^2 - 8x + 15 = 0?",
        "8",
        _SYMPY + "print(sum(solve(x**2 - 8*x + 15, x)))",
        "print(sum(n for n in range(-60, 60) if n * n - 8 * n + 15 == 0))",
    ),
    Row(
        "If x + y = 26 and x - y = 4, what is x?",
        "15",
        _SYMPY + "print(solve([x + y - 26, x - y - 4], [x, y])[x])",
        "print((26 + 4) // 2)",
    ),
    Row(
        "3 pens and 5 books cost $61; 2 pens and 1 book cost $15. What is the price of one pen?",
        "2",
        _SYMPY + "print(solve([3*x + 5*y - 61, 2*x + y - 15], [x, y])[x])",
        "print((15 * 5 - 61) // (2 * 5 - 3))",
    ),
    Row(
        "Evaluate the definite integral of 3x^2 + 4x from 1 to 5.",
        "172",
        _SYMPY + "print(integrate(3*x**2 + 4*x, (x, 1, 5)))",
        "F = lambda t: t ** 3 + 2 * t ** 2\nprint(F(5) - F(1))",
    ),
    Row(
        "Two fair 6-sided dice are rolled. What is the probability that the sum is exactly 9?",
        "1/9",
        _FRACTION + "print(Fraction(sum(a + b == 9 for a in range(1, 7) for b in range(1, 7)), 36))",
        _FRACTION + "n = 6\nhits = [1 for a in range(1, n + 1) for b in range(1, n + 1) if a + b == "
        "9]\nprint(Fraction(len(hits), n * n))",
    ),
    Row(
        "How many 3-element subsets does a set of 9 elements have?",
        "84",
        "from math import comb\nprint(comb(9, 3))",
        "from itertools import combinations\nprint(len(list(combinations(range(9), 3))))",
    ),
    Row(
        "In how many ways can 5 people stand in a row?",
        "120",
        "from math import factorial\nprint(factorial(5))",
        "from itertools import permutations\nprint(len(list(permutations(range(5)))))",
    ),
    Row(
        "A rectangle has length 14 cm and width 9 cm. What is its area in square centimeters?",
        "126",
        "print(14 * 9)",
        "length = 14\nprint(length * 9)",
    ),
    Row(
        "What is the perimeter of a rectangle with sides 14 and 9?",
        "46",
        "print(2 * (14 + 9))",
        "print(14 + 14 + 9 + 9)",
    ),
    Row(
        "A tank holds 240 liters and is filled at 8 liters per minute. How many minutes "
        "does it take to fill it?",
        "30",
        "print(240 // 8)",
        "print(240 / 8)",
    ),
    Row(
        "Ben is 34 years old and his son is 8 years old. In how many years will Ben be 3 "
        "times as old as his son?",
        "5",
        "print((34 - 3 * 8) // 2)",
        "n = 0\nwhile 34 + n != 3 * (8 + n):\n    n += 1\nprint(n)",
    ),
    Row(
        "What is the largest prime below 50?",
        "47",
        "from sympy import prevprime\nprint(prevprime(50))",
        "print(max(n for n in range(2, 50) if all(n % d for d in range(2, n))))",
    ),
    Row(
        "How many positive divisors does 360 have?",
        "24",
        "from sympy import divisor_count\nprint(divisor_count(360))",
        "print(sum(360 % d == 0 for d in range(1, 361)))",
    ),
    Row("What is 18% of 450?", "81", "print(450 * 18 // 100)", "print(0.18 * 450)"),
    Row(
        "The average of 5 numbers is 16. Four of them add up to 61. What is the fifth number?",
        "19",
        "print(5 * 16 - 61)",
        "total = 16 * 5\nprint(total - 61)",
    ),
    Row(
        "A recipe needs 3/4 cup of sugar for 1 cake. How many cups of sugar are needed for 5 cakes?",
        "15/4",
        _FRACTION + "print(Fraction(3, 4) * 5)",
        _FRACTION + "print(Fraction(3 * 5, 4))",
    ),
    Row(
        "Find the 12th term of the arithmetic sequence 5, 9, 13, ...",
        "49",
        "print(5 + (12 - 1) * (9 - 5))",
        "t = 5\nfor _ in range(12 - 1):\n    t += 9 - 5\nprint(t)",
    ),
    Row(
        "Convert the binary number 110101 to decimal.",
        "53",
        "print(int('110101', 2))",
        "total = 0\nfor bit in '110101':\n    total = 2 * total + int(bit)\nprint(total)",
    ),
    Row(
        "What is the value of 7! / 5!?",
        "42",
        "from math import factorial\nprint(factorial(7) // factorial(5))",
        "from math import factorial as f\nprint(f(7) // f(5))",
    ),
    Row(
        "There are 28 students. 12 of them play chess. How many students do not play chess?",
        "16",
        "print(28 - 12)",
        "all_ = 28\nprint(all_ - 12)",
    ),
    Row(
        "A farmer has 17 cows and sells 9 of them. How many cows are left?",
        "8",
        "print(17 - 9)",
        "c = 17\nc -= 9\nprint(c)",
    ),
    Row(
        "Tim has some marbles. After giving away 15 of them he has 27 marbles. How many "
        "marbles did he have at first?",
        "42",
        "print(15 + 27)",
        "left = 27\nprint(left + 15)",
    ),
    Row(
        "The sides of a right triangle at the right angle are 9 and 40. What is the "
        "length of the hypotenuse?",
        "41",
        "from math import isqrt\nprint(isqrt(9 ** 2 + 40 ** 2))",
        _SYMPY + "print(sqrt(9**2 + 40**2))",
    ),
    Row(
        "A map has a scale of 1:25000. How many meters are 8 cm on the map?",
        "2000",
        "print(25000 * 8 // 100)",
        "print(8 * 25000 / 100)",
    ),
    Row(
        "What is the positive solution of x^2 = 169?",
        "13",
        _SYMPY + "print(max(solve(Eq(x**2, 169), x)))",
        "from math import isqrt\nprint(isqrt(169))",
    ),
    Row(
        "A car uses 6 liters per 100 km. How many liters does it use for 350 km?",
        "21",
        "print(6 * 350 // 100)",
        "print(350 / 100 * 6)",
    ),
    Row(
        "Nora earns $18 per hour and works 35 hours a week. How much money does she earn "
        "in 4 weeks, in dollars?",
        "2520",
        "print(18 * 35 * 4)",
        "week = 18 * 35\nprint(4 * week)",
    ),
)

DEFECTIVE = {
    "constant": Row(
        "A box holds 24 pencils. How many pencils are in 7 boxes?", "168", "print(168)", "print(24 * 7)"
    ),
    "constant in a name": Row(
        "What is 18% of 450?", "80", "answer = 80\nprint(answer)", "print(450 * 18 / 100)"
    ),
    "inert": Row(
        "A box holds 24 pencils. How many pencils are in 7 boxes?",
        "168",
        "n = 24 * 7\nprint(168 + 0 * n)",
        "print(24 * 7)",
    ),
    "echo": Row(
        "Tom has 12 apples and buys 9 more. How many apples does he have now?",
        "12",
        "apples = 12\nprint(apples)",
        "print(12 + 9)",
    ),
    "not printed": Row(
        "Tom has 12 apples and buys 9 more. How many apples does he have now?",
        "22",
        "print(12 + 9)",
        "print(12 + 9)",
    ),
    "other number": Row(
        "A shop sells 314 pens at $2 each. How many dollars does it earn?",
        "630",
        "print(315 * 2)",
        "print(314 * 2)",
    ),
    "wrong rule": Row(
        "What is the remainder when 7^85 is divided by 23?",
        "12",
        "print((pow(7, 85, 23) + 1) % 23)",
        "print(pow(7, 85, 23))",
    ),
    "off by one": Row(
        "What is the sum of the first 50 positive integers?",
        "1225",
        "print(sum(range(1, 50)))",
        "print(50 * 51 // 2)",
    ),
    "ordered pairs": Row(
        "In how many ways can 2 of 8 people be chosen for a team?",
        "56",
        "print(8 * (8 - 1) // (2 - 1))",
        "from math import comb\nprint(comb(8, 2))",
    ),
    "equal sums": Row(
        "Two fair 6-sided dice are rolled. What is the probability that the sum is exactly 9?",
        "1/11",
        _FRACTION + "n = 6\nprint(Fraction(int(9 <= 2 * n), 2 * n - 1))",
        _FRACTION + "print(Fraction(sum(a + b == 9 for a in range(1, 7) for b in range(1, 7)), 36))",
    ),
    "percent upside down": Row(
        "A shirt costs $40 and is sold at a discount of 15%. What is the sale price in dollars?",
        "46",
        "print(40 * (100 + 15) // 100)",
        "print(40 * 0.85)",
    ),
    "unit not converted": Row(
        "A bus drives at 72 km/h for 25 minutes. How many kilometers does it travel?",
        "1800",
        "print(72 * 25)",
        "print(72 * 25 / 60)",
    ),
    "shelf books": Row(
        "A bookshelf has 5 shelves and 40 books. What is the total number of books?",
        "200",
        "print(5 * 40)",
        "print(5 * 40)",
    ),
    "crate bottles": Row(
        "A cellar has 8 crates and 96 bottles. How many bottles are there in total?",
        "768",
        "crates = 8\nbottles = 96\nprint(crates * bottles)",
        "print(8 * 96)",
    ),
    "hours of kilometers": Row(
        "Anna walks 4 km in 2 hours. How many hours does she walk?", "8", "print(4 * 2)", "print(4 * 2)"
    ),
    "adds km and hours": Row(
        "Max rides 30 km in 2 hours. How many kilometers does he ride?",
        "32",
        "print(30 + 2)",
        "print(30 + 2)",
    ),
    "minutes not converted": Row(
        "A film lasts 2 hours and a break lasts 15 minutes. How many minutes is that altogether?",
        "17",
        "print(2 + 15)",
        "print(2 + 15)",
    ),
    "extraneous root": Row(
        "Solve sqrt(x + 11) = x - 1 over the reals.",
        "[-2, 5]",
        _SYMPY + "print(sorted(solve((x - 1)**2 - x - 11, x)))",
        "",
    ),
    "missing root": Row(
        "Find all real solutions of x^2 - 9x + 20 = 0.",
        "[4]",
        "print([n for n in range(5) if n * n - 9 * n + 20 == 0])",
        "",
    ),
    "extra root": Row(
        "Find all real solutions of x^2 - 9x = -20.",
        "[0, 4, 5]",
        "print([n for n in range(9) if n * (n * n - 9 * n + 20) == 0])",
        "",
    ),
    "wrong sign": Row(
        "Find all real solutions of x^2 - 9x + 20 = 0.",
        "[-5, -4]",
        _SYMPY + "print(sorted(-r for r in solve(x**2 - 9*x + 20, x)))",
        "",
    ),
    "wrong linear": Row("Solve 3x + 7 = 31 for x.", "38/3", _FRACTION + "print(Fraction(31 + 7, 3))", ""),
    "wrong system": Row("If x + y = 26 and x - y = 4, what is x?", "11", "print((26 - 4) // 2)", ""),
    "underdetermined system": Row(
        "If x + y = 26 and 2x + 2y = 52, what is x?", "13", "print((26 * 2 + 52) // 8)", ""
    ),
    "inconsistent system": Row(
        "If x + y = 26 and 2x + 2y = 50, what is x?", "12", "print((50 - 26) // 2)", ""
    ),
    "two of one": Row(
        "If x^2 = 196, what is x?",
        "14",
        _SYMPY + "print(max(solve(Eq(x**2, 196), x)))",
        "from math import isqrt\nprint(isqrt(196))",
    ),
    "open sums": Row(
        "5 pens and 3 books cost $47. What is the price of one pen?",
        "4",
        _SYMPY + "print(solve(5*x + 3*y - 47, x)[0].subs(y, 9))",
        "",
    ),
    "proportional sums": Row(
        "2 pens and 3 books cost $31; 4 pens and 6 books cost $62. What is the price of one pen?",
        "5",
        "print((62 - 31 - 3 * 7) // 2)",
        "",
    ),
    "contradicting sums": Row(
        "2 pens and 3 books cost $31; 4 pens and 6 books cost $65. What is the price of one pen?",
        "6",
        "print((65 - 31 - 22) // 2)",
        "",
    ),
    "other unknown": Row(
        "3 pens and 5 books cost $61; 2 pens and 1 book cost $15. What is the price of one pen?",
        "11",
        _SYMPY + "print(solve([3*x + 5*y - 61, 2*x + y - 15], [x, y])[y])",
        "",
    ),
    "open unknown in the program": Row(
        "The sum of two numbers is 30. What is the first number?",
        "20",
        _SYMPY + "print(solve([x + y - 30], [x, y], dict=True)[0][x].subs(y, 10))",
        "",
    ),
    "no solution in the program": Row(
        "A number is 3 more than itself. What is the number?",
        "3",
        _SYMPY + "found = solve(Eq(x, x + 3), x)\nprint(found[0] if found else 3)",
        "",
    ),
    "more than there is": Row(
        "Tom has 5 apples and gives away 8 of them. How many apples are left?", "3", "print(8 - 5)", ""
    ),
    "negative count": Row(
        "Tom has 5 apples and 8 of them are eaten. How many apples are left?", "-3", "print(5 - 8)", ""
    ),
    "broken count": Row(
        "25 children form teams of 4. How many children are in the last team?",
        "1/4",
        _FRACTION + "print(Fraction(25 % 4, 4))",
        "print(25 % 4)",
    ),
    "half a bus": Row(
        "One bus seats 40 people. How many buses are needed for 100 people?",
        "5/2",
        _FRACTION + "print(Fraction(100, 40))",
        "",
    ),
    "probability above one": Row(
        "A bag has 4 red and 6 blue balls. What is the probability of drawing a red ball?",
        "3/2",
        _FRACTION + "print(Fraction(6, 4))",
        "",
    ),
    "negative length": Row(
        "A rope of 5 m is cut 9 m short. What is the length of the rope in meters?", "-4", "print(5 - 9)", ""
    ),
    "remainder too large": Row(
        "What is the remainder when 250 is divided by 12?", "22", "print(250 - 12 * 19)", ""
    ),
    "missing quantity": Row(
        "Lena has some stickers and gets 14 more. How many stickers does she have now?",
        "24",
        "print(14 + 10)",
        "",
    ),
    "no quantity": Row("A farmer sells his cows. How many cows did he sell?", "7", "print(3 + 4)", ""),
    "figure": Row(
        "In the figure below the side is 6 cm. What is the area of the shaded region in square cm?",
        "36",
        "print(6 * 6)",
        "print(6 ** 2)",
    ),
    "previous question": Row(
        "Using the result of the previous problem, what is 5 times the number of apples?",
        "35",
        "print(5 * 7)",
        "print(7 * 5)",
    ),
    "no question": Row("Tom has 12 apples. He buys 9 more.", "21", "print(12 + 9)", "print(9 + 12)"),
    "yes or no": Row("Tom has $12. Can he buy 3 books at $5 each?", "15", "print(3 * 5)", "print(5 * 3)"),
    "two questions": Row(
        "Tom has 12 apples and buys 9 more. How many apples does he have? How many did he buy?",
        "21",
        "print(12 + 9)",
        "print(9 + 12)",
    ),
    "no unit": Row(
        "A tank holds 240 liters and is filled at 8 liters per minute. How long will it take?",
        "30",
        "print(240 // 8)",
        "print(240 / 8)",
    ),
    "fails": Row("What is 18% of 450?", "81", "print(450 * 18 / percent)", "print(450 * 18 / 100)"),
    "endless": Row(
        "What is the largest prime below 50?",
        "47",
        "while 50:\n    pass",
        "print(max(n for n in range(2, 50) if all(n % d for d in range(2, n))))",
    ),
    "two lines": Row(
        "What is 18% of 450?", "81", "print(450)\nprint(450 * 18 // 100)", "print(450 * 18 / 100)"
    ),
}
