"""What LangGraph's server runs beside the graphs: it closes with the server what they opened.

`langgraph.json` names it as `http.app`; it has no routes of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from ..agents.studio import STUDIO


@asynccontextmanager
async def _closing(app: Starlette) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await STUDIO.close()


app = Starlette(lifespan=_closing)
