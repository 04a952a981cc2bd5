"""The ledger's tables. One ledger may hold many runs; the journal of model answers is shared by them."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

_AS_JSON = "\ue000json:"


class AnyText(TypeDecorator[str]):
    """Any text: PostgreSQL takes no NUL, and models write what they like."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or ("\0" not in value and not value.startswith(_AS_JSON)):
            return value
        return _AS_JSON + json.dumps(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        if value is None or not value.startswith(_AS_JSON):
            return value  # type: ignore[no-any-return]
        return json.loads(value[len(_AS_JSON) :])  # type: ignore[no-any-return]


metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("schema_version", Integer, nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("config", JSON, nullable=False),
    Column("versions", JSON, nullable=False),
    Column("view", JSON, nullable=True),
)

requests = Table(
    "requests",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("spec", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("sample", Integer, nullable=False),
    Column("request", JSON, nullable=False),
    Column("reply", AnyText, nullable=False),
    Column("finish_reason", Text, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("seconds", Float, nullable=True),
    Index("requests_by_slot", "slot", "attempt"),
)

slots = Table(
    "slots",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("slot", Integer, primary_key=True),
    Column("record_id", String(96), nullable=True),
    Column("attempts", Integer, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("slot", Integer, primary_key=True),
    Column("record_id", String(96), nullable=False, unique=True),
    Column("attempt", Integer, nullable=False),
    Column("origin", JSON, nullable=False),
    Column("record", Text, nullable=False),
)

rejections = Table(
    "rejections",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("slot", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("attempt", Integer, nullable=False),
    Column("stage", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("origin", JSON, nullable=False),
    Column("rejection", Text, nullable=False),
)

canaries = Table(
    "canaries",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("slot", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("verifier", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("decision", String(16), nullable=False),
    Column("canary", Text, nullable=False),
)

vectors = Table(
    "vectors",
    metadata,
    Column("embedder", String(200), primary_key=True),
    Column("text_sha256", LargeBinary(32), primary_key=True),
    Column("vector", LargeBinary, nullable=False, comment="float32, little-endian"),
)
