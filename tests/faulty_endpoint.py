"""An OpenAI-compatible endpoint on loopback that answers as told: refusing, failing, cut off or never."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple


class Answer(NamedTuple):
    """What comes back. `body`: None for what a model would answer; `cut`: only its first half is sent."""

    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})
    body: str | None = None
    how: Literal["whole", "cut", "never"] = "whole"


OK = Answer()


@dataclass
class Endpoint:
    """`answer` takes the request's number, from 0, and its last message."""

    answer: Callable[[int, str], Answer]
    url: str = ""
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            size = next(
                int(line.split(":")[1])
                for line in head.split("\r\n")
                if line.lower().startswith("content-length")
            )
            prompt = json.loads(await reader.readexactly(size))["messages"][-1]["content"]
            number = len(self.asked)
            self.asked.append(prompt)
            told = self.answer(number, prompt)
            if told.how == "never":
                await asyncio.sleep(3600)
            text = completion(prompt) if told.body is None else told.body
            lines = [
                f"HTTP/1.1 {told.status} X",
                "Content-Type: application/json",
                f"Content-Length: {len(text)}",
            ]
            lines += [f"{name}: {value}" for name, value in told.headers.items()]
            sent = text[: len(text) // 2] if told.how == "cut" else text
            writer.write(("\r\n".join([*lines, "Connection: close", "", ""]) + sent).encode())
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.at_once -= 1
            writer.close()


def completion(prompt: str) -> str:
    message = {"role": "assistant", "content": f"re: {prompt}"}
    choices = [{"index": 0, "finish_reason": "stop", "message": message}]
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    answer = {"id": "x", "object": "chat.completion", "created": 1, "model": "m"}
    return json.dumps({**answer, "choices": choices, "usage": usage})


@asynccontextmanager
async def endpoint(answer: Callable[[int, str], Answer]) -> AsyncIterator[Endpoint]:
    served = Endpoint(answer)
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(served.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield served
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
