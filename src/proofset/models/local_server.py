"""The child process behind `local:` models: a llama.cpp server on the loopback interface.

Run as `python -m proofset.models.local_server --model FILE`; standard output is one JSON line,
`{"base_url": "http://127.0.0.1:PORT"}`, written once the model is loaded. It ends with its parent.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import select
import signal
import sys
import threading
from typing import Any, NamedTuple, TextIO

_PARENT_POLL_S = 1.0
_PROMPT_CACHE_MIB = 512
_WARNINGS = 2
_PR_SET_PDEATHSIG = 1


class ServerOptions(NamedTuple):
    """What the server is started with; `context_tokens` is per slot."""

    model: str
    slots: int
    context_tokens: int
    threads: int


def usable_cpus() -> int:
    """Cores that this process may run on: fewer than the machine has in a container or under taskset."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def main(argv: list[str] | None = None) -> None:
    """Serve until the parent is gone. Never returns normally."""
    options = _parse(argv)
    # Spinning worker threads make llama.cpp ten times slower on shared cores; OpenMP reads this at load.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    announce = _claim_stdout()
    threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
    # Loading holds the interpreter lock for seconds, and the watcher with it.
    _signal_at_parents_death(signal.SIGKILL)
    try:
        server = _serve(options)
    except RuntimeError as failure:
        sys.stderr.write(f"{failure}\n")
        raise SystemExit(1) from None
    _signal_at_parents_death(0)
    announce.write(json.dumps({"base_url": server.listening_address}) + "\n")
    announce.close()
    threading.Event().wait()


def _parse(argv: list[str] | None) -> ServerOptions:
    parser = argparse.ArgumentParser(prog="python -m proofset.models.local_server")
    parser.add_argument("--model", required=True, help="GGUF file")
    parser.add_argument("--slots", type=int, default=4, help="answers written at the same time")
    parser.add_argument(
        "--context", type=int, default=4096, help="tokens per slot, prompt and answer together"
    )
    parser.add_argument("--threads", type=int, default=usable_cpus())
    found = parser.parse_args(argv)
    return ServerOptions(found.model, found.slots, found.context, found.threads)


def _claim_stdout() -> TextIO:
    """The real standard output, for us alone: what native code prints goes to standard error instead."""
    sys.stdout.flush()
    private = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(private, "w", encoding="utf-8")


def end_with_parent(parent: int) -> None:
    """Wait until the process `parent` is gone, or standard input ends, and end this process."""
    # Standard input ends when the parent dies, unless a fork of it still holds the pipe: hence getppid.
    while os.getppid() == parent:
        readable, _, _ = select.select([0], [], [], _PARENT_POLL_S)
        if readable and not os.read(0, 4096):
            break
    os._exit(0)


def _signal_at_parents_death(number: int) -> None:
    """Ask the kernel for a signal, 0 for none, at the death of the thread that started us.

    Not for longer than the load: that thread may be a worker that ends while its process lives on.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def _serve(options: ServerOptions) -> Any:
    from xllamacpp import CommonParams, Server

    params = CommonParams()
    params.model.path = options.model
    params.port = 0
    params.hostnames = ["127.0.0.1"]
    params.n_parallel = options.slots
    params.n_ctx = options.context_tokens * options.slots
    params.kv_unified = True
    params.cont_batching = True
    params.use_jinja = True
    params.n_gpu_layers = 0
    params.offline = True
    # Its default keeps up to 8 GiB of old prompts in memory.
    params.cache_ram_mib = _PROMPT_CACHE_MIB
    # No web page that happens to run in this machine's browser may read answers.
    params.cors_origins = "http://127.0.0.1"
    params.ui = False
    params.verbosity = _WARNINGS
    params.cpuparams.n_threads = options.threads
    params.cpuparams_batch.n_threads = options.threads
    return Server(params)


if __name__ == "__main__":
    main()
