"""Ids and randomness, derived from (seed, slot, attempt, …) and nothing else, so that a replay is exact."""

from __future__ import annotations

import hashlib
import json
import random


def digest(*parts: object) -> bytes:
    """SHA-256 of the parts as canonical JSON: the same on every machine and every Python."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def rng(*parts: object) -> random.Random:
    """A random generator of its own for these parts."""
    return random.Random(digest("rng", *parts))


def request_seed(*parts: object) -> int:
    """A sampling seed for one model call: 0 to 2**31 - 1, as providers take it."""
    return int.from_bytes(digest("request", *parts)[:4]) >> 1


def record_id(method: str, seed: int, slot: int, attempt: int, content: str) -> str:
    """`<method>-` and 16 hex digits; the content is part of it, so that two runs with one seed differ."""
    return f"{method}-{digest('record', method, seed, slot, attempt, content).hex()[:16]}"


def well_formed(text: str) -> str:
    """The text as JSON, UTF-8 and SQL can carry it: lone surrogates become U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def text_sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()
