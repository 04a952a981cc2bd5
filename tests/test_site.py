"""The pages build into a site without a warning, and it loads nothing from elsewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from a copy, so that nothing is left in the project."""
    copy = tmp_path_factory.mktemp("site")
    shutil.copy(ROOT / "mkdocs.yml", copy)
    shutil.copytree(ROOT / "docs", copy / "docs")
    (copy / "src").symlink_to(ROOT / "src")
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    built = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout[-4000:] + built.stderr[-4000:]
    return copy / "build" / "site"


def test_every_page_is_in_the_navigation_once() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = re.findall(r"[\w/]+\.md", yaml.safe_dump(yaml.safe_load(text)["nav"]))
    assert sorted(named) == PAGES


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_what_the_site_has(page: str) -> None:
    path = ROOT / "docs" / page
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
    wrong = [
        link
        for link in links
        if not (target := path.parent / link).exists() or not target.resolve().is_relative_to(ROOT / "docs")
    ]
    assert wrong == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_built_and_loads_nothing_from_elsewhere(site: Path, page: str) -> None:
    built = (site / page).with_suffix(".html").read_text(encoding="utf-8")
    loaded = re.findall(r"<(?:script|img|iframe)\b[^>]*?\bsrc=[\"']?([^\"' >]+)", built)
    loaded += [
        address
        for tag in re.findall(r"<link\b[^>]*>", built)
        if "stylesheet" in tag or "preload" in tag
        for address in re.findall(r"href=[\"']?([^\"' >]+)", tag)
    ]
    assert [address for address in loaded if re.match(r"(?:https?:)?//", address)] == []


def test_the_reference_holds_what_is_public(site: Path) -> None:
    built = (site / "reference/python.html").read_text(encoding="utf-8")
    for name in ("run", "arun", "resume", "stream", "RunConfig", "Sandbox", "UsageError"):
        assert re.search(rf"id=[\"']?proofset\.[\w.]*\b{name}\b", built), name


def test_the_reference_holds_every_command(site: Path) -> None:
    from proofset.cli import VERBS

    built = (site / "reference/cli.html").read_text(encoding="utf-8")
    for verb in VERBS:
        assert f"proofset {verb}" in built, verb
