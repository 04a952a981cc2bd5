"""Layouts: which files a format has, and what trainers need beside the rows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

SPLITS = ("train", "validation")
EVIDENCE = "evidence.jsonl"


class Layout(NamedTuple):
    """Split to file, and the file of evidence."""

    files: Mapping[str, str]
    evidence: str
    manifest: str
    card: str
    readme: str | None


def is_single(out: Path) -> bool:
    """Whether a place is a file of rows rather than a directory."""
    return out.suffix in (".jsonl", ".parquet") and not out.is_dir()


def layout_of(format: str, out: Path) -> Layout:
    """The files of an export: in a directory, or around one file."""
    if is_single(out):
        stem = out.name
        return Layout(
            {"train": stem}, f"{stem}.{EVIDENCE}", f"{stem}.manifest.json", f"{stem}.card.json", None
        )
    pattern = {"hf": "data/{}-00000-of-00001.parquet", "parquet": "{}.parquet"}.get(format, "{}.jsonl")
    files = {split: pattern.format(split) for split in SPLITS}
    return Layout(files, EVIDENCE, "manifest.json", "card.json", "README.md")


def beside(format: str, name: str, files: Mapping[str, str]) -> dict[str, str]:
    """Files of settings that a trainer reads: name to text."""
    if format in ("llama-factory", "llama-factory-dpo"):
        ranking = format.endswith("dpo")
        replies = {"chosen": "chosen", "rejected": "rejected"} if ranking else {"response": "output"}
        entry: dict[str, Any] = {"columns": {"prompt": "instruction", "query": "input", **replies}}
        entry = {"ranking": True, **entry} if ranking else entry
        info = {
            plain_name(name) + ("" if split == "train" else f"_{split}"): {"file_name": file, **entry}
            for split, file in files.items()
        }
        return {"dataset_info.json": json.dumps(info, indent=2) + "\n"}
    if format == "axolotl":
        said: dict[str, Any] = {"datasets": [_axolotl(files["train"])]}
        if "validation" in files:
            said["test_datasets"] = [{**_axolotl(files["validation"]), "split": "train"}]
        return {"axolotl.yaml": yaml.safe_dump(said, sort_keys=False)}
    return {}


def _axolotl(file: str) -> dict[str, Any]:
    return {
        "path": file,
        "ds_type": "json",
        "type": "chat_template",
        "field_messages": "messages",
        "message_property_mappings": {"role": "role", "content": "content"},
    }


def plain_name(name: str) -> str:
    """A name of letters, digits, `.`, `-` and `_`."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._-") or "data"
