"""Stands in for `docker`: the verbs that the backend uses, with containers that are plain local processes.

Copied into a directory on the PATH. `$FAKE_DOCKER` holds its state: `calls` (one argument list per line),
`containers/NAME` (the number of a process), and `mode`, which says what `run` does:

    run           start the command as process 1 of a pid namespace with a /tmp of its own, by bubblewrap
    exit CODE     fail as the engine does
    print TEXT    print this as if it were a report
    flood | hang  print without end | do nothing without end
    down | denied | empty   there is no engine | it may not be used | it has no image
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

STATE = Path(os.environ["FAKE_DOCKER"])
CONTAINERS = STATE / "containers"
TAKES_NO_VALUE = {"--rm", "--interactive", "--read-only", "--init=false"}


def main(arguments: list[str]) -> int:
    with (STATE / "calls").open("a") as calls:
        calls.write(json.dumps(arguments) + "\n")
    mode, _, detail = (STATE / "mode").read_text().partition(" ")
    if mode == "down":
        return fail(
            1, "Cannot connect to the Docker daemon at unix:///none.sock. Is the docker daemon running?"
        )
    if mode == "denied":
        return fail(1, "permission denied while trying to connect to the Docker daemon socket")
    match arguments:
        case ["version", *_]:
            sys.stdout.write("28.0.0\n")
        case ["image", "inspect", *_]:
            return fail(1, "Error: No such image") if mode == "empty" else 0
        case ["ps", *_]:
            sys.stdout.writelines(f"{path.name}\n" for path in sorted(CONTAINERS.iterdir()))
        case ["rm", "--force", "--volumes", *names]:
            for name in names:
                remove(CONTAINERS / name)
        case ["run", *rest]:
            return run(rest, mode, detail)
        case _:
            return fail(125, f"the stand-in does not know {arguments}")
    return 0


def fail(code: int, complaint: str) -> int:
    sys.stderr.write(f"{complaint}\n")
    return code


def remove(container: Path) -> None:
    with suppress(FileNotFoundError):
        pid = int(container.read_text())
        container.unlink()
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def run(arguments: list[str], mode: str, detail: str) -> int:
    options: dict[str, list[str]] = {}
    while arguments[0].startswith("--"):
        option = arguments.pop(0)
        options.setdefault(option, []).append("" if option in TAKES_NO_VALUE else arguments.pop(0))
    command = arguments[1:]
    container = CONTAINERS / options["--name"][0]
    wait, go = os.pipe()
    pid = os.fork()
    if not pid:
        # The engine's process, not the client's: it outlives the client.
        os.setsid()
        os.close(go)
        # As with an engine, what has started is known by name.
        if os.read(wait, 1):
            become(mode, detail, options, command)
        os._exit(1)
    container.write_text(str(pid))
    os.write(go, b"x")
    _, status = os.waitpid(pid, 0)
    with suppress(FileNotFoundError):
        container.unlink()
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code


def become(mode: str, detail: str, options: dict[str, list[str]], command: list[str]) -> None:
    if mode == "exit":
        os._exit(fail(int(detail), "docker: Error response from daemon: no."))
    if mode == "print":
        os.write(1, detail.encode())
        os._exit(0)
    while mode == "flood":
        os.write(1, b"y" * 65536)
    while mode == "hang":
        time.sleep(60)
    environment = dict(pair.split("=", 1) for pair in options["--env"])
    python = os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)
    namespaces = ["--unshare-pid", "--as-pid-1", "--dev-bind", "/", "/", "--proc", "/proc", "--tmpfs", "/tmp"]
    os.execvpe(
        "bwrap",
        ["bwrap", *namespaces, "--chdir", "/", "--", python, *command],
        environment | {"PATH": BINARIES},
    )


BINARIES = "/usr/local/bin:/usr/bin:/bin"

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
