"""Reviews: the queue, durable decisions, leases, the guard, and what comes of it."""

from __future__ import annotations

import fcntl
import json
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from kept_files import records as kept_records
from reviewed_runs import (
    HOSTILE,
    add_waiting,
    checked_record,
    hostile_record,
    lines,
    run_directory,
    scored_record,
    serving,
)
from scripted_evol import KEPT, respond_by
from test_checkpoints import started

import proofset
from proofset.cli import cli
from proofset.errors import UsageError
from proofset.models.scripted import ScriptedChat
from proofset.records import Evidence, EvidenceKind, Grade, Outcome, Record, Verdict
from proofset.release.binding import faults_of
from proofset.review.diff import MAX_WORDS, word_diff
from proofset.review.index import PAGE, Filter, count_query, next_query, page_query
from proofset.review.items import Place
from proofset.review.results import hand_over, pairs, reviewed, write_results
from proofset.review.store import LEASE_SECONDS, StaleError, Store

ALL = Filter(state="all")
TODO = Filter()
Open = Callable[..., Store]


class Clock:
    """Time that moves when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_store(clock: Clock) -> Iterator[Open]:
    """Opens stores; they are closed at the end."""
    stores: list[Store] = []

    def opening(path: Path, **options: Any) -> Store:
        stores.append(Store(Place.at(path), now=clock, **options))
        return stores[-1]

    yield opening
    for store in stores:
        store.close()


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Five records, in the order of the files anything but the most uncertain first."""
    told = [
        checked_record(0),
        scored_record(1, 5),
        scored_record(2, 3),
        scored_record(3, 4),
        hostile_record(4),
    ]
    return run_directory(tmp_path / "run", told)


def ids(store: Store, chosen: Filter = ALL, reviewer: str = "ann") -> list[str]:
    return [row["id"] for row in store.page(chosen, reviewer)]


def slots(store: Store, chosen: Filter = ALL) -> list[int]:
    bodies = store.bodies("record", ids(store, chosen))
    return [json.loads(bodies[item])["lineage"]["slot"] for item in ids(store, chosen)]


def test_the_most_uncertain_comes_first(run: Path, open_store: Open) -> None:
    # Judged before checked; by margin over the judge's bound of 3; without a score last among the judged.
    assert slots(open_store(run)) == [2, 3, 1, 4, 0]
    waiting = add_waiting(run)
    assert ids(open_store(run))[0] == waiting[0].id


def test_equals_keep_the_order_of_the_file(tmp_path: Path, open_store: Open) -> None:
    store = open_store(run_directory(tmp_path / "run", [scored_record(n, 4) for n in (7, 2, 9)]))
    assert slots(store) == [7, 2, 9]


@pytest.mark.parametrize("full_text", [True, False])
@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (Filter(grade="judged"), [2, 3, 1, 4]),
        (Filter(method="evol_instruct"), [0]),
        (Filter(method="evol_instruct", grade="judged"), []),
        (Filter(risk="style", grade="checked"), [0]),
        (Filter(search="colour"), [2, 3, 1]),
        (Filter(search="COLO numb"), [2, 3, 1]),
        (Filter(search="number 3"), [3]),
        (Filter(search="onerror"), [4]),
        (Filter(search='" OR zzz=zzz --'), []),
        (Filter(search="%"), [2, 3, 1, 4, 0]),
        (Filter(search="col_ur"), []),
    ],
)
def test_filters_and_search(
    run: Path, open_store: Open, chosen: Filter, found: list[int], full_text: bool
) -> None:
    store = open_store(run, full_text=full_text)
    assert store.words is full_text
    assert slots(store, chosen) == found
    assert store.count(chosen, "ann") == len(found)
    first = store.next(chosen, "ann")
    assert first == (ids(store, chosen)[0] if found else None)


def test_a_decision_survives_and_moves_the_item_on(run: Path, open_store: Open) -> None:
    store = open_store(run)
    item = store.next(TODO, "ann")
    assert item is not None
    assert store.decide(item, "ann", 0, "reject", reason="wrong") == 1
    assert item not in ids(store, TODO) and ids(store, Filter(state="decided")) == [item]
    again = open_store(run)
    (one,) = again.decisions()
    assert (one.item, one.action, one.reason, one.at) == (
        item,
        "reject",
        "wrong",
        "2027-01-15T08:00:00.000+00:00",
    )
    assert again.next(TODO, "ann") == ids(again)[1]


def test_decisions_outlive_new_files(run: Path, open_store: Open) -> None:
    store = open_store(run)
    item = ids(store)[-1]
    store.decide(item, "ann", 0, "accept")
    run_directory(run, [scored_record(9, 4), checked_record(0)])
    again = open_store(run)
    assert again.size == 2 and ids(again, Filter(state="decided")) == [item]
    with pytest.raises(StaleError):
        again.decide(item, "ann", 0, "reject", reason="wrong")


def test_a_decision_on_what_was_not_seen_is_refused(run: Path, open_store: Open) -> None:
    store, other = open_store(run), open_store(run)
    item = ids(store)[0]
    store.decide(item, "ann", 0, "accept")
    with pytest.raises(StaleError, match="after it was shown"):
        other.decide(item, "bob", 0, "reject", reason="wrong")
    assert [one["action"] for one in store.history(item)] == ["accept"]
    other.decide(item, "bob", 1, "reject", reason="wrong")
    assert [(one["reviewer"], one["before"]) for one in store.history(item)] == [("ann", 0), ("bob", 1)]


def test_what_one_holds_is_not_handed_to_another(run: Path, open_store: Open, clock: Clock) -> None:
    store = open_store(run)
    first, second, third = ids(store)[:3]
    assert store.next(TODO, "ann") == first
    assert store.next(TODO, "bob") == second
    shown = store.show(first, "bob")
    assert shown is not None and shown.held_by == "ann"
    with pytest.raises(StaleError, match="ann has this item"):
        store.decide(first, "bob", 0, "accept")
    # Ann goes on, and so gives the first one up.
    assert store.next(TODO, "ann", first) == third
    assert store.next(TODO, "bob") == first
    store.release("bob")
    assert store.next(TODO, "cid") == first
    clock.seconds += LEASE_SECONDS - 1
    assert store.next(TODO, "dan") == second
    clock.seconds += 1
    assert store.next(TODO, "eve") == first


def test_the_queue_begins_again_at_the_top(run: Path, open_store: Open) -> None:
    store = open_store(run)
    assert store.next(TODO, "ann", ids(store)[-1]) == ids(store)[0]
    assert store.next(TODO, "ann", "no such item") == ids(store)[0]


def test_undo_takes_back_the_last_of_ones_own(run: Path, open_store: Open) -> None:
    store = open_store(run)
    first, second = ids(store)[:2]
    store.decide(first, "ann", 0, "accept")
    store.decide(second, "ann", 0, "edit", edited="Better.")
    store.decide(first, "bob", 1, "reject", reason="unclear")
    assert [store.undo("ann"), store.undo("ann"), store.undo("ann")] == [second, first, None]
    assert [(one.item, one.reviewer) for one in store.decisions()] == [(first, "bob")]
    assert second in ids(store, TODO) and first not in ids(store, TODO)
    assert [one["action"] for one in store.history(first)] == ["accept", "reject", "undo"]


@pytest.mark.parametrize("sql", ["UPDATE audit SET action = 'accept'", "DELETE FROM audit"])
def test_the_audit_is_only_added_to(run: Path, open_store: Open, sql: str) -> None:
    store = open_store(run)
    store.decide(ids(store)[0], "ann", 0, "reject", reason="wrong")
    with (
        sqlite3.connect(run / "reviews.db") as connection,
        pytest.raises(sqlite3.IntegrityError, match="only added"),
    ):
        connection.execute(sql)


def test_commits_wait_for_the_disk(run: Path, open_store: Open) -> None:
    connection = open_store(run)._connection
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_agreement_is_cohens_kappa_on_what_both_decided(run: Path, open_store: Open) -> None:
    store = open_store(run)
    for number, (ann, bob) in enumerate([("a", "a"), ("a", "r"), ("r", "r"), ("r", "r")]):
        item = ids(store)[number]
        for version, (who, action) in enumerate((("ann", ann), ("bob", bob))):
            store.decide(item, who, version, "accept" if action == "a" else "reject", reason="wrong")
    store.decide(ids(store)[4], "ann", 0, "accept")
    (one,) = store.agreement()
    # 3 of 4 alike; by chance (2·1 + 2·3) / 16 = 0.5; (0.75 - 0.5) / 0.5.
    assert (one.first, one.second, one.items, one.same, one.kappa) == ("ann", "bob", 4, 3, 0.5)


def test_a_second_opinion_does_not_see_the_first(run: Path, open_store: Open) -> None:
    store = open_store(run)
    item = ids(store)[0]
    store.decide(item, "ann", 0, "reject", reason="wrong")
    assert store.next(Filter(state="second"), "ann") is None
    assert store.next(Filter(state="second"), "bob") == item
    shown = store.show(item, "bob")
    assert shown is not None and (shown.mine, shown.others, shown.version) == (None, 1, 1)


def test_results_are_files_beside_the_data(run: Path, open_store: Open) -> None:
    store = open_store(run)
    first, second, third = ids(store)[:3]
    store.decide(first, "ann", 0, "accept")
    store.decide(second, "ann", 0, "edit", edited="Blue – a quiet colour.")
    store.decide(third, "bob", 0, "reject", reason="unclear")
    write_results(store)
    at = "2027-01-15T08:00:00.000+00:00"
    told = {"reviewer": "ann", "edited": "", "reason": "", "at": at}
    assert lines(run / "reviews.jsonl") == [
        told | {"id": first, "decision": "accept"},
        told | {"id": second, "decision": "edit", "edited": "Blue – a quiet colour."},
        told | {"id": third, "decision": "reject", "reviewer": "bob", "reason": "unclear"},
    ]
    (pair,) = lines(run / "pairs.jsonl")
    record = next(one for one in kept_records(run) if one.id == second)
    assert (pair["chosen"], pair["rejected"]) == ("Blue – a quiet colour.", record.output)
    assert list(pairs(kept_records(run), store.decisions())) == [pair]


def test_reviewed_records_carry_the_persons_verdict(run: Path, open_store: Open) -> None:
    store = open_store(run)
    judged, edited, gone, _, checked = ids(store)
    store.decide(judged, "ann", 0, "accept")
    store.decide(edited, "ann", 0, "edit", edited="Mine.")
    store.decide(gone, "ann", 0, "reject", reason="wrong")
    store.decide(checked, "ann", 0, "accept")
    found = {one.lineage.slot: one for one in reviewed(kept_records(run), store.decisions())}
    assert set(found) == {0, 2, 3}
    assert {slot: one.verdict.grade for slot, one in found.items()} == {
        2: Grade.HUMAN,
        3: Grade.HUMAN,
        0: Grade.CHECKED,
    }
    assert all(one.verdict.evidence[-1].kind is EvidenceKind.HUMAN for one in found.values())
    assert (found[3].output, found[3].chosen, found[3].id == edited) == ("Mine.", "Mine.", False)
    assert found[3].rejected == "Colour 3 is a quiet one."
    for record in found.values():
        assert Record.model_validate_json(record.model_dump_json()) == record
        assert list(faults_of(record)) == []


def test_a_person_does_not_outweigh_a_machine_that_refuted(tmp_path: Path, open_store: Open) -> None:
    failed = Evidence(kind=EvidenceKind.NUMERIC, check="x", claim="x", outcome=Outcome.FAIL, basis="none")
    record = checked_record(0).model_copy(update={"verdict": Verdict.reject("wrong", "it is", [failed])})
    store = open_store(run_directory(tmp_path / "run", [record]))
    store.decide(record.id, "ann", 0, "accept")
    assert list(reviewed([record], store.decisions())) == []


async def test_a_run_goes_on_by_what_was_decided_here(tmp_path: Path, open_store: Open) -> None:
    out, chat = tmp_path / "run", ScriptedChat(respond=respond_by(lambda slot, round_: KEPT))
    await started(out, checkpoint_every=4, n_attempts=1)
    store = open_store(out)
    first, second, third = ids(store)
    store.decide(first, "ann", 0, "accept")
    store.decide(second, "ann", 0, "edit", edited="Praise a heron in plain words.")
    store.decide(third, "ann", 0, "reject", reason="unclear")
    assert hand_over(store)
    summary = await proofset.aresume(out, model=chat)
    assert summary.status == "finished"
    assert [one.lineage.slot for one in kept_records(out)] == [0, 1]
    assert kept_records(out)[1].instruction == "Praise a heron in plain words."
    (rejected,) = lines(out / "rejected.jsonl")
    assert rejected["reason"] == "It is unclear what is asked"


def test_what_was_filled_in_by_hand_stays(tmp_path: Path, open_store: Open) -> None:
    by_hand, here = add_waiting(tmp_path, 2)
    path = tmp_path / "review.jsonl"
    path.write_text(path.read_text().replace('"decision":""', '"decision":"reject"', 1))
    store = open_store(tmp_path)
    store.decide(here.id, "ann", 0, "accept")
    assert hand_over(store)
    told = {row["id"]: row["decision"] for row in lines(path)}
    assert told == {by_hand.id: "reject", here.id: "accept"}


def test_a_run_at_work_is_told_later(tmp_path: Path, open_store: Open) -> None:
    (item,) = add_waiting(tmp_path)
    store = open_store(tmp_path)
    store.decide(item.id, "ann", 0, "accept")
    with (tmp_path / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not hand_over(store)
        assert lines(tmp_path / "review.jsonl")[0]["decision"] == ""
    assert hand_over(store)
    assert lines(tmp_path / "review.jsonl")[0]["decision"] == "accept"
    store.undo("ann")
    assert hand_over(store)
    assert lines(tmp_path / "review.jsonl")[0]["decision"] == ""


@given(
    before=st.text(alphabet="ab <&\n\u00e9", max_size=60),
    after=st.text(alphabet="ab <&\n\u00e9", max_size=60),
)
def test_a_diff_gives_both_texts_to_the_letter(before: str, after: str) -> None:
    spans = word_diff(before, after)
    assert "".join(span.text for span in spans if span.what != "new") == before
    assert "".join(span.text for span in spans if span.what != "gone") == after
    assert (before == after) == all(span.what == "same" for span in spans)


def test_a_diff_marks_words_and_gives_up_on_huge_texts() -> None:
    assert word_diff("a red fox", "a grey fox") == [
        ("same", "a "),
        ("gone", "red"),
        ("new", "grey"),
        ("same", " fox"),
    ]
    huge = "word " * MAX_WORDS
    assert [span.what for span in word_diff(huge, huge + "x")] == ["gone", "new"]


def test_what_the_queue_is_asked_is_answered_from_indexes(tmp_path: Path, open_store: Open) -> None:
    # The plan of SQLite is the same for any number of items: nothing here gathers statistics.
    template = scored_record(0, 4).model_dump_json()
    path = tmp_path / "records.jsonl"
    path.write_text("".join(template.replace("self_instruct-", f"n{n}-") + "\n" for n in range(3000)))
    store = open_store(path)
    chosen = [
        TODO,
        Filter(method="self_instruct"),
        Filter(grade="judged", state="decided"),
        Filter(risk="style", state="second"),
        Filter(search="colour quiet"),
        Filter(search="colour", grade="judged"),
    ]
    for one in chosen:
        for query in (
            page_query(one, "ann", True, 100),
            next_query(one, "ann", True, 100, 0.0),
            count_query(one, "ann", True),
        ):
            plan = store.plan(query)
            assert not any("TEMP B-TREE" in step for step in plan), plan
            scans = [step for step in plan if step.startswith("SCAN") and "VIRTUAL TABLE INDEX" not in step]
            assert all(step.startswith("SCAN (subquery") for step in scans), plan
    # The page is bounded whatever matches.
    assert len(store.page(Filter(search="colour"), "ann")) == PAGE + 1
    assert store.count(Filter(search="colour"), "ann") == 1001
    after = store.page(Filter(search="colour"), "ann", after=PAGE)
    assert after[0]["position"] == PAGE + 1


# The server.


@pytest.fixture
def client(run: Path, open_store: Open) -> Iterator[Any]:
    testing = pytest.importorskip("starlette.testclient")
    from proofset.review.app import make_app
    from proofset.review.guard import Door

    app = make_app(open_store(run), Door.at("127.0.0.1", 8797, "key"))
    with testing.TestClient(app, base_url="http://127.0.0.1:8797", follow_redirects=False) as one:
        yield one


ORIGIN = {"origin": "http://127.0.0.1:8797"}


def enter(client: Any) -> None:
    came = client.get("/", params={"token": "key"})
    assert (came.status_code, came.headers["location"]) == (303, "/")
    cookie = came.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie


def ask(client: Any, name: str, **values: Any) -> Any:
    return client.post(f"/api/{name}", json={"reviewer": "ann"} | values, headers=ORIGIN)


def test_nobody_comes_in_without_the_key(client: Any) -> None:
    for path in ("/", "/page.js", "/?token=kez", "/?token=", "/?token=k%C3%A9y"):
        assert client.get(path).status_code == 401
    assert ask(client, "next").status_code == 401
    assert client.get("/", headers={"cookie": "proofset_review_8797=no"}).status_code == 401
    enter(client)
    page = client.get("/")
    assert page.status_code == 200 and "proofset review" in page.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example:8797"} | ORIGIN, 421),
        ({"host": "127.0.0.1:80"} | ORIGIN, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"origin": "null"}, 403),
        ({}, 403),
        ({"content-length": "99999999"} | ORIGIN, 413),
        ({"content-length": "x"} | ORIGIN, 413),
        ({"host": "localhost:8797", "origin": "http://localhost:8797"}, 200),
        (ORIGIN, 200),
    ],
)
def test_other_pages_and_other_names_are_refused(client: Any, headers: dict[str, str], status: int) -> None:
    cookie = {"cookie": "proofset_review_8797=key"}
    body = json.dumps({"reviewer": "ann"})
    assert client.post("/api/next", content=body, headers=headers | cookie).status_code == status


def test_every_answer_forbids_what_the_page_does_not_need(client: Any) -> None:
    refused = client.get("/")
    enter(client)
    for answer in (refused, client.get("/"), client.get("/page.js"), ask(client, "start")):
        assert answer.headers["content-security-policy"].startswith("default-src 'self'; ")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-frame-options"] == "DENY"
    page = client.get("/").text
    assert "<style" not in page and " style=" not in page and "onclick" not in page
    assert page.count("<script") == page.count("<script src=") == 1


@pytest.mark.parametrize(
    ("name", "values", "status", "said"),
    [
        ("decide", {"item": "x", "version": 0, "action": "accept"}, 404, "no such item"),
        ("item", {"item": "x"}, 404, "no such item"),
        ("decide", {"item": "x", "version": 0, "action": "undo"}, 400, "action"),
        (
            "decide",
            {"item": "x", "version": 0, "action": "edit", "edited": " "},
            400,
            "an edit needs its text",
        ),
        (
            "decide",
            {"item": "x", "version": 0, "action": "reject", "reason": "so"},
            400,
            "one of the reasons",
        ),
        ("search", {"filter": {"state": "none"}}, 400, "filter.state"),
        ("search", {"filter": {"order": "1"}}, 400, "filter.order"),
        ("next", {"reviewer": " "}, 400, "reviewer"),
        ("next", {"reviewer": "a\nb"}, 400, "reviewer"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    client: Any, name: str, values: dict[str, Any], status: int, said: str
) -> None:
    enter(client)
    answer = ask(client, name, **values)
    assert answer.status_code == status and said in answer.json()["error"]


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"\xff", b"[" * 100_000, b'{"reviewer": "ann", "item": "\\ud800"}']
)
def test_no_body_is_too_strange(client: Any, body: bytes) -> None:
    enter(client)
    answer = client.post("/api/item", content=body, headers=ORIGIN)
    assert answer.status_code in (400, 404) and answer.json()["error"]


def test_the_way_of_an_item_through_the_server(client: Any) -> None:
    enter(client)
    assert ask(client, "start").json()["facets"]["grade"] == ["checked", "judged"]
    shown = ask(client, "next").json()["item"]
    assert (shown["version"], shown["editable"], shown["evidence"][0]["check"]) == (
        0,
        "output",
        "judge_opinion",
    )
    done = ask(client, "decide", item=shown["id"], version=0, action="edit", edited="Mine")
    assert done.json()["progress"] == {"items": 5, "decided": 1, "mine": 1}
    stale = ask(client, "decide", item=shown["id"], version=0, action="accept", reviewer="bob")
    assert stale.status_code == 409 and "look again" in stale.json()["error"]
    mine = ask(client, "item", item=shown["id"]).json()["item"]
    assert ["new", "Mine"] in mine["changes"][0]["spans"]
    assert ask(client, "undo").json()["undone"] == shown["id"]
    assert ask(client, "search", filter={"search": "onerror"}).json()["count"] == 1
    assert ask(client, "write").json()["files"] == ["reviews.jsonl", "pairs.jsonl"]
    hostile = ask(client, "search", filter={"search": "onerror"}).json()["rows"][0]["id"]
    assert ask(client, "item", item=hostile).json()["item"]["instruction"] == HOSTILE


def test_a_kill_loses_no_acknowledged_decision(tmp_path: Path) -> None:
    pytest.importorskip("uvicorn")
    run = run_directory(tmp_path / "run", [scored_record(n, 4) for n in range(20)])
    waiting = add_waiting(run, 3)
    acknowledged = []
    with serving(run) as server:
        web = entered(server.url)
        for number in range(8):
            item = post(web, "next")["item"]
            post(web, "decide", item=item["id"], version=item["version"], action="accept")
            acknowledged.append(item["id"])
            if number == 7:
                server.kill()
    # A run that waits has been told already.
    assert [row["decision"] for row in lines(run / "review.jsonl")] == ["accept"] * len(waiting)
    with serving(run) as server:
        web = entered(server.url)
        assert post(web, "start")["progress"] == {"items": 23, "decided": 8, "mine": 8}
        assert post(web, "next")["item"]["id"] not in acknowledged
        said = server.stop()
    assert "wrote" in said and "Traceback" not in said
    assert [row["id"] for row in lines(run / "reviews.jsonl")] == acknowledged


def entered(url: str) -> httpx.Client:
    origin = url.partition("/?")[0]
    web = httpx.Client(base_url=origin, headers={"origin": origin}, timeout=60)
    assert web.get(url).status_code == 303
    return web


def post(web: httpx.Client, name: str, **values: Any) -> dict[str, Any]:
    answer = web.post(f"/api/{name}", json={"reviewer": "ann"} | values)
    assert answer.status_code == 200, answer.text
    return cast("dict[str, Any]", answer.json())


# The command.


def review(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["review", *arguments])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing", "no such file or directory; give a run's directory or a file of records"),
        ("empty", "no records.jsonl and no review.jsonl in it; `proofset resume"),
        ("nothing", "there is nothing to review; make records with `proofset run`"),
    ],
)
def test_nothing_to_review_is_one_line(tmp_path: Path, name: str, message: str) -> None:
    pytest.importorskip("uvicorn")
    (tmp_path / "empty").mkdir()
    run_directory(tmp_path / "nothing", [])
    failed = review(str(tmp_path / name), "--port", "0")
    assert isinstance(failed.exception, UsageError) and message in str(failed.exception)
    assert "\n" not in str(failed.exception)


def test_a_port_in_use_is_one_line(run: Path) -> None:
    pytest.importorskip("uvicorn")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        failed = review(str(run), "--port", str(port))
    assert f"--port {port}: cannot listen on 127.0.0.1 (Address already in use); give another" in str(
        failed.exception
    )


@pytest.mark.parametrize(
    ("host", "port", "hosts"),
    [
        ("127.0.0.1", 9, {"127.0.0.1:9", "localhost:9", "[::1]:9"}),
        ("::1", 80, {"127.0.0.1", "localhost", "[::1]"}),
        ("192.0.2.7", 9, {"192.0.2.7:9"}),
    ],
)
def test_the_names_that_a_server_goes_by(host: str, port: int, hosts: set[str]) -> None:
    from proofset.review.guard import Door

    door = Door.at(host, port, "key")
    assert door.hosts == hosts
    assert urlsplit(door.address).netloc in hosts


def test_a_missing_extra_is_one_line(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert "pip install 'proofset[review]'" in str(review(str(run)).exception)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_all_addresses_at_once_are_refused(run: Path, host: str) -> None:
    pytest.importorskip("uvicorn")
    assert "name the one address" in str(review(str(run), "--host", host).exception)


def test_lines_that_are_no_records_are_named_and_left_out(run: Path, open_store: Open) -> None:
    path = run / "records.jsonl"
    first = path.read_text().splitlines()[0]
    with path.open("a") as file:
        file.write("{\n" + first + "\n")
    told: list[str] = []
    assert Store(Place.at(run), told.append).size == 5
    assert [line.partition(": ")[0].rpartition(" ")[2] for line in told] == ["6", "7"]
    assert "no JSON" in told[0] and "is there twice" in told[1]


def test_a_database_that_is_none_is_named(run: Path) -> None:
    (run / "reviews.db").write_text("this is no database, and long enough to be told from one" * 20)
    with pytest.raises(UsageError, match=r"reviews.db: cannot be used .*move it away"):
        Store(Place.at(run))


@pytest.mark.usefixtures("needs_sandbox")
def test_results_without_a_server_that_verify(run: Path, open_store: Open, tmp_path: Path) -> None:
    store = open_store(run)
    store.decide(ids(store)[0], "ann", 0, "accept")
    out = tmp_path / "reviewed.jsonl"
    done = review(str(run), "--write", "--reviewed", str(out))
    assert done.exit_code == 0, done.output
    assert [row["decision"] for row in lines(run / "reviews.jsonl")] == ["accept"]
    (record,) = (Record.model_validate(row) for row in lines(out))
    assert record.verdict.grade is Grade.HUMAN
    verified = CliRunner().invoke(cli, ["verify", str(out)])
    assert verified.exit_code == 0 and "1 rest on opinions alone" in verified.output
