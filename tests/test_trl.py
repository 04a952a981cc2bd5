"""TRL's own trainers take what `proofset export` writes: two steps on a tiny model with random weights."""

from __future__ import annotations

import asyncio
import json
import math
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mixed import HUMAN, lines, record
from released import code_record, judged_record, math_record, write

from proofset.cli import cli
from proofset.loop import LoopLedger
from proofset.mixing import MixPlan, mix
from proofset.records import Record
from proofset.tools.sandbox import Sandbox

pytestmark = pytest.mark.trl

TEMPLATE = (
    "{% for message in messages %}<{{ message.role }}>{{ message.content }}{{ eos_token }}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
TRAINERS = {
    "trl-sft": ("SFTTrainer", "SFTConfig"),
    "trl-prompt-completion": ("SFTTrainer", "SFTConfig"),
    "trl-dpo": ("DPOTrainer", "DPOConfig"),
    "trl-kto": ("KTOTrainer", "KTOConfig"),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, shared_sandbox: Sandbox) -> Path:
    """Records with right and refuted solutions, and judged ones."""

    async def make() -> list[Record]:
        return [
            *[await code_record(n, shared_sandbox, wrong=True) for n in range(1, 5)],
            *[await math_record(n, shared_sandbox, false_step=True) for n in range(5, 9)],
            *[judged_record(n) for n in range(9, 12)],
        ]

    return write(tmp_path_factory.mktemp("trl") / "records.jsonl", asyncio.run(make()))


def tiny(place: Path) -> tuple[Any, Any]:
    """A model of two layers with random weights, and a tokenizer of bytes; nothing is fetched.

    They come from files, as trainers load the reference model from where the model is from.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(0)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = {sign: place for place, sign in enumerate(["<pad>", "<end>", *alphabet])}
    bytewise = Tokenizer(models.BPE(vocab=words, merges=[]))
    bytewise.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytewise.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bytewise, pad_token="<pad>", eos_token="<end>")
    tokenizer.chat_template = TEMPLATE
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(place)
    tokenizer.save_pretrained(place)
    return LlamaForCausalLM.from_pretrained(place), tokenizer


@pytest.mark.parametrize("format", TRAINERS)
def test_a_trainer_takes_two_steps(data: Path, format: str, tmp_path: Path) -> None:
    trl = pytest.importorskip("trl", reason="TRL is not installed; it brings torch, which is large")
    datasets = pytest.importorskip("datasets")
    out = tmp_path / "set"
    done = CliRunner().invoke(
        cli, ["export", str(data), "--format", format, "--out", str(out), "--validation", "0"]
    )
    assert done.exit_code == 0, (done.output, done.exception)
    rows = datasets.load_dataset("json", data_files=str(out / "train.jsonl"), cache_dir=tmp_path / "cache")
    trainer, config = (getattr(trl, name) for name in TRAINERS[format])
    model, tokenizer = tiny(tmp_path / "tiny")
    before = {name: weights.clone() for name, weights in model.named_parameters()}
    trained = trainer(
        model=model,
        args=config(
            output_dir=str(tmp_path / "trained"),
            max_steps=2,
            per_device_train_batch_size=2,
            learning_rate=1e-3,
            logging_steps=1,
            save_strategy="no",
            report_to=[],
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
        ),
        train_dataset=rows["train"],
        processing_class=tokenizer,
    )
    result = trained.train()
    assert result.global_step == 2
    assert math.isfinite(result.training_loss)
    assert result.training_loss > 0
    assert any(not weights.equal(before[name]) for name, weights in model.named_parameters())


TRAIN = Path(__file__).resolve().parent.parent / "examples" / "flywheel" / "train_trl.py"
SPEC = "openai:mine-70b@http://127.0.0.1:1/v1"


@pytest.mark.parametrize("with_pairs", [False, True], ids=["sft", "sft and dpo"])
def test_publishing_trains_a_model_on_a_version(tmp_path: Path, with_pairs: bool) -> None:
    pytest.importorskip("trl", reason="TRL is not installed; it brings torch, which is large")
    from transformers import AutoModelForCausalLM

    model, _ = tiny(tmp_path / "tiny")
    human = lines(tmp_path / "human.jsonl", HUMAN[:8])
    made = lines(tmp_path / "records.jsonl", [record(number) for number in range(4)])
    version = mix(MixPlan(human=(human,), synthetic=(made,), target_model="mine-7b"), tmp_path / "v1").out
    wanted = {"instruction": "Name a colour.", "input": "", "chosen": "Green.", "rejected": "I cannot say."}
    pairs = lines(tmp_path / "pairs.jsonl", [{**wanted, "id": str(number)} for number in range(4)])
    options = {"--base": tmp_path / "tiny", "--out": tmp_path / "trained", "--serves-as": SPEC, "--steps": 2}
    rates = {"--batch": 2, "--learning-rate": 1e-3, "--preference-learning-rate": 1e-3}
    given = [str(word) for pair in (options | rates).items() for word in pair]
    command = shlex.join([sys.executable, str(TRAIN), *given])
    done = CliRunner().invoke(
        cli,
        ["flywheel", "publish", str(version), "--command", command,
         *(["--pairs", pairs] if with_pairs else [])],
    )  # fmt: skip
    entry = LoopLedger(tmp_path).entries()[-1]
    log = "".join(path.read_text() for path in tmp_path.glob("rounds/*/log.txt"))
    assert done.exit_code == 0, (done.output, done.exception, log)
    assert entry.event == "trained" and entry.model == SPEC and entry.appointments[0].serves
    trained = AutoModelForCausalLM.from_pretrained(tmp_path / "trained")
    before = dict(model.named_parameters())
    assert any(not weights.equal(before[name]) for name, weights in trained.named_parameters())
    told = json.loads((tmp_path / "rounds/1-1/publication.json").read_text())
    assert bool(told["pairs"]) is with_pairs
    assert ("rewards/chosen" in log) is with_pairs
