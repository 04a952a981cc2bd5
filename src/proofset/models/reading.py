"""Reading: how likely a model finds each token of a text. Servers tell it in one of two ways.

POST /completions with `echo` ─▶ log-probs of the prompt           vLLM, and whoever has OpenAI's old protocol
POST /tokenize, then a grammar of these tokens and no others
                              ─▶ log-probs of tokens it must write llama.cpp's server, which ignores `echo`
neither ─▶ ModelError

In both the first token has none: nothing stands before it. llama.cpp has none of tokens that are parts of a
character, such as an emoji's, either.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import ModelError
from ..records import Usage, well_formed
from .refusals import unreadable
from .request import Reply, Token

UNKNOWN = frozenset({400, 404, 405, 422, 501})
"""What a server answers that knows a path or a parameter not."""
_MOST_RUNS = 6
"""Questions for one text."""


class Posted(NamedTuple):
    """What came back; the body of an answer that is no error."""

    status: int
    body: bytes


Post = Callable[[str, Mapping[str, Any]], Awaitable[Posted]]
"""Posts to a path below the server's base URL; raises for what has nothing to do with the question."""


def cannot_read(spec: str) -> ModelError:
    """Who is asked tells no log-probs of a text."""
    return ModelError(
        f"{spec}: it tells no log-probs of a text, which `perplexity` needs; leave `perplexity` off, or give "
        "--model scorer=local:smollm2-135m, or a server that does (vLLM, llama.cpp)"
    )


class Reader:
    """Has texts read by one server; remembers by which way it tells. A token without a log-prob has no `top`.

    Args:
        spec: its name in messages.
        name: of the model, as the server knows it.
        post: see `Post`.
    """

    def __init__(self, spec: str, name: str, post: Post) -> None:
        self._spec = spec
        self._name = name
        self._post = post
        self._ways = [self._echoed, self._forced]

    async def read(self, text: str) -> Reply:
        """The text, with its tokens. Raises ModelError where the server does not tell."""
        for way in tuple(self._ways):
            reply = await way(text)
            if reply is not None:
                self._ways = [way]
                return reply
        raise cannot_read(self._spec)

    async def _echoed(self, text: str) -> Reply | None:
        # One token more than is wanted: some servers know no answer of none.
        asked = {"prompt": text, "echo": True, "logprobs": 1, "max_tokens": 1, "temperature": 0}
        posted = await self._post("/completions", {"model": self._name, **asked})
        if posted.status in UNKNOWN:
            return None
        try:
            told = json.loads(posted.body)
            choice = told["choices"][0]
            logprobs, count = choice.get("logprobs"), told["usage"]["prompt_tokens"]
            if not isinstance(logprobs, dict) or not str(choice["text"]).startswith(text):
                return None
            tokens, values = logprobs.get("tokens") or [], logprobs.get("token_logprobs") or []
            read = list(zip(tokens[:count], values[:count], strict=True))
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise unreadable(self._spec, error) from error
        if len(read) < count:
            return None
        said = [(str(one), None if value is None else float(value)) for one, value in read]
        return _reply(text, said, count)

    async def _forced(self, text: str) -> Reply | None:
        asked = {"content": text, "add_special": False, "parse_special": False, "with_pieces": True}
        posted = await self._post("/../tokenize", asked)
        if posted.status in UNKNOWN:
            return None
        try:
            pieces = [_Piece(int(one["id"]), one["piece"]) for one in json.loads(posted.body)["tokens"]]
        except (ValueError, KeyError, TypeError) as error:
            raise unreadable(self._spec, error) from error
        told: dict[int, float] = {}
        for run in _runs(pieces):
            values = await self._written([one.id for one in pieces[: run.stop]], len(run))
            if values is None:
                return None
            told |= dict(zip(run, values, strict=True))
        return _reply(text, list(_joined(pieces, told)), len(pieces))

    async def _written(self, ids: list[int], count: int) -> list[float] | None:
        """Log-probs of the last `count` tokens, written after the others."""
        grammar = " ".join(f"<[{one}]>" for one in ids[-count:])
        wanted = {
            "prompt": ids[:-count],
            "grammar": f"root ::= {grammar}",
            "logprobs": 1,
            "max_tokens": count,
            "temperature": 0,
        }
        posted = await self._post("/completions", {"model": self._name, **wanted})
        if posted.status in UNKNOWN:
            return None
        try:
            written = json.loads(posted.body)["choices"][0]["logprobs"]["content"]
            if [one["id"] for one in written] != ids[-count:]:
                raise ValueError("it wrote other tokens than it was to")
            return [float(one["logprob"]) for one in written]
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise unreadable(self._spec, error) from error


class _Piece(NamedTuple):
    """A token of llama.cpp: its text, or its bytes where they are no whole characters."""

    id: int
    piece: str | list[int]


def _runs(pieces: Sequence[_Piece]) -> list[range]:
    """Tokens on end, from the second on, that are whole characters: a grammar stumbles over others. Of many
    runs the longest.
    """
    runs: list[range] = []
    for place, one in enumerate(pieces):
        if place and isinstance(one.piece, str):
            last = runs[-1] if runs and runs[-1].stop == place else range(place, place)
            runs = [*(runs[:-1] if len(last) else runs), range(last.start, place + 1)]
    return sorted(sorted(runs, key=len)[-_MOST_RUNS:], key=lambda run: run.start)


def _joined(pieces: Sequence[_Piece], told: Mapping[int, float]) -> Iterator[tuple[str, float | None]]:
    """Texts with log-probs; bytes of one character after another become one text."""
    held = b""
    for place, one in enumerate(pieces):
        if isinstance(one.piece, str):
            if held:
                yield held.decode(errors="replace"), None
            held = b""
            yield one.piece, told.get(place)
        else:
            held += bytes(one.piece)
    if held:
        yield held.decode(errors="replace"), None


def _reply(text: str, told: Sequence[tuple[str, float | None]], count: int) -> Reply:
    tokens = tuple(
        Token(well_formed(one), () if value is None else ((well_formed(one), value),)) for one, value in told
    )
    return Reply(text, "stop", Usage(calls=1, input_tokens=count), tokens=tokens)
