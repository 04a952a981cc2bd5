"""croissant.json: the same data set as machines that search for data sets read it (Croissant 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..records.seal import Seal

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant_of(
    card: Mapping[str, Any], splits: Mapping[str, Seal], row: Mapping[str, Any]
) -> dict[str, Any]:
    """The description of Parquet files by split; `row` is one of them, whose columns all have."""
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": card["name"],
        "description": f"{card['records']} records, each with the evidence of its checks; made by proofset.",
        "license": card["licence"],
        "version": "1.0.0",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": split,
                "name": split,
                "contentUrl": seal.name,
                "encodingFormat": "application/x-parquet",
                "sha256": seal.sha256,
            }
            for split, seal in splits.items()
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": f"rows_{split}",
                "name": f"rows_{split}",
                "field": [_field(split, name, value) for name, value in row.items() if _flat(value)],
            }
            for split in splits
        ],
    }


def _flat(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _field(split: str, name: str, value: object) -> dict[str, Any]:
    repeated = {"repeated": True} if isinstance(value, list) else {}
    return {
        "@type": "cr:Field",
        "@id": f"rows_{split}/{name}",
        "name": name,
        "dataType": "sc:Text",
        **repeated,
        "source": {"fileObject": {"@id": split}, "extract": {"column": name}},
    }
