"""Contamination: exactly the runs that a plain search finds; spans in both texts; what condemns nothing."""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from proofset.errors import UsageError
from proofset.memory.contamination import Decontaminator, EvaluationItem, EvaluationSets, Overlap
from proofset.memory.contamination.tokens import masked, spans_of, tokens_of, weight_of
from proofset.memory.rows import Text

ITEM = (
    "A baker fills 12 trays with 9 rolls each and sells all but 7 of them by 10 on Monday. "
    "How many rolls did the baker sell that morning?"
)


def sets(*items: str | Sequence[str]) -> EvaluationSets:
    made = [
        EvaluationItem(
            "eval.jsonl",
            number,
            tuple(Text(f"f{k}", t) for k, t in enumerate([item] if isinstance(item, str) else item)),
        )
        for number, item in enumerate(items, start=1)
    ]
    return EvaluationSets(tuple(made), {"eval.jsonl": len(made)})


def words(count: int, seed: object = 0) -> str:
    draw = random.Random(f"words {seed}")
    return " ".join("".join(draw.choices("bcdfghjklmnp", k=7)) for _ in range(count))


def found_in(text: str, *items: str | Sequence[str], **how: int) -> Overlap:
    overlap = Decontaminator(sets(*items), **how).check(text)  # type: ignore[arg-type]
    assert overlap is not None
    return overlap


def test_a_shared_run_is_told_with_its_span_in_both_texts() -> None:
    text = f"Please answer: {ITEM[2:].upper()} Thanks."
    overlap = found_in(text, words(30), ITEM)
    assert (overlap.kind, overlap.eval_row, overlap.eval_field) == ("ngram", 2, "f0")
    assert text[overlap.start : overlap.end] == overlap.words == ITEM[2:-1].upper()
    assert ITEM[overlap.eval_start : overlap.eval_end] == ITEM[2:-1]
    assert overlap.tokens == len(tokens_of(ITEM)) - 1
    assert not overlap.numbers_differ
    assert overlap.reason.startswith("shares 28 tokens with eval.jsonl:2 (f0): 'BAKER FILLS 12")


@pytest.mark.parametrize("count", [12, 13])
@pytest.mark.parametrize("place", [0, 5, 37])
def test_thirteen_words_condemn_and_twelve_do_not(count: int, place: int) -> None:
    item = words(50).split()
    text = " ".join(["before", *item[place : place + count], "after"])
    assert (Decontaminator(sets(" ".join(item))).check(text) is None) == (count < 13)


@pytest.mark.parametrize("count", [3, 4, 7, 8, 12])
def test_short_items_condemn_the_same_text_and_from_eight_words_any_text_around_them(count: int) -> None:
    item = words(count)
    checker = Decontaminator(sets(item))
    assert (checker.check(item.upper() + "!") is None) == (count < 4)
    around = checker.check(f"one {item}, two")
    assert (around is None) == (count < 8)
    if around:
        assert (around.kind, around.words) == ("whole_text", item)
    assert checker.check(item.rsplit(" ", 1)[0]) is None


def test_what_stands_in_many_items_condemns_nothing() -> None:
    rule = words(20, "rule")
    items = [f"{words(20, k)} {rule}" for k in range(11)]
    assert Decontaminator(sets(*items[:10])).check(rule) is not None
    checker = Decontaminator(sets(*items))
    assert checker.check(rule) is None
    # Neither do words that happen to stand beside it.
    assert checker.check(f"{items[3].split(rule)[0].split()[-1]} {rule}") is None
    assert found_in(items[3], *items).eval_row == 4
    assert Decontaminator(sets(*items), common=11).check(rule) is not None


def test_what_repeats_inside_an_item_condemns_nothing() -> None:
    zeros = "0 " * 200
    assert Decontaminator(sets(f"{words(30)} {zeros}")).check(zeros) is None


@pytest.mark.parametrize("count", [10, 20])
def test_a_field_that_is_the_same_in_many_items_condemns_nothing(count: int) -> None:
    rule = words(count, "rule")
    items = [(rule, words(20, k)) for k in range(11)]
    assert Decontaminator(sets(*items)).check(f"so {rule}") is None
    assert Decontaminator(sets(*items[:10])).check(f"so {rule}") is not None


def test_copies_of_an_item_do_not_make_it_common() -> None:
    assert found_in(ITEM, *[ITEM] * 40).eval_row == 1


def test_other_numbers() -> None:
    text = ITEM.replace("12", "1,450").replace("9", "30.5").replace("7", "2 1/2").replace("10 on", "11 on")
    overlap = found_in(f"Well: {text}", ITEM)
    assert (overlap.kind, overlap.numbers_differ) == ("masked_numbers", True)
    assert overlap.words == text[:-1]
    assert ITEM[overlap.eval_start : overlap.eval_end] == ITEM[:-1]
    assert Decontaminator(sets(ITEM), masked_n=0).check(text) is None
    # Nineteen words with other numbers are a phrase that many problems have.
    assert Decontaminator(sets(ITEM)).check(" ".join(text.split()[:19])) is None
    assert "with other numbers" in overlap.reason


def test_numbers_in_words_are_masked_too() -> None:
    item = words(10, 1) + " 5kg " + words(10, 2)
    assert found_in(item.replace("5kg", "77kg"), item).kind == "masked_numbers"
    assert Decontaminator(sets(item)).check(item.replace("5kg", "77lb")) is None


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("Ｆｕｌｌｗｉｄｔｈ " + words(12), "fullwidth " + words(12)),
        ("déjà " + words(12), unicodedata.normalize("NFD", "DÉJÀ ") + words(12)),
        ("ﬁne Straße " + words(11), "fine STRASSE " + words(11)),
        ("don’t " + words(11), "don't " + words(11)),
        ("हिन्दी " * 3 + words(10), "हिन्दी, " * 3 + words(10)),
    ],
)
def test_unicode_forms_are_the_same_text(item: str, text: str) -> None:
    overlap = found_in(f"½ {text} ½", item)
    assert overlap.words == text
    assert item[overlap.eval_start : overlap.eval_end] == item.strip()


def test_scripts_without_spaces_need_as_much_as_words_do() -> None:
    item = "今天早上面包师傅烤了十二盘面包每盘有九个后来卖掉了大部分只剩下七个请问一共卖了多少个"
    assert Decontaminator(sets(item)).check(item[3:28] + "好") is None
    assert found_in("问" + item[3:29] + "好", item).words == item[3:29]
    assert found_in("问：" + item + "好", item).kind == "whole_text"
    thai = "ช่างทำขนมปังอบขนมปังสิบสองถาดในตอนเช้าวันนี้และขายได้เกือบทั้งหมด"
    assert tokens_of("กำลัง") == ["กํ", "า", "ลั", "ง"]
    assert found_in(thai, thai).kind == "whole_text"


@given(st.text(max_size=60))
def test_spans_are_where_the_tokens_stand(text: str) -> None:
    tokens, spans = tokens_of(text), spans_of(text)
    assert len(tokens) == len(spans)
    for token, (start, end) in zip(tokens, spans, strict=True):
        assert "".join(tokens_of(text[start:end])) == token or token in "".join(tokens_of(text[start:end]))
    assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(spans))


def naive(text: str, items: Sequence[Sequence[str]], n: int, common: int, *, hide: bool) -> int:
    """The most that counts in any run that condemns, by plain search; 0 for none."""
    read = _masked_tokens if hide else tokens_of
    per_item = {tuple(sorted({tuple(read(t)) for t in item})) for item in items}
    places: Counter[tuple[str, ...]] = Counter()
    held: Counter[tuple[str, ...]] = Counter()
    for texts in per_item:
        for each in texts:
            held[each] += 1
            places.update(each[k : k + n] for k in range(len(each) - n + 1))
    mine = tuple(read(text))
    best = 0
    for other in held:
        counts = [True] * len(other)
        for k in range(len(other) - n + 1):
            if places[other[k : k + n]] > common:
                counts[k : k + n] = [False] * n
        if len(other) < n and held[other] > common:
            counts = [False] * len(other)
        for a in range(len(mine)):
            for b in range(len(other)):
                if mine[a] != other[b] or (a and b and mine[a - 1] == other[b - 1]):
                    continue
                k = 0
                while a + k < len(mine) and b + k < len(other) and mine[a + k] == other[b + k]:
                    k += 1
                counted = sum(
                    weight_of(t) for t, c in zip(other[b : b + k], counts[b : b + k], strict=True) if c
                )
                weight = sum(map(weight_of, other[b : b + k]))
                whole = not hide and k == len(other) and weight >= 6 * min(4 if k == len(mine) else 8, n)
                if counted >= 6 * n or (whole and counted):
                    best = max(best, counted)
    return best


def _masked_tokens(text: str) -> list[str]:
    hidden = [masked(token) for token in tokens_of(text)]
    return [t for k, t in enumerate(hidden) if t != "#" or k == 0 or hidden[k - 1] != "#"]


tokens = st.sampled_from(["a", "b", "c", "a", "b", "7", "8", "b2", "日", "本", "ไ"])
phrases = st.lists(tokens, max_size=14).map(" ".join)


@given(
    st.lists(st.lists(phrases, min_size=1, max_size=2), min_size=1, max_size=8),
    st.lists(phrases, min_size=1, max_size=4),
    st.integers(3, 6),
    st.integers(0, 2),
    st.integers(1, 4),
)
def test_as_a_plain_search_decides(
    items: list[list[str]], texts: list[str], n: int, more: int, common: int
) -> None:
    checker = Decontaminator(sets(*items), n=n, masked_n=n + more, common=common)
    for text, overlap in zip(texts, checker.check_many(texts), strict=True):
        exact = naive(text, items, n, common, hide=False)
        hidden = naive(text, items, n + more, common, hide=True)
        if exact:
            assert overlap is not None and overlap.kind in ("ngram", "whole_text")
        elif hidden:
            assert overlap is not None and overlap.kind == "masked_numbers"
        else:
            assert overlap is None
        if overlap:
            item = items[overlap.eval_row - 1][int(overlap.eval_field[1:])]
            read = _masked_tokens if overlap.kind == "masked_numbers" else tokens_of
            shared = read(item[overlap.eval_start : overlap.eval_end])
            assert read(overlap.words) == shared
            assert text[overlap.start : overlap.end] == overlap.words


def test_windows_of_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    # All hashes alike: what is found is then decided by the tokens alone.
    from proofset.memory.contamination import windows

    def alike(codes: NDArray[np.int32]) -> NDArray[np.uint64]:
        return np.zeros(len(codes), np.uint64)

    monkeypatch.setattr(windows, "_mixed", alike)
    items = [words(30, 1), words(9, 2)]
    checker = Decontaminator(sets(*items), common=1)
    assert checker.check(words(60, 3)) is None
    assert checker.check(words(9, 3)) is None
    overlap = checker.check(words(13, 1))
    assert overlap is not None and overlap.eval_row == 1


def test_a_batch_is_as_each_alone() -> None:
    items = [words(40, k) for k in range(50)]
    checker = Decontaminator(sets(*items))
    texts = ["", " ", *[items[k % 50] if k % 7 == 0 else words(k % 90, -k) for k in range(1500)], "."]
    assert checker.check_many(texts) == [checker.check(text) for text in texts]


class _Letters:
    """Embeds a text by how often it has each letter."""

    name, dim = "letters", 26

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.array([[t.lower().count(chr(97 + k)) + 1e-6 for k in range(26)] for t in texts], np.float32)
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


def test_near_copies_by_meaning() -> None:
    checker = Decontaminator(sets("", ITEM, words(30)), embedder=_Letters(), threshold=0.95)
    shuffled = " ".join(reversed(ITEM.replace("12", "14").split()))
    overlap, nothing, same = checker.check_many([shuffled, "zzz qqq", ITEM])
    assert overlap is not None and nothing is None and same is not None
    assert (overlap.kind, overlap.eval_row, overlap.numbers_differ) == ("semantic", 2, True)
    assert overlap.score > 0.95
    assert overlap.reason == f"cosine {overlap.score:.3f} to eval.jsonl:2 (f0), with other numbers"
    assert same.kind == "whole_text"


@pytest.mark.parametrize(
    ("how", "message"),
    [({"n": 2}, "fewer than 3"), ({"masked_n": 12}, "0 or at least n, 13"), ({"common": 0}, "at least 1")],
)
def test_numbers_out_of_bounds(how: dict[str, int], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Decontaminator(sets(ITEM), **how)  # type: ignore[arg-type]
