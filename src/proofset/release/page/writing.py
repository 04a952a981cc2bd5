"""Writing: one file with all in it, which no text of a record can break out of.

Data stands in blocks of JSON that no browser runs, with every `<`, `>`, `&`, U+2028 and U+2029 as an escape,
and the script puts texts into the page as text. The policy allows this one script and this one style, by
their hashes, and no request of any kind.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from ...errors import UsageError
from ...records import well_formed
from ...records.atomic import AtomicFile
from .data import Page

DEFAULT_NAME = "report.html"

_ESCAPES = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})


def write_page(page: Page, directory: Path, out: Path) -> None:
    """Write it to `out`, whole or not at all.

    Raises:
        UsageError: it cannot be written there.
        ProofsetError: the disk does not take it.
    """
    check_name(out)
    with AtomicFile(directory, out, option="--html") as file:
        for text in _html(page):
            file.write(text.encode())
        file.keep()


def check_name(out: Path) -> None:
    """Raises UsageError for a file that is no page: another one of the run must not be overwritten."""
    if out.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"--html {out}: the name of a page ends in .html, such as {DEFAULT_NAME}")


def inert(text: str) -> str:
    """A JSON text that may stand within a script element: the same value, and nothing that HTML reads."""
    # Such signs stand only within strings of a JSON text.
    return well_formed(text).translate(_ESCAPES)


def _html(page: Page) -> Iterator[str]:
    style, script = _part("page.css"), _part("charts.js") + _part("page.js")
    head, body, end = _part("page.html").split("<!-- cut -->\n")
    yield (
        f'{head}<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">\n'
        f"<style>{style}</style>\n"
    )
    yield body
    yield _block("data", json.dumps(page.data, ensure_ascii=False, allow_nan=False))
    yield _block("rows", json.dumps(page.rows, ensure_ascii=False, allow_nan=False))
    for number, piece in enumerate(page.pieces):
        yield _block(f"piece-{number}", piece)
    yield f"<script>{script}</script>\n{end}"


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _block(id: str, text: str) -> str:
    return f'<script type="application/json" id="{id}">{inert(text)}</script>\n'


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
