"""The page of a report, read back: its JSON blocks, and opened in a real browser."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest


class _Scripts(HTMLParser):
    """What a browser takes for elements: the text of each script, and the tags of everything else."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.tags: list[str] = []
        self._open: dict[str, str | None] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "script":
            self._open = dict(attrs)
            self.scripts.append((self._open, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            attributes, text = self.scripts[-1]
            self.scripts[-1] = (attributes, text + data)


class Read(NamedTuple):
    """A page: its JSON blocks by id, the programs that it runs, and its tags in order."""

    blocks: dict[str, Any]
    programs: list[str]
    tags: list[str]


def read_page(path: Path) -> Read:
    """Read it as a browser would."""
    parser = _Scripts()
    parser.feed(path.read_text(encoding="utf-8"))
    parser.close()
    blocks = {
        str(attributes["id"]): json.loads(text)
        for attributes, text in parser.scripts
        if attributes.get("type") == "application/json"
    }
    programs = [text for attributes, text in parser.scripts if "type" not in attributes]
    return Read(blocks, programs, parser.tags)


class Opened(NamedTuple):
    """A page in a browser, all that it said on the console, and all that it asked for."""

    page: Any
    said: list[str]
    requests: list[str]
    seconds: float


@contextmanager
def opened(path: Path, **options: Any) -> Iterator[Opened]:
    """Open a page from the disk until it is drawn; skips where there is no browser."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no chromium on this machine")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        # A browser of its own process tree refuses its sandbox to root.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            page = browser.new_page(viewport={"width": 1240, "height": 900}, **options)
            said: list[str] = []
            requests: list[str] = []
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.on("request", lambda request: requests.append(request.url))
            begun = time.monotonic()
            page.goto(path.absolute().as_uri())
            page.wait_for_selector("html[data-drawn]", state="attached")
            yield Opened(page, said, requests, time.monotonic() - begun)
        finally:
            browser.close()
