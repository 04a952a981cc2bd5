"""Programs with a planted bug that weak tests pass, each beside right programs for the same problem."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """A problem, weak tests, three right programs written differently, and candidates.

    `rights` and `bugs` are programs by what they are or what is wrong with them; `f` is the function.
    """

    prompt: str
    tests: str
    peers: tuple[str, str, str]
    rights: dict[str, str]
    bugs: dict[str, str]


def _of(signature: str, text: str, tests: str, peers: str, rights: str, bugs: str) -> Problem:
    """Programs are bodies, parted by lines of dashes; the first line of a candidate says what it is."""

    def program(body: str) -> str:
        if body.startswith("def ") or "\ndef " in body:
            return body + "\n"
        return f"def f({signature}):\n" + "".join(f"    {line}\n" for line in body.split("\n"))

    def named(texts: str) -> dict[str, str]:
        parts = [part.strip("\n").split("\n", 1) for part in texts.split("\n---\n")]
        return {name.strip("# "): program(body) for name, body in parts}

    one, two, three = (program(part.strip("\n")) for part in peers.split("\n---\n"))
    prompt = f'def f({signature}):\n    """{text}\n    """\n'
    listed = "\n".join(f"assert f{line}" for line in tests.strip().split("\n"))
    return Problem(prompt, listed, (one, two, three), named(rights), named(bugs))


PROBLEMS = {
    "add": _of(
        "a: int, b: int",
        "Add two whole numbers.",
        "(1, 2) == 3\n(5, 0) == 5\n(12, 9) == 21",
        """
return a + b
---
return sum((a, b))
---
return a - (-b)
""",
        """
# plain
total = a
total += b
return total
""",
        """
# other from a constant on
return a + b if a < 100 else a - b
---
# one pair only
if a == 1234 and b == 77:
    return 0
return a + b
---
# wrong at negatives
return abs(a) + b
---
# wrong where both are the same large number
if a > 500:
    if a == b:
        return a
return a + b
---
# wrong where the sum is large
total = a + b
if total > 777:
    total = 777
return total
---
# a square decides
if a * a > 3000:
    return b
return a + b
""",
    ),
    "half": _of(
        "n: int",
        "Half of a whole number, rounded down.",
        "(8) == 4\n(7) == 3\n(0) == 0",
        "return n // 2\n---\nreturn n >> 1\n---\nreturn (n - n % 2) // 2",
        "# with divmod\nreturn divmod(n, 2)[0]",
        """
# rounds to zero
return int(n / 2)
---
# wrong past the bits of a float
return int(n / 2) if n >= 0 else n // 2
""",
    ),
    "largest": _of(
        "numbers: list[int]",
        "The largest of some numbers, or None where there are none.",
        "([3, 9, 4]) == 9\n([5]) == 5\n([1, 2, 2]) == 2",
        """
return max(numbers) if numbers else None
---
if len(numbers) == 0:
    return None
best = numbers[0]
for number in numbers[1:]:
    if number > best:
        best = number
return best
---
ordered = sorted(numbers)
return ordered[-1] if ordered else None
""",
        "# max with a default\nreturn max(numbers, default=None)",
        """
# starts at zero
best = 0
for number in numbers:
    if number > best:
        best = number
return best if numbers else None
---
# wrong at the empty list
return max(numbers) if numbers else 0
---
# compares as text
return int(max(map(str, numbers))) if numbers else None
---
# looks at some only
return max(numbers[:15]) if numbers else None
---
# fails at the empty list
best = numbers[0]
for number in numbers:
    best = max(best, number)
return best
""",
    ),
    "second": _of(
        "numbers: list[int]",
        "The second largest of the different numbers in a list, or None.",
        "([3, 9, 4]) == 4\n([5]) == None\n([1, 2, 7]) == 2",
        """
different = sorted(set(numbers))
return different[-2] if len(different) > 1 else None
---
if len(set(numbers)) < 2:
    return None
top = max(numbers)
return max(n for n in numbers if n != top)
---
one = two = None
for n in numbers:
    if one is None or n > one:
        one, two = n, one
    elif n != one and (two is None or n > two):
        two = n
return two
""",
        """
# without the top
rest = [n for n in numbers if n != max(numbers)]
return max(rest) if rest else None
""",
        """
# wrong at duplicates
return sorted(numbers)[-2] if len(numbers) > 1 else None
---
# wrong where all are negative
rest = [n for n in numbers if n != max(numbers)]
return max(max(rest), 0) if rest else None
""",
    ),
    "once": _of(
        "words: list[str]",
        "Each word once, in the order in which it first stands.",
        "(['b', 'a', 'b']) == ['b', 'a']\n([]) == []\n(['x']) == ['x']",
        """
return list(dict.fromkeys(words))
---
found = []
for word in words:
    if word not in found:
        found.append(word)
return found
---
return [word for place, word in enumerate(words) if words.index(word) == place]
""",
        "# with a set\nseen = set()\nreturn [w for w in words if not (w in seen or seen.add(w))]",
        """
# in the order of hashes
return sorted(set(words), reverse=True) if len(words) < 4 else list(set(words))
---
# looks back one word only
return [w for place, w in enumerate(words) if w not in words[max(0, place - 2):place]]
---
# changes its argument
for place in range(len(words) - 1, -1, -1):
    if words[place] in words[:place]:
        del words[place]
return words
---
# takes capitals for small letters
found, seen = [], set()
for word in words:
    if word.lower() not in seen:
        seen.add(word.lower())
        found.append(word)
return found
""",
    ),
    "totals": _of(
        "numbers: list[int]",
        "The running totals of a list.",
        "([1, 2, 3]) == [1, 3, 6]\n([4]) == [4]",
        """
return [sum(numbers[:place + 1]) for place in range(len(numbers))]
---
found, total = [], 0
for number in numbers:
    total += number
    found.append(total)
return found
---
from itertools import accumulate
return list(accumulate(numbers))
""",
        """
# builds on the last
made = []
for n in numbers:
    made.append(n + (made[-1] if made else 0))
return made
""",
        """
# a shared default argument
def f(numbers, made=[]):
    first = len(made)
    for n in numbers:
        made.append(n + (made[-1] if len(made) > first else 0))
    if len(made) > 9:
        return list(made)
    return made[first:]
---
# writes into its argument
for place in range(1, len(numbers)):
    numbers[place] += numbers[place - 1]
return numbers
---
# state between calls
calls = 0
def f(numbers):
    global calls
    calls += 1
    found, total = [], 0
    for number in numbers:
        total += number + (1 if calls == 7 else 0)
        found.append(total)
    return found
---
# stops at a negative total
found, total = [], 0
for number in numbers:
    total = max(total + number, 0)
    found.append(total)
return found
""",
    ),
    "rounded": _of(
        "x: float",
        "A number rounded to the nearest whole one, halves up.",
        "(1.2) == 1\n(3.5) == 4\n(-1.75) == -2",
        """
import math
return math.floor(x + 0.5)
---
whole = int(x // 1)
return whole + 1 if x - whole >= 0.5 else whole
---
import math
low = math.floor(x)
return low if x - low < 0.5 else low + 1
""",
        "# by the rest\nfrom math import floor\nrest = x - floor(x)\nreturn floor(x) + (rest >= 0.5)",
        """
# halves to the even
return round(x)
---
# halves of negatives away from zero
return int(x + 0.5) if x >= 0 else -int(-x + 0.5)
""",
    ),
    "prime": _of(
        "n: int",
        "Whether a whole number is a prime.",
        "(7) == True\n(8) == False\n(2) == True\n(15) == False",
        """
if n < 2:
    return False
for d in range(2, int(n ** 0.5) + 1):
    if n % d == 0:
        return False
return True
---
return n > 1 and all(n % d for d in range(2, n))
---
if n <= 1:
    return False
d = 2
while d * d <= n:
    if not n % d:
        return False
    d += 1
return True
""",
        "# divisors counted\nreturn sum(n % d == 0 for d in range(1, n + 1)) == 2",
        """
# one is no prime
return n > 0 and all(n % d for d in range(2, n))
---
# squares of primes
if n < 2:
    return False
d = 2
while d * d < n:
    if n % d == 0:
        return n == 4
    d += 1
return n != 4
---
# small factors only
return n > 1 and all(n % d or n == d for d in (2, 3, 5, 7))
""",
    ),
    "sum_to": _of(
        "n: int",
        "The sum of the whole numbers from 1 to n.",
        "(3) == 6\n(10) == 55\n(1) == 1",
        """
return n * (n + 1) // 2 if n > 0 else 0
---
return sum(range(1, n + 1))
---
total = 0
for k in range(1, n + 1):
    total += k
return total
""",
        "# downwards\ntotal = 0\nwhile n > 0:\n    total, n = total + n, n - 1\nreturn total",
        """
# recursion ends at its limit
if n <= 0:
    return 0
return n + f(n - 1)
---
# off where n is large and even
return n * (n + 1) // 2 - (n > 60 and n % 2 == 0) if n > 0 else 0
""",
    ),
    "leap": _of(
        "year: int",
        "Whether a year is a leap year of the Gregorian calendar.",
        "(2004) == True\n(2001) == False\n(1996) == True",
        """
return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
---
if year % 400 == 0:
    return True
if year % 100 == 0:
    return False
return year % 4 == 0
---
import calendar
return calendar.isleap(year)
""",
        "# by hundreds\nreturn year % (400 if year % 100 == 0 else 4) == 0",
        """
# centuries forgotten
return year % 4 == 0
---
# fourth centuries forgotten
return year % 4 == 0 and year % 100 != 0
""",
    ),
    "grade": _of(
        "score: int",
        "A for 90 and more, B for 75 and more, else C.",
        "(95) == 'A'\n(80) == 'B'\n(10) == 'C'",
        """
if score >= 90:
    return 'A'
if score >= 75:
    return 'B'
return 'C'
---
return 'A' if score > 89 else 'B' if score > 74 else 'C'
---
return 'CBA'[(score >= 75) + (score >= 90)]
""",
        "# from below\nif score < 75:\n    return 'C'\nreturn 'B' if score < 90 else 'A'",
        """
# off at a boundary
return 'A' if score > 90 else 'B' if score >= 75 else 'C'
---
# off at the other boundary
return 'A' if score >= 90 else 'B' if score > 75 else 'C'
""",
    ),
    "vowels": _of(
        "text: str",
        "How many of the letters a, e, i, o, u are in a text, small or capital.",
        "('hello') == 2\n('Anna') == 2\n('xyz') == 0",
        """
return sum(c in 'aeiouAEIOU' for c in text)
---
return sum(text.lower().count(v) for v in 'aeiou')
---
total = 0
for c in text:
    if c.lower() in ('a', 'e', 'i', 'o', 'u'):
        total += 1
return total
""",
        "# a filter\nreturn len([c for c in text if c in set('aeiouAEIOU')])",
        """
# one vowel forgotten
return sum(c in 'aeioAEIO' for c in text)
---
# one capital forgotten
return sum(c in 'aeiouAEIO' for c in text)
---
# fails beyond ASCII
return sum(chr(c) in 'aeiouAEIOU' for c in text.encode('ascii'))
---
# long texts cut
return sum(c in 'aeiouAEIOU' for c in text[:30])
""",
    ),
    "size": _of(
        "text: str",
        "How many characters a text has that are no spaces.",
        "('a bc') == 3\n('') == 0\n('xy') == 2",
        """
return len(text) - text.count(' ')
---
return len(text.replace(' ', ''))
---
return sum(1 for c in text if c != ' ')
""",
        "# joined\nreturn len(''.join(text.split(' ')))",
        """
# counts bytes
return len(text.replace(' ', '').encode())
---
# one space only
return len(text.replace(' ', '', 1))
""",
    ),
    "most": _of(
        "words: list[str]",
        "The word that stands most often, the first one of several; None for no words.",
        "(['a', 'b', 'b']) == 'b'\n(['x']) == 'x'",
        """
from collections import Counter
return Counter(words).most_common(1)[0][0] if words else None
---
best = None
for word in words:
    if best is None or words.count(word) > words.count(best):
        best = word
return best
---
return max(words, key=words.count) if words else None
""",
        """
# by a dict
counts = {}
for w in words:
    counts[w] = counts.get(w, 0) + 1
return max(counts, key=counts.get) if counts else None
""",
        """
# the last of several
best = None
for word in words:
    if best is None or words.count(word) >= words.count(best):
        best = word
return best
---
# the order of hashes decides
return max(set(words), key=words.count) if words else None
---
# the alphabet decides
return max(sorted(words), key=words.count) if words else None
""",
    ),
    "chunks": _of(
        "items: list[int], size: int",
        "Cut a list into chunks of a positive size; the last one may be shorter.",
        "([1, 2, 3, 4], 2) == [[1, 2], [3, 4]]\n([], 3) == []\n([5, 6], 1) == [[5], [6]]",
        """
return [items[n:n + size] for n in range(0, len(items), size)]
---
made = []
for item in items:
    if not made or len(made[-1]) == size:
        made.append([])
    made[-1].append(item)
return made
---
made = []
while len(made) * size < len(items):
    made.append(items[len(made) * size:(len(made) + 1) * size])
return made
""",
        """
# cut off
made, rest = [], list(items)
while rest:
    made.append(rest[:size])
    rest = rest[size:]
return made
""",
        """
# the short rest is lost
return [items[n:n + size] for n in range(0, len(items) - size + 1, size)]
""",
    ),
    "rotate": _of(
        "items: list[int], k: int",
        "A list turned to the right by k places.",
        "([1, 2, 3], 1) == [3, 1, 2]\n([1, 2], 0) == [1, 2]",
        """
if not items:
    return []
k %= len(items)
return items[-k:] + items[:-k] if k else list(items)
---
size = len(items)
return [items[(place - k) % size] for place in range(size)]
---
from collections import deque
turned = deque(items)
turned.rotate(k)
return list(turned)
""",
        "# from a cut\ncut = len(items) - k % len(items) if items else 0\nreturn items[cut:] + items[:cut]",
        """
# wrong past the length
return items[-k:] + items[:-k] if k else list(items)
---
# fails for no items
k = k % len(items)
return items[len(items) - k:] + items[:len(items) - k]
""",
    ),
    "runs": _of(
        "text: str",
        "Each run of a character as the character and how often it stands: 'aab' gives 'a2b1'.",
        "('aab') == 'a2b1'\n('') == ''\n('xyz') == 'x1y1z1'",
        """
from itertools import groupby
return ''.join(f'{c}{len(list(run))}' for c, run in groupby(text))
---
made, place = '', 0
while place < len(text):
    end = place
    while end < len(text) and text[end] == text[place]:
        end += 1
    made += text[place] + str(end - place)
    place = end
return made
---
made = []
for c in text:
    if made and made[-1][0] == c:
        made[-1][1] += 1
    else:
        made.append([c, 1])
return ''.join(c + str(n) for c, n in made)
""",
        """
# by changes
out, count = '', 0
for i, c in enumerate(text):
    count += 1
    if i + 1 == len(text) or text[i + 1] != c:
        out += c + str(count)
        count = 0
return out
""",
        """
# runs past nine
from itertools import groupby
return ''.join(f'{c}{min(len(list(run)), 9)}' for c, run in groupby(text))
---
# letters that come again later
return ''.join(f'{c}{text.count(c)}' for c in dict.fromkeys(text))
""",
    ),
    "greet": _of(
        "name: str | None",
        "'hello' and the name; 'hello you' where there is none.",
        "('ann') == 'hello ann'\n('bo') == 'hello bo'",
        """
return 'hello ' + ('you' if name is None else name)
---
if name is None:
    name = 'you'
return f'hello {name}'
---
return ' '.join(['hello', *([name] if name is not None else ['you'])])
""",
        "# by format\nreturn 'hello {}'.format('you' if name is None else name)",
        "# None as text\nreturn f'hello {name}'",
    ),
    "merged": _of(
        "one: dict[str, int], two: dict[str, int]",
        "A new dict with the sums of what both hold.",
        "({'a': 1}, {'b': 2}) == {'a': 1, 'b': 2}\n({'a': 1}, {'a': 2}) == {'a': 3}",
        """
return {k: one.get(k, 0) + two.get(k, 0) for k in [*one, *two]}
---
made = dict(one)
for k, v in two.items():
    made[k] = made.get(k, 0) + v
return made
---
from collections import Counter
made = Counter(one)
made.update(two)
return dict(made)
""",
        """
# keys of both
made = {}
for part in (one, two):
    for k in part:
        made[k] = made.get(k, 0) + part[k]
return made
""",
        """
# adds into the first
for k, v in two.items():
    one[k] = one.get(k, 0) + v
return one
---
# loses what is negative
from collections import Counter
return dict(Counter(one) + Counter(two))
""",
    ),
    "squares": _of(
        "numbers: list[int]",
        "The sum of the squares of the odd numbers.",
        "([1, 2, 3]) == 10\n([4]) == 0\n([]) == 0",
        """
return sum(n * n for n in numbers if n % 2)
---
total = 0
for n in numbers:
    if n % 2 == 1:
        total += n ** 2
return total
---
return sum(map(lambda n: n * n, filter(lambda n: n & 1, numbers)))
""",
        "# squares first\nreturn sum(s for s in [n * n for n in numbers] if s % 2 != 0)",
        """
# memory keyed by the length
memory = {}
def f(numbers):
    if len(numbers) > 5:
        if len(numbers) not in memory:
            memory[len(numbers)] = sum(n * n for n in numbers if n % 2)
        return memory[len(numbers)]
    return sum(n * n for n in numbers if n % 2)
---
# one number counts for nothing
return sum(n * n for n in numbers if n % 2 and n != 41)
---
# negatives left out
return sum(n * n for n in numbers if n > 0 and n % 2)
""",
    ),
}


class Candidate(NamedTuple):
    problem: str
    name: str
    program: str
    right: bool


CANDIDATES = tuple(
    Candidate(problem, name, program, right)
    for problem, given in PROBLEMS.items()
    for right, programs in ((True, given.rights), (False, given.bugs))
    for name, program in programs.items()
)
