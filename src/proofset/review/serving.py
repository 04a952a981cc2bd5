"""The server: on this machine alone where nothing else is asked for, under an address that holds its key."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from ..errors import UsageError
from .items import Place
from .results import hand_over, write_results
from .store import Store


def serve(path: Path, *, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve the reviews of a directory until the process is asked to stop; then write their results.

    Args:
        path: a run's directory, or a file of records.
        host: the address to listen on.
        port: 0 for any that is free.
        say: told what the user should know, line by line.

    Raises:
        UsageError: nothing to review, the port is taken, or the extra is missing.
    """
    try:
        import uvicorn

        from .app import make_app
        from .guard import Door
    except ImportError as error:
        raise UsageError(f"the server needs {error.name}: pip install 'proofset[review]'") from error
    place = Place.at(path)
    with _listening(host, port) as listening:
        say(f"reading {path}; the first time, a hundred thousand records take half a minute")
        store = Store(place, lambda line: say(f"note: {line}"))
        try:
            if not store.size:
                raise UsageError(f"{path}: there is nothing to review; make records with `proofset run`")
            hand_over(store)
            door = Door.at(host, listening.getsockname()[1], secrets.token_urlsafe(32))
            say(f"{store.size:,} items, {store.progress('').decided:,} of them decided; Ctrl-C ends it")
            say(door.address)
            app = make_app(store, door, lambda: finish(store, say))
            config = uvicorn.Config(
                app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=2
            )
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:
            # Ctrl-C is how it ends; what there is to do was done before.
            return
        finally:
            store.close()


def finish(store: Store, say: Callable[[str], None]) -> None:
    """Write what came of the reviews, and say where it is."""
    for path in write_results(store):
        say(f"wrote {path}")
    if store.place.waiting is not None:
        told = hand_over(store)
        mend = f"go on with `proofset resume {store.place.directory}`"
        say(
            mend
            if told
            else f"the run is at work and was not told: `proofset review {store.place.directory}` again"
        )


def _listening(host: str, port: int) -> socket.socket:
    if host in ("", "0.0.0.0", "::"):
        raise UsageError(f"--host {host}: name the one address that people open, such as 192.0.2.7")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except (OSError, OverflowError) as error:
        listening.close()
        why = error.strerror if isinstance(error, OSError) else "no such port"
        raise UsageError(
            f"--port {port}: cannot listen on {host} ({why}); give another, or 0 for any that is free"
        ) from error
    return listening
