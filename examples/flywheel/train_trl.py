"""Fine-tune on a version with TRL: supervised, then by preferences where there are pairs.

    proofset flywheel publish sets/v1 --command "python examples/flywheel/train_trl.py \
        --base Qwen/Qwen2.5-7B-Instruct --out models/mine-7b-r1 \
        --serves-as openai:mine-7b-r1@http://127.0.0.1:8000/v1"

It reads what `publish` tells it, trains, saves the model to --out, and writes the spec under which you will
serve it as its last act. It needs `pip install trl`, which brings torch.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from pathlib import Path
from typing import Any


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fine-tune on a version of proofset with TRL.")
    parser.add_argument("--base", required=True, help="model to train: a directory, or a name on the hub")
    parser.add_argument("--out", required=True, type=Path, help="new directory for the model")
    parser.add_argument("--serves-as", required=True, help="spec under which the model will be served")
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--steps", type=int, default=-1, help="stop after so many, whatever the epochs")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--learning-rate", type=float, default=1e-5)
    parser.add_argument("--preference-learning-rate", type=float, default=1e-6)
    return parser.parse_args()


def rows_in(files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of these files, whose hashes are those that were published."""
    rows = []
    for file in files:
        data = Path(file["path"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != file["sha256"]:
            raise SystemExit(f"{file['path']}: it is not what was published; publish again")
        rows += [json.loads(line) for line in data.split(b"\n") if line.strip()]
    return rows


def conversation(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a version as `SFTTrainer` reads it."""
    return {"messages": [{"role": one["role"], "content": one["content"]} for one in row["messages"]]}


def preference(row: dict[str, Any]) -> dict[str, Any]:
    """A pair as `DPOTrainer` reads it: of `proofset review`, or of `proofset export --format trl-dpo`."""
    if "prompt" in row:
        return {name: row[name] for name in ("prompt", "chosen", "rejected")}
    asked = "\n\n".join(text for text in (row["instruction"], row.get("input", "")) if text)
    return {
        "prompt": [{"role": "user", "content": asked}],
        "chosen": [{"role": "assistant", "content": row["chosen"]}],
        "rejected": [{"role": "assistant", "content": row["rejected"]}],
    }


def main() -> None:
    given = options()
    told = json.loads(Path(os.environ["PROOFSET_PUBLICATION"]).read_text(encoding="utf-8"))

    import torch
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import DPOConfig, DPOTrainer, SFTConfig, SFTTrainer

    on_gpu = torch.cuda.is_available()
    common = {
        "max_steps": given.steps,
        "num_train_epochs": given.epochs,
        "per_device_train_batch_size": given.batch,
        "save_strategy": "no",
        "report_to": [],
        "use_cpu": not on_gpu,
        "bf16": on_gpu,
        "gradient_checkpointing": on_gpu,
        "logging_steps": 1,
    }
    work = str(given.out.with_name(f".{given.out.name}.training"))
    model = AutoModelForCausalLM.from_pretrained(given.base)
    tokenizer = AutoTokenizer.from_pretrained(given.base)

    trained = SFTTrainer(
        model=model,
        args=SFTConfig(output_dir=work, learning_rate=given.learning_rate, **common),
        train_dataset=Dataset.from_list([conversation(row) for row in rows_in(told["shards"])]),
        processing_class=tokenizer,
    )
    trained.train()
    trained.save_model(str(given.out))
    tokenizer.save_pretrained(given.out)

    pairs = [preference(row) for row in rows_in(told["pairs"])]
    if pairs:
        # From the files: the reference model is what the supervised stage has just saved.
        model = AutoModelForCausalLM.from_pretrained(given.out)
        preferring = DPOTrainer(
            model=model,
            args=DPOConfig(output_dir=work, learning_rate=given.preference_learning_rate, **common),
            train_dataset=Dataset.from_list(pairs),
            processing_class=tokenizer,
        )
        preferring.train()
        preferring.save_model(str(given.out))

    # By a rename, so that a kill in between leaves no half of it.
    result = Path(os.environ["PROOFSET_RESULT"])
    part = result.with_suffix(".part")
    part.write_text(
        json.dumps({"model": given.serves_as, "saved": str(given.out.absolute())}), encoding="utf-8"
    )
    part.replace(result)


if __name__ == "__main__":
    main()
