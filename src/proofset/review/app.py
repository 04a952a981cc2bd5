"""The web application: one page, and what it asks for as JSON.

POST /api/start | next | item | search | decide | undo | release | agreement | diff | write

A refusal is `{"error": sentence}`: 400 for what cannot be read, 404 for no such item, 409 for a decision
on what was not shown.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from ..errors import ProofsetError
from ..records import well_formed
from . import index
from .diff import word_diff
from .guard import App, Door, Guard
from .index import Filter
from .reasons import REASONS
from .results import hand_over, write_results
from .store import StaleError, Store
from .view import view_of

PAGE = Path(__file__).parent / "page"
FILES = {"/": "index.html", "/page.css": "page.css", "/page.js": "page.js", "/icon.svg": "icon.svg"}


class Asked(BaseModel):
    """What every request says."""

    model_config = ConfigDict(extra="forbid")

    reviewer: str = Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")


class AskedItem(Asked):
    item: str = Field(max_length=300)


class AskedNext(Asked):
    filter: Filter = Filter()
    after: str = Field(default="", max_length=300)


class AskedSearch(Asked):
    filter: Filter = Filter()
    after: int = Field(default=0, ge=0, le=2**53)


class AskedDecision(AskedItem):
    version: int = Field(ge=0, le=2**53)
    action: Literal["accept", "edit", "reject"]
    edited: str = ""
    reason: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> AskedDecision:
        if self.action == "edit" and not self.edited.strip():
            raise ValueError("an edit needs its text")
        if self.action == "reject" and self.reason not in REASONS:
            raise ValueError(f"a rejection needs one of the reasons {', '.join(REASONS)}")
        return self


class AskedDiff(Asked):
    before: str
    after: str


class NotThereError(Exception):
    """No such item."""


class Answers:
    """What the page asks for; each method takes one kind of request and gives JSON."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def start(self, asked: Asked) -> dict[str, Any]:
        return {
            "directory": self._store.place.directory.name,
            "reasons": [{"code": code, "label": label} for code, label in REASONS.items()],
            "facets": self._store.facets(),
            **self._progress(asked.reviewer),
        }

    def next(self, asked: AskedNext) -> dict[str, Any]:
        item = self._store.next(asked.filter, asked.reviewer, asked.after)
        return {"item": None if item is None else self._view(item, asked), **self._progress(asked.reviewer)}

    def item(self, asked: AskedItem) -> dict[str, Any]:
        return {"item": self._view(asked.item, asked), **self._progress(asked.reviewer)}

    def search(self, asked: AskedSearch) -> dict[str, Any]:
        rows = self._store.page(asked.filter, asked.reviewer, asked.after)
        count = self._store.count(asked.filter, asked.reviewer)
        return {
            "rows": rows[: index.PAGE],
            "more": len(rows) > index.PAGE,
            "count": min(count, index.COUNTED),
            "counted_all": count <= index.COUNTED,
        }

    def decide(self, asked: AskedDecision) -> dict[str, Any]:
        edited = well_formed(asked.edited) if asked.action == "edit" else ""
        reason = asked.reason if asked.action == "reject" else ""
        try:
            version = self._store.decide(
                asked.item, asked.reviewer, asked.version, asked.action, edited=edited, reason=reason
            )
        except KeyError as error:
            raise NotThereError from error
        return {"version": version, "note": self._told([asked.item]), **self._progress(asked.reviewer)}

    def undo(self, asked: Asked) -> dict[str, Any]:
        item = self._store.undo(asked.reviewer)
        note = "" if item is None else self._told([item])
        return {"undone": item, "note": note, **self._progress(asked.reviewer)}

    def release(self, asked: Asked) -> dict[str, Any]:
        self._store.release(asked.reviewer)
        return {}

    def agreement(self, asked: Asked) -> dict[str, Any]:
        return {"agreement": [one._asdict() for one in self._store.agreement()]}

    def diff(self, asked: AskedDiff) -> dict[str, Any]:
        return {"spans": [list(span) for span in word_diff(asked.before, asked.after)]}

    def write(self, asked: Asked) -> dict[str, Any]:
        written = [path.name for path in write_results(self._store)]
        return {"files": written, "note": "" if hand_over(self._store) else BUSY}

    def _view(self, item: str, asked: Asked) -> dict[str, Any]:
        shown = self._store.show(item, asked.reviewer)
        if shown is None:
            raise NotThereError
        return view_of(shown)

    def _told(self, items: list[str]) -> str:
        # A run that waits finds the decision as soon as it is made, also when this server is killed.
        waiting = self._store.bodies("waiting", items)
        return BUSY if waiting and not hand_over(self._store) else ""

    def _progress(self, reviewer: str) -> dict[str, Any]:
        return {"progress": self._store.progress(reviewer)._asdict()}


BUSY = "the run is at work: it is told of decisions when it has stopped and the reviews are written again"
KINDS: dict[str, type[Asked]] = {
    "start": Asked,
    "next": AskedNext,
    "item": AskedItem,
    "search": AskedSearch,
    "decide": AskedDecision,
    "undo": Asked,
    "release": Asked,
    "agreement": Asked,
    "diff": AskedDiff,
    "write": Asked,
}


def make_app(store: Store, door: Door, at_exit: Callable[[], None] = lambda: None) -> App:
    """The application behind its guard. `at_exit` is called when the server has stopped."""
    answers = Answers(store)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(at_exit)

    routes = [Route(path, _file(name)) for path, name in FILES.items()]
    routes += [
        Route(f"/api/{name}", _answering(kind, getattr(answers, name)), methods=["POST"])
        for name, kind in KINDS.items()
    ]
    return Guard(Starlette(routes=routes, lifespan=lifespan), door)


def _file(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        return FileResponse(PAGE / name)

    return answer


def _answering(
    kind: type[Asked], answer: Callable[[Any], dict[str, Any]]
) -> Callable[[Request], Awaitable[Response]]:
    async def answering(request: Request) -> Response:
        try:
            asked = kind.model_validate(json.loads(await request.body()))
            return JSONResponse(await run_in_threadpool(answer, asked))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"])) or "the request"
            return JSONResponse({"error": f"{field}: {first['msg']}"}, 400)
        except (ValueError, RecursionError):
            return JSONResponse({"error": "the request is no JSON that can be read"}, 400)
        except NotThereError:
            return JSONResponse({"error": "there is no such item any more"}, 404)
        except StaleError as error:
            return JSONResponse({"error": str(error)}, 409)
        except (ProofsetError, OSError) as error:
            return JSONResponse({"error": str(error)}, 500)

    return answering
