"""Lexical novelty decides as rouge_score does, at any size and threshold, and comes back from its file."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer

from proofset.memory.novelty import LexicalIndex, Match
from proofset.memory.novelty.lexical import ROUGE_L, ROUGE_L_UNICODE
from proofset.memory.novelty.rouge import RougeIndex
from proofset.memory.novelty.stemming import stem
from proofset.memory.novelty.tokens import ascii_words, is_for_unicode, unicode_words

# Few words, so that most pairs share some; stems that meet; signs that rouge_score drops.
WORDS = (
    *("the", "a", "of", "7", "42", "apples", "apple", "running", "runs", "run", "relational", "relate"),
    *("generously", "y", "x1", "été", "don't", "-", "Ärger", "好"),
)
texts = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
thresholds = st.sampled_from((0.05, 0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0))


@cache
def scorer_of(stem: bool) -> RougeScorer:
    return RougeScorer(["rougeL"], use_stemmer=stem)


def nearest(known: list[str], text: str, *, threshold: float, stem: bool) -> tuple[int, float] | None:
    """What rouge_score says: the first of the best matches above the threshold."""
    scorer = scorer_of(stem)
    best: tuple[int, float] | None = None
    for number, one in enumerate(known):
        score = scorer.score(one, text)["rougeL"].fmeasure
        if score > threshold and (best is None or score > best[1]):
            best = number, score
    return best


@given(st.lists(texts, max_size=12), st.lists(texts, min_size=1, max_size=3), thresholds, st.booleans())
@example(["a b c d e f g h i j"], ["a b c d e f g x y z"], 0.7, False)
@settings(max_examples=400)
def test_matches_and_scores_are_those_of_rouge_score(
    known: list[str], asked: list[str], threshold: float, use_stem: bool
) -> None:
    # So small a dictionary that the arrays are made again and again.
    index = RougeIndex(threshold=threshold, stem=use_stem, newest=3)
    for number, one in enumerate(known):
        found = index.find(one)
        assert (tuple(found) if found else None) == nearest(
            known[:number], one, threshold=threshold, stem=use_stem
        )
        index.add(one)
    for text in asked:
        found = index.find(text)
        assert (tuple(found) if found else None) == nearest(known, text, threshold=threshold, stem=use_stem)


def long_texts(seed: int) -> list[str]:
    """Texts of 40 to 160 words, about half of them an earlier one with some words changed."""
    rng = random.Random(seed)
    made: list[list[str]] = []
    for _ in range(45):
        if made and rng.random() < 0.6:
            words = list(rng.choice(made))
            for _ in range(int(len(words) * rng.choice((0.1, 0.28, 0.3, 0.32, 0.4)))):
                words[rng.randrange(len(words))] = f"w{rng.randrange(2000)}"
        else:
            # Common words are very common, as in a language.
            words = [
                f"w{min(int(rng.paretovariate(0.6)), 2000)}" for _ in range(rng.choice((40, 66, 80, 160)))
            ]
        made.append(words)
    return [" ".join(words) for words in made]


@pytest.mark.parametrize("seed", range(2))
def test_long_texts_match_as_rouge_score_says(seed: int) -> None:
    index, known = RougeIndex(threshold=0.7, stem=True, newest=10), long_texts(seed)
    matches = 0
    for number, text in enumerate(known):
        found = index.find(text)
        expected = nearest(known[:number], text, threshold=0.7, stem=True)
        assert (tuple(found) if found else None) == expected
        matches += expected is not None
        index.add(text)
    assert 5 < matches < 40


@pytest.mark.parametrize("size", range(1, 41))
def test_scores_of_exactly_the_threshold_are_decided_as_by_rouge_score(size: int) -> None:
    scorer = RougeScorer(["rougeL"])
    for threshold in (0.5, 0.6, 0.7, 0.75, 0.8):
        for other in range(1, 41):
            common = round(threshold * (size + other) / 2)
            if abs(2 * common / (size + other) - threshold) > 1e-9 or not 0 < common <= min(size, other):
                continue
            shared = [f"s{i}" for i in range(common)]
            known = " ".join(shared + [f"k{i}" for i in range(size - common)])
            text = " ".join(shared + [f"t{i}" for i in range(other - common)])
            index = RougeIndex(threshold=threshold, stem=False, newest=0)
            index.add(known)
            score = scorer.score(known, text)["rougeL"].fmeasure
            assert (index.find(text) is not None) == (score > threshold)


@given(st.lists(texts, max_size=12), texts, st.integers(0, 4))
def test_the_nearest_and_the_mean_are_those_of_all_pairs(known: list[str], text: str, k: int) -> None:
    index = RougeIndex(threshold=0.7, stem=True)
    scorer = scorer_of(True)
    for one in known:
        index.add(one)
    scores = [scorer.score(one, text)["rougeL"].fmeasure for one in known]
    similar = index.similar(text, k=k)
    ranked = sorted(range(len(scores)), key=lambda number: (-scores[number], number))
    assert [tuple(found) for found in similar.nearest] == [(n, scores[n]) for n in ranked[:k] if scores[n]]
    assert similar.mean == pytest.approx(sum(scores) / len(scores) if scores else 0)


def test_only_what_stands_before_is_looked_at() -> None:
    index = LexicalIndex()
    for position, name in ((-1, "seed"), (3, "third"), (8, "eighth")):
        index.add(name, f"write a poem about the {name} planet of a star", position=position)
    index.add("same", "write a poem about the eighth planet of a star", position=8)
    text = "write a poem about the eighth planet of a star"
    assert index.find(text, before=-1) is None
    assert index.find(text, before=4) == Match("seed", 0.9, ROUGE_L, 0.7)
    assert index.find(text) == Match("eighth", 1.0, ROUGE_L, 0.7)
    with pytest.raises(ValueError, match="position 7 of late"):
        index.add("late", "something else", position=7)


@pytest.mark.parametrize(
    ("known", "text", "score"),
    [
        ("写一首关于春天的诗", "写一首关于夏天的诗", 8 / 9),
        ("Напишите стихотворение о весне", "напишите стихотворение о лете", 3 / 4),
        ("اكتب قصيدة عن الربيع", "اكتب قصيدة عن الصيف", 3 / 4),
        ("春と夏はどちらが暑いですか", "秋と冬はどちらが暑いですか", 11 / 13),
        ("हिन्दी में एक कविता लिखो", "हिन्दी में एक कहानी लिखो", 4 / 5),
        ("🍎+🍎=🍐", "🍎+🍎=🍋", 4 / 5),
    ],
)
def test_other_scripts_have_a_rule_of_their_own(known: str, text: str, score: float) -> None:
    index = LexicalIndex(threshold=0.7)
    index.add("known", known)
    found = index.find(text)
    assert found is not None
    assert (found.id, found.rule) == ("known", ROUGE_L_UNICODE)
    assert found.score == pytest.approx(score)
    assert RougeScorer(["rougeL"]).score(known, text)["rougeL"].fmeasure == 0


def test_numbers_alone_do_not_make_two_texts_of_another_script_alike() -> None:
    index = LexicalIndex()
    index.add("apples", "小明有12个苹果，又买了5个，一共有多少？")
    assert index.find("火车每小时走12公里，5小时走多远？") is None
    assert RougeScorer(["rougeL"]).score("有12个，又5个", "走12公里，5小时")["rougeL"].fmeasure == 1.0


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("write 诗", False),
        ("12 + 5", False),
        ("12 + 5 = ?", False),
        ("12 個", True),
        ("¿?", True),
        ("", True),
        # The Kelvin sign is a k when it is lower-cased, for rouge_score too.
        ("\u212a", False),
    ],
)
def test_which_rule_judges(text: str, other: bool) -> None:
    assert is_for_unicode(text) is other


@given(st.text())
def test_words_of_any_text(text: str) -> None:
    assert all(word and not any(map(str.isspace, word)) for word in unicode_words(text))
    assert bool(unicode_words(text)) == bool(text.strip())
    assert all(word.isascii() for word in ascii_words(text))


@given(st.lists(st.text(max_size=12) | texts, max_size=12), st.booleans(), st.text(max_size=12) | texts)
def test_an_index_comes_back_from_its_file(known: list[str], use_stem: bool, text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lexical.npz"
        index = LexicalIndex(0.5, use_stem)
        for number, one in enumerate(known):
            index.add(f"é{number}", one, position=number // 2)
        index.save(path, through="here")
        loaded = LexicalIndex.load(path, threshold=0.5, stem=use_stem)
        assert loaded is not None
        assert loaded.through == "here"
        assert LexicalIndex.load(path, threshold=0.5, stem=not use_stem) is None
        for before in (None, 1, 3):
            assert loaded.lexical.find(text, before=before) == index.find(text, before=before)
        # It goes on where it was.
        for either in (index, loaded.lexical):
            either.add("last", text, position=99)
        assert [loaded.lexical.find(one) for one in (*known, text)] == [
            index.find(one) for one in (*known, text)
        ]


@pytest.mark.parametrize("kept", [0, 1, 50, 0.5, -1])
def test_a_damaged_file_is_not_taken(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "lexical.npz"
    index = LexicalIndex()
    for number in range(50):
        index.add(str(number), f"text number {number}")
    index.save(path, through="x")
    data = bytearray(path.read_bytes())
    if kept == 0.5:
        # One byte in the middle.
        data[len(data) // 2] ^= 0xFF
    else:
        data = data[: int(kept)]
    path.write_bytes(data)
    assert LexicalIndex.load(path) is None
    assert LexicalIndex.load(tmp_path / "none.npz") is None


NLTK = PorterStemmer()
SUFFIXES = (
    *("s", "es", "ies", "sses", "ed", "ied", "eed", "ing", "y", "ly", "ational", "tional", "izer", "bli"),
    *("alli", "entli", "eli", "ousli", "ization", "ation", "ator", "alism", "iveness", "fulness", "ousness"),
    *("aliti", "iviti", "biliti", "fulli", "logi", "icate", "ative", "alize", "iciti", "ical", "ful", "ness"),
    *("al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "sion", "tion"),
    *("ou", "ism", "ate", "iti", "ous", "ive", "ize", "e", "ll"),
)


@given(
    st.text(alphabet="aeiouybcdlstz19", max_size=6),
    st.lists(
        st.sampled_from(SUFFIXES),
        max_size=3,
    ),
)
@settings(max_examples=2000)
def test_stems_are_those_of_nltk(start: str, suffixes: list[str]) -> None:
    word = start + "".join(suffixes)
    assert stem(word) == NLTK.stem(word)


@pytest.mark.parametrize("word", ["sky", "skies", "dying", "news", "innings", "a", "by", "flies", "enjoy"])
def test_irregular_stems_are_those_of_nltk(word: str) -> None:
    assert stem(word) == NLTK.stem(word)
