"""A check of an exchange of production traffic, made again without a model: may it be learned from?

Of kind `wording`: it reads lengths, languages and words, and lifts no grade.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue, TypeAdapter, ValidationError

from ...errors import ProofsetError
from ...records import Evidence, EvidenceKind, Message, Outcome
from ...traffic import Drop, Guess, TrafficItem, TrafficRules, item_id, language, length, safety
from ..instructions.language import language_of
from ..sandbox import Sandbox
from ..versions import versions

FIT = "exchange_is_fit"
_CODES = {
    "english": "en",
    "german": "de",
    "french": "fr",
    "spanish": "es",
    "italian": "it",
    "portuguese": "pt",
    "dutch": "nl",
    "polish": "pl",
    "swedish": "sv",
    "japanese": "ja",
    "korean": "ko",
    "han": "zh",
    "greek": "el",
    "thai": "th",
}
"""What the rules tell; a script of many languages, such as Cyrillic, says nothing."""
_TURNS = TypeAdapter(tuple[Message, ...])


def exchange_is_fit(
    system: str, history: Sequence[Message], instruction: str, output: str, rules: TrafficRules
) -> Evidence:
    """Neither too short nor too long, in a language that is wanted, and without words that ask for harm."""
    item = TrafficItem(
        id=item_id(system, tuple(history), instruction, output),
        system=system,
        history=tuple(history),
        instruction=instruction,
        output=output,
        source="jsonl",
        file="-",
        line=1,
    )
    drop = length(item, rules) or _other_language(item, rules) or safety(item, rules)
    codes: list[JsonValue] = [drop.code] if drop else []
    return Evidence(
        kind=EvidenceKind.WORDING,
        check=FIT,
        claim="the exchange is of a length, in a language and of words that may be learned from",
        outcome=Outcome.FAIL if drop else Outcome.PASS,
        basis="none",
        inputs={
            "system": system,
            "history": [turn.model_dump(mode="json") for turn in history],
            "instruction": instruction,
            "output": output,
            "rules": rules.model_dump(mode="json"),
        },
        observed={"codes": codes, "detail": _detail(drop)},
        versions=versions(),
    )


async def fit_again(evidence: Evidence, sandbox: Sandbox) -> Evidence | None:
    """The same check from what the evidence holds. Raises ProofsetError where it holds too little."""
    given = evidence.inputs
    texts = [given.get(name) for name in ("system", "instruction", "output")]
    try:
        history = _TURNS.validate_python(given.get("history"))
        rules = TrafficRules.model_validate(given.get("rules"))
        system, instruction, output = (text for text in texts if isinstance(text, str))
    except (ValidationError, ValueError) as error:
        raise ProofsetError(
            f"evidence {evidence.check}: its texts or its rules cannot be read; it cannot be run again"
        ) from error
    return exchange_is_fit(system, history, instruction, output, rules)


def _other_language(item: TrafficItem, rules: TrafficRules) -> Drop | None:
    # A language that the rules do not know looks to them like its neighbour: Danish like Swedish.
    told = set(rules.languages) <= set(_CODES.values())
    return language(item, rules, _guess) if told else None


def _guess(text: str) -> Guess | None:
    # By rules that need no library: whoever verifies a file has them, too.
    found = _CODES.get(language_of(text))
    return Guess(found, 1.0) if found else None


def _detail(drop: Drop | None) -> str:
    return drop.reason if drop else ""
