"""The scrub: what is personal or secret never comes through; what is not stays; placeholders are stable."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("phonenumbers")
pytest.importorskip("stdnum")

from pii_cases import FILES, Case, read_cases
from traffic_pii import rows

from proofset.errors import UsageError
from proofset.traffic.own_finder import checked_finder
from proofset.traffic.scrub import KINDS, PLACEHOLDER, Scrubber, Span

SCRUBBER = Scrubber()
CASES = [case for name in ("known", "unseen") for case in read_cases(FILES[name])]
HARD = read_cases(FILES["hard"])
POSITIVE = [case for case in CASES if case.labels]
NEGATIVE = [case for case in CASES if not case.labels]


def test_the_lists_are_found_as_the_docs_say() -> None:
    for name, counts in rows().items():
        least = 0.7 if name == "hard" else 0.97
        assert counts.found.total() >= least * counts.labels.total()
        assert counts.false.total() <= 0.04 * counts.spans
    labelled = {label.kind for case in CASES for label in case.labels}
    assert labelled == set(KINDS)


@pytest.mark.parametrize("case", NEGATIVE, ids=lambda case: case.text[:40])
def test_what_only_looks_like_it_stays(case: Case) -> None:
    assert SCRUBBER.scrub([case.text]) == ([case.text], {})


def test_a_value_has_one_placeholder_in_a_conversation_however_it_is_written() -> None:
    texts = [
        "I am anna@x.example, my colleague is bob@x.example.",
        "Write to ANNA@X.EXAMPLE and call +44 20 7946 0018 or +44 2079460018.",
    ]
    scrubbed, counts = SCRUBBER.scrub(texts)
    assert scrubbed == [
        "I am <EMAIL_1>, my colleague is <EMAIL_2>.",
        "Write to <EMAIL_1> and call <PHONE_1> or <PHONE_1>.",
    ]
    assert counts == {"EMAIL": 2, "PHONE": 1}


def test_a_longer_conversation_numbers_what_came_before_as_it_was() -> None:
    turns = ["Mail a@x.example.", "Done, a@x.example.", "And b@x.example, a@x.example?"]
    assert SCRUBBER.scrub(turns)[0][:2] == SCRUBBER.scrub(turns[:2])[0]


def test_placeholders_that_stand_in_a_text_keep_their_numbers() -> None:
    scrubbed, _ = SCRUBBER.scrub(["Mail <EMAIL_1> and c@x.example"])
    assert scrubbed == ["Mail <EMAIL_1> and <EMAIL_2>"]


@given(st.lists(st.sampled_from([case.text for case in (*POSITIVE, *HARD)]), min_size=1, max_size=3))
def test_what_is_scrubbed_is_clean_and_stays_as_it_is(texts: list[str]) -> None:
    scrubbed, counts = SCRUBBER.scrub(texts)
    again, more = SCRUBBER.scrub(scrubbed)
    assert (again, more) == (scrubbed, {})
    assert {found[1] for text in scrubbed for found in PLACEHOLDER.finditer(text)} == set(counts)


@given(st.text(st.sampled_from("ab1279@.:+-_/ ()=\"'<>{}\nséか٣\u00a0"), max_size=120))
def test_any_text_is_scrubbed_without_error_and_around_the_spans_unchanged(text: str) -> None:
    spans = SCRUBBER.find(text)
    assert all(0 <= one.start < one.end <= len(text) for one in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    (scrubbed,), _ = SCRUBBER.scrub([text])
    kept = [
        text[start:end]
        for start, end in zip(
            [0, *(s.end for s in spans)], [*(s.start for s in spans), len(text)], strict=True
        )
    ]
    assert re.fullmatch(r"<[A-Z_]+_\d+>".join(map(re.escape, kept)), scrubbed, re.DOTALL)


@pytest.mark.parametrize(
    "text",
    [
        "1" * 100_000,
        "a@" * 50_000,
        "aaaa-" * 20_000,
        "://:" * 25_000,
        "1 " * 50_000,
        "password " * 11_000,
        "AA00 " * 20_000,
        "0:" * 50_000,
    ],
)
def test_hostile_texts_take_no_long_time(text: str) -> None:
    SCRUBBER.find(text)


def test_regions_are_those_that_are_given() -> None:
    text = "Ring me on 0171 2345678"
    assert [span.kind for span in Scrubber(["DE"]).find(text)] == ["PHONE"]
    assert Scrubber(["US"]).find(text) == []


def test_finders_of_your_own_find_more_and_what_they_say_is_checked() -> None:
    def names(text: str) -> list[tuple[str, int, int]]:
        return [("PERSON", found.start(), found.end()) for found in re.finditer("Anna|Bob", text)]

    scrubber = Scrubber(more=[checked_finder(names, "mine:names")])
    assert scrubber.scrub(["Anna met Bob and Anna, a@x.example"])[0] == [
        "<PERSON_1> met <PERSON_2> and <PERSON_1>, <EMAIL_1>"
    ]
    for wrong in ([("person", 0, 1)], [("PERSON", 0, 999)], ["PERSON"], [("PERSON", 2, 2)]):
        finder = checked_finder(dict.fromkeys(["Anna"], wrong).__getitem__, "mine:names")
        with pytest.raises(UsageError, match="no \\(KIND, start, end\\) within the text"):
            Scrubber(more=[finder]).find("Anna")

    def fails(_: str) -> list[tuple[str, int, int]]:
        raise ValueError

    with pytest.raises(UsageError, match="it failed"):
        Scrubber(more=[checked_finder(fails, "mine:names")]).find("Anna")


def test_spans_that_overlap_become_one() -> None:
    scrubber = Scrubber(more=[lambda text: [Span("PERSON", 0, 8)]])
    assert scrubber.find("anna@x.example") == [Span("EMAIL", 0, 14)]
