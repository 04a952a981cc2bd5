"""The card: what a data set is, how it was made, how far it can be trusted; card.json and its README.md.

What was not measured is said to be not measured.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from ..engine.config import RunConfig
from ..engine.costs import usd_per_kept
from ..engine.yields import Report
from ..errors import UsageError
from ..models import ModelSpec
from ..models.catalogue import find
from ..records import Grade, Risk, upper_bound
from .tallying import Canaries, Tally

NOT_MEASURED = "not measured"
_PRIVATE = (
    "ledger",
    "memory",
    "replay",
    "ray",
    "chroma",
    "against",
    "sandbox",
    "trace",
    "held_out_registry",
    "held_out",
)
"""Fields of a run's config that say where it ran, which is nobody's business."""


def card_of(
    *,
    name: str,
    format: str,
    licence: str,
    tally: Tally,
    splits: Mapping[str, int],
    filters: Mapping[str, Any],
    heads: Mapping[str, str | None],
    canaries: Mapping[str, Canaries],
    audit: Mapping[str, Any] | None,
    registered: Mapping[str, Any] | None,
    report: Report | None,
    commands: Sequence[str],
) -> dict[str, Any]:
    """All that the card says, as JSON; `registered` are the held-out sets that records were compared with."""
    config = report.config if report else None
    return {
        "card_version": 1,
        "name": name,
        "format": format,
        "licence": licence,
        "records": tally.records,
        "rows": dict(splits),
        "grades": _ordered(tally.grades, [grade.value for grade in Grade]),
        "risks": _ordered(tally.risks, [risk.value for risk in Risk]),
        "graphs": dict(tally.methods),
        "generators": generators(tally),
        "seeds": sorted(tally.seeds),
        "prompts": {name: sorted(hashes) for name, hashes in sorted(tally.prompts.items())},
        "checks": dict(tally.checks.most_common()),
        "filters": {**filters, "left_out": dict(tally.left_out.most_common()), "no_row": tally.no_row},
        "thresholds": _thresholds(config),
        "yield": _yield(report, tally),
        "canaries": _canaries(canaries, audit),
        "held_out_sets": registered or NOT_MEASURED,
        "limits": limits_of(tally, canaries, audit, report),
        "chain_heads": dict(heads),
        "reproduce": list(commands),
    }


def generators(tally: Tally) -> list[dict[str, str]]:
    """Each model with its roles and what is known of its licence."""
    roles: dict[str, list[str]] = {}
    for role, specs in sorted(tally.models.items()):
        for spec in sorted(specs):
            roles.setdefault(spec, []).append(role)
    return [{"model": m, "roles": ", ".join(named), "licence": licence_of(m)} for m, named in roles.items()]


def licence_of(spec: str) -> str:
    """The licence of a model's weights, where the catalogue has the model."""
    try:
        parsed = ModelSpec.parse(spec)
    except UsageError:
        return "not known here"
    if parsed.provider == "scripted":
        return "none: replies from a file"
    if parsed.provider == "openai":
        return "not known here: the terms of its provider hold"
    try:
        return find(parsed.name).licence
    except UsageError:
        return "not known here"


def limits_of(
    tally: Tally,
    canaries: Mapping[str, Canaries],
    audit: Mapping[str, Any] | None,
    report: Report | None,
) -> list[str]:
    """What a reader must know before trusting the data, in sentences."""
    said = []
    if tally.grades["checked"]:
        said.append(
            f"{tally.grades['checked']:,} records are checked and not proved: one kind of check or one basis "
            "speaks for them, as where one model wrote problem and solution."
        )
    if tally.grades["judged"]:
        said.append(f"{tally.grades['judged']:,} records rest on a model's opinion alone.")
    if tally.risks[Risk.UNVERIFIED_FACTUAL]:
        count = tally.risks[Risk.UNVERIFIED_FACTUAL]
        said.append(f"{count:,} records assert facts that nothing here could check.")
    off = report is not None and _made_no_canaries(report.config)
    if off:
        said.append("The run put no canaries between its candidates: they were turned off.")
    if audit is None:
        said.append("How often the hard verifiers accept what is wrong was not measured on this data.")
    elif audit["records"] is None:
        said.append("The hard verifiers were shown the canaries of the run, and none besides.")
    elif report is not None and audit["records"] != report.kept:
        said.append(
            f"The canaries were made of {audit['records']:,} records, when the run had kept no more; it has "
            f"{report.kept:,} now."
        )
    if tally.grades["judged"] and not any(one.of for one in canaries.values()):
        said.append("The judge was shown no canaries.")
    said += [
        "Checks read answers, programs, calculations and forms; words between them are not checked.",
        "Nothing here measures bias, or whether the topics are those of your use.",
    ]
    return said


def _made_no_canaries(config: RunConfig) -> bool:
    settings = config.settings
    return not (settings.canary_share if settings.canaries is None else settings.canaries)


def _thresholds(config: RunConfig | None) -> dict[str, Any]:
    """The settings of the run that differ from what they are where nothing is said."""
    if config is None:
        return {}
    return config.settings.model_dump(mode="json", exclude_defaults=True)


def public_config(config: RunConfig | None) -> dict[str, Any]:
    """A run's config without the places of one machine."""
    if config is None:
        return {}
    said = config.model_dump(mode="json", exclude_defaults=True)
    return {name: value for name, value in said.items() if name not in _PRIVATE}


def _yield(report: Report | None, tally: Tally) -> dict[str, Any]:
    if report is None:
        # Each record's cost holds the failed attempts of its slot, not those of slots that kept nothing.
        return {
            "funnel": NOT_MEASURED,
            "usage_of_kept_slots": tally.cost.model_dump(),
            "usd_per_kept": usd_per_kept(tally.cost, tally.records),
        }
    return {
        "slots": report.slots,
        "funnel": report.funnel._asdict(),
        "turned_down": dict(sorted(report.reasons.items(), key=lambda item: -item[1])),
        "usage": report.usage.model_dump(),
        "usd_per_kept": usd_per_kept(report.usage, report.kept),
        "tokens_per_kept": _per(report.usage.input_tokens + report.usage.output_tokens, report.kept),
    }


def _per(total: int, kept: int) -> float | None:
    return round(total / kept, 1) if kept else None


def _canaries(judges: Mapping[str, Canaries], audit: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    rows = [_canary_row(f"judge {spec}", one) for spec, one in sorted(judges.items()) if one.of]
    if not rows:
        rows.append({"verifier": "judge", "canaries": NOT_MEASURED})
    if audit is None:
        return [*rows, {"verifier": "hard verifiers", "canaries": NOT_MEASURED}]
    return [*rows, *audit["verifiers"]]


def _canary_row(verifier: str, one: Canaries) -> dict[str, Any]:
    passed, of = one.share
    return {
        "verifier": verifier,
        "canaries": of,
        "false_accepts": passed,
        "bound_95": upper_bound(passed, of),
        "kinds": {
            kind: {
                "canaries": count,
                "false_accepts": one.passed[kind],
                "bound_95": upper_bound(one.passed[kind], count),
            }
            for kind, count in sorted(one.of.items())
        },
    }


def _ordered(counts: Mapping[str, int], order: Sequence[str]) -> dict[str, int]:
    return {name: counts[name] for name in order if counts.get(name)}


def run_command(config: RunConfig, out: str) -> str:
    """The `proofset run` that makes the run again; what has no option is in the config of the card."""
    words = ["proofset", "run", config.graph, "--n", str(config.n), "--seed", str(config.seed)]
    if config.keep:
        words += ["--keep", str(config.keep)]
    for role, spec in config.models.items():
        words += ["--model", spec if role == "default" else f"{role}={spec}"]
    for role, agent in config.agents.items():
        words += ["--agent", f"{role}={agent}"]
    return shlex.join([*words, "--config", "card.yaml", "--out", out])
