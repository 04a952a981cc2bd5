"""Families of models by the names that their makers and servers give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.models import family_of, same_family
from proofset.models.family import _FAMILIES


@pytest.mark.parametrize(
    ("spec", "family"),
    [
        ("local:qwen2.5-coder-0.5b", "qwen"),
        ("openai:Qwen/QwQ-32B", "qwen"),
        ("openai:qwen2.5:7b-instruct-q4_K_M@http://127.0.0.1:11434/v1", "qwen"),
        ("openai:meta-llama/Llama-3.1-8B-Instruct", "llama"),
        ("openai:codellama-13b", "llama"),
        ("openai:mistralai/Mixtral-8x7B-Instruct-v0.1", "mistral"),
        ("openai:codestral-latest", "mistral"),
        ("openai:gpt-5-mini", "gpt"),
        ("openai:openai/gpt-oss-20b", "gpt"),
        ("openai:gpt4o", "gpt"),
        ("openai:o3-mini", "gpt"),
        ("openai:openai/o1", "gpt"),
        ("openai:ft:gpt-4o-mini:acme::id", "gpt"),
        ("openai:anthropic/claude-sonnet-4", "claude"),
        ("openai:google/gemma-2-9b-it", "gemma"),
        ("openai:gemini-2.5-pro", "gemini"),
        ("local:smollm2-135m", "smollm"),
        ("openai:microsoft/phi-4", "phi"),
        ("openai:phi3:mini", "phi"),
        ("openai:deepseek-ai/DeepSeek-V3", "deepseek"),
        # The weights are those of the family named last.
        ("openai:deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "qwen"),
        ("openai:DeepSeek-R1-Distill-Llama-70B", "llama"),
        # The organisation counts only where the name says nothing.
        ("openai:meta-llama/nothing-known-7b", "llama"),
        # A name that holds another as part of a word is not of its family.
        ("openai:dolphin-7b", "dolphin"),
        ("openai:gptitude-3b", "gptitude"),
        ("openai:falcon3-7b-instruct", "falcon"),
        ("openai:glm-4.5", "glm"),
        ("openai:command-r-v01", "command-r"),
        ("openai:starcoder2:15b", "starcoder"),
        ("openai:7b", "7b"),
        ("openai:o4x-model", "o4x-model"),
        ("python:judge:gpt-4o", "gpt"),
        ("python:default:ScriptedChat", "scriptedchat"),
        # A script is no model; its file's name is all there is.
        ("scripted:runs/qwen-like/replies.jsonl", "replies"),
    ],
)
def test_a_family_is_read_from_the_name(spec: str, family: str) -> None:
    assert family_of(spec) == family


def test_sizes_and_versions_make_no_other_family() -> None:
    specs = ["openai:falcon-7b", "openai:falcon3-10b-instruct", "local:falcon-180b-chat-q4_k_m.gguf"]
    assert {family_of(spec) for spec in specs} == {"falcon"}


@given(st.text(max_size=40))
def test_every_spec_has_a_family_and_is_of_its_own(name: str) -> None:
    spec = f"openai:{name}"
    assert same_family(spec, [spec, spec]) == (spec,)
    assert family_of(spec)


@given(st.sampled_from(sorted(_FAMILIES)), st.sampled_from(["-7b", "2.5-32b-instruct", ":latest", "-v0.3"]))
def test_a_familys_word_is_found_before_any_tail(family: str, tail: str) -> None:
    assert family_of(f"openai:org/{family}{tail}") == family


def test_generators_of_the_judges_family_are_named_once() -> None:
    generators = ["local:qwen2.5-coder-1.5b", "openai:gpt-5", "local:qwen2.5-coder-1.5b"]
    assert same_family("openai:Qwen/Qwen3-32B", generators) == ("local:qwen2.5-coder-1.5b",)
    assert same_family("openai:claude-opus", generators) == ()
    # A distillate is near to both of its parents.
    assert same_family("openai:deepseek-chat", ["openai:DeepSeek-R1-Distill-Qwen-7B"])
    assert same_family("openai:qwen3-8b", ["openai:DeepSeek-R1-Distill-Qwen-7B"])
