"""Data files as users have them: one reader and one writer for all commands.

path ─▶ open_source: which files, which are passed over ─▶ rows, in order ─▶ RowWriter: unchanged
"""

from .row import BadRow, Row
from .source import DataFile, Skipped, Source, open_source
from .texts import Missing, Text, all_texts, question_texts, texts_at
from .writing import RowWriter, json_line

__all__ = [
    "BadRow",
    "DataFile",
    "Missing",
    "Row",
    "RowWriter",
    "Skipped",
    "Source",
    "Text",
    "all_texts",
    "json_line",
    "open_source",
    "question_texts",
    "texts_at",
]
