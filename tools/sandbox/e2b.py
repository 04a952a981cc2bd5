"""The E2B backend: every job in a virtual machine of its own at e2b.dev, thrown away afterwards.

What reusing a machine would leave between jobs: all of it is one Jupyter server, run as root, with its
kernels, its files and its history; a program that gets at any of them could decide what the next job is
told. So no machine sees two jobs. One is made ready ahead for each that is in use.

In the machine the job stands in namespaces of its own (see `inside.machine`), so it reaches neither the
network nor the server that carries its report.

What is not capped: cores, of which the machine has few, and a job's memory in all, but for the machine's.
"""

from __future__ import annotations

import asyncio
import base64
import importlib.util
import json
import os
from typing import Any

from ...errors import SandboxUnavailableError
from .interface import Joined
from .job import Job, Result
from .layers import Layer
from .machines import Account, AccountRefusedError, MachineError, Machines
from .parcel import BOOT, MissingError, Order, environment, failed, most_bytes, result_of
from .slots import ClosedError, Slots

KEY_VARIABLE = "E2B_API_KEY"
TEMPLATE_VARIABLE = "PROOFSET_E2B_TEMPLATE"
_CONCURRENCY = 4
_MAX_CONCURRENCY = 100
_START_S = 60.0
_ORDER = Order(namespaces=True, tied=False)
_CODE = """\
import base64, json, os, shutil, subprocess, sys
def run(order, start):
    order = json.loads(base64.b64decode(order))
    order['packages'] = [p for p in sys.path if p.endswith(('site-packages', 'dist-packages'))]
    start = ['/usr/bin/env', '-i', *start[0], sys.executable, *start[1]]
    quiet = dict.fromkeys(('stdin', 'stdout', 'stderr'), subprocess.DEVNULL)
    as_root = ['sudo', '-n', 'true']
    if os.geteuid() and shutil.which('sudo') and not subprocess.run(as_root, **quiet).returncode:
        start = ['sudo', '-n', '--', *start]
    line = json.dumps(order).encode() + b'\\n'
    done = subprocess.run(start, input=line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd='/')
    said = done.stderr.decode(errors='replace').strip().splitlines()[-1:]
    refused = json.dumps({'refused': 'the supervisor did not start: ' + ''.join(said)}) + '\\n'
    sys.stdout.write(done.stdout.decode() or refused)
    sys.stdout.flush()
"""


class E2BSandbox:
    """Runs each job in a new virtual machine of E2B.

    One instance belongs to one event loop. Programs leave this machine: that is what the service is for.

    Args:
        concurrency: jobs at once, 1..100; default is 4. Twice as many machines may be up.
        template: the E2B template; default is `$PROOFSET_E2B_TEMPLATE` or E2B's own for code, which has what
            the profiles `math` and `pytest` need.
        url: where both E2B's interface and its machines answer, instead of e2b.dev.
        start_s: seconds that a job may take on top of its wall-clock limit, for the way there and back and
            the start of two interpreters.

    Raises:
        SandboxUnavailableError: there is no key, or the client library is not installed.
    """

    name = "e2b"
    joins = False
    scratch = True

    def __init__(
        self,
        *,
        concurrency: int | None = None,
        template: str | None = None,
        url: str | None = None,
        start_s: float = _START_S,
    ) -> None:
        key = os.environ.get(KEY_VARIABLE, "").strip()
        if not key:
            raise SandboxUnavailableError(f"set {KEY_VARIABLE} to a key from https://e2b.dev/dashboard")
        if importlib.util.find_spec("e2b_code_interpreter") is None:
            raise SandboxUnavailableError("E2B's client is not installed: pip install 'proofset[e2b]'")
        slots = min(concurrency or _CONCURRENCY, _MAX_CONCURRENCY)
        self._slots = Slots(slots)
        self._start_s = start_s
        template = template or os.environ.get(TEMPLATE_VARIABLE) or None
        self._machines = Machines(Account(key, template, url), spare=slots)

    @property
    def layers(self) -> tuple[str, ...]:
        return (
            Layer.VIRTUAL_MACHINE,
            Layer.NAMESPACES,
            Layer.NO_CAPABILITIES,
            Layer.NO_NEW_PRIVILEGES,
            Layer.RLIMITS,
        )

    async def run(self, job: Job) -> Result:
        """Run one job. One that failed, or starved, is tried once more in another machine.

        Raises:
            SandboxUnavailableError: E2B does not accept the key, has no such template, or the template lacks
                what the job's profile needs.
        """
        try:
            return await self._slots.run(lambda _: self._attempt(job))
        except ClosedError:
            return failed("the sandbox is closed", self.name, self.layers)
        except AccountRefusedError as refused:
            raise SandboxUnavailableError(str(refused)) from None
        except MissingError as missing:
            raise SandboxUnavailableError(
                f"profile {job.profile!r} needs {missing.module}, which the E2B template has not: build one "
                f"with it and set {TEMPLATE_VARIABLE} to its name"
            ) from None

    async def run_joined(self, first: Job, second: Job) -> Joined:
        """Not possible here: two machines share nothing."""
        refused = failed("the e2b backend cannot join two jobs", self.name, self.layers)
        return Joined(refused, refused)

    async def close(self) -> None:
        await self._slots.close()
        await self._machines.close()

    async def _attempt(self, job: Job) -> Result:
        lasts_s = job.limits.wall_s + self._start_s
        began = asyncio.get_running_loop().time()
        try:
            async with self._machines.one(lasts_s) as machine:
                line = await machine.execute(_code(job), lasts_s, most_bytes(job.limits))
        except MachineError as error:
            wall_s = asyncio.get_running_loop().time() - began
            return failed(str(error), self.name, self.layers, wall_s)
        return result_of(line, job.limits, self.name, self.layers)


def _code(job: Job) -> str:
    """What the machine's notebook kernel runs. The job is no part of that code but data in it."""
    start: Any = ([f"{name}={value}" for name, value in environment(job).items()], BOOT)
    order = base64.b64encode(_ORDER.pack(job)).decode()
    return f"{_CODE}run({order!r}, json.loads({json.dumps(start)!r}))\n"
