"""Writes traffic.jsonl: a small log of an assistant in production, as a chat API's proxy would keep it.

    python examples/flywheel/make_traffic.py            writes examples/flywheel/traffic.jsonl

All people, addresses and numbers are made up. Most rows are pairs of a request and its response; a few are
of other shapes, some hold personal data, some repeat, some are in other languages, some are of no use.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

OUT = Path(__file__).resolve().parent / "traffic.jsonl"
TEXTS = OUT.with_name("texts.yaml")
SYSTEM = "You are the assistant of a small software company. Answer briefly and plainly."
MODELS = ("shop-7b", "shop-7b", "shop-7b", "shop-7b", "shop-70b")
FIRST, LAST = 1_714_550_400, 1_717_142_400

PEOPLE = ("Anna Berger", "Tom Okafor", "Lucía Pérez", "Jonas Lind", "Mei Tanaka", "Ravi Nair")


def exchanges(templates: list[dict[str, Any]], draw: random.Random) -> list[tuple[str, str]]:
    """Every template with every filling, in a drawn order."""
    found = []
    for template in templates:
        fillings: list[dict[str, str]] = [{}]
        for name, values in template["fill"].items():
            fillings = [filling | {name: value} for filling in fillings for value in values]
        found += [
            (template["question"].format(**filling), template["answer"].format(**filling))
            for filling in fillings
        ]
    draw.shuffle(found)
    return found


def personal(pairs: list[dict[str, str]], draw: random.Random) -> Iterator[tuple[str, str]]:
    """Questions with personal data and secrets in them."""
    for number in range(24):
        name = PEOPLE[number // len(pairs)]
        said = {
            "name": name,
            "mail": f"{name.split()[0].lower().replace('í', 'i')}.{number}@mail.example",
            "phone": f"+49 30 9018{draw.randrange(1000, 9999)}",
            "card": draw.choice(("4111 1111 1111 1111", "5555 5555 5555 4444", "378282246310005")),
            "iban": draw.choice(("DE89 3704 0044 0532 0130 00", "NL91ABNA0417164300")),
            "token": "".join(draw.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(40)),
            "ip": f"85.214.{draw.randrange(1, 255)}.{draw.randrange(1, 255)}",
        }
        chosen = pairs[number % len(pairs)]
        yield chosen["question"].format(**said), chosen["answer"].format(**said)


def pair(messages: list[dict[str, str]], answer: str, draw: random.Random, number: int) -> dict[str, Any]:
    """A request and its response."""
    model = draw.choice(MODELS)
    stopped = "stop" if answer else "length"
    return {
        "request": {"model": model, "messages": messages, "temperature": 0.3},
        "response": {
            "id": f"chatcmpl-{number:05}",
            "created": draw.randrange(FIRST, LAST),
            "model": model,
            "choices": [
                {"index": 0, "message": {"role": "assistant", "content": answer}, "finish_reason": stopped}
            ],
        },
        "metadata": {"channel": draw.choice(("web", "web", "app")), "conversation_id": f"c-{number:05}"},
    }


def rows() -> Iterator[dict[str, Any]]:
    """All rows, in the order of the file."""
    draw = random.Random("flywheel")
    texts: dict[str, Any] = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    asked = exchanges(texts["templates"], draw)
    mixed = [*asked, *personal(texts["personal"], draw)]
    mixed += [(one["question"], one["answer"]) for part in ("languages", "junk") for one in texts[part]]
    # What people ask again: word for word, or in another case.
    mixed += [(question, answer) for question, answer in asked[:12]]
    mixed += [(f" {question.upper()} ", answer) for question, answer in asked[12:16]]
    draw.shuffle(mixed)
    for number, (question, answer) in enumerate(mixed):
        messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}]
        if number % 40 == 7:
            yield {"instruction": question, "output": answer, "model": "shop-7b"}
        elif number % 40 == 19:
            yield {"messages": [*messages, {"role": "assistant", "content": answer}], "model": "shop-7b"}
        else:
            yield pair(messages, answer, draw, number)
        if number % 25 == 11 and answer:
            # The conversation goes on: its next row holds what came before.
            more = [
                *messages,
                {"role": "assistant", "content": answer},
                {"role": "user", "content": "Could you say that again in one short sentence?"},
            ]
            yield pair(more, answer.split(". ")[0].strip() + ".", draw, number)
    call = {"role": "assistant", "content": None, "tool_calls": [{"id": "t1", "type": "function"}]}
    yield {"messages": [{"role": "user", "content": "Where is my parcel 40012345 right now?"}, call]}
    yield {"level": "info", "msg": "worker started", "port": 8080}


def main() -> None:
    OUT.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows()), encoding="utf-8")


if __name__ == "__main__":
    main()
