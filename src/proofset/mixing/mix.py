"""Make a version of a training set."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from ..collapse import MIN_TEXTS, Watch, watch
from ..errors import ProofsetError, UsageError
from ..memory.rows import BadRow, open_source
from ..records import Grade, Record, Risk
from .example import Example, human_example, synthetic_example
from .floor import Floor, Size, in_order, to_the_floor
from .guard import Guard, Ruling, read_tiers
from .heldout import HeldOutSeen, HeldOutSets
from .plan import MixPlan
from .version import MANIFEST, LeftOut, Manifest, read_examples, read_manifest, write_version

Tell = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mix:
    """What was made.

    Attributes:
        watch: of the synthetic rows, and of all, against the human ones; None where there were too few.
    """

    out: Path
    manifest: Manifest
    watch: Watch | None


def mix(plan: MixPlan, out: str | Path, *, tell: Tell = lambda line: None) -> Mix:
    """Write a version to the new directory `out`.

    Args:
        tell: gets a line for whatever is worth knowing on the way, such as a row that is left out.

    Raises:
        UsageError: a file cannot be read, there is no human row, or the previous version leaves no room.
        ProofsetError: the synthetic rows have collapsed, or the disk does not take the version.
    """
    made = _Making(plan, Path(out), tell)
    made.check_out()
    kept = made.previous()
    human = made.human(kept)
    chosen = made.synthetic(kept, human)
    everything = [*human, *chosen]
    seen = made.watched(everything)
    manifest = write_version(
        made.out,
        everything,
        made.left_out,
        plan.shard_rows,
        plan=plan,
        previous_sha256=made.previous_sha256,
        human=made.size(human),
        synthetic=made.size(chosen),
        grades=Counter(one.grade.value for one in chosen if one.grade),
        methods=Counter(one.method for one in chosen if one.method),
        generators=Counter(spec for one in chosen for spec in one.generators),
        left_out=Counter(one.code for one in made.left_out),
        guard=made.rulings if plan.target_model else None,
        held_out=made.held_out(),
        watch=tuple(one.as_json() for one in seen.generations) if seen else (),
        overrides=tuple(made.overrides),
    )
    return Mix(made.out, manifest, seen)


@dataclass(slots=True)
class _Making:
    plan: MixPlan
    out: Path
    tell: Tell
    left_out: list[LeftOut] = field(default_factory=list)
    overrides: list[str] = field(default_factory=list)
    rulings: Counter[str] = field(default_factory=Counter)
    previous_sha256: str | None = None
    _held_out: HeldOutSets = field(init=False)

    def __post_init__(self) -> None:
        self._held_out = HeldOutSets(self.plan.held_out)

    def check_out(self) -> None:
        if self.out.exists():
            raise UsageError(f"--out {self.out}: it is there already; name a new directory for a new version")
        parent = next(path for path in self.out.absolute().parents if path.exists())
        if not parent.is_dir():
            raise UsageError(f"--out {self.out}: {parent} is no directory; name another place")

    def previous(self) -> list[Example]:
        """All rows of the version before, but for items of sets that were registered since."""
        if self.plan.previous is None:
            return []
        path = Path(self.plan.previous)
        manifest = read_manifest(path)
        self.previous_sha256 = hashlib.sha256((path / MANIFEST).read_bytes()).hexdigest()
        rows = list(read_examples(path, manifest))
        kept = self._not_held_out(rows)
        if len(kept) < len(rows):
            self.tell(
                f"{len(rows) - len(kept)} rows of {path} hold items of held-out sets; they are left out, and "
                "models that were trained on that version have seen them"
            )
        return kept

    def human(self, kept: Sequence[Example]) -> list[Example]:
        """Those of the version before, and the new ones that are in no evaluation set."""
        found = [one for one in kept if one.origin == "human"]
        offered = (self._made(row, human_example) for row in self._rows(self.plan.human))
        found += self._not_held_out(self._new([one for one in offered if one is not None], kept))
        if not found and not self.plan.all_synthetic:
            raise UsageError(
                "no human rows: a training set is never all synthetic; give --human FILE, or say "
                "--all-synthetic if that is what you mean"
            )
        if found and self.plan.all_synthetic:
            raise UsageError("--all-synthetic: there are human rows as well; leave one of them out")
        return found

    def synthetic(self, kept: Sequence[Example], human: Sequence[Example]) -> list[Example]:
        """Those of the version before, and as many new ones as the floor allows, the best grades first."""
        found = [one for one in kept if one.origin == "synthetic"]
        share = Fraction(0) if self.plan.all_synthetic else Fraction(str(self.plan.human_share))
        if self.plan.all_synthetic:
            self.overrides.append("all_synthetic: no human rows, and no floor")
        floor, size = Floor(self.size(human), share), self.size(found)
        fault = floor.holds(size)
        if fault:
            raise UsageError(
                f"--previous {self.plan.previous}: its synthetic rows alone are beyond the human floor of "
                f"{self.plan.human_share:.0%} ({fault.removeprefix('human_floor_')}); give more human rows"
            )
        offered = [one for row in self._rows(self.plan.synthetic) if (one := self._record(row))]
        candidates = self._not_held_out(self._new(self._stronger(offered), kept))
        for example, fault in to_the_floor(in_order(candidates, self.plan.seed), floor, size):
            if fault:
                reason = f"with it, human {fault.removeprefix('human_floor_')} are below {float(share):.0%}"
                self._leave(example, fault, reason)
            else:
                found.append(example)
        return found

    def watched(self, examples: Sequence[Example]) -> Watch | None:
        """The collapse gate."""
        human = [one.asked for one in examples if one.origin == "human"]
        synthetic = [one.asked for one in examples if one.origin == "synthetic"]
        if len(human) < MIN_TEXTS or len(synthetic) < MIN_TEXTS:
            self.tell(f"collapse is not watched: it takes {MIN_TEXTS} human and {MIN_TEXTS} synthetic rows")
            return None
        seen = watch(human, {"synthetic": synthetic, "mix": [*human, *synthetic]}, seed=self.plan.seed)
        if seen.collapsed:
            reasons = "; ".join(
                f"{one.name}: {', '.join(finding.metric.name for finding in one.findings)}"
                for one in seen.collapsed
            )
            if not self.plan.allow_collapse:
                raise ProofsetError(
                    f"the rows have lost the breadth of what people wrote ({reasons}); `proofset collapse` "
                    "has the figures; mix in other records, or say --allow-collapse"
                )
            self.overrides.append(f"allow_collapse: {reasons}")
        return seen

    @staticmethod
    def size(examples: Sequence[Example]) -> Size:
        return Size(len(examples), sum(one.tokens for one in examples))

    def _rows(self, paths: Sequence[str]) -> Iterator[tuple[dict[str, object], str]]:
        for path in (part for named in paths for part in self._files(Path(named))):
            for file, row in open_source(path).rows():
                source = f"{file.path} {file.unit} {row.number}"
                if isinstance(row, BadRow):
                    self._leave_row("", source, "unreadable", row.reason)
                else:
                    yield dict(row.value), source

    def _files(self, path: Path) -> list[Path]:
        """Of a run, its kept records, and those of unverified facts where they are wanted."""
        if not (path / "records.jsonl").is_file():
            return [path]
        wanted = (True, self.plan.factual, self.plan.red_team)
        files = ("records.jsonl", "unverified.jsonl", "red_team.jsonl")
        names = [name for name, take in zip(files, wanted, strict=True) if take]
        return [path / name for name in names if (path / name).is_file()]

    def _made(
        self, row: tuple[dict[str, object], str], make: Callable[[dict[str, object], str], T | str]
    ) -> T | None:
        value, source = row
        made = make(value, source)
        if isinstance(made, str):
            self._leave_row(str(value.get("id", "")), source, "unreadable", made)
            return None
        return made

    def _record(self, row: tuple[dict[str, object], str]) -> Example | None:
        made = self._made(row, synthetic_example)
        if made is None:
            return None
        example, record = made
        fault = self._unfit(record)
        if fault:
            self._leave(example, *fault)
            return None
        return example

    def _unfit(self, record: Record) -> tuple[str, str] | None:
        if not record.verdict.accepted:
            return "not_accepted", f"its verdict is {record.verdict.decision.value}"
        if record.risk is Risk.UNVERIFIED_FACTUAL and not self.plan.factual:
            return "unverified_factual", "it asserts facts that nothing checked"
        if record.risk is Risk.TRAFFIC and record.verdict.grade is not Grade.HUMAN:
            return "not_reviewed", "it is of production traffic, and no person has decided on it"
        if record.risk is Risk.RED_TEAM and not self.plan.red_team:
            return "red_team", "its prompt was made to draw out harm"
        return None

    def _stronger(self, examples: Sequence[Example]) -> list[Example]:
        if self.plan.target_model is None:
            return list(examples)
        guard = Guard(self.plan.target_model, read_tiers(self.plan.tiers))
        kept = []
        for example in examples:
            ruling = guard.ruling(example)
            self.rulings[ruling.value] += 1
            if ruling is Ruling.WEAKER:
                wrote = ", ".join(example.generators)
                self._leave(example, ruling.value, f"{wrote} is not stronger than {guard.target}")
            else:
                kept.append(example)
        if self.rulings[Ruling.UNKNOWN.value]:
            self.tell(
                f"{self.rulings[Ruling.UNKNOWN.value]} records are by models whose size nothing says; they "
                "are taken, --tiers FILE would say"
            )
        return kept

    def _new(self, examples: Sequence[Example], kept: Sequence[Example]) -> list[Example]:
        ids, contents = {one.id for one in kept}, {one.content for one in kept}
        found = []
        for example in examples:
            if example.content in contents:
                self._leave(example, "known", "the same messages are there already")
            elif example.id in ids:
                self._leave(example, "same_id", "another row has its id")
            else:
                ids.add(example.id)
                contents.add(example.content)
                found.append(example)
        return found

    def _not_held_out(self, examples: list[Example]) -> list[Example]:
        found = []
        for example, ruling in zip(examples, self._held_out.rulings(examples), strict=True):
            if ruling is None:
                found.append(example)
            else:
                self._leave(example, ruling.code, ruling.reason)
        return found

    def held_out(self) -> tuple[HeldOutSeen, ...]:
        """The registered sets that the rows were compared with."""
        return self._held_out.seen()

    def _leave(self, example: Example, code: str, reason: str) -> None:
        self.left_out.append(LeftOut(example.id, example.source, code, reason))

    def _leave_row(self, name: str, source: str, code: str, reason: str) -> None:
        self.left_out.append(LeftOut(name, source, code, reason))
        self.tell(f"{source}: {reason}; it is left out")
