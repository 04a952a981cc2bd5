"""Embedders: any text, the same vector whatever stands beside it, clear refusals, nothing paid for twice."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from fake_embeddings import DIM, Endpoint, WordsEmbedder, endpoint, vector_of
from hypothesis import given, settings
from hypothesis import strategies as st

from proofset.errors import ModelError, ProofsetError, UsageError
from proofset.memory import Ledger, sqlite_url
from proofset.memory.ledger import KeptEmbedder, VectorFile, Vectors, text_key
from proofset.memory.ledger.tables import vectors
from proofset.memory.novelty.semantic import Embedder, open_embedder
from proofset.memory.novelty.semantic.embed_openai import OpenAiEmbedder
from proofset.models.catalogue import cached_path, find, parts

KEY = "sk-very-secret-0123456789"
ODD_TEXTS = ["", " \n", "a", "\ud800 lone", "\x00", "é" * 9, "word " * 2000, "请写一篇文章", "🙂" * 50]


@pytest.fixture(scope="module")
def wordllama() -> Embedder:
    pytest.importorskip("wordllama")
    return open_embedder()


@pytest.fixture(scope="module")
def minilm() -> Embedder:
    pytest.importorskip("onnxruntime")
    if not all(cached_path(part) for part in parts(find("minilm", "embedder"))):
        pytest.skip("minilm is not on this machine: proofset models pull minilm")
    return open_embedder("minilm")


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with endpoint() as there:
        monkeypatch.setenv("OPENAI_BASE_URL", there.url)
        yield there


def _quick(spec: str = "openai:small") -> tuple[OpenAiEmbedder, list[float]]:
    waits: list[float] = []
    return OpenAiEmbedder(spec, sleep=waits.append), waits


@pytest.mark.parametrize("fixture", ["wordllama", "minilm"])
def test_any_text_gets_a_vector_of_length_1(fixture: str, request: pytest.FixtureRequest) -> None:
    embedder: Embedder = request.getfixturevalue(fixture)
    rows = embedder.embed(ODD_TEXTS)
    assert rows.shape == (len(ODD_TEXTS), embedder.dim) and rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    assert embedder.embed([]).shape == (0, embedder.dim)


@pytest.mark.parametrize("fixture", ["wordllama", "minilm"])
def test_a_vector_does_not_depend_on_its_neighbours(fixture: str, request: pytest.FixtureRequest) -> None:
    embedder: Embedder = request.getfixturevalue(fixture)
    together = embedder.embed(ODD_TEXTS)
    alone = np.concatenate([embedder.embed([text]) for text in ODD_TEXTS])
    assert together.tobytes() == alone.tobytes()


@pytest.mark.parametrize("fixture", ["wordllama", "minilm"])
def test_a_paraphrase_is_nearer_than_another_matter(fixture: str, request: pytest.FixtureRequest) -> None:
    asked, same, other = request.getfixturevalue(fixture).embed(
        ["Write a poem about the sea.", "Compose a poem regarding the ocean.", "Sort a list of integers."]
    )
    assert asked @ same > 0.6 > asked @ other


@pytest.mark.parametrize("fixture", ["wordllama", "minilm"])
def test_the_end_of_a_long_text_counts(fixture: str, request: pytest.FixtureRequest) -> None:
    head = "The river rises in the hills and feeds the old mill. " * 60
    one, two = request.getfixturevalue(fixture).embed(
        [head + "Summarise it.", head + "Ferrets bake tax law!"]
    )
    assert one @ two < 0.99999


def test_a_custom_embedder_is_taken_as_it_is() -> None:
    own = WordsEmbedder()
    assert open_embedder(own) is own


@pytest.mark.parametrize("spec", ["", "glove", "wordllama:x", "openai:", "openai", "minilm:2", "x" * 999])
def test_another_spec_is_refused_in_one_line(spec: str) -> None:
    with pytest.raises(UsageError, match="write wordllama, minilm, openai:MODEL") as caught:
        open_embedder(spec)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 250


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wordllama", None)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UsageError, match=r"pip install 'proofset\[semantic\]'"):
        open_embedder("wordllama")
    with pytest.raises(UsageError, match=r"pip install 'proofset\[minilm\]'"):
        open_embedder("minilm")


def test_a_model_that_was_not_pulled_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime")
    monkeypatch.setenv("PROOFSET_CACHE", str(tmp_path))
    with pytest.raises(UsageError, match="proofset models pull minilm"):
        open_embedder("minilm")
    for part in parts(find("minilm", "embedder")):
        path = tmp_path / "models" / f"{part.sha256}.{part.suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x" * part.size_bytes)
    with pytest.raises(ModelError, match="cannot be loaded"):
        open_embedder("minilm")


def test_openai_embeds_in_batches_and_sends_no_empty_text(served: Endpoint) -> None:
    embedder, _ = _quick()
    texts = [f"text {n}" for n in range(40)] + ["", "  "]
    rows = embedder.embed(texts)
    assert rows.shape == (42, DIM) and embedder.dim == DIM
    assert np.allclose(rows[7], vector_of("text 7"), atol=1e-6)
    assert np.array_equal(rows[40], rows[41]) and rows[40][0] == 1
    assert [len(body["input"]) for body in served.seen] == [32, 8]
    assert served.seen[0]["model"] == "small" and served.keys[0] == f"Bearer {KEY}"
    assert embedder.name == f"openai:small@{served.url}"


def test_openai_takes_odd_texts(served: Endpoint) -> None:
    rows = _quick()[0].embed(ODD_TEXTS)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    assert max(len(piece) for body in served.seen for piece in body["input"]) <= 6000


def test_openai_waits_as_long_as_it_is_told(served: Endpoint) -> None:
    served.script = [
        (429, {"Retry-After": "7"}, b"slow down"),
        (503, {}, b"busy"),
        (429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, b""),
        (500, {"Retry-After": "9999"}, b""),
    ]
    embedder, waits = _quick()
    assert embedder.embed(["a"]).shape == (1, DIM)
    assert waits == [7, 1.0, 2.0, 60]


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "refuses the key"), (404, "such a model and path"), (400, "HTTP 400"), (413, "HTTP 413")],
)
def test_openai_refusals_are_one_line_without_the_key(served: Endpoint, status: int, said: str) -> None:
    served.script = [(status, {}, f"you sent\n{KEY}".encode())]
    embedder, waits = _quick()
    with pytest.raises(ModelError, match=said) as caught:
        embedder.embed(["a"])
    assert KEY not in str(caught.value) and "\n" not in str(caught.value) and waits == []


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b'{"data": []}',
        b'{"data": [{"index": 0}]}',
        b'{"data": [{"index": 0, "embedding": [NaN, 1]}]}',
        b'{"data": [{"index": 0, "embedding": []}]}',
        b'{"data": [{"index": 0, "embedding": "text"}]}',
    ],
)
def test_openai_answers_that_are_no_vectors_are_refused(served: Endpoint, body: bytes) -> None:
    served.script = [(200, {}, body)]
    with pytest.raises(ModelError, match="the answer "):
        _quick()[0].embed(["a"])


def test_openai_dimensions_that_change_are_refused(served: Endpoint) -> None:
    embedder, _ = _quick()
    embedder.embed(["a"])
    served.script = [(200, {}, json.dumps({"data": [{"index": 0, "embedding": [1.0]}]}).encode())]
    with pytest.raises(ModelError, match="has 1 dimensions, those before had 16"):
        embedder.embed(["b"])


def test_openai_gives_up_on_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    # Port 1 on the loopback interface: nothing listens there.
    embedder, waits = _quick("openai:small@http://127.0.0.1:1/v1")
    with pytest.raises(ModelError, match=r"cannot reach it \(ConnectError\).*tried 6 times") as caught:
        embedder.embed(["a"])
    assert KEY not in str(caught.value) and len(waits) == 5


def test_openai_itself_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(UsageError, match="set OPENAI_API_KEY"):
        open_embedder("openai:text-embedding-3-small")


def test_nothing_is_embedded_twice(tmp_path: Path) -> None:
    ledger = Ledger(sqlite_url(tmp_path / "ledger.db"))
    own = WordsEmbedder()
    kept = KeptEmbedder(own, ledger.transact)
    texts = ["one", "two", "one", "", "\ud800", *(f"t{n}" for n in range(1200))]
    first = kept.embed(texts)
    assert own.asked == list(dict.fromkeys(texts))
    again = WordsEmbedder()
    ledger.close()

    ledger = Ledger(sqlite_url(tmp_path / "ledger.db"))
    assert KeptEmbedder(again, ledger.transact).embed(texts).tobytes() == first.tobytes()
    assert again.asked == []
    other = WordsEmbedder(name="words:2")
    KeptEmbedder(other, ledger.transact).embed(["one"])
    assert other.asked == ["one"]
    ledger.close()


def test_vectors_live_in_a_file_and_the_first_stays(tmp_path: Path) -> None:
    file = VectorFile(tmp_path / "vectors.db")
    kept = Vectors(file.transact, "e")
    kept.put({text_key("a"): np.array([1, 0], np.float32)})
    kept.put({text_key("a"): np.array([0, 1], np.float32), text_key("b"): np.array([0, 1], np.float32)})
    found = kept.get([text_key("a"), text_key("b"), text_key("c")])
    assert {key: row.tolist() for key, row in found.items()} == {text_key("a"): [1, 0], text_key("b"): [0, 1]}
    kept.put({})

    file.transact(lambda connection: connection.execute(sa.update(vectors).values(vector=b"abc")))
    with pytest.raises(ProofsetError, match="damaged vector of e"):
        kept.get([text_key("a")])
    file.close()


def test_a_broken_file_of_vectors_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "vectors.db"
    path.write_bytes(b"no database at all, and long enough to be looked at" * 100)
    told: list[str] = []
    file = VectorFile(path, notice=told.append)
    embedder = WordsEmbedder()
    KeptEmbedder(embedder, file.transact).embed(["one"])
    file.close()
    assert len(told) == 1 and "made anew" in told[0] and embedder.asked == ["one"]
    file = VectorFile(path, notice=told.append)
    assert len(Vectors(file.transact, embedder.name).get([text_key("one")])) == 1 and len(told) == 1
    file.close()


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=40), max_size=8))
def test_kept_vectors_are_those_of_the_embedder(texts: list[str]) -> None:
    ledger = Ledger("sqlite://")
    kept = KeptEmbedder(WordsEmbedder(), ledger.transact)
    for _ in range(2):
        assert kept.embed(texts).tobytes() == WordsEmbedder().embed(texts).astype(np.float32).tobytes()
    ledger.close()
