"""`proofset doctor`"""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import click

_EXTRAS = {"local": "xllamacpp", "studio": "langgraph-api", "review": "uvicorn", "trace": "opentelemetry-sdk"}


@click.command("doctor")
@click.option("--sandbox", "name", metavar="NAME", help="Try this sandbox backend alone.")
def command(name: str | None) -> None:
    """Say what works on this machine, what does not, and what to install."""
    from ..models.catalogue import cached_path, entries
    from ..tools.sandbox import probe_backends

    click.echo(f"python    {platform.python_version()} on {platform.system()} {platform.machine()}")
    probes = probe_backends(*([name] if name else []))
    chosen = next((probe for probe in probes if probe.usable), None)
    for probe in probes:
        click.echo(
            f"sandbox   {probe.backend}: {'works' if probe.usable else 'does not work'}; {probe.detail}"
        )
        if probe.layers:
            click.echo(f"          layers: {', '.join(probe.layers)}")
    if chosen and not name:
        click.echo(f"          runs use {chosen.backend}, the strongest that works here")
    for extra, package in _EXTRAS.items():
        click.echo(f"extra     {extra}: {_installed(package, extra)}")
    cached = [entry.name for entry in entries() if cached_path(entry)]
    click.echo(f"models    {', '.join(cached) or 'none fetched yet'}")
    if chosen is None:
        click.echo("next      mend the sandbox: no program of a model is run without one")
        raise SystemExit(1)
    first = "" if _version(_EXTRAS["local"]) else "pip install 'proofset[local]', then "
    click.echo(f"next      {first}proofset run verified_math --n 20 --keep 3 --out runs/first")


def _installed(package: str, extra: str) -> str:
    found = _version(package)
    return f"{package} {found}" if found else f"not installed; pip install 'proofset[{extra}]'"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
