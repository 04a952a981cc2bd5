"""Which nodes each setting steers: LangGraph Studio shows it there, in graphs that have one of them."""

from __future__ import annotations

from pydantic import BaseModel

NODES: dict[str, tuple[str, ...]] = {
    # of several graphs
    "n_attempts": ("proposer", "discard"),
    "solver_samples": ("solver",),
    "other_numbers": ("rephraser",),
    "other_words": ("rephraser",),
    "tests": ("tester",),
    "min_tests": ("tester", "verifier"),
    "max_denied": ("tester", "verifier"),
    "solutions_kept": ("tester", "verifier"),
    "evolve_rounds": ("evolver",),
    "exemplars": ("proposer",),
    "bandit_floor": ("proposer", "evolver"),
    "novelty_threshold": ("novelty_gate",),
    "novelty_stem": ("novelty_gate",),
    "novelty_embedder": ("novelty_gate",),
    "neighbours": ("novelty_gate",),
    "judge_minimum": ("judge",),
    "judge_samples": ("judge",),
    "judge_agreement": ("judge",),
    "judge_canary_share": ("judge",),
    "canary_share": ("verifier",),
    "canaries": ("verifier",),
    "topics": ("proposer",),
    "seeds": ("proposer",),
    "prompts": (),
    "evaluation_sets": ("novelty_gate", "commit"),
    # self_instruct
    "human_exemplars": ("proposer",),
    "machine_exemplars": ("proposer",),
    "new_tasks": ("proposer",),
    "classification_only": ("proposer",),
    "min_words": ("proposer",),
    "max_words": ("proposer",),
    "blacklist": ("proposer",),
    "ascii_first": ("proposer",),
    "instances": ("solver",),
    "ask_facts": ("verifier",),
    # evol_instruct
    "max_growth": ("critic",),
    "apology_words": ("verifier",),
    "checkpoint_every": ("checkpoint",),
    # backtranslation
    "corpus": ("segment",),
    "corpus_licence": ("segment",),
    "corpus_fields": ("segment",),
    "segment_min_chars": ("segment",),
    "segment_max_chars": ("segment",),
    "segment_letters": ("segment",),
    "heading_capitals": ("segment",),
    "backtranslation_exemplars": ("proposer",),
    "kept_exemplars": ("iteration",),
    "curation_minimum": ("judge",),
    "curation_iterations": ("iteration",),
    "curate_code": ("judge",),
    "corpus_tag": ("segment",),
    "seed_tag": ("proposer",),
    "leak_words": ("critic",),
    "leak_figures": ("critic",),
    "subject_mentions": ("critic",),
    "subject_words": ("critic",),
    # constitutional
    "constitution": ("critic", "reviser", "judge"),
    "critique_rounds": ("critic",),
    "clean_rounds": ("critic",),
    "helpful_share": ("proposer",),
    "prompt_source": ("proposer",),
    "new_prompts": ("proposer",),
    "revision_growth": ("reviser",),
    "echo_words": ("reviser",),
    "engaged_words": ("verifier",),
    "comparison_samples": ("judge",),
    # flywheel
    "traffic": ("intake",),
    "traffic_rules": ("filter",),
    "perplexity": ("perplexity",),
    "perplexity_bits": ("perplexity",),
    "perplexity_chars": ("perplexity",),
    "production_minimum": ("triage",),
    "production_floor": ("triage",),
    "uncertain_from": ("triage",),
    "draft_revisions": ("reviser",),
    "draft_votes": ("compare",),
    "review": ("review",),
}
"""Empty: the graph as a whole."""

_JUDGES = ("self_instruct", "evol_instruct", "backtranslation", "verified_math", "verified_code", "flywheel")
_OF: dict[str, tuple[str, ...]] = {
    "solver_samples": ("verified_math", "verified_code", "backtranslation"),
    "min_tests": ("verified_code", "backtranslation"),
    "max_denied": ("verified_code", "backtranslation"),
    "solutions_kept": ("verified_code", "backtranslation"),
    "judge_minimum": tuple(name for name in _JUDGES if name != "backtranslation"),
    "judge_samples": _JUDGES,
    "judge_agreement": _JUDGES,
    "judge_canary_share": _JUDGES,
    "ask_facts": ("self_instruct", "evol_instruct", "constitutional"),
    "min_words": ("self_instruct", "constitutional"),
    "max_words": ("self_instruct", "constitutional"),
}
"""The graphs that use a setting, where its nodes or its home do not say."""


def nodes_of(
    settings: type[BaseModel], name: str, graph: str, nodes: frozenset[str]
) -> tuple[str, ...] | None:
    """The nodes of a graph that a setting steers: empty for the whole graph, None where it steers nothing.

    A method's own settings are in the module of its name.
    """
    home = next(base for base in reversed(settings.__mro__) if name in getattr(base, "model_fields", {}))
    rooms, _, method = home.__module__.rpartition(".")
    of_method = rooms == __package__ and method != "common"
    if graph not in _OF.get(name, (method,) if of_method else (graph,)):
        return None
    steered = NODES.get(name, ())
    there = tuple(node for node in steered if node in nodes)
    return there if there or not steered else None
