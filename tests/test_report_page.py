"""The report as a page: its numbers are those of the run, texts are inert in it, and a browser opens it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import example, given
from hypothesis import strategies as st
from kept_files import records, rejections
from pages import Read, opened, read_page
from released import code_record, judged_record, math_record
from rouge_score import rouge_scorer
from scripted_evol import FAILED, KEPT, respond_by

import proofset
from proofset.agents.judging.hearing import CHECK
from proofset.cli import cli
from proofset.collapse.meaning import WordVectors, vendi
from proofset.collapse.wording import distinct
from proofset.errors import UsageError
from proofset.memory.novelty.tokens import unicode_words
from proofset.models.scripted import ScriptedChat
from proofset.records import Record, Rejection, upper_bound, well_formed
from proofset.release.page import page_of
from proofset.release.page.breadth import breadth_of, principal
from proofset.release.page.gathering import gather, spread
from proofset.release.page.lengths import EDGES
from proofset.release.page.similarity import binned, similarity_of
from proofset.release.page.writing import inert, write_page
from proofset.seeds import load_seed_instructions
from proofset.tools.sandbox import Sandbox

SLOTS = 36


def fate(slot: int, round_: int) -> str:
    if round_ < 0 and slot % 9 == 4:
        return "judge: judged_low"
    return FAILED[slot % 8] if (slot + round_) % 5 == 2 else KEPT


def start(out: Path, **settings: Any) -> Path:
    chat = ScriptedChat(respond=respond_by(fate))
    given = {"judge_canary_share": 0.3, "judge_samples": 3, **settings}
    asyncio.run(proofset.arun("evol_instruct", n=SLOTS, model=chat, out=out, settings=given))
    return out


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, shared_sandbox: object) -> Path:
    return start(tmp_path_factory.mktemp("page") / "run")


@pytest.fixture(scope="module")
def page(run: Path) -> Read:
    said = report(run, "--html")
    assert said.exit_code == 0
    return read_page(run / "report.html")


@pytest.fixture(scope="module")
def kept(run: Path) -> list[Record]:
    return records(run)


def report(*words: object) -> Result:
    return CliRunner().invoke(cli, ["report", *map(str, words)])


def test_it_holds_the_numbers_of_the_report(run: Path, page: Read) -> None:
    told = json.loads(report(run, "--json").output)
    assert page.blocks["data"]["report"] == told
    assert told["kept"] > 12
    assert sum(one["kept"] for one in told["rounds"]) == told["kept"]
    each, usage = page.blocks["data"]["per_kept"], told["usage"]
    assert each["calls"] == usage["calls"] / told["kept"]
    assert each["input_tokens"] == usage["input_tokens"] / told["kept"]
    assert each["output_tokens"] == usage["output_tokens"] / told["kept"]
    assert each["usd"] is None


def test_roles_have_the_calls_of_the_run(page: Read) -> None:
    told = page.blocks["data"]["report"]
    by_role = {one["name"]: one for one in told["by"]["role"]}
    assert {"evolver", "critic", "solver", "judge"} <= by_role.keys()
    assert sum(one["usage"]["calls"] for one in by_role.values()) == told["usage"]["calls"]
    # The judge hears all that is kept; the evolver has no part in an attempt that goes on with a parent.
    assert by_role["judge"]["kept"] == told["kept"] > by_role["evolver"]["kept"]


def test_its_table_holds_every_record_and_its_pieces_hold_them_whole(page: Read, kept: list[Record]) -> None:
    rows, table = page.blocks["rows"], page.blocks["data"]["table"]
    assert rows["id"] == [record.id for record in kept]
    assert rows["slot"] == [record.lineage.slot for record in kept]
    assert rows["tokens"] == [record.cost.input_tokens + record.cost.output_tokens for record in kept]
    for name, values in {
        "grade": [record.verdict.grade for record in kept],
        "operators": [", ".join(record.lineage.operators) for record in kept],
    }.items():
        assert [rows[name]["names"][place] for place in rows[name]["of"]] == values
    assert table["detailed"] == len(kept)
    whole = [one for number in range(len(page.blocks) - 2) for one in page.blocks[f"piece-{number}"]]
    for one, record in zip(whole, kept, strict=True):
        messages = [message.model_dump() for message in record.messages]
        assert Record.model_validate({**one, "messages": messages}) == record


def test_lengths_are_those_of_records_and_seeds(page: Read, kept: list[Record]) -> None:
    lengths = page.blocks["data"]["lengths"]
    for name, texts in (
        ("synthetic", [record.instruction for record in kept]),
        ("human", [seed.problem for seed in load_seed_instructions()]),
    ):
        words = [len(text.split()) for text in texts]
        shown = lengths[name]
        assert (shown["texts"], shown["mean"]) == (len(texts), round(float(np.mean(words)), 2))
        assert shown["counts"] == np.histogram(words, [*EDGES, 10**9])[0].tolist()


def test_similarity_is_that_of_rouge_score(page: Read, kept: list[Record]) -> None:
    shown = page.blocks["data"]["similarity"]
    assert (shown["source"], shown["measured"], shown["of"]) == ("kept", len(kept), len(kept))
    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=True)
    texts = [record.instruction for record in kept]
    nearest = [
        max(scorer.score(other, text)["rougeL"].fmeasure for b, other in enumerate(texts) if b != a)
        for a, text in enumerate(texts)
    ]
    assert shown["bins"] == binned(nearest, 20)
    assert shown["median"] == round(float(np.median(nearest)), 4)
    assert shown["above"] == sum(score > 0.7 for score in nearest) == 0


def test_similarity_is_the_gates_where_the_run_kept_it(run: Path, tmp_path: Path) -> None:
    out = start(tmp_path / "run", neighbours=2)
    shown = page_of(out).data["similarity"]
    scores = [record.lineage.similar[0].score for record in records(out)]
    assert (shown["source"], shown["bins"]) == ("lineage", binned(scores, 20))


def test_the_threshold_itself_is_left_of_its_line() -> None:
    counts = binned([0.0, 0.01, 0.35, 2 * 7 / 20, 0.7 + 1e-6, 0.75, 1.0], 20)
    assert {place: count for place, count in enumerate(counts) if count} == {0: 2, 6: 1, 13: 1, 14: 2, 19: 1}


def test_two_that_are_the_same_are_each_others_nearest() -> None:
    found = gather([judged_record(0), judged_record(1), judged_record(2)])
    found.instructions[1] = found.instructions[0]
    shown = similarity_of(found)
    assert shown["bins"][-1] == 2
    assert similarity_of(gather([judged_record(0)]))["measured"] == 0


def test_diversity_is_by_tenths_of_equal_size(page: Read, kept: list[Record]) -> None:
    shown = page.blocks["data"]["diversity"]
    size = len(kept) // 10
    assert (shown["records"], shown["left_over"]) == (size, len(kept) - 10 * size)
    words = [unicode_words(record.instruction) for record in kept]
    tenths = [words[part * size : (part + 1) * size] for part in range(10)]
    budget = min(sum(len(text) - 1 for text in texts) for texts in tenths)
    by_words = WordVectors([unicode_words(seed.problem) for seed in load_seed_instructions()])
    for one, texts in zip(shown["parts"], tenths, strict=True):
        assert one["distinct_2"] == round(distinct(texts, 2, budget), 4)
        assert one["vendi"] == round(vendi(by_words.vectors(texts)), 3)


def test_the_map_has_all_records_and_seeds(page: Read, kept: list[Record]) -> None:
    shown = page.blocks["data"]["map"]
    assert [place for place, _, _ in shown["kept"]] == list(range(len(kept)))
    assert len(shown["seeds"]) == len(load_seed_instructions())
    assert 1 > shown["explained"][0] >= shown["explained"][1] > 0


def test_texts_that_are_all_the_same_have_one_place() -> None:
    found = gather([judged_record(0)] * 12)
    shown = breadth_of(found, [])
    assert (shown["map"]["explained"], shown["map"]["seeds"]) == ([0.0, 0.0], [])
    assert {tuple(point[1:]) for point in shown["map"]["kept"]} == {(0.0, 0.0)}
    assert [one["vendi"] for one in shown["diversity"]["parts"]] == [1.0] * 10
    assert (shown["diversity"]["records"], shown["diversity"]["left_over"]) == (1, 2)


def test_principal_components_are_those_of_the_covariance() -> None:
    rows = np.random.default_rng(3).normal(size=(40, 6)).astype(np.float32) * [5, 3, 1, 1, 1, 1]
    points, explained = principal(rows.astype(np.float32))
    values = np.linalg.eigvalsh(np.cov(rows.T, bias=True))[::-1]
    assert points.var(axis=0) == pytest.approx(values[:2], rel=1e-4)
    assert explained == pytest.approx(values[:2] / values.sum(), rel=1e-4)


def test_the_judge_and_its_canaries_are_those_of_records_and_rejections(run: Path, page: Read) -> None:
    made: list[Record | Rejection] = [*records(run), *rejections(run)]
    opinions: list[Any] = [
        evidence.observed
        for one in made
        for evidence in (one.verdict.evidence if one.verdict else ())
        if evidence.check == CHECK
    ]
    shown = page.blocks["data"]["judge"]
    assert shown["opinions"] == len(opinions) > 12
    quality = Counter(int(one["scores"]["quality"]) for one in opinions)
    assert shown["scores"]["quality"] == [quality[mark] for mark in range(1, 6)]
    assert shown["self_agreement"]["measured"] == len(opinions)
    assert shown["self_agreement"]["bins"][-1] == len(opinions)
    canaries = [one["canary"] for one in opinions if one["canary"]]
    (row,) = shown["canaries"]
    passed = sum(one["outcome"] == "passed" for one in canaries)
    assert (row["canaries"], row["false_accepts"]) == (len(canaries), passed)
    assert row["canaries"] > 2
    assert shown["audit"] is None


@pytest.mark.parametrize(
    ("count", "most", "places"), [(3, 5, [0, 1, 2]), (10, 5, [0, 2, 4, 6, 8]), (0, 5, [])]
)
def test_a_part_is_spread_over_the_whole(count: int, most: int, places: Sequence[int]) -> None:
    assert list(spread(count, most)) == places


@given(st.text(st.characters()))
@example("half a sign: \ud83d")
def test_no_text_leaves_its_block(text: str) -> None:
    safe = inert(json.dumps(text, ensure_ascii=False))
    assert not set(safe) & set("<>&\u2028\u2029")
    assert json.loads(safe) == well_formed(text)


HOSTILE = (
    "</script><script>document.title='broken'</script>",
    "<!-- <script> --> <!--<script>",
    '<img src="https://example.org/x" onerror="document.title=\'broken\'">',
    "a\u2028b\u2029c ]]> &lt;b&gt; \0 \ufeff \\u003c/script> ' \" ` ${1}",
    "</ScRiPt\n><style>*{display:none}</style>",
)


def hostile(run: Path, tmp_path: Path) -> Path:
    page = page_of(run)
    for place, text in enumerate(HOSTILE):
        for column in ("id", "text"):
            page.rows[column][place] = text
        page.rows["topic"]["names"].append(text)
        page.rows["topic"]["of"][place] = len(page.rows["topic"]["names"]) - 1
    made = [
        judged_record(place).model_copy(update={"instruction": text, "output": text})
        for place, text in enumerate(HOSTILE)
    ]
    page.pieces[0] = f"[{','.join(one.model_dump_json() for one in made)}]"
    page.data["report"]["reasons"][HOSTILE[0]] = 3
    page.data["report"]["graph"] = HOSTILE[2]
    page.data["report"]["by"]["topic"] = [
        {**page.data["report"]["by"]["operator"][0], "name": text} for text in HOSTILE
    ]
    out = tmp_path / "hostile.html"
    write_page(page, run, out)
    return out


def test_hostile_texts_are_inert(run: Path, page: Read, tmp_path: Path) -> None:
    read = read_page(hostile(run, tmp_path))
    assert (read.programs, read.tags) == (page.programs, page.tags)
    assert tuple(read.blocks["rows"]["text"][: len(HOSTILE)]) == HOSTILE
    assert tuple(one["output"] for one in read.blocks["piece-0"]) == HOSTILE


def test_the_policy_allows_this_program_and_no_request(run: Path, page: Read) -> None:
    text = (run / "report.html").read_text()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    (program,) = page.programs
    said = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{said}';" in policy
    assert "unsafe" not in policy
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(", program)
    assert not re.search(
        r"""(src|href)=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)""",
        program + text.partition("<main")[0],
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_opens_it_without_an_error_or_a_request(
    run: Path, page: Read, kept: list[Record], scheme: str
) -> None:
    path = run / "report.html"
    with opened(path, color_scheme=scheme) as browser:
        shown = browser.page
        assert shown.title() == "evol_instruct – proofset report"
        assert shown.locator("#panels svg").count() >= 9
        assert shown.locator("#rows-shown tr").count() == min(50, len(kept))
        shown.locator("button.open").first.click()
        details = shown.locator("tr.details").inner_text()
        assert kept[0].output in details
        assert "judge_opinion" in details
        shown.fill("#find", kept[-1].id.upper())
        shown.locator("#where", has_text=re.compile("^1 – 1 of 1$")).wait_for()
        assert shown.locator("#rows-shown tr").count() == 1
        shown.select_option("#part", "role")
        assert "evolver" in shown.locator("#yield-rows").inner_text()
        assert browser.said == []
        assert browser.requests == [path.absolute().as_uri()]


def test_a_browser_shows_hostile_texts_as_texts(run: Path, tmp_path: Path) -> None:
    path = hostile(run, tmp_path)
    with opened(path) as browser:
        shown = browser.page
        for place in range(len(HOSTILE)):
            shown.locator("button.open").nth(place).click()
        shown.select_option("#part", "topic")
        assert shown.title().endswith("– proofset report")
        assert HOSTILE[0] in shown.locator("tr.details").first.inner_text()
        assert shown.locator("img").count() == 0
        assert shown.locator("body script:not([type])").count() == 1
        assert browser.said == []
        assert browser.requests == [path.absolute().as_uri()]


def test_a_browser_shows_tests_answers_and_refuted_solutions(
    run: Path, tmp_path: Path, shared_sandbox: Sandbox
) -> None:
    async def make() -> list[Record]:
        return [
            await code_record(0, shared_sandbox, wrong=True),
            await math_record(1, shared_sandbox, false_step=True),
        ]

    code, math = asyncio.run(make())
    page = page_of(run)
    page.pieces[0] = f"[{code.model_dump_json()},{math.model_dump_json()}]"
    write_page(page, run, tmp_path / "hard.html")
    with opened(tmp_path / "hard.html") as browser:
        shown = browser.page
        for place in range(2):
            shown.locator("button.open").nth(place).click()
        by_code, by_math = shown.locator("tr.details").all_inner_texts()
        assert code.tests[0] in by_code
        assert "solution 2" in by_code
        assert "solution_passes_tests" in by_code
        assert math.answer
        assert f'"value": "{math.answer.value}"' in by_math
        assert shown.locator("tr.details td.fail").count() >= 2
        assert browser.said == []


def test_whole_records_are_held_up_to_a_size(run: Path, kept: list[Record]) -> None:
    page = page_of(run, max_detail_bytes=20_000)
    held = [one for piece in page.pieces for one in json.loads(piece)]
    assert 0 < len(held) == page.data["table"]["detailed"] < len(kept)
    assert [one["id"] for one in held] == [record.id for record in kept[: len(held)]]
    assert len(page.rows["id"]) == len(kept)


def test_the_audit_of_the_hard_verifiers_is_shown(run: Path, tmp_path: Path) -> None:
    decisions = ["accept", "abstain", "abstain", *["reject"] * 37]
    tried = [
        {
            "source": "audit",
            "verifier": "check_code",
            "kind": "mutant",
            "told": "returned in line 2",
            "known": {"by": "separating_input", "shown": "assert f(1) == 2"},
            "fingerprint": str(number),
            "grade": "checked",
            "decision": decision,
        }
        for number, decision in enumerate(decisions)
    ]
    written = {"audit_version": 2, "seed": 0, "records": 9, "verifiers": [], "canaries": tried}
    (run / "audit.json").write_text(json.dumps(written))
    try:
        shown = page_of(run).data["judge"]["audit"]["verifiers"]
        (row,) = (one for one in shown if one["verifier"] == "check_code")
        counts = {"canaries": 40, "false_accepts": 1, "bound_95": pytest.approx(upper_bound(1, 40))}
        assert row == {
            "verifier": "check_code",
            **counts,
            "abstained": 2,
            "in_run": 0,
            "topped_up": 40,
            "kinds": {"mutant": counts},
            "grades": {"checked": counts},
        }
        (run / "audit.json").write_text("{}")
        said = report(run, "--html", tmp_path / "a.html")
        assert isinstance(said.exception, UsageError)
        assert "audit the run anew" in str(said.exception)
        assert list(tmp_path.iterdir()) == []
    finally:
        (run / "audit.json").unlink()


def test_json_goes_on_standard_output_beside_the_page(run: Path, tmp_path: Path) -> None:
    said = report(run, "--html", tmp_path / "b.html", "--json")
    assert said.stdout == report(run, "--json").stdout
    assert said.stderr.startswith(f"{tmp_path / 'b.html'}: ")


def test_the_same_run_gives_the_same_page(run: Path, page: Read, tmp_path: Path) -> None:
    assert report(run, "--html", tmp_path / "again.html").exit_code == 0
    assert (tmp_path / "again.html").read_bytes() == (run / "report.html").read_bytes()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("records.jsonl", "ends in .html"),
        ("", "no run"),
        ("taken.html", "no directory"),
        ("none/a.html", "cannot write it"),
    ],
)
def test_bad_input_gets_one_line_and_changes_nothing(run: Path, tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "taken.html").mkdir()
    before = (run / "records.jsonl").read_bytes()
    result = (
        report(run, "--html", run / name if name == "records.jsonl" else tmp_path / name)
        if name
        else report(tmp_path, "--html")
    )
    assert isinstance(result.exception, UsageError)
    assert said in str(result.exception)
    assert "\n" not in str(result.exception)
    assert (run / "records.jsonl").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["taken.html"]


def test_a_run_that_kept_nothing_has_a_page(tmp_path: Path, needs_sandbox: None) -> None:
    chat = ScriptedChat(respond=respond_by(lambda slot, round_: "judge: judged_low"))
    asyncio.run(
        proofset.arun(
            "evol_instruct", n=2, model=chat, out=tmp_path / "run", settings={"judge_canary_share": 0.0}
        )
    )
    assert report(tmp_path / "run", "--html").exit_code == 0
    data = read_page(tmp_path / "run/report.html").blocks["data"]
    assert (data["records"], data["map"], data["diversity"], data["per_kept"]["calls"]) == (
        0,
        None,
        None,
        None,
    )
    with opened(tmp_path / "run/report.html") as browser:
        assert browser.said == []
