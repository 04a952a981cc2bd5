"""One config for file, flags and Python: shown with its sources, checked by line, described by a schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from test_plugins import main_of

from proofset.agents import Settings
from proofset.engine import RunConfig, layered, make_config, open_config_file, order, read_config_file
from proofset.engine.config_file import _SECRET_KEY
from proofset.engine.schema import HINT, config_schema
from proofset.errors import UsageError

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "docs/schema/run.json"


@pytest.fixture(autouse=True)
def without_prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No table of prices of whoever runs the tests, and no key."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-config"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def written(place: Path, text: str) -> Path:
    path = place / "run.yaml"
    path.write_text(text)
    return path


def shown(*arguments: str | Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    assert main_of("config", "show", *arguments, "--json") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {line["place"]: line for line in lines}


def test_flags_win_over_the_file_and_the_file_over_defaults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(
        tmp_path,
        "graph: verified_math\nn: 60\nkeep: 3\nmodels: {judge: 'openai:a'}\nbudget: {calls: 9}\n"
        "settings:\n  n_attempts: 2\n  exemplars: 4\n",
    )
    found = shown("--config", file, "--n", "5", "--seed", "0", "--model", "openai:b", capsys=capsys)
    assert {
        place: (line["value"], line["source"]) for place, line in found.items() if line["source"] != "default"
    } == {
        "graph": ("verified_math", f"config {file} line 1"),
        "n": (5, "flag --n"),
        "keep": (3, f"config {file} line 3"),
        "seed": (0, "flag --seed"),
        "models.judge": ("openai:a", f"config {file} line 4"),
        "models.default": ("openai:b", "flag --model"),
        "budget.calls": (9, f"config {file} line 5"),
        "settings.n_attempts": (2, f"config {file} line 7"),
        "settings.exemplars": (4, f"config {file} line 8"),
    }
    assert found["n"]["note"] == f"over 60 of config {file} line 2"
    assert found["settings.tests"]["value"] == Settings().tests
    other = shown("verified_code", "--config", file, "--semantic", "--budget-usd", "0.5", capsys=capsys)
    assert other["graph"]["source"] == "argument GRAPH"
    assert other["settings.novelty_embedder"]["source"] == "flag --semantic"
    assert other["budget.usd"] == {
        "text": "  usd: 0.5",
        "place": "budget.usd",
        "value": 0.5,
        "source": "flag --budget-usd",
        "note": "",
    }


@pytest.mark.parametrize("changed", [True, False])
def test_what_is_shown_is_a_config_file_itself(
    tmp_path: Path, changed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["verified_code", "--n", "7", "--model", "openai:x@http://h/v1", "--against", "a.jsonl"]
    more = ["--agent", "judge=m:a", "--budget-calls", "0"]
    assert main_of("config", "show", *arguments, *more, *(["--changed"] if changed else [])) == 0
    file = written(tmp_path, capsys.readouterr().out)
    again = make_config(read_config_file(file))
    assert (again.graph, again.n, again.against) == ("verified_code", 7, ("a.jsonl",))
    assert (again.models, again.agents) == ({"default": "openai:x@http://h/v1"}, {"judge": "m:a"})
    assert again.budget.calls == 0
    assert again.settings == Settings()


def test_the_table_of_prices_and_a_recorded_run_are_sources(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "no-config/proofset/prices.yaml"
    table.parent.mkdir(parents=True)
    table.write_text("gpt-5: {input: 1, output: 2}\nmy-key: {input: 1, output: 2}\n")
    found = shown("verified_math", "--n", "1", capsys=capsys)
    assert found["prices.gpt-5"]["source"] == f"prices {table}"
    assert found["models.default"]["source"] == "default"


def test_the_environment_is_told_and_no_secret_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("verified_math", "--n", "1", "--model", "openai:gpt-5")
    assert main_of("config", "show", *arguments) == 0
    assert "# environment: OPENAI_API_KEY is not set, for openai:gpt-5" in capsys.readouterr().out
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-indeed")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://user:hidden@host/v1?key=hidden")
    assert main_of("config", "show", *arguments) == 0
    told = capsys.readouterr().out
    assert "OPENAI_API_KEY is set" in told
    assert "OPENAI_BASE_URL is https://host/v1" in told
    assert "secret" not in told and "hidden" not in told


WRONG = [
    ("windows: 3", "line 2: windows: there is no such key; did you mean window?"),
    (
        "settings: {n_atempts: 1}",
        "line 2: settings.n_atempts: there is no such key; did you mean settings.n_attempts?",
    ),
    ("n_attempts: 1", "line 2: n_attempts: it belongs elsewhere: write it as settings.n_attempts"),
    ("n_atempts: 1", "line 2: n_atempts: there is no such key; did you mean settings.n_attempts?"),
    ("settings: {keep: 1}", "line 2: settings.keep: it belongs elsewhere: write it as keep"),
    ("xyzzy: 1", "xyzzy: there is no such key; the nearest is"),
    ("budget: {call: 1}", "budget.call: there is no such key; did you mean budget.calls?"),
    (
        "prices: {gpt-5: {input: 1, output: 2, outputs: 2}}",
        "prices.gpt-5.outputs: there is no such key; did you mean",
    ),
    ("keep: many", "line 2: keep: Input should be a valid integer"),
    ("settings: 5", "line 2: settings: write keys and values below it"),
    ("models: {judge: 5}", "line 2: models.judge: write a spec, such as openai:NAME"),
    ("models: {poet: 'openai:x'}", "line 2: models.poet: no role 'poet'"),
    ("agents: {judg: 'a:b'}", "line 2: agents.judg: no role 'judg'; did you mean judge?"),
    ("n: 3\nn: 4", "line 3: n is there twice, first in line 2; keep one"),
    ("settings:\n  tests: 3\n  tests: 4", "line 4: settings.tests is there twice, first in line 3"),
    ("1: 2", "line 2: the key '1' is no name; quote it"),
    ("n: [1", "no valid YAML"),
    ("when: 2026-99-99", "no valid YAML"),
]


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[text for text, _ in WRONG])
def test_what_is_wrong_in_a_file_is_one_line_with_its_place(
    tmp_path: Path, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, f"keep: 1\n{text}\n" if not text.startswith("keep") else f"\n{text}\n")
    out = tmp_path / "out"
    code = main_of(
        "run", "verified_math", "--n", "1", "--model", "scripted:x", "--config", file, "--out", out
    )
    told = capsys.readouterr().err
    assert code == 2
    assert f"error: config {file}" in told and message in told
    assert len(told.splitlines()) == 1
    assert not out.exists()
    assert main_of("config", "validate", file, "verified_math") == 1
    assert message in capsys.readouterr().err


SECRETS = [
    "api_key: {0}",
    "OPENAI_API_KEY: {0}",
    "settings: {{openai-api-key: {0}}}",
    "budget: {{password: {0}}}",
    "hf_token: {0}",
    "memory: sk-{0}",
    "ledger: 'postgresql://me:{0}@db/data'",
    "against: ['https://me:{0}@host/a.jsonl']",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_in_a_file_is_refused_and_not_repeated(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "abcdefghijklmnopqrstuvwxyz"
    file = written(tmp_path, f"n: 1\n{text.format(secret)}\n")
    assert main_of("config", "show", "verified_math", "--config", file) == 2
    told = capsys.readouterr().err
    assert f"config {file} line 2: " in told and "looks like a secret" in told
    assert len(told.splitlines()) == 1
    assert secret not in told


def test_no_name_of_ours_looks_like_a_secret() -> None:
    names = [*RunConfig.model_fields, *Settings.model_fields, "calls", "tokens", "usd", "input", "output"]
    assert [name for name in names if _SECRET_KEY.search(name)] == []


def test_names_of_models_may_look_like_secrets(tmp_path: Path) -> None:
    file = written(tmp_path, "prices: {my-key: {input: 1, output: 2}}\n")
    assert open_config_file(file).values["prices"] == {"my-key": {"input": 1, "output": 2}}


def test_anchors_and_merges_are_yaml_as_ever(tmp_path: Path) -> None:
    file = written(tmp_path, "prices:\n  a: &a {input: 1, output: 2}\n  b: {<<: *a, output: 3}\n")
    assert open_config_file(file).values["prices"]["b"] == {"input": 1, "output": 3}


def test_several_faults_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, "graph: verified_math\nn: 0\nkeep: 0\nwindows: 3\n")
    assert main_of("config", "validate", file) == 1
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(f"config {file} ")[2].partition(":")[0] for line in told[:3]] == [
        "line 2",
        "line 3",
        "line 4",
    ]
    assert told[3] == f"error: {file} is not valid: 3 faults"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("n: 3", "it names no graph; give one after the file's name"),
        ("graph: verified_maths", "did you mean verified_math?"),
        ("graph: verified_math\nmodels: {default: gpt}", "model spec 'gpt': write openai:NAME"),
        ("graph: verified_math\nagents: {judge: nowhere.at_all:x}", "importing nowhere.at_all failed"),
        ("graph: verified_math\nsettings: {seeds: none.jsonl}", "none.jsonl"),
        ("graph: verified_math\nagainst: [none.jsonl]", "against: none.jsonl is not there"),
        ("graph: verified_math\nsettings: {prompts: nowhere}", "nowhere"),
    ],
)
def test_what_a_file_names_is_looked_at(
    tmp_path: Path, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, f"{text}\n")
    assert main_of("config", "validate", file) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: ") and message in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("example", sorted(path.name for path in (ROOT / "examples").glob("*.yaml")))
def test_the_examples_are_valid_and_name_their_schema(
    example: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = ROOT / "examples" / example
    assert main_of("config", "validate", path) == 0
    assert f"{path} is valid for" in capsys.readouterr().out
    first = path.read_text().splitlines()[0]
    assert first.startswith(HINT)
    assert (path.parent / first.removeprefix(HINT)).resolve() == SCHEMA
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(yaml.safe_load(path.read_text()), json.loads(SCHEMA.read_text()))


def test_the_schema_in_docs_is_that_of_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main_of("config", "schema") == 0
    told = "proofset config schema > docs/schema/run.json"
    assert capsys.readouterr().out == SCHEMA.read_text(encoding="utf-8"), told


def test_the_schema_of_a_graph_knows_its_roles(capsys: pytest.CaptureFixture[str]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    assert main_of("config", "schema", "verified_math") == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate({"graph": "verified_math", "models": {"judge": "openai:x"}}, schema)
    for wrong in (
        {"graph": "other"},
        {"models": {"poet": "x"}},
        {"windows": 1},
        {"agents": {"default": "a:b"}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)
    with pytest.raises(UsageError, match="no graph"):
        config_schema("verified_maths")


def test_a_role_that_no_graph_has_is_refused_from_python(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"run: models\.poet: no role 'poet'"):
        order("verified_math", n=1, model={"poet": "openai:x"}, out=tmp_path / "out")
    with pytest.raises(UsageError, match=r"run: agents\.judg: no role 'judg'; did you mean judge"):
        order("verified_math", n=1, model="openai:x", out=tmp_path / "out", agents={"judg": print})
    with pytest.raises(UsageError, match="run: windows: there is no such key; did you mean window"):
        order("verified_math", n=1, model="openai:x", out=tmp_path / "out", windows=3)


def test_a_graph_in_the_file_is_run_and_an_argument_wins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main_of("run", "--n", "1", "--out", out) == 2
    assert "GRAPH is missing: name one" in capsys.readouterr().err
    file = written(tmp_path, "graph: nothing_such\nn: 1\n")
    assert main_of("run", "--config", file, "--out", out) == 2
    assert "no graph 'nothing_such'" in capsys.readouterr().err
    assert shown("verified_code", "--config", file, capsys=capsys)["graph"]["value"] == "verified_code"


keys = st.sampled_from([*RunConfig.model_fields, *Settings.model_fields, "x", "on", "é"])
plain = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.text(max_size=8)
parts = plain | st.lists(plain, max_size=3)
values = parts | st.dictionaries(keys, parts | st.dictionaries(keys, plain, max_size=2), max_size=3)


@given(st.dictionaries(keys, values, max_size=5))
def test_any_values_are_taken_or_refused_in_one_line(tmp_path_factory: Any, made: dict[str, Any]) -> None:
    path = tmp_path_factory.mktemp("config") / "c.yaml"
    path.write_text(yaml.safe_dump({"graph": "verified_math", "n": 1, **made}, allow_unicode=True))
    try:
        config = layered(open_config_file(path), []).config()
    except UsageError as error:
        assert "\n" not in str(error).strip()
        return
    assert isinstance(config, RunConfig)


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_file_is_taken_or_refused_in_one_line(tmp_path_factory: Any, content: str | bytes) -> None:
    path = tmp_path_factory.mktemp("config") / "c.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
    try:
        assert isinstance(open_config_file(path).values, dict)
    except UsageError as error:
        assert str(error).startswith(f"config {path}")
        assert "\n" not in str(error)
