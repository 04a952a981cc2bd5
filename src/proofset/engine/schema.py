"""The JSON Schema of a config file, for editors."""

from __future__ import annotations

from typing import Any

from .config import RunConfig
from .opening import roles_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"
HINT = "# yaml-language-server: $schema="
"""Begins a YAML file whose editor is to read the schema after it."""


def config_schema(graph: str | None = None) -> dict[str, Any]:
    """The schema of the fields of RunConfig; with the roles of one graph where it is named.

    Nothing is required: flags may give what a file does not. Raises UsageError for an unknown graph.
    """
    found = RunConfig.model_json_schema()
    found.pop("required", None)
    properties: dict[str, Any] = found["properties"]
    title = "proofset run" + (f" {graph}" if graph else "")
    if graph is not None:
        roles = list(roles_of(graph))
        properties["graph"] = {"const": graph, "description": properties["graph"]["description"]}
        properties["agents"]["propertyNames"] = {"enum": roles}
        properties["models"]["propertyNames"] = {"enum": ["default", *roles]}
    return {"$schema": DIALECT, **found, "title": title, "description": "The config of one run of proofset."}
