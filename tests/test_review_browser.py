"""The review page in a real browser: keys, two people, hostile texts, and nothing that leaves the origin."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from reviewed_runs import (
    HOSTILE,
    Server,
    checked_record,
    hostile_record,
    lines,
    run_directory,
    scored_record,
    serving,
)

pytest.importorskip("uvicorn", reason="the server needs proofset[review]")
playwright = pytest.importorskip("playwright.sync_api", reason="the browser is driven by playwright")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium"
)
DRAFT, FINAL = "Colour 1 is a very loud one.", "Colour 1 is a quiet one."


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        # The page is ours and the machine may be a container, where Chromium's own sandbox cannot start.
        one = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield one
        one.close()


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Four items: slot 0, of HTML and script; 1, with a draft; 2; and 3, which a machine checked."""
    records = [
        hostile_record(0),
        scored_record(1, 3, chosen=FINAL, rejected=DRAFT),
        scored_record(2, 4),
        checked_record(3),
    ]
    return run_directory(tmp_path / "run", records)


@pytest.fixture
def server(run: Path) -> Iterator[Server]:
    with serving(run) as one:
        yield one


Enter = Callable[..., "Page"]


@pytest.fixture
def enter(browser: Browser, server: Server) -> Iterator[Enter]:
    """Opens the page as somebody; at the end, nothing went elsewhere and nothing was complained of."""
    faults: list[str] = []
    origin = server.url.partition("/?")[0]
    expected: set[str] = set()

    def watched(request: Any) -> None:
        if not request.url.startswith(f"{origin}/"):
            faults.append(request.url)

    def told(message: Any) -> None:
        # A refused decision is an answer of the server that Chromium writes into its console.
        if message.type in ("error", "warning") and not any(part in message.text for part in expected):
            faults.append(message.text)

    def entering(name: str, *, expects: str = "", **options: Any) -> Page:
        context = browser.new_context(**options)
        page = context.new_page()
        expected.update([expects] if expects else [])
        page.on("request", watched)
        page.on("console", told)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(server.url)
        assert "token" not in page.url
        page.get_by_label("Your name").fill(name)
        page.keyboard.press("Enter")
        shown(page, "title")
        return page

    yield entering
    for context in browser.contexts:
        context.close()
    assert faults == []


def shown(page: Page, id: str) -> str:
    page.wait_for_function("id => document.getElementById(id).textContent !== ''", arg=id)
    return page.locator(f"#{id}").inner_text()


def press(page: Page, *keys: str, says: str) -> None:
    """Press keys, and wait for what the page says then."""
    for key in keys:
        page.keyboard.press(key)
    playwright.expect(page.locator("#status")).to_contain_text(says)


def test_a_person_decides_by_keys_alone(enter: Enter, run: Path) -> None:
    page = enter("ann")
    expect = playwright.expect
    output = page.locator("#output")
    expect(output).to_have_text(FINAL)
    first = shown(page, "title")
    press(page, "a", says=f"Accepted: {first}")
    expect(output).to_have_text("Colour 2 is a quiet one.")
    second = shown(page, "title")
    page.keyboard.press("e")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Mine: a, r and u.")
    press(page, "Control+Enter", says=f"Edited: {second}")
    third = shown(page, "title")
    page.keyboard.press("r")
    expect(page.locator("#reasons")).to_be_visible()
    press(page, "2", says=f"Rejected: {third}")
    expect(page.locator("#progress-text")).to_have_text("3 of 4 decided, 3 by you")
    marked = page.locator("#rows button", has_text="✓")
    expect(marked).to_have_count(3)
    press(page, "u", says=f"Undone: {third}")
    expect(marked).to_have_count(2)
    expect(page.locator("#title")).to_have_text(third)
    press(page, "r", "1", says=f"Rejected: {third}")
    last = shown(page, "title")
    press(page, "a", says="Nothing is left here.")
    expect(page.locator("#item")).not_to_be_visible()
    page.keyboard.press("p")
    expect(page.locator("#title")).to_have_text(last)
    expect(page.locator("#facts")).to_contain_text("you: accept")
    page.get_by_role("button", name="Write files").click()
    expect(page.locator("#status")).to_contain_text("Written: reviews.jsonl, pairs.jsonl")
    told = [
        (row["id"], row["decision"], row["edited"], row["reason"]) for row in lines(run / "reviews.jsonl")
    ]
    assert told[:3] == [
        (first, "accept", "", ""),
        (second, "edit", "Mine: a, r and u.", ""),
        (third, "reject", "", "wrong"),
    ]


def test_keys_for_moving_search_and_help(enter: Enter) -> None:
    page, expect = enter("ann"), playwright.expect
    first = shown(page, "title")
    page.keyboard.press("n")
    expect(page.locator("#title")).not_to_have_text(first)
    page.keyboard.press("p")
    expect(page.locator("#title")).to_have_text(first)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).not_to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#f-search")).to_be_focused()
    page.keyboard.type("haiku")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text("1 items")
    expect(page.locator("#output")).to_have_text("Haiku 3.")
    assert page.locator("#evidence").inner_text().startswith("pass format, form_as_asked")


def test_the_draft_stands_beside_what_was_kept(enter: Enter) -> None:
    page = enter("ann")
    assert page.locator("#changes del").all_inner_texts() == ["very loud"]
    assert page.locator("#changes ins").all_inner_texts() == ["quiet"]


def test_html_and_script_are_shown_as_text(enter: Enter) -> None:
    page = enter("ann")
    page.locator("#f-search").fill("onerror")
    page.keyboard.press("Enter")
    playwright.expect(page.locator("#instruction")).to_have_text(HOSTILE)
    assert page.locator("#instruction *, #output *, #rows img").count() == 0
    page.keyboard.press("Escape")
    page.locator("#edit").click()
    page.locator("#text").fill(HOSTILE + " more")
    page.locator("#compare").click()
    playwright.expect(page.locator("#compared ins")).not_to_have_count(0)
    assert page.locator("#compared img, #compared script").count() == 0
    assert page.evaluate("window.hit") is None


def test_two_people_at_once_and_a_stale_decision(enter: Enter) -> None:
    ann, bob = enter("ann"), enter("bob", expects="409")
    expect = playwright.expect
    first, second = shown(ann, "title"), shown(bob, "title")
    assert first != second
    # Bob opens what Ann has, from the list; she decides; he decides on what he saw.
    bob.locator(f'#rows button[data-id="{first}"]').click()
    expect(bob.locator("#facts")).to_contain_text("ann has it now")
    press(ann, "a", says=f"Accepted: {first}")
    bob.keyboard.press("r")
    bob.keyboard.press("1")
    expect(bob.locator("#alert")).to_contain_text("The item was loaded again.")
    expect(bob.locator("#facts")).to_contain_text("decided by 1 other")
    # He has seen it now, and may differ.
    press(bob, "r", "1", says=f"Rejected: {first}")
    bob.locator("#agreement summary").click()
    expect(bob.locator("#agreements")).to_contain_text("ann, bob: 0 of 1 alike, Cohen’s kappa 0.00")


def test_a_server_that_is_killed_is_told_of_and_loses_nothing(
    enter: Enter, server: Server, run: Path
) -> None:
    page = enter("ann", expects="ERR_CONNECTION_REFUSED")
    first = shown(page, "title")
    press(page, "a", says=f"Accepted: {first}")
    server.kill()
    page.keyboard.press("a")
    playwright.expect(page.locator("#alert")).to_contain_text("Nothing was decided")
    with serving(run, port=urlsplit(server.url).port) as again:
        page.goto(again.url)
        playwright.expect(page.locator("#progress-text")).to_have_text("1 of 4 decided, 1 by you")
        assert shown(page, "title") != first
        page.goto("about:blank")


CONTRAST = """() => {
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!text || !element.checkVisibility()) continue;
    const pair = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
    found.push([element.tagName + "#" + element.id, (pair[0] + 0.05) / (pair[1] + 0.05)]);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_have_the_contrast_of_wcag_aa_and_controls_have_names(enter: Enter, scheme: str) -> None:
    page = enter("ann", color_scheme=scheme)
    measured = page.evaluate(CONTRAST)
    assert len(measured) > 30
    # WCAG 2.2, 1.4.3: at least 4.5 to 1.
    assert [one for one in measured if one[1] < 4.5] == []
    unnamed = page.evaluate(
        "() => [...document.querySelectorAll('input, select, textarea, button, progress')]"
        ".filter((one) => !(one.labels?.length || one.textContent.trim() || one.ariaLabel))"
        ".map((one) => one.id)"
    )
    assert unnamed == []
    # Keys alone reach the buttons in the order in which they stand.
    page.locator("#accept").focus()
    for id in ("edit", "reject", "undo", "previous", "next"):
        page.keyboard.press("Tab")
        playwright.expect(page.locator(f"#{id}")).to_be_focused()


@pytest.mark.parametrize(("width", "height"), [(1100, 900), (390, 800)])
def test_the_page_fits_without_scrolling_sideways(enter: Enter, width: int, height: int) -> None:
    page = enter("ann", viewport={"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # PICTURE=docs/images/review.png makes the picture of the docs.
    if width == 1100 and (picture := os.environ.get("PICTURE")):
        page.locator("#evidence summary").click()
        page.screenshot(path=picture)
