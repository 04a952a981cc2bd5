"""Which records are exported, and which side of the split each is on.

Records that share a seed parent, an ancestor, or the text of an ancestor with another's instruction are one
group, and a group is never divided: what is held out must not resemble what is trained on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pydantic import BaseModel, ConfigDict, Field

from ..records import Grade, Record, Risk, digest, text_sha256

_APART = (Risk.UNVERIFIED_FACTUAL, Risk.RED_TEAM, Risk.TRAFFIC)
DEFAULT_RISKS = tuple(risk for risk in Risk if risk not in _APART)


class Choice(BaseModel):
    """What a record must have to be exported."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grades: tuple[Grade, ...] = Field(default=tuple(Grade), description="One of these.")
    methods: tuple[str, ...] = Field(default=(), description="One of these graphs; any where none is named.")
    risks: tuple[Risk, ...] = Field(
        default=DEFAULT_RISKS,
        description="One of these; what asserts facts that nothing can check, what came of prompts that were "
        "made to draw out harm, and production traffic on which no person has decided, only where it is "
        "asked for.",
    )
    at_least: dict[str, float] = Field(default_factory=dict, description="Score to its least value.")
    at_most: dict[str, float] = Field(default_factory=dict, description="Score to its greatest value.")

    def why_not(self, record: Record) -> str:
        """Why a record is left out, in a form that can be counted; empty where it is exported."""
        if not record.verdict.accepted or record.verdict.grade not in self.grades:
            grade = record.verdict.grade.value if record.verdict.grade else "none"
            return f"grade {grade}"
        if self.methods and record.method not in self.methods:
            return f"graph {record.method}"
        decided = record.risk is Risk.TRAFFIC and record.verdict.grade is Grade.HUMAN
        if record.risk not in self.risks and not decided:
            return f"risk {record.risk.value}"
        for name in (*self.at_least, *self.at_most):
            score = record.scores.get(name)
            if score is None:
                return f"no score {name}"
            if score < self.at_least.get(name, score):
                return f"{name} below {self.at_least[name]:g}"
            if score > self.at_most.get(name, score):
                return f"{name} above {self.at_most[name]:g}"
        return ""

    def as_json(self) -> dict[str, object]:
        """For the card."""
        return self.model_dump(mode="json")


def held_out(records: Iterable[Record], share: float, seed: int) -> frozenset[str]:
    """Ids of the records that are held out: whole groups, at most this share of all records.

    The same records, share and seed give the same ids, whatever the order of the records.
    """
    groups = list(_groups(records))
    wanted = round(share * sum(map(len, groups)))
    held: list[str] = []
    for group in sorted(groups, key=lambda ids: digest("split", seed, min(ids))):
        if len(held) + len(group) <= wanted:
            held += group
    return frozenset(held)


def _groups(records: Iterable[Record]) -> Iterator[list[str]]:
    """Ids of records by group."""
    parent: dict[str, str] = {}
    ids: list[str] = []
    for record in records:
        ids.append(record.id)
        for key in _keys(record):
            _join(parent, record.id, key)
    members: dict[str, list[str]] = {}
    for id in ids:
        members.setdefault(_root(parent, id), []).append(id)
    yield from members.values()


def _keys(record: Record) -> Iterator[str]:
    if record.lineage.parent:
        yield f"seed {record.lineage.parent}"
    for text in (record.instruction, *record.lineage.ancestors):
        yield f"text {text_sha256(' '.join(text.split()).casefold())}"


def _root(parent: dict[str, str], key: str) -> str:
    root = key
    while parent.get(root, root) != root:
        root = parent[root]
    while parent.get(key, key) != root:
        parent[key], key = root, parent[key]
    return root


def _join(parent: dict[str, str], one: str, other: str) -> None:
    first, second = _root(parent, one), _root(parent, other)
    parent.setdefault(first, first)
    parent.setdefault(second, second)
    if first != second:
        parent[max(first, second)] = min(first, second)


def options_of(choice: Choice) -> Mapping[str, tuple[str, ...]]:
    """The choice as options of `proofset export`, those alone that are not the default."""
    said = {
        "--grade": tuple(grade.value for grade in choice.grades) if choice.grades != tuple(Grade) else (),
        "--graph": choice.methods,
        "--risk": tuple(risk.value for risk in choice.risks) if choice.risks != DEFAULT_RISKS else (),
        "--min-score": tuple(f"{name}={bound:g}" for name, bound in choice.at_least.items()),
        "--max-score": tuple(f"{name}={bound:g}" for name, bound in choice.at_most.items()),
    }
    return {name: values for name, values in said.items() if values}
