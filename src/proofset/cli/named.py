"""Names that a command takes: ours, and those of installed plug-ins. Shells complete them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    _NameType = click.ParamType[str]
else:
    # Without a type argument in the older versions of click.
    _NameType = click.ParamType


class Named(_NameType):
    """A name out of an open set.

    Args:
        name: what it names, as errors call it.
        kind: of the plug-ins that may be named, too.
        built_in: gives our own names; called when a shell asks, or a name is wrong.
        strict: whether a name that is neither is refused here; else whoever opens it says so.
    """

    def __init__(
        self, name: str, kind: str, built_in: Callable[[], Iterable[str]], *, strict: bool = False
    ) -> None:
        self.name = name
        self._kind = kind
        self._built_in = built_in
        self._strict = strict

    def names(self) -> tuple[str, ...]:
        from ..plugins import Kind, names

        return names(Kind(self._kind), self._built_in())

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if self._strict and value not in tuple(self._built_in()) and value not in self.names():
            near = difflib.get_close_matches(value, self.names(), n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            self.fail(f"no {self.name} {value!r}{hint}; there are {', '.join(self.names())}", param, ctx)
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(name) for name in self.names() if name.startswith(incomplete)]


def _graphs() -> Iterable[str]:
    from ..graphs import GRAPHS

    return GRAPHS


def _sandboxes() -> Iterable[str]:
    from ..tools.sandbox import BACKENDS

    return BACKENDS


GRAPH = Named("graph", "graphs", _graphs)
SANDBOX = Named("sandbox", "sandboxes", _sandboxes)

sandbox_option = click.option(
    "--sandbox",
    type=SANDBOX,
    metavar="NAME",
    help="Run programs in this backend. Default: the strongest that works here; see `proofset doctor`.",
)
