"""`proofset doctor`: what works on this machine, what does not, and what to type next."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import click

from .named import SANDBOX

_EXTRAS = {
    "local": ("xllamacpp",),
    "semantic": ("chromadb", "wordllama"),
    "minilm": ("onnxruntime", "tokenizers"),
    "sandbox": ("numpy", "pytest"),
    "review": ("starlette", "uvicorn"),
    "parquet": ("pyarrow",),
    "hub": ("huggingface-hub", "pyarrow"),
    "postgres": ("psycopg",),
    "ray": ("ray",),
    "e2b": ("e2b", "e2b-code-interpreter"),
    "studio": ("langgraph-api", "langchain-openai"),
    "trace": ("opentelemetry-sdk",),
    "traffic": ("phonenumbers", "py3langid", "python-stdnum"),
}
"""Extra to the packages that it brings."""
_CORE = ("langgraph", "langchain-core", "pydantic", "sqlalchemy", "sympy")
_LOW_BYTES = 2_000_000_000
_SYSTEMS = {
    "Darwin": "macOS: not tested; the fast sandboxes are for Linux, so give --sandbox docker or e2b",
    "Windows": "Windows: runs need Linux or macOS; run proofset in WSL 2, where it is on Linux",
}


class Said(NamedTuple):
    """One line; `wrong` where nothing runs before it is mended, and then with what to do."""

    label: str
    text: str
    wrong: str = ""


@click.command("doctor")
@click.option("--sandbox", "name", type=SANDBOX, metavar="NAME", help="Try this sandbox backend alone.")
def command(name: str | None) -> None:
    """Say what works on this machine, what does not, and what to install; the last line says what to type."""
    wrong = []
    for said in (*_machine(), *_sandboxes(name), *([] if name else _rest())):
        click.echo(f"{said.label:<9} {said.text}")
        wrong += [said.wrong] if said.wrong else []
    click.echo(f"next      {wrong[0] if wrong else _next()}")
    if wrong:
        raise SystemExit(1)


def _machine() -> Iterator[Said]:
    from .. import __version__

    yield Said("proofset", f"{__version__} in {sys.prefix}")
    old = "" if sys.version_info >= (3, 11) else "install Python 3.11 or newer"
    yield Said("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}", old)
    if platform.system() in _SYSTEMS:
        yield Said("system", _SYSTEMS[platform.system()])


def _sandboxes(name: str | None) -> Iterator[Said]:
    from ..tools.sandbox import probe_backends

    probes = probe_backends(*([name] if name else []))
    chosen = next((probe for probe in probes if probe.usable), None)
    for probe in probes:
        works = "works" if probe.usable else "does not work"
        yield Said("sandbox", f"{probe.backend}: {works}; {probe.detail}")
        if probe.layers:
            yield Said("", f"layers: {', '.join(probe.layers)}")
    if chosen is None:
        mend = "mend the sandbox: no program of a model is run without one"
        yield Said("", "none works here", mend)
    elif not name:
        yield Said("", f"runs use {chosen.backend}, the strongest that works here")


def _rest() -> Iterator[Said]:
    yield Said("packages", ", ".join(f"{package} {_version(package)}" for package in _CORE))
    for extra, packages in _EXTRAS.items():
        missing = [package for package in packages if _version(package) is None]
        have = ", ".join(f"{package} {_version(package)}" for package in packages)
        text = f"not installed; pip install 'proofset[{extra}]'" if missing else have
        yield Said("extra", f"{extra}: {text}")
    yield from _models()
    yield from _disk()
    yield _ledger()
    yield from _plugins()


def _models() -> Iterator[Said]:
    from ..models.catalogue import cached_path, entries, models_dir, parts

    for kind, called in (("local", "models"), ("embedder", "embedders")):
        here = [e.name for e in entries(kind) if all(cached_path(file) for file in parts(e))]  # type: ignore[arg-type]
        yield Said(called, f"{', '.join(here) or 'none fetched yet'} in {models_dir()}")
    key = "set" if os.environ.get("OPENAI_API_KEY") else "not set"
    yield Said("endpoint", f"OPENAI_API_KEY is {key}; only models named openai:NAME need one")


def _disk() -> Iterator[Said]:
    from ..models.catalogue import models_dir

    for what, place in (
        ("models", models_dir()),
        ("temporary", Path(tempfile.gettempdir())),
        ("here", Path.cwd()),
    ):
        there = next(path for path in (place, *place.parents) if path.exists())
        free = shutil.disk_usage(there).free
        low = "; a model takes up to 1.1 GB" if free < _LOW_BYTES else ""
        shut = "" if os.access(there, os.W_OK) else f"make {there} writable, or work elsewhere"
        wrong = shut if what == "temporary" else ""
        yield Said(
            "disk",
            f"{what}: {free / 1e9:.1f} GB free in {there}{low}" + ("; not writable" if shut else ""),
            wrong,
        )


def _ledger() -> Said:
    """Opened as a run opens it, in a directory of its own beside where runs would be."""
    import sqlite3

    from ..errors import ProofsetError
    from ..memory.ledger import Ledger, sqlite_url

    made = f"SQLite {sqlite3.sqlite_version}"
    try:
        with tempfile.TemporaryDirectory(prefix=".proofset-", dir=Path.cwd()) as directory:
            Ledger(sqlite_url(Path(directory) / "ledger.db")).close()
    except (OSError, ProofsetError) as error:
        return Said("ledger", f"{made}: no run can be written in {Path.cwd()} ({error})")
    return Said("ledger", f"{made} works in {Path.cwd()}")


def _plugins() -> Iterator[Said]:
    """What is installed, by its metadata: nothing is loaded."""
    from ..graphs import GRAPHS
    from ..memory.novelty.semantic import EMBEDDERS
    from ..plugins import Kind, installed
    from ..tools.sandbox import BACKENDS
    from .export import FORMATS

    built_in = {
        Kind.GRAPH: GRAPHS,
        Kind.SANDBOX: BACKENDS,
        Kind.EMBEDDER: EMBEDDERS,
        Kind.EXPORTER: FORMATS,
    }
    none = True
    for kind in Kind:
        found = installed(kind)
        for plugin in found:
            none = False
            text = f"{kind.value}: {plugin.name} of {plugin.source} ({plugin.target})"
            if plugin.name in built_in.get(kind, ()):
                text += "; hidden by proofset's own of that name, and never used"
            elif sum(other.name == plugin.name for other in found) > 1:
                text += "; another package has that name: it cannot be used before one is uninstalled"
            yield Said("plug-in", text)
    if none:
        yield Said("plug-ins", "none installed; docs/plugins.md says how to write one")


def _next() -> str:
    first = "proofset run verified_math --n 20 --keep 3 --out runs/first"
    if _version("xllamacpp"):
        return first
    if os.environ.get("OPENAI_API_KEY"):
        return f"{first} --model openai:NAME"
    return f"pip install 'proofset[local]', then {first}"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
