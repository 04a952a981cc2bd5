"""Rows of logs in the shapes that providers and tracers write, all with the same question and answer."""

from __future__ import annotations

import json
from typing import Any

QUESTION = "How do I move a branch onto another commit?"
ANSWER = "Use git rebase --onto with the new base."
SYSTEM = "You help with git."


def lc(name: str, content: Any, **more: Any) -> dict[str, Any]:
    """A message as LangChain dumps it."""
    return {
        "lc": 1,
        "type": "constructor",
        "id": ["langchain", "schema", "messages", name],
        "kwargs": {"content": content, **more},
    }


def chat(question: str = QUESTION, answer: str = ANSWER, **more: Any) -> dict[str, Any]:
    """A row of messages with the answer in them."""
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": messages, **more}


_ASKED = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]
_TOLD = {"role": "assistant", "content": ANSWER}
_CHOICES = [{"index": 0, "message": _TOLD, "finish_reason": "stop"}]
_PARTS = [{"type": "text", "text": QUESTION}]
_RUN = {"id": "r1", "run_type": "llm", "trace_id": "t1", "start_time": "2024-04-29T00:49:12.090000"}
_OBSERVED = {"id": "o1", "traceId": "t1", "type": "GENERATION", "model": "m-1", "level": "DEFAULT"}
_BLOB = {"id": "o1", "trace_id": "t1", "type": "GENERATION", "provided_model_name": "m-1", "project_id": "p"}

OPENAI: dict[str, dict[str, Any]] = {
    "request and response": {
        "request": {"model": "m-1", "messages": _ASKED},
        "response": {"model": "m-1", "choices": _CHOICES, "created": 1715509394},
    },
    "both as JSON texts": {
        "request": json.dumps({"model": "m-1", "messages": _ASKED}),
        "response": json.dumps({"choices": _CHOICES}),
    },
    "in a body": {
        "custom_id": "c1",
        "request": {"body": {"model": "m-1", "messages": _ASKED}},
        "response": {"status_code": 200, "body": {"choices": _CHOICES}},
        "error": None,
    },
    "a batch row joined": {
        "custom_id": "c1",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": "m-1", "messages": _ASKED},
        "response": {"status_code": 200, "body": {"choices": _CHOICES}},
    },
    "request_body and response_body": {
        "request_body": {"model": "m-1", "messages": _ASKED},
        "response_body": {"choices": _CHOICES},
    },
    "messages alone": {"model": "m-1", "messages": [*_ASKED, _TOLD]},
    "messages and choices": {"model": "m-1", "messages": _ASKED, "choices": _CHOICES},
    "content parts": {
        "model": "m-1",
        "messages": [
            {"role": "developer", "content": SYSTEM},
            {"role": "user", "content": _PARTS},
            {"role": "assistant", "content": [{"type": "text", "text": ANSWER}]},
        ],
    },
    "responses API": {
        "request": {"model": "m-1", "instructions": SYSTEM, "input": QUESTION},
        "response": {
            "object": "response",
            "output": [
                {"type": "reasoning", "summary": []},
                {
                    "type": "message",
                    "role": "assistant",
                    "content": [{"type": "output_text", "text": ANSWER}],
                },
            ],
        },
    },
    "responses API with a list": {
        "model": "m-1",
        "instructions": SYSTEM,
        "input": [{"role": "user", "content": [{"type": "input_text", "text": QUESTION}]}],
        "output": [
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": ANSWER}]}
        ],
    },
}

LANGSMITH: dict[str, dict[str, Any]] = {
    "LangChain's messages": _RUN
    | {
        "inputs": {"messages": [[lc("SystemMessage", SYSTEM), lc("HumanMessage", QUESTION)]]},
        "outputs": {"generations": [[{"text": ANSWER, "message": lc("AIMessage", ANSWER)}]]},
        "extra": {"metadata": {"ls_model_name": "m-1"}},
    },
    "OpenAI's wrapper": _RUN
    | {
        "inputs": {"model": "m-1", "messages": _ASKED},
        "outputs": {"choices": _CHOICES},
        "extra": {"invocation_params": {"model": "m-1"}},
    },
    "messages in and out": _RUN
    | {
        "inputs": {"messages": _ASKED},
        "outputs": {"messages": [_TOLD]},
        "extra": {"metadata": {"ls_model_name": "m-1"}},
    },
    "one message out": _RUN
    | {
        "inputs": {
            "messages": [
                {"type": "system", "data": {"content": SYSTEM}},
                {"type": "human", "data": {"content": QUESTION}},
            ]
        },
        "outputs": {"message": _TOLD},
        "extra": {"metadata": {"ls_model_name": "m-1"}},
    },
    "Anthropic's message": _RUN
    | {
        "inputs": {"system": SYSTEM, "messages": [{"role": "user", "content": QUESTION}]},
        "outputs": {"type": "message", "role": "assistant", "content": [{"type": "text", "text": ANSWER}]},
        "extra": {"metadata": {"ls_model_name": "m-1"}},
    },
    "texts of JSON, as bulk exports have them": _RUN
    | {
        "inputs": json.dumps({"messages": _ASKED}),
        "outputs": json.dumps({"choices": _CHOICES}),
        "extra": json.dumps({"metadata": {"ls_model_name": "m-1"}}),
    },
    "an example of a data set": {
        "id": "e1",
        "inputs": {"question": QUESTION},
        "outputs": {"answer": ANSWER},
        "metadata": {"model": "m-1"},
    },
    "a root chain": _RUN
    | {
        "run_type": "chain",
        "parent_run_id": None,
        "inputs": {"input": QUESTION},
        "outputs": {"output": ANSWER},
        "extra": {"metadata": {"ls_model_name": "m-1"}},
    },
    "the state of a graph": _RUN
    | {
        "run_type": "chain",
        "inputs": {"messages": [{"type": "human", "content": QUESTION}]},
        "outputs": {"messages": [{"type": "human", "content": QUESTION}, {"type": "ai", "content": ANSWER}]},
        "extra": {"metadata": {"ls_model_name": "m-1"}},
    },
}

LANGFUSE: dict[str, dict[str, Any]] = {
    "an observation of the page": _OBSERVED | {"input": _ASKED, "output": _TOLD},
    "messages in an object": _OBSERVED | {"input": {"messages": _ASKED}, "output": {"choices": _CHOICES}},
    "texts": _OBSERVED | {"input": QUESTION, "output": ANSWER},
    "blob storage": _BLOB | {"input": json.dumps(_ASKED), "output": json.dumps(_TOLD)},
    "a function that is observed": _OBSERVED
    | {"input": {"args": [], "kwargs": {"question": QUESTION}}, "output": ANSWER},
    "a trace": {
        "id": "t1",
        "projectId": "p",
        "model": "m-1",
        "input": {"query": QUESTION},
        "output": {"answer": ANSWER},
    },
    "a trace with its observations": {
        "id": "t1",
        "projectId": "p",
        "input": None,
        "output": None,
        "observations": [
            {"type": "SPAN", "name": "search"},
            _OBSERVED | {"input": _ASKED, "output": _TOLD},
        ],
    },
}

PLAIN: dict[str, dict[str, Any]] = {
    "instruction and output": {"instruction": QUESTION, "output": ANSWER, "model": "m-1"},
    "prompt and completion": {"prompt": QUESTION, "completion": ANSWER, "model": "m-1"},
    "input and response": {"input": QUESTION, "response": ANSWER, "model": "m-1"},
    "question and answer": {"question": QUESTION, "answer": ANSWER, "model": "m-1"},
    "conversational prompt and completion": {
        "prompt": [{"role": "user", "content": QUESTION}],
        "completion": [_TOLD],
        "model": "m-1",
    },
    "conversations": {
        "conversations": [{"from": "human", "value": QUESTION}, {"from": "gpt", "value": ANSWER}],
        "model": "m-1",
    },
    "pairs before": {
        "system": SYSTEM,
        "history": [["What is git?", "A version control system."]],
        "instruction": QUESTION,
        "output": ANSWER,
        "model": "m-1",
    },
}
SHAPES = {"openai": OPENAI, "langsmith": LANGSMITH, "langfuse": LANGFUSE, "jsonl": PLAIN}
