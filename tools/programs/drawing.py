"""Draw values of a domain: new ones, and seen ones a little changed."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from .domains import SAYS_NOTHING, Containers, Domain, Wording

MAX_TEXT = 60
MAX_ITEMS = 24


class Bounds(NamedTuple):
    """The least and the greatest number that may stand at a place."""

    low: int
    high: int


class _Known(NamedTuple):
    domain: Domain
    bounds: Bounds


def bounds_of(domain: Domain, wording: Wording) -> Bounds:
    """Bounds about the numbers seen at a place: signs that were not seen stay out."""
    seen = [float(n) for n in domain.of(int, float) if isinstance(n, int | float) and math.isfinite(n)]
    if not seen:
        return Bounds(0, 0)
    low, high = min(seen), max(seen)
    reach = max(abs(low), abs(high), 4.0)
    below = math.floor(-2 * reach if reach < 50 else -reach) if low < 0 else 0
    if low > 0 and (wording.positive or domain.of(float)):
        below = min(1, math.floor(low)) if low >= 1 else 0
    if low > 0 and not domain.of(int):
        below = math.floor(low)
    above = math.ceil(max(high * 2, 12) if 0 < high < 50 else high * 1.2) if high > 0 else 0
    return Bounds(below, max(above, below, math.ceil(high)))


@dataclass(frozen=True)
class Drawing:
    """Draws with one random generator, under what a problem's words say."""

    draw: random.Random
    wording: Wording = SAYS_NOTHING
    alone: bool = True
    """Whether the function has one argument only."""
    _known: dict[int, _Known] = field(default_factory=dict, repr=False)

    def value(self, domain: Domain) -> object:
        """A value of one of the domain's types: its own bounds decide on signs, sizes and characters."""
        kind = self.draw.choice(domain.kinds)
        make = self._makers().get(kind)
        if make is None or self.draw.random() < 0.1:
            return self.draw.choice(domain.of(kind))
        return make(domain, kind)

    def near(self, value: object, domain: Domain) -> object:
        """A seen value with a small change."""
        if isinstance(value, str):
            return self._text_near(value, domain)
        if isinstance(value, Containers) and len(value) and not domain.fields:
            return self._items_near(list(value), domain, type(value))
        if type(value) in (int, float):
            return self._number_near(value, domain)
        return self.value(domain)

    def _makers(self) -> dict[type, Callable[[Domain, type], object]]:
        containers: dict[type, Callable[[Domain, type], object]] = dict.fromkeys(Containers, self._items)
        return {
            bool: lambda _, __: self.draw.random() < 0.5,
            int: self._number,
            float: self._number,
            str: lambda domain, _: self._text(domain),
            dict: lambda domain, _: self._dict(domain),
            **containers,
        }

    def _number(self, domain: Domain, kind: type) -> object:
        low, high = self._bounds(domain)
        draw = self.draw
        if kind is int:
            small = max(low, 0)
            bounds = [low, high, small, min(small + 1, high), min(small + 2, high)]
            near = draw.randint(small, min(high, small + 12)) if small <= high else low
            return draw.choice([draw.randint(low, high), draw.randint(low, high), near, draw.choice(bounds)])
        digits = draw.choice([0, 1, 1, 2, self._digits(domain)])
        return round(draw.uniform(low, high), digits)

    def _number_near(self, value: object, domain: Domain) -> object:
        low, high = self._bounds(domain)
        if isinstance(value, float):
            if not math.isfinite(value):
                return value
            moved = round(value + self.draw.choice([-1, 1, 0.5, -0.5, 0.1, -0.1]), self._digits(domain))
            return min(max(moved, float(low)), float(high))
        if isinstance(value, int):
            return min(max(value + self.draw.choice([-2, -1, 1, 2, 3, value, 10]), low), high)
        return value

    def _bounds(self, domain: Domain) -> Bounds:
        known = self._known.get(id(domain))
        if known is None:
            # The domain is held too, so that its id stays its own.
            known = self._known[id(domain)] = _Known(domain, bounds_of(domain, self.wording))
        return known.bounds

    def _digits(self, domain: Domain) -> int:
        """Digits after the point, as many as were seen, at most 6."""
        shown = [repr(n).partition(".")[2] for n in domain.of(float)]
        return min(max((len(part) for part in shown if part.isdigit()), default=1), 6)

    def _text(self, domain: Domain) -> str:
        texts, draw = domain.texts, self.draw
        alphabet = domain.alphabet
        filled = [text for text in texts if text]
        if not filled:
            return ""
        if alphabet.structured:
            return self._text_near(draw.choice(filled), domain)
        if self._closed(domain):
            words = [draw.choice(self.wording.quoted) for _ in range(draw.randint(1, 6))]
            return " ".join(words)
        if alphabet.numeral:
            return self._numeral(draw.choice(filled), filled)
        if len({len(text) for text in texts}) == 1 and len(texts) > 2:
            size = len(texts[0])
        else:
            size = draw.randint(0, min(max(map(len, texts)) + 4, MAX_TEXT))
        if not size and not self._may_be_empty(domain):
            size = 1
        if draw.random() < 0.3 and any(" " in text for text in texts):
            return self._words_near(draw.choice(filled).split(" "), domain)
        if draw.random() < 0.5:
            few = draw.sample(alphabet.characters, min(3, len(alphabet.characters)))
            return "".join(draw.choice(few) for _ in range(size))
        return "".join(draw.choice(alphabet.characters) for _ in range(size))

    def _numeral(self, near: str, seen: list[str]) -> str:
        draw = self.draw
        if set("".join(seen)) <= set("01"):
            return "".join(draw.choice("01") for _ in range(draw.randint(1, len(near) + 3)))
        top = max(int(re.sub(r"\D.*", "", text.lstrip("-")) or 0) for text in seen)
        sign = "-" if any(text.startswith("-") for text in seen) and draw.random() < 0.4 else ""
        number = str(draw.randint(0, max(top, 12)))
        if "." in "".join(seen) and draw.random() < 0.7:
            number += "." + draw.choice(["0", "5", "5", "4", "6", "49", "51", str(draw.randint(1, 99))])
        return sign + number if float(number) else number

    def _text_near(self, text: str, domain: Domain) -> str:
        draw, alphabet = self.draw, domain.alphabet
        if alphabet.structured:
            return re.sub(r"\d+", lambda found: self._digits_near(found.group()), text)
        if alphabet.numeral:
            return self._numeral(text, [each for each in domain.texts if each])
        words = text.split(" ")
        if self._closed(domain) or (len(words) > 1 and draw.random() < 0.6):
            return self._words_near(words, domain)
        if not text:
            return self._text(domain)
        place = draw.randrange(len(text))
        other = draw.choice(alphabet.characters)
        if len({len(each) for each in domain.texts}) == 1 and len(domain.texts) > 2:
            return text[:place] + other + text[place + 1 :]
        changed = draw.choice(
            [
                text[:place] + text[place + 1 :],
                text[:place] + text[place] + text[place:],
                text[:place] + other + text[place + 1 :],
                text[:place] + other + text[place:],
                "".join(draw.sample(text, len(text))),
                text[::-1],
                text + draw.choice(domain.texts),
                text + text[::-1],
                text[:place] + 3 * text[place] + text[place:],
                text + 3 * draw.choice(text),
                text[: place + 1],
            ]
        )
        return changed[:MAX_TEXT] if changed or self._may_be_empty(domain) else text

    def _may_be_empty(self, domain: Domain) -> bool:
        """Beside other arguments a text, such as one to search for, is empty only where that was seen."""
        return "" in domain.texts or (self.alone and not self.wording.filled)

    def _closed(self, domain: Domain) -> bool:
        """Whether every word seen is one that the problem quotes, as where it lists what may occur."""
        seen = {word for text in domain.texts for word in text.split(" ") if word}
        return len(seen) > 1 and seen <= set(self.wording.quoted)

    def _digits_near(self, digits: str) -> str:
        # Of the same length and no leading zero more: dates and codes keep their form.
        low = 0 if len(digits) == 1 else 10 ** (len(digits) - 1)
        if digits.startswith("0") or self.draw.random() < 0.4:
            return digits
        return str(self.draw.randint(max(low, 1), 10 ** len(digits) - 1))

    def _words_near(self, words: list[str], domain: Domain) -> str:
        draw = self.draw
        known = [word for text in domain.texts for word in text.split(" ")]
        # What the problem quotes is a word of its own language: 'zero', '.|'.
        known += [word for word in self.wording.quoted if word not in known]
        place = draw.randrange(len(words))
        made = list(words)
        way = draw.randrange(4)
        if way == 0:
            del made[place]
        elif way == 1:
            made[place] = draw.choice(known)
        elif way == 2:
            made.insert(place, draw.choice(known))
        else:
            draw.shuffle(made)
        return " ".join(made)[: 2 * MAX_TEXT]

    def _dict(self, domain: Domain) -> object:
        if domain.keys is None or domain.values is None:
            return {}
        size = self.draw.randint(int(self.wording.filled), max(domain.sizes) + 2)
        return {self.value(domain.keys): self.value(domain.values) for _ in range(size)}

    def _items(self, domain: Domain, kind: type) -> object:
        if domain.fields:
            return tuple(self.value(field) for field in domain.fields)
        if domain.items is None:
            return kind()
        if domain.level:
            size = domain.sizes[0]
        else:
            size = self.draw.randint(int(self.wording.filled), min(max(domain.sizes) + 3, MAX_ITEMS))
        items = self._alike(domain.items, size)
        if self.draw.random() < 0.3 and items:
            # Few different values: ties, runs and duplicates.
            few = items[:3]
            items = [self.draw.choice(few) for _ in items]
        return self._contained(items, domain, kind)

    def _alike(self, items: Domain, size: int) -> list[object]:
        """Items of a new container; rows of a table are as wide as each other."""
        made = [self.value(items) for _ in range(size)]
        if items.level and made and all(isinstance(row, list) for row in made):
            width = min(len(row) for row in made if isinstance(row, list))
            made = [row[:width] for row in made if isinstance(row, list)]
        return made

    def _items_near(self, items: list[object], domain: Domain, kind: type) -> object:
        draw = self.draw
        place = draw.randrange(len(items))
        made = list(items)
        other = self.value(domain.items) if domain.items else items[0]
        way = draw.randrange(3) if domain.level else draw.randrange(9)
        if way == 0:
            made[place] = other
        elif way == 1:
            made[place] = self.near(items[place], domain.items) if domain.items else items[place]
        elif way == 2:
            draw.shuffle(made)
        elif way == 3:
            del made[place]
        elif way == 4:
            made.insert(place, other)
        elif way == 5:
            made.insert(place, items[draw.randrange(len(items))])
        elif way == 6:
            made = made[: place + 1]
        elif way == 7:
            made = sorted(made, key=repr) if len({type(item) for item in made}) > 1 else made[::-1]
        else:
            made += items[:place]
        if not made and self.wording.filled:
            made = list(items)
        return self._contained(made[:MAX_ITEMS], domain, kind)

    def _contained(self, items: list[object], domain: Domain, kind: type) -> object:
        if domain.distinct or (kind in (set, frozenset)):
            items = list({repr(item): item for item in items}.values())
        if domain.ordered:
            items = sorted(items)  # type: ignore[type-var]
        return kind(items)
