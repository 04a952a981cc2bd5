"""README.md of a card: YAML that the Hugging Face hub and `datasets` read, and Markdown for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from .card import NOT_MEASURED

BOUND = "at most, at 95 % (Clopper-Pearson)"


def readme_of(card: Mapping[str, Any], data_files: Mapping[str, str]) -> str:
    """The card as README.md; `data_files` are split to file, for `load_dataset`."""
    head = {
        # On one line each: a line of dashes would end the YAML.
        "license": " ".join(card["licence"].split()),
        "pretty_name": " ".join(card["name"].split()),
        "tags": ["synthetic", "proofset"],
        "size_categories": [_size(sum(card["rows"].values()))],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": split, "path": path} for split, path in data_files.items()],
            }
        ],
    }
    front = yaml.safe_dump(head, sort_keys=False, allow_unicode=True)
    return f"---\n{front}---\n\n" + "\n\n".join(_body(card)) + "\n"


def _size(rows: int) -> str:
    bounds = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
    return next((name for bound, name in bounds if rows < bound), "1M<n<10M")


def _body(card: Mapping[str, Any]) -> Iterable[str]:
    rows = ", ".join(f"{count:,} {split}" for split, count in card["rows"].items())
    yield f"# {_plain(card['name'])}"
    yield (
        f"{card['records']:,} records, {rows} rows in the format `{card['format']}`. Each record carries the "
        "evidence of its checks; `proofset verify` runs them again without a model."
    )
    yield "## How far it can be trusted"
    yield _table(("grade", "records"), card["grades"].items())
    yield _table(("risk", "records"), card["risks"].items())
    yield _table(("check that passed", "records"), card["checks"].items())
    yield "### Canaries: known-wrong candidates that were put before the verifiers"
    yield _table(
        ("verifier", "canaries", "false accepts", BOUND, "in the run", "topped up"),
        [_canary(row) for row in card["canaries"]],
    )
    yield from _canary_tables([row for row in card["canaries"] if row["canaries"] != NOT_MEASURED])
    yield "### Held-out sets"
    yield from _held_out(card["held_out_sets"])
    yield "### Known limits"
    yield "\n".join(f"- {sentence}" for sentence in card["limits"])
    yield "## How it was made"
    yield _table(
        ("model", "roles", "licence"), [(g["model"], g["roles"], g["licence"]) for g in card["generators"]]
    )
    graphs = ", ".join(f"{name} ({count:,})" for name, count in card["graphs"].items())
    seeds = ", ".join(map(str, card["seeds"]))
    yield f"Graphs: {graphs}. Seeds: {seeds}. Licence: {_plain(card['licence'])}."
    yield _table(
        ("prompt", "SHA-256"), [(name, ", ".join(hashes)) for name, hashes in card["prompts"].items()]
    )
    yield from _yield(card["yield"])
    yield "### Filters"
    yield _table(("filter", "value"), card["filters"].items())
    if card["thresholds"]:
        yield "Settings of the run that are not the default:"
        yield _table(("setting", "value"), card["thresholds"].items())
    yield "## Make it again, and check it"
    heads = "\n".join(f"- `{head}` {name}" for name, head in card["chain_heads"].items())
    yield "    " + "\n    ".join(card["reproduce"])
    yield f"Heads of the hash chains, for `proofset verify --head`:\n\n{heads}"


def _held_out(said: Mapping[str, Any] | str) -> Iterable[str]:
    if isinstance(said, str):
        yield "No set was registered: whether records hold items of evaluation sets was not measured."
        return
    yield f"{said['records_checked']:,} records were compared with each item; what held one is not in here."
    rows = [(one["name"], one["items"], one["left_out"], one["sha256"]) for one in said["sets"]]
    yield _table(("set", "items", "records left out", "SHA-256"), rows)


def _yield(said: Mapping[str, Any]) -> Iterable[str]:
    yield "### Yield and cost"
    if said["funnel"] == NOT_MEASURED:
        yield "Exported from a file of records: what was turned down is not known here."
    else:
        yield " → ".join(f"{count:,} {stage}" for stage, count in said["funnel"].items())
        yield _table(("turned down by", "attempts"), said["turned_down"].items())
    usage = said.get("usage") or said["usage_of_kept_slots"]
    tokens = usage["input_tokens"] + usage["output_tokens"]
    usd = said["usd_per_kept"]
    each = "the price is not known" if usd is None else f"{usd:.6f} USD per kept record"
    yield f"{usage['calls']:,} model calls, {tokens:,} tokens; {each}."


def _canary(row: Mapping[str, Any]) -> tuple[object, ...]:
    if row["canaries"] == NOT_MEASURED:
        return (row["verifier"], *[NOT_MEASURED] * 3, "", "")
    # A judge is shown its canaries in the run, and by no audit.
    came = (row.get("in_run", row["canaries"]), row.get("topped_up", 0))
    return (row["verifier"], row["canaries"], row["false_accepts"], f"{row['bound_95']:.2%}", *came)


def _canary_tables(rows: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """By kind of defect, and by the grade of what was made wrong."""
    for name, part in (("kind of defect", "kinds"), ("grade of what was made wrong", "grades")):
        counts = [
            (row["verifier"], key, one["canaries"], one["false_accepts"], f"{one['bound_95']:.2%}")
            for row in rows
            for key, one in row.get(part, {}).items()
        ]
        if counts:
            yield _table(("verifier", name, "canaries", "false accepts", BOUND), counts)


def _table(head: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    lines = [[_plain(cell) for cell in row] for row in rows]
    if not lines:
        return f"No {head[0]}."
    return "\n".join(f"| {' | '.join(line)} |" for line in [list(head), ["---"] * len(head), *lines])


def _plain(cell: object) -> str:
    """Text as a cell of Markdown: names of models and prompts come from outside."""
    if isinstance(cell, list | tuple):
        cell = ", ".join(map(str, cell)) or "any"
    if isinstance(cell, dict):
        cell = ", ".join(f"{name} {value}" for name, value in cell.items()) or "none"
    text = f"{cell:,}" if isinstance(cell, int) else str(cell)
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    for sign in "\\`*_[]<>|#!":
        text = text.replace(sign, f"\\{sign}")
    return text
