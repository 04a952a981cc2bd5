"""Log-probs of a reply's tokens: asked for, read, journalled, and made into a soft label of a pair."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofset.agents.judging import Preferred
from proofset.agents.judging.pairs import Choice, weighed_preference
from proofset.models import Call, Malformed, Reply, Request, Token, Typed
from proofset.models.body import body_of, reply_in
from proofset.models.endpoint import Endpoint
from proofset.records import Message, Usage

ASKED = Request((Message(role="user", content="Which?"),))
WEIGHED = Request(ASKED.messages, logprobs=5)
CONTENT = [{"token": "A", "logprob": -0.1, "top_logprobs": [{"token": "A", "logprob": -0.1}]}]


def body(**choice: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"content": "A"}, "finish_reason": "stop", **choice}]}


def test_they_are_asked_for_where_they_are_wanted_and_keys_stay_what_they_were() -> None:
    plain, weighed = body_of("m", ASKED), body_of("m", WEIGHED)
    assert weighed == plain | {"logprobs": True, "top_logprobs": 5}
    assert ASKED.key("m") != WEIGHED.key("m")
    # As it was before there were any.
    assert ASKED.key("m") == "bff4cdd955ea7f10f2f040c0f340932ea0043014f6162592188892f774280eff"


@pytest.mark.parametrize(
    "told",
    [
        None,
        {},
        {"content": None},
        {"content": [{"token": "A"}]},
        {"content": ["A"]},
        [],
        "no",
        {"content": 3},
    ],
)
def test_a_reply_without_log_probs_is_a_reply(told: Any) -> None:
    assert reply_in(body(logprobs=told), WEIGHED).tokens == ()
    assert reply_in(body(), WEIGHED).text == "A"


def test_they_are_read() -> None:
    assert reply_in(body(logprobs={"content": CONTENT}), WEIGHED).tokens == (Token("A", (("A", -0.1),)),)
    # Who asked for none gets none.
    assert reply_in(body(logprobs={"content": CONTENT}), ASKED).tokens == ()


TOKENS = st.lists(
    st.tuples(st.text(), st.lists(st.tuples(st.text(), st.floats(-99, 0)), max_size=3)), max_size=3
)


@given(st.text(), TOKENS, st.booleans())
def test_what_is_journalled_is_restored(text: str, written: Any, marked: bool) -> None:
    tokens = tuple(Token(one, tuple(top)) for one, top in written)
    # A model may write our own mark.
    reply = Reply(f"\ue001tokens:{text}" if marked else text, "stop", Usage(), tokens=tokens)
    assert Reply.restored(reply.stored(), "stop", Usage()) == reply


async def test_a_model_that_refuses_them_is_asked_without(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []

    async def exchange(self: Endpoint, verb: str, path: str, data: bytes, timeout_s: float) -> Any:
        from proofset.models.endpoint import _Answer

        sent.append(json.loads(data))
        if "logprobs" in sent[-1]:
            return _Answer(400, "Bad Request", {}, b'{"error": {"message": "logprobs are not supported"}}')
        return _Answer(200, "OK", {}, json.dumps(body()).encode())

    monkeypatch.setattr(Endpoint, "_exchange", exchange)
    endpoint = Endpoint("openai:m", "m", "http://127.0.0.1:9/v1", key=None, timeout_s=1)
    reply = await endpoint.answer(WEIGHED, Call("judge"))
    assert (reply.text, reply.tokens, len(sent)) == ("A", (), 2)


def vote(*top: tuple[str, float], better: str = "A") -> Typed[Choice]:
    choice = Choice.model_validate({"better": better})
    tokens = (Token('{"better": "', (("x", 0.0),)), Token(better, tuple((t, math.log(p)) for t, p in top)))
    return Typed(choice, Usage(calls=1), repaired=False, tokens=tokens)


@pytest.mark.parametrize(
    ("forward", "backward", "preferred", "share"),
    [
        ((("A", 0.8), ("B", 0.2)), (("A", 0.4), ("B", 0.6)), Preferred.FIRST, 0.7),
        ((("A", 0.2), ("B", 0.8)), (("A", 0.9), ("B", 0.1)), Preferred.SECOND, 0.15),
        # Whoever likes the first place has no preference, only a soft label.
        ((("A", 0.9), ("B", 0.1)), (("A", 0.9), ("B", 0.1)), Preferred.NEITHER, 0.5),
        # Forms of one letter are one, and what is no choice has no part in it.
        ((("A", 0.3), (' "A', 0.3), ("B", 0.2), ("C", 0.2)), (("B", 1.0),), Preferred.FIRST, 0.875),
    ],
)
def test_normalised_probabilities_in_both_orders_are_the_label(
    forward: Any, backward: Any, preferred: Preferred, share: float
) -> None:
    found = weighed_preference(vote(*forward), vote(*backward, better="B"))
    assert found is not None
    assert (found.preferred, found.by) == (preferred, "log-probs")
    assert found.share == pytest.approx(share)
    assert found.usage.calls == 2
    assert bool(found.code) is (preferred is Preferred.NEITHER)


def test_without_them_in_either_order_votes_decide() -> None:
    silent = Typed(Choice(better="A"), Usage(), repaired=False)
    unread = Malformed("no JSON", "", Usage())
    odd = vote(("A", 1.0)).tokens[:1]
    for other in (silent, unread, Typed(Choice(better="A"), Usage(), repaired=False, tokens=odd)):
        assert weighed_preference(vote(("A", 0.9)), other) is None
        assert weighed_preference(other, vote(("A", 0.9))) is None
