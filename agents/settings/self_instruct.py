"""Settings of Self-Instruct (arXiv 2212.10560); defaults are those of its paper and code."""

from __future__ import annotations

from pydantic import BaseModel, Field

BLACKLIST = (
    "image",
    "images",
    "graph",
    "graphs",
    "picture",
    "pictures",
    "file",
    "files",
    "map",
    "maps",
    "draw",
    "plot",
    "go to",
)


class SelfInstructSettings(BaseModel):
    """What steers self_instruct."""

    human_exemplars: int = Field(
        default=6,
        ge=1,
        le=30,
        description="Self-Instruct: seeds shown to the proposer; more where there are too few of its own.",
    )
    machine_exemplars: int = Field(
        default=2,
        ge=0,
        le=30,
        description="Self-Instruct: instructions shown that it made before, of what is kept.",
    )
    new_tasks: int = Field(
        default=7,
        ge=1,
        le=30,
        description="Self-Instruct: tasks asked for in one list; with 8 examples before them it stops before "
        "task 16. What a list has left when its slot has a record is not used.",
    )
    classification_only: bool = Field(
        default=False, description="Self-Instruct: ask for classification tasks, and show only such."
    )
    min_words: int = Field(
        default=4,
        ge=1,
        description="Self-Instruct: least words of an instruction; its code drops 3 and fewer.",
    )
    max_words: int = Field(default=150, ge=1, description="Self-Instruct: most words of an instruction.")
    blacklist: tuple[str, ...] = Field(
        default=BLACKLIST,
        description="Self-Instruct: whole words, in any case, of what a text cannot show or do.",
    )
    ascii_first: bool = Field(
        default=True,
        description="Self-Instruct: drop what begins with a character that is not ASCII; false lets other "
        "languages pass.",
    )
    instances: int = Field(
        default=5, ge=1, le=20, description="Self-Instruct: most instances of a task that are read."
    )
    ask_facts: bool = Field(
        default=True,
        description="Ask the verifier's model whether a response asserts facts that nothing here can check, "
        "where the rules (names, dates, figures) find none.",
    )
