"""Corpus: texts that people wrote, cut into segments that are exact slices of their files.

paths ─▶ files ─▶ scanning: lines ─▶ segmenting at headings, or functions ─▶ cleaning ─▶ Corpus
          │         │ not UTF-8, too long, no JSON       │ too short, too long     │ copies, tables, …
          └─────────┴──────── left out: counted, and told by file and line ────────┘
"""

from .corpus import Corpus, Segment, open_corpus
from .rules import Kind, Left, Rules
from .segmenting import Cut, Span, TextLine, spans_in

__all__ = [
    "Corpus",
    "Cut",
    "Kind",
    "Left",
    "Rules",
    "Segment",
    "Span",
    "TextLine",
    "open_corpus",
    "spans_in",
]
