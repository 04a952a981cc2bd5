"""Settings of instruction backtranslation (Humpback, arXiv 2308.06259)."""

from __future__ import annotations

from pydantic import BaseModel, Field


class BacktranslationSettings(BaseModel):
    """What steers backtranslation."""

    corpus: tuple[str, ...] = Field(
        default=(),
        description="Backtranslation: files (JSONL, text, Markdown, Python) or directories of texts that "
        "people wrote; `--corpus PATH`.",
    )
    corpus_licence: str = Field(
        default="", description="Backtranslation: licence of the texts that name none themselves."
    )
    corpus_fields: tuple[str, ...] = Field(
        default=("text", "content", "document", "body"),
        min_length=1,
        description="Backtranslation: of a row of JSON, the first of these fields that is a text is read.",
    )
    segment_min_chars: int = Field(
        default=200,
        ge=1,
        description="Backtranslation: least characters of a segment. The paper filters by length and names "
        "no bounds.",
    )
    segment_max_chars: int = Field(
        default=3000,
        ge=10,
        le=100_000,
        description="Backtranslation: most characters of a segment; what is longer is cut between its "
        "paragraphs. It is to fit into a model's context with the examples.",
    )
    segment_letters: float = Field(
        default=0.6,
        ge=0,
        le=1,
        description="Backtranslation: least share of letters among the characters of a text; tables and "
        "lists of links have less.",
    )
    heading_capitals: float = Field(
        default=0.8,
        ge=0,
        le=1,
        description="Backtranslation: what stands under a heading with more capitals than this share of its "
        "letters is left out, one of the paper's heuristics; it names no number.",
    )
    backtranslation_exemplars: int = Field(
        default=3,
        ge=0,
        le=10,
        description="Backtranslation: seed pairs shown to the model that writes instructions. The paper "
        "trains that model on its seed pairs; here they stand in the prompt.",
    )
    kept_exemplars: int = Field(
        default=2,
        ge=1,
        le=10,
        description="Backtranslation: kept pairs shown from the second iteration on, to whoever writes and "
        "to whoever scores. The paper trains on them.",
    )
    curation_minimum: float = Field(
        default=4.5,
        ge=1,
        le=5,
        description="Backtranslation: a pair is kept from this score on, the mean of the judge's samples: "
        "4.5 in the paper, whose best set has those of 5.",
    )
    curation_iterations: int = Field(
        default=2,
        ge=1,
        le=4,
        description="Backtranslation: iterations of writing and scoring, 2 in the paper.",
    )
    curate_code: bool = Field(
        default=False,
        description="Backtranslation: score functions that ran, too; without it their tests alone decide.",
    )
    corpus_tag: str = Field(
        default="Answer as people who know the matter have written about it.",
        description="Backtranslation: the system turn of records of the corpus, which tells them from seed "
        "pairs, as the paper tells web data from seed data.",
    )
    seed_tag: str = Field(
        default="Answer as a helpful assistant would.",
        description="Backtranslation: the same for seed pairs; use it where you train on them, too.",
    )
    leak_words: int = Field(
        default=10,
        ge=3,
        description="Backtranslation: an instruction that has so many words on end of its answer gives it "
        "away.",
    )
    leak_figures: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="Backtranslation: so does one that has more than this share of the answer's figures, "
        "where it has three or more.",
    )
    subject_mentions: int = Field(
        default=3,
        ge=2,
        description="Backtranslation: a name that a text has so often, and twice as often as any other, is "
        "its subject, and its instruction must say it.",
    )
    subject_words: int = Field(
        default=1,
        ge=0,
        le=5,
        description="Backtranslation: an instruction and its text have at least so many words of content in "
        "common; 0 asks for none.",
    )
