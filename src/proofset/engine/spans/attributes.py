"""What spans say: names of OpenTelemetry's conventions for generative AI and of OpenInference, side by side,
so that collectors of either kind understand them; what neither names begins with `proofset.`.

Texts of prompts, replies and programs are left out unless they are asked for; their hashes never are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...errors import UsageError
from ...models import Call, ModelSpec, Reply, Request
from ...tools.sandbox import Job, Result

Attributes = dict[str, Any]
KIND = "openinference.span.kind"
_JSON = "application/json"
_KINDS = {
    "novelty_gate": "GUARDRAIL",
    "verifier": "EVALUATOR",
    "judge": "EVALUATOR",
    "commit": "CHAIN",
    "discard": "CHAIN",
}


def of_run(graph: str, run_id: str, seed: int) -> Attributes:
    return {
        KIND: "CHAIN",
        "gen_ai.operation.name": "invoke_workflow",
        "gen_ai.workflow.name": graph,
        "session.id": run_id,
        "proofset.run.id": run_id,
        "proofset.seed": seed,
    }


def of_slot(graph: str, run_id: str, slot: int) -> Attributes:
    return {
        KIND: "CHAIN",
        "gen_ai.workflow.name": graph,
        "session.id": run_id,
        "proofset.run.id": run_id,
        "proofset.slot": slot,
    }


def of_node(node: str, slot: int) -> Attributes:
    return {
        KIND: _KINDS.get(node, "AGENT"),
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": node,
        "proofset.slot": slot,
    }


def of_update(update: Mapping[str, Any]) -> Attributes:
    """What a node found."""
    told: Attributes = {}
    if (refusal := update.get("refusal")) is not None:
        told |= {"proofset.refusal.stage": refusal.stage, "proofset.refusal.code": refusal.code}
    if (verdict := update.get("verdict")) is not None:
        told["proofset.verdict"] = verdict.decision.value
        if verdict.grade is not None:
            told["proofset.grade"] = verdict.grade.value
    return told


def of_check(evidence: Any) -> Attributes:
    """One check, as an event."""
    return {
        "gen_ai.evaluation.name": evidence.check,
        "gen_ai.evaluation.score.label": evidence.outcome.value,
        "proofset.evidence.kind": evidence.kind.value,
        "proofset.evidence.claim": evidence.claim[:400],
    }


def of_call(spec: str, request: Request, call: Call) -> Attributes:
    provider, model = _named(spec)
    sampling = {name: value for name, value in asdict(request.sampling).items() if value not in (None, ())}
    asked = {
        f"gen_ai.request.{'stop_sequences' if name == 'stop' else name}": value
        for name, value in sampling.items()
    }
    turns = json.dumps([turn.model_dump() for turn in request.messages], ensure_ascii=False)
    return {
        KIND: "LLM",
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        "gen_ai.agent.name": call.role,
        **asked,
        "llm.model_name": model,
        "llm.provider": provider,
        "llm.invocation_parameters": json.dumps(sampling),
        "proofset.prompt.sha256": hashlib.sha256(turns.encode("utf-8", "surrogatepass")).hexdigest(),
        "proofset.slot": call.slot,
        "proofset.attempt": call.attempt,
        "proofset.sample": call.sample,
    }


def of_reply(reply: Reply) -> Attributes:
    usage = reply.usage
    told: Attributes = {
        "gen_ai.response.finish_reasons": (reply.finish_reason,),
        "gen_ai.usage.input_tokens": usage.input_tokens,
        "gen_ai.usage.output_tokens": usage.output_tokens,
        "llm.token_count.prompt": usage.input_tokens,
        "llm.token_count.completion": usage.output_tokens,
        "llm.token_count.total": usage.input_tokens + usage.output_tokens,
        "proofset.replayed": reply.replayed,
    }
    if usage.usd is not None:
        told["proofset.usd"] = usage.usd
    return told


def text_of_request(request: Request) -> Attributes:
    turns = [turn.model_dump(mode="json") for turn in request.messages]
    told: Attributes = {"input.value": json.dumps(turns, ensure_ascii=False), "input.mime_type": _JSON}
    told["gen_ai.input.messages"] = json.dumps(
        [_parts(turn["role"], turn["content"]) for turn in turns], ensure_ascii=False
    )
    for number, turn in enumerate(turns):
        told[f"llm.input_messages.{number}.message.role"] = turn["role"]
        told[f"llm.input_messages.{number}.message.content"] = turn["content"]
    return told


def text_of_reply(reply: Reply) -> Attributes:
    text = reply.stored() if reply.tool_calls else reply.text
    answer = _parts("assistant", text) | {"finish_reason": reply.finish_reason}
    return {
        "output.value": text,
        "gen_ai.output.messages": json.dumps([answer], ensure_ascii=False),
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": text,
    }


def of_job(job: Job) -> Attributes:
    return {
        KIND: "TOOL",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "sandbox",
        "tool.name": "sandbox",
        "proofset.job.profile": job.profile,
        "proofset.job.sha256": hashlib.sha256(job.source.encode("utf-8", "surrogatepass")).hexdigest(),
    }


def of_result(result: Result) -> Attributes:
    told: Attributes = {
        "proofset.job.kind": result.kind.value,
        "proofset.job.cpu_s": result.cpu_s,
        "proofset.job.backend": result.backend,
    }
    return told if result.exit_code is None else told | {"proofset.job.exit_code": result.exit_code}


def text_of_job(job: Job) -> Attributes:
    return {"input.value": job.source}


def text_of_result(result: Result) -> Attributes:
    return {"output.value": result.stdout or result.stderr}


def _parts(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"type": "text", "content": text}]}


def _named(spec: str) -> tuple[str, str]:
    try:
        parsed = ModelSpec.parse(spec)
    except UsageError:
        # An object from Python.
        return "python", spec
    return parsed.provider, parsed.name if parsed.provider != "scripted" else Path(parsed.name).name
