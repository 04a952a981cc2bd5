"""How much of labelled personal data and secrets the scrub finds, and what it takes for some that is none.

    python benchmarks/traffic_pii.py                       both lists, by kind
    python benchmarks/traffic_pii.py --show known          every miss and every false hit of one list
    python benchmarks/traffic_pii.py --with presidio       another library, where it is installed; or datafog

A label is found where spans cover all of it, whatever kind they name. A span is false where it touches no
label.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import NamedTuple

from pii_cases import FILES, Case, read_cases

from proofset.records import wilson
from proofset.traffic.scrub import Scrubber, Span

Find = Callable[[str], Iterable[Span]]


class Tally(NamedTuple):
    """Counts over cases.

    Attributes:
        labels, found: kind to labels, and to those that are covered.
        named: of those found, how many by a span of their own kind.
        spans, false: all spans, and kind to those that touch no label.
    """

    labels: Counter[str]
    found: Counter[str]
    named: int
    spans: int
    false: Counter[str]


def tally(cases: Sequence[Case], find: Find, show: Callable[[str], None] = lambda _: None) -> Tally:
    labels, found, false = Counter[str](), Counter[str](), Counter[str]()
    named = spans = 0
    for case in cases:
        here = list(find(case.text))
        spans += len(here)
        for label in case.labels:
            labels[label.kind] += 1
            covered = [span for span in here if span.start < label.end and label.start < span.end]
            whole = set(range(label.start, label.end)) <= {
                place for span in covered for place in range(span.start, span.end)
            }
            found[label.kind] += whole
            named += whole and any(span.kind == label.kind for span in covered)
            if not whole:
                show(f"missed {label.kind}: {case.text[label.start : label.end]!r} in {case.text!r}")
        for span in here:
            if not any(span.start < label.end and label.start < span.end for label in case.labels):
                false[span.kind] += 1
                show(f"false {span.kind}: {case.text[span.start : span.end]!r} in {case.text!r}")
    return Tally(labels, found, named, spans, false)


def rows(find: Find | None = None) -> dict[str, Tally]:
    """List to its counts."""
    find = find or Scrubber().find
    return {name: tally(read_cases(path), find) for name, path in FILES.items()}


def presidio() -> Find:
    """The pattern recognizers of presidio-analyzer, on a spaCy that has no model."""
    spacy, analyzer = import_module("spacy"), import_module("presidio_analyzer")
    engine = import_module("presidio_analyzer.nlp_engine").SpacyNlpEngine(
        models=[{"lang_code": "en", "model_name": "none"}]
    )
    engine.nlp = {"en": spacy.blank("en")}
    engine.is_loaded = lambda: True
    whole = analyzer.AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])

    def find(text: str) -> list[Span]:
        found = whole.analyze(text=text, language="en", score_threshold=0.4)
        return [Span(one.entity_type, one.start, one.end) for one in found]

    return find


def datafog() -> Find:
    """The regex engine of datafog."""
    engine = import_module("datafog.engine")
    return lambda text: [Span(one.type, one.start, one.end) for one in engine.scan(text).entities]


def main() -> None:
    others: dict[str, Callable[[], Find]] = {"presidio": presidio, "datafog": datafog}
    find = others[sys.argv[-1]]() if "--with" in sys.argv else Scrubber().find
    if "--show" in sys.argv:
        tally(read_cases(FILES[sys.argv[-1]]), find, print)
    for name, counts in rows(find).items():
        labels, found, false = counts.labels.total(), counts.found.total(), counts.false.total()
        recall, precision = wilson(found, labels), wilson(counts.spans - false, counts.spans)
        print(
            f"{name}: recall {found}/{labels} ({recall.low:.0%}-{recall.high:.0%}), of them named by kind "
            f"{counts.named}; precision {counts.spans - false}/{counts.spans} "
            f"({precision.low:.0%}-{precision.high:.0%})"
        )
        for kind in sorted(counts.labels | counts.false):
            print(
                f"  {kind:12} found {counts.found[kind]:>3} of {counts.labels[kind]:>3}, "
                f"false {counts.false[kind]:>2}"
            )


if __name__ == "__main__":
    main()
