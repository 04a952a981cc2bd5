"""Plug-ins: what installed packages add to proofset by entry points.

group                 what it names                          where the name is given
proofset.agents       an agent, or a class of one            --agent ROLE=NAME, `agents:` in a config
proofset.graphs       a builder in a module with a TASK      proofset run NAME
proofset.sandboxes    takes `concurrency`, gives a Sandbox   --sandbox NAME, `sandbox:` in a config
proofset.embedders    takes nothing, gives an Embedder       --semantic NAME, --embedder NAME
proofset.exporters    takes a Record, gives rows             export --format NAME

Listing them reads the metadata of packages and imports none. Only the one that is named is loaded, and where
it cannot be, the error names its package and version. A name that proofset has itself is not looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NamedTuple

from .errors import UsageError


class Kind(StrEnum):
    """What a plug-in is, by the last word of its group."""

    AGENT = "agents"
    GRAPH = "graphs"
    SANDBOX = "sandboxes"
    EMBEDDER = "embedders"
    EXPORTER = "exporters"

    @property
    def group(self) -> str:
        return f"proofset.{self.value}"


class Plugin(NamedTuple):
    """One entry point of one package; nothing of it is imported yet."""

    kind: Kind
    name: str
    target: str
    package: str
    version: str
    entry: EntryPoint

    @property
    def source(self) -> str:
        """Package and version, as errors and lists name them."""
        return f"{self.package} {self.version}"

    def load(self, what: str) -> Any:
        """What the entry point names. Raises UsageError that names the package; `what` says who asked."""
        try:
            return self.entry.load()
        except (Exception, SystemExit) as error:
            raise self.fault(what, f"does not load ({type(error).__name__}: {error})") from error

    def make(self, what: str, make: Callable[[], Any], form: type[Any]) -> Any:
        """What `make` makes of it, which must be of that form. Raises UsageError that names the package."""
        try:
            made = make()
        except UsageError:
            raise
        except (Exception, SystemExit) as error:
            raise self.fault(what, f"gives nothing ({type(error).__name__}: {error})") from error
        if not isinstance(made, form):
            raise self.fault(what, f"gives a {type(made).__name__}, which is no {form.__name__}")
        return made

    def fault(self, what: str, complaint: str) -> UsageError:
        """The error of a plug-in that was named and cannot be used, on one line."""
        said = " ".join(complaint.split())[:400]
        return UsageError(
            f"{what}: the plug-in {self.name} of {self.source} {said}; mend the package, or uninstall it"
        )


def installed(kind: Kind) -> tuple[Plugin, ...]:
    """All plug-ins of a kind, by name and package. Imports none of them."""
    found = (
        Plugin(
            kind,
            entry.name,
            entry.value,
            entry.dist.name if entry.dist else "an unknown package",
            entry.dist.version if entry.dist else "of an unknown version",
            entry,
        )
        for entry in entry_points(group=kind.group)
    )
    return tuple(sorted(found, key=lambda one: (one.name, one.package)))


def find(kind: Kind, name: str, what: str) -> Plugin | None:
    """The plug-in of that name; None where no package has it.

    Raises UsageError where two packages have it, naming both.
    """
    found = [plugin for plugin in installed(kind) if plugin.name == name]
    if len(found) > 1:
        named = " and ".join(f"{one.source} ({one.target})" for one in found)
        raise UsageError(
            f"{what}: {len(found)} packages have a plug-in {name} in {kind.group}: {named}; uninstall one"
        )
    return found[0] if found else None


def names(kind: Kind, built_in: Iterable[str] = ()) -> tuple[str, ...]:
    """The names that may be given: those of proofset, then those of plug-ins that they do not hide."""
    own = tuple(built_in)
    return (*own, *(name for name in dict.fromkeys(one.name for one in installed(kind)) if name not in own))
