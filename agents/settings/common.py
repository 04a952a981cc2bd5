"""Settings of several graphs."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class CommonSettings(BaseModel):
    """What steers more than one graph, or verified math and code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_attempts: int = Field(
        default=5,
        ge=1,
        le=50,
        description="Attempts per slot before it is discarded: what cannot be verified is not kept.",
    )
    solver_samples: int | None = Field(
        default=None,
        ge=2,
        le=16,
        description="Independent solutions per problem; None takes the graph's own: 2 for a math problem, by "
        "program and by reasoning in turn, 4 for code.",
    )
    other_numbers: bool = Field(
        default=True,
        description="Verified math: have the problem solved once more with other numbers; the author's "
        "program must follow.",
    )
    other_words: bool = Field(
        default=True,
        description="Verified math: have the problem told in other words and solved once more; the answer "
        "must stay.",
    )
    tests: int = Field(
        default=8, ge=3, le=40, description="Verified code: tests to ask of the tester per problem."
    )
    min_tests: int = Field(
        default=5,
        ge=1,
        le=40,
        description="Verified code: tests that the solutions must confirm, 5 as in AceCoder "
        "(arXiv 2502.01718).",
    )
    max_denied: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Verified code: share of the tests that the solutions may deny before the problem counts "
        "as one that can be read in two ways.",
    )
    solutions_kept: int = Field(
        default=2,
        ge=1,
        le=8,
        description="Verified code: different right solutions to prove and keep per problem; several help "
        "training (arXiv 2509.20837).",
    )
    evolve_rounds: int | None = Field(
        default=None,
        ge=0,
        le=8,
        description="Rounds of evolution; None takes the graph's own: 4 in evol_instruct (Evol-Instruct, "
        "arXiv 2304.12244), none in the others, where a new problem is made harder before it is solved.",
    )
    exemplars: int = Field(
        default=3, ge=1, le=20, description="Seed problems shown to the proposer; one is of another topic."
    )
    bandit_floor: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Draw operators and topics by how many of their attempts were kept (Thompson sampling), "
        "but in this share of the draws without regard to that: 0.3 keeps the data broad. None never looks.",
    )
    novelty_threshold: float = Field(
        default=0.7,
        gt=0,
        le=1,
        description="A text is known above this ROUGE-L F-measure; 0.7 itself passes. Self-Instruct "
        "(arXiv 2212.10560).",
    )
    novelty_stem: bool = Field(
        default=True,
        description="Compare the stems of words, as rouge_score does with use_stemmer=True; the code of "
        "Self-Instruct compares words as they are.",
    )
    novelty_embedder: str | None = Field(
        default=None,
        description="Compare by meaning, too: wordllama, minilm or openai:MODEL; None compares by wording "
        "only. Needs `pip install 'proofset[semantic]'`.",
    )
    neighbours: int = Field(
        default=0,
        ge=0,
        le=100,
        description="How many of the most similar known items to keep with each record, and the mean over "
        "all of them; Self-Instruct keeps 10. It compares with every item: 0 does not.",
    )
    judge_minimum: int | None = Field(
        default=None,
        ge=1,
        le=5,
        description="Reject below this on clarity, quality or diversity. None takes the graph's own: 3 where "
        "a judge decides (self_instruct, evol_instruct), no judge where machine checks do.",
    )
    judge_samples: int = Field(
        default=1,
        ge=1,
        le=15,
        description="How often the judge is asked about one example; from 3 on it shows whether it agrees "
        "with itself.",
    )
    judge_agreement: float = Field(
        default=0.6,
        ge=0.5,
        le=1,
        description="Abstain where fewer pairs of the judge's samples decide alike: at 0.6 three samples "
        "must be of one mind, and one of five may differ.",
    )
    judge_canary_share: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="Share of examples of which a bad one is made and judged, too; a judge that keeps it is "
        "not heard on the example.",
    )
    canary_share: float = Field(
        default=0.05,
        ge=0,
        le=8,
        description="How many known-wrong candidates are made, on average, of one that the verifier has let "
        "pass, and put before the same verifier; what it makes of them is counted, and none is ever kept. "
        "0 makes none. Each takes about the sandbox time of the candidate that it is made of.",
    )
    canaries: int | None = Field(
        default=None,
        ge=0,
        description="About so many known-wrong candidates in the run, if every slot had one candidate let "
        "pass; in place of `canary_share`.",
    )
    topics: tuple[str, ...] = Field(
        default=(), description="Topics to write on, in rotation; empty takes all that the seeds have."
    )
    seeds: str | None = Field(
        default=None, description="File of seeds for this graph; None takes the built-in ones."
    )
    prompts: str | None = Field(
        default=None,
        description="Directory of prompts and operators that take the place of the built-in files of the "
        "same name; `proofset graphs show NAME --prompts` prints those.",
    )
    evaluation_sets: tuple[str, ...] = Field(
        default=(),
        description="Files or directories of what a model will be evaluated on: what holds a text of theirs "
        "is not kept.",
    )
