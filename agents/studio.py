"""What LangGraph's server keeps open for graphs that no run gave services to: opened when first asked for,
closed with the server.

    a node's context ─▶ services of the same settings? ──yes──▶ these
                                 │ no
                    sandbox of that name, shared ─▶ models, memory, seeds of their own
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..models import ModelPool
from ..tools.sandbox import Sandbox, open_sandbox
from .prompts import check_prompts

if TYPE_CHECKING:
    from .context import Context, Services


class Studio:
    """Services by settings, with a memory of their own and no ledger."""

    def __init__(self) -> None:
        self._services: dict[str, Services] = {}
        self._sandboxes: dict[str | None, Sandbox] = {}
        self._opening = threading.Lock()

    def services(self, context: Context) -> Services:
        """Those of these settings. Blocks for as long as a sandbox takes to be probed.

        Raises ProofsetError: a prompt, seed, model or sandbox that cannot be had.
        """
        from .context import open_services

        key = context.model_dump_json()
        with self._opening:
            if key not in self._services:
                check_prompts(context.prompts, context.constitution)
                if context.sandbox not in self._sandboxes:
                    self._sandboxes[context.sandbox] = open_sandbox(context.sandbox)
                models = ModelPool(context.specs(), traced=lambda call: True)
                sandbox = self._sandboxes[context.sandbox]
                self._services[key] = open_services(context, models=models, sandbox=sandbox)
            return self._services[key]

    async def close(self) -> None:
        """End model calls, local servers and sandboxes. What is asked for afterwards is opened anew."""
        services, sandboxes = list(self._services.values()), list(self._sandboxes.values())
        self._services.clear()
        self._sandboxes.clear()
        for each in services:
            await each.models.close()
        for sandbox in sandboxes:
            await sandbox.close()


STUDIO = Studio()
"""That of this process."""
