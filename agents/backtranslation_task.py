"""The task `backtranslation`: a text that people wrote, and the instruction that it would answer.

The text is the output, character for character; only the instruction is a model's.
"""

from __future__ import annotations

import ast

from pydantic import field_validator

from ..corpus import Segment
from ..records import Origin
from ..seeds import SeedInstruction
from .bounds import at_most, filled
from .code_task import MAX_PROBLEM_CHARS, name_in
from .instruction_task import InstructionDraft
from .state import CodeProposal, State
from .task import Draft, Task

MAX_EXAMPLES = 6
CODE = "code"


class FunctionDraft(Draft):
    """A problem for a given function, with calls and their results such as `add(2, 3) == 5`."""

    problem: str
    examples: list[str]

    @field_validator("problem")
    @classmethod
    def _problem_length(cls, text: str) -> str:
        return at_most(filled(text), MAX_PROBLEM_CHARS)

    @field_validator("examples")
    @classmethod
    def _are_calls(cls, examples: list[str]) -> list[str]:
        if not examples:
            raise ValueError("there is no example")
        for example in examples[:MAX_EXAMPLES]:
            doctest_of(example)
        return examples[:MAX_EXAMPLES]

    def proposal(self, origin: Origin) -> CodeProposal:
        # Which function it is, its text says and no model: see `problem_for`.
        return CodeProposal(problem=self.problem, entry_point="", signature="", **dict(origin))


def problem_for(draft: FunctionDraft, function: str, origin: Origin) -> CodeProposal:
    """The problem with its examples as doctests, and the head of the function that people wrote."""
    signature = signature_of(function)
    doctests = "\n".join(doctest_of(example) for example in draft.examples)
    made = draft.proposal(origin)
    return made.model_copy(
        update={
            "problem": f"{draft.problem}\n\n{doctests}",
            "entry_point": name_in(signature),
            "signature": signature,
        }
    )


def doctest_of(example: str) -> str:
    """`>>> add(2, 3)` and `5` of `add(2, 3) == 5`. Raises ValueError for anything else."""
    try:
        tree = ast.parse(example.strip().removeprefix("assert ").strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"write each example as name(arguments) == result, not {example[:60]!r}") from error
    match tree:
        case ast.Compare(left=ast.Call(func=ast.Name()), ops=[ast.Eq()], comparators=[result]):
            return f">>> {ast.unparse(tree.left)}\n{ast.unparse(result)}"
    raise ValueError(f"write each example as name(arguments) == result, not {example[:60]!r}")


def signature_of(function: str) -> str:
    """The head of a function on one line. Raises ValueError where the text is none that can be asked for."""
    try:
        (node,) = ast.parse(function).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"it is no function that can be read ({error})") from error
    if not isinstance(node, ast.FunctionDef):
        raise ValueError("it is no function")
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    head = f"def {node.name}({ast.unparse(node.args)}){returns}:"
    name_in(head)
    return head


def _drafted(seed: SeedInstruction) -> InstructionDraft:
    return InstructionDraft.model_construct(instruction=seed.instruction)


BACKTRANSLATION = Task(
    "backtranslation", InstructionDraft, SeedInstruction, _drafted, judge_minimum=4.5, corpus=True
)


def segment_of(state: State) -> Segment:
    """The state's text. Raises KeyError where none was taken."""
    return state["segment"]


def is_function(state: State) -> bool:
    """Whether the text is a function in Python."""
    return segment_of(state).kind == CODE
