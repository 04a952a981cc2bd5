"""`proofset studio`: LangGraph's development server with every graph, on this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from ..errors import UsageError

_STUDIO = "https://smith.langchain.com/studio/"
_NEEDS = ("langgraph_cli", "langgraph_api", "langgraph_runtime_inmem")


@click.command("studio")
@click.option("--port", type=click.IntRange(1, 65535), default=2024, show_default=True)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="A langgraph.json of your own, which may name graphs of your own. Default: all graphs of proofset.",
)
def command(port: int, config: Path | None) -> None:
    """Serve every graph to LangGraph Studio on this machine's loopback; Ctrl-C ends it.

    Needs pip install 'proofset[studio]'. Nothing is sent anywhere unless you connect a browser to Studio
    or set LangSmith's variables. Threads are kept in .langgraph_api of the current directory.
    """
    if missing := [name for name in _NEEDS if find_spec(name) is None]:
        raise UsageError(f"studio: {missing[0]} is not installed; pip install 'proofset[studio]'")
    if config is not None and not config.is_file():
        raise UsageError(f"--config {config}: no such file; leave it out for the graphs of proofset")
    with tempfile.TemporaryDirectory(prefix="proofset-studio-") as directory:
        if config is None:
            config = Path(directory) / "langgraph.json"
            config.write_text(json.dumps(studio_config([str(Path.cwd())]), indent=2))
        raise SystemExit(_serve(config, port))


def studio_config(dependencies: list[str]) -> dict[str, Any]:
    """What `langgraph.json` says: each graph with its line of help, and what closes with the server."""
    from ..graphs import GRAPHS

    return {
        "dependencies": dependencies,
        "graphs": {
            graph.name: {"path": f"{graph.module}:graph", "description": graph.summary}
            for graph in GRAPHS.values()
        },
        "http": {"app": "proofset.graphs.server:app"},
    }


def _serve(config: Path, port: int) -> int:
    quiet = {"LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGSMITH_TRACING": "false", "LOG_LEVEL": "WARNING"}
    options = ["--no-browser", "--no-reload", "--host", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-m", "langgraph_cli", "dev", "--config", str(config), *options]
    # A session of its own: it is told to end once, by us, whoever tells us.
    with subprocess.Popen(command, env=quiet | os.environ, start_new_session=True) as server:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda told, frame: server.send_signal(told))
        click.echo(f"API        http://127.0.0.1:{port}  (GET /docs shows it)", err=True)
        click.echo(f"Studio     {_STUDIO}?baseUrl=http://127.0.0.1:{port}", err=True)
        code = server.wait()
    return 0 if code in (-signal.SIGINT, -signal.SIGTERM) else code
