"""The catalogue of embedded models and where their files are kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from proofset.errors import UsageError
from proofset.models.catalogue import (
    DEFAULT_MODEL,
    Entry,
    HuggingFaceSource,
    WheelsSource,
    blob_path,
    cached_path,
    entries,
    find,
    parts,
)


def _number(package: str) -> int:
    found = re.search(r"(\d+)$", package)
    return int(found[1]) if found else 0


def test_the_catalogue_holds_the_three_models_the_default_first() -> None:
    assert [entry.name for entry in entries()] == [DEFAULT_MODEL, "qwen2.5-coder-0.5b", "smollm2-135m"]
    assert len({entry.sha256 for entry in entries()}) == len(entries())


def test_embedders_and_their_parts_are_apart_from_models_that_talk() -> None:
    assert [entry.name for entry in entries("embedder")] == ["minilm"]
    files = parts(find("minilm", "embedder"))
    assert [file.suffix for file in files] == ["onnx", "json"]
    for name in ("minilm", "minilm-tokenizer"):
        with pytest.raises(UsageError, match="no embedded model"):
            find(name)


def test_wheels_are_joined_in_numeric_order_with_their_own_member() -> None:
    for entry in entries():
        for source in entry.sources:
            if isinstance(source, WheelsSource) and len(source.packages) > 1:
                numbers = [_number(package) for package in source.packages]
                assert numbers == list(range(1, len(numbers) + 1))
                for package, member in zip(source.packages, source.members, strict=True):
                    assert member == f"{package.replace('-', '_')}/data/part{_number(package):02}.bin"


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "1D" * 32},
        {"sha256": "1d" * 31},
        {"size_bytes": 0},
        {"sources": []},
        {"name": "../up"},
        {"sources": [{"kind": "ftp", "repo": "a/b", "file": "c"}]},
        {"sources": [{"kind": "huggingface", "repo": "a/b", "file": "../c"}]},
        {"sources": [{"kind": "wheels", "version": "1", "packages": ["--index-url"], "members": ["m"]}]},
        {"sources": [{"kind": "wheels", "version": "1", "packages": ["a", "b"], "members": ["m"]}]},
        {"surprise": 1},
    ],
)
def test_a_malformed_entry_is_refused(change: dict[str, object]) -> None:
    good = find("smollm2-135m").model_dump()
    Entry.model_validate(good)
    with pytest.raises(ValidationError):
        Entry.model_validate(good | change)


def test_an_unknown_name_is_told_the_near_one_and_all() -> None:
    with pytest.raises(UsageError, match=r"did you mean 'qwen2\.5-coder-0\.5b'\? .*smollm2-135m") as caught:
        find("qwen-coder-0.5b")
    assert "\n" not in str(caught.value)
    with pytest.raises(UsageError, match=r"'zzz x': known are qwen2\.5-coder-1\.5b, "):
        find("zzz\nx")


def test_a_file_of_another_size_is_not_the_cached_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFSET_CACHE", str(tmp_path))
    entry = Entry(
        name="tiny",
        description="",
        sha256="0" * 64,
        size_bytes=3,
        licence="CC0-1.0",
        context_tokens=8,
        sources=(HuggingFaceSource(repo="a/b", file="c"),),
    )
    assert cached_path(entry) is None
    assert blob_path(entry) == tmp_path / "models" / f"{'0' * 64}.gguf"
    blob_path(entry).parent.mkdir()
    blob_path(entry).write_bytes(b"ab")
    assert cached_path(entry) is None
    blob_path(entry).write_bytes(b"abc")
    assert cached_path(entry) == blob_path(entry)
