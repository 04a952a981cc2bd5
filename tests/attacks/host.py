"""The host's side: what is put there to be reached, and whether it was."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import json
import os
import pty
import secrets
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import termios
import threading
import tty
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

from .census import descendants, signature
from .table import Attack

_VICTIM = """
import ctypes, json, os, signal, sys
secret = ctypes.create_string_buffer(os.environ["CANARY_SECRET"].encode(), 64)
fd = os.open(sys.argv[1], os.O_RDONLY)
sys.stdout.write(json.dumps([ctypes.addressof(secret), fd]) + "\\n")
sys.stdout.flush()
signal.signal(signal.SIGIO, signal.SIG_DFL)
# Where only a process's ancestors may trace it (Yama), let anyone: that is not what is tested here.
ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)
while True: signal.pause()
"""
SECRET_VARIABLE = "CANARY_SECRET"
_LIBC = ctypes.CDLL(None, use_errno=True)
_HANDLE_BYTES = 128


class Victim(NamedTuple):
    """A process of the same user as the sandbox, which sleeps."""

    process: subprocess.Popen[str]
    address: int
    fd: int


def _secret() -> str:
    return f"canary-{secrets.token_hex(16)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Canaries:
    """Everything that attacks aim at. A context manager; `facts` tells an attack where to aim.

    It changes the environment and the controlling terminal of this process, which should be made for it.

    Attributes:
        descriptor: an open pipe's end that a child inherits unless someone prevents it.
    """

    def __init__(self, attacks: list[Attack]) -> None:
        self.secret, self.job_secret, self.heartbeat = _secret(), _secret(), _secret()
        self.token = secrets.token_hex(3)
        self._attacks = attacks
        self._numbers = {entry.name: number for number, entry in enumerate(attacks)}
        self._held = ExitStack()
        self._sent: list[bytes] = []
        self._victims: dict[str, Victim] = {}
        self._signatures: dict[str, Any] = {}
        self._stop = threading.Event()
        self._typed = b""

    def __enter__(self) -> Self:
        try:
            self._plant()
        except BaseException:
            self._held.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        # Closing the controlling terminal ends the session's leader, which is this process.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        for name in self._numbers:
            self._remove_ipc(name)
        self._held.close()

    def _plant(self) -> None:
        os.environ[SECRET_VARIABLE] = self.secret
        self._held.callback(os.environ.pop, SECRET_VARIABLE, None)
        self.root = Path(tempfile.mkdtemp(prefix="attacks-"))
        self._held.callback(shutil.rmtree, self.root, ignore_errors=True)
        self.root.chmod(0o755)
        self._plant_files()
        self._take_terminal()
        self._listen()
        reader, self.descriptor = os.pipe()
        os.set_inheritable(self.descriptor, True)
        os.set_blocking(reader, False)
        self._pipe = reader
        self._held.callback(os.close, reader)
        self._held.callback(os.close, self.descriptor)
        environment = {**os.environ, SECRET_VARIABLE: self.secret}
        wanting = [entry.name for entry in self._attacks if entry.victim]
        for name in wanting:
            self._victims[name] = self._start_victim(environment)
        for name, victim in list(self._victims.items()):
            assert victim.process.stdout is not None
            address, fd = json.loads(victim.process.stdout.readline())
            self._victims[name] = Victim(victim.process, address, fd)
        self._before = {name: self._state(victim) for name, victim in self._victims.items()}

    def _start_victim(self, environment: dict[str, str]) -> Victim:
        process = subprocess.Popen(
            [sys.executable, "-S", "-E", "-c", _VICTIM, str(self.file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
            start_new_session=True,
        )
        self._held.callback(_end, process)
        return Victim(process, 0, 0)

    def _plant_files(self) -> None:
        for name, mode in (("public", 0o755), ("drop", 0o777), ("files", 0o777), ("scratch", 0o777)):
            (self.root / name).mkdir()
            (self.root / name).chmod(mode)
        self.file = self.root / "public" / "public.txt"
        self.file.write_text(self.secret)
        self.file.chmod(0o644)
        # Not every file system keeps attributes.
        with suppress(OSError):
            os.setxattr(self.file, "user.canary", self.secret.encode())
        (self.root / "public" / "link").symlink_to(self.file)
        run = self.root / "runs" / "earlier"
        run.mkdir(parents=True)
        (run / "records.jsonl").write_text(self.secret)
        key = self.root / "home" / ".ssh" / "id_ed25519"
        key.parent.mkdir(parents=True)
        key.write_text(self.secret)
        key.chmod(0o600)
        self._set_uid = ""
        honoured = not os.statvfs(self.root).f_flag & os.ST_NOSUID
        if os.geteuid() == 0 and honoured and Path("/usr/bin/id").exists():
            planted = self.root / "public" / "set-uid"
            shutil.copy("/usr/bin/id", planted)
            planted.chmod(0o4755)
            self._set_uid = str(planted)
        for name in self._numbers:
            own = self.root / "files" / name
            own.write_text("as it was\n")
            own.chmod(0o666)
            self._signatures[name] = signature(own)

    def _take_terminal(self) -> None:
        """A terminal of our own as the controlling one, in raw mode so that what is typed can be read."""
        self._master, self._terminal = pty.openpty()
        self._held.callback(os.close, self._master)
        self._held.callback(os.close, self._terminal)
        tty.setraw(self._terminal)
        self.terminal = os.ttyname(self._terminal)
        # Refused where this process has one already, which does as well.
        with suppress(OSError):
            os.setsid()
        with suppress(OSError):
            fcntl.ioctl(self._terminal, termios.TIOCSCTTY, 0)

    def _listen(self) -> None:
        hold = self._held.enter_context
        self._tcp = hold(socket.create_server(("0.0.0.0", 0)))
        self._udp = hold(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self._udp.bind(("127.0.0.1", 0))
        self.unix, self.docker = str(self.root / "public" / "socket"), str(self.root / "public/docker.sock")
        self.abstract = f"canary-{self.token}"
        servers = [self._tcp]
        for address in (self.unix, self.docker, f"\0{self.abstract}"):
            server = hold(socket.socket(socket.AF_UNIX))
            server.bind(address)
            if not address.startswith("\0"):
                Path(address).chmod(0o777)
            server.listen(64)
            servers.append(server)
        for work in (lambda: self._answer(servers), self._beat):
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            self._held.callback(thread.join)
        self._held.callback(self._stop.set)

    def _answer(self, servers: list[socket.socket]) -> None:
        """Keep what comes, and answer with the secret."""
        while not self._stop.is_set():
            ready, _, _ = select.select([*servers, self._udp], [], [], 0.1)
            for each in ready:
                with suppress(OSError):
                    if each is self._udp:
                        data, sender = self._udp.recvfrom(2048)
                        self._sent.append(data)
                        self._udp.sendto(self.secret.encode(), sender)
                        continue
                    link, _ = each.accept()
                    with link:
                        link.settimeout(1)
                        self._sent.append(link.recv(2048))
                        link.sendall(self.secret.encode())

    def _beat(self) -> None:
        """Say something on the loopback device, and look for a socket by a name that is known."""
        name = f"\0{self.abstract}abstract_name_taken"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
            while not self._stop.wait(0.05):
                link.sendto(self.heartbeat.encode(), ("127.0.0.1", 9))
                with suppress(OSError), socket.socket(socket.AF_UNIX) as caller:
                    caller.connect(name)
                    self._sent.append(b"abstract_name_taken")
                    caller.sendall(self.secret.encode())

    def facts(self, entry: Attack, *, keeper: bool = False) -> dict[str, Any]:
        """Where `entry` is to aim. `keeper`: for the job that holds the secret which others look for."""
        name = entry.name
        number = self._numbers[name]
        facts: dict[str, Any] = {
            "name": name,
            "secret": _hash(self.secret),
            "job_secret": _hash(self.job_secret),
            "heartbeat": _hash(self.heartbeat),
            "host_name": _hash(os.uname().nodename),
            "machine": os.uname().machine,
            "host_pid": os.getpid(),
            "perf_paranoid": _setting("kernel/perf_event_paranoid"),
            "interfaces": len(socket.if_nameindex()) - 1,
            "file": str(self.file),
            "link": str(self.file.with_name("link")),
            "directory": str(self.file.parent),
            "runs": str(self.root / "runs"),
            "home": str(self.root / "home"),
            "scratch": str(self.root / "scratch"),
            "drop": str(self.root / "drop" / name),
            "own_file": str(self.root / "files" / name),
            "handle": _handle(self.file),
            "library": sysconfig.get_path("stdlib"),
            "packages": _some_package_files(),
            "set_uid": self._set_uid,
            "tcp": [("127.0.0.1", self._tcp.getsockname()[1])],
            "udp": self._udp.getsockname()[1],
            "unix": self.unix,
            "docker": self.docker,
            "abstract": self.abstract,
            "terminal": self.terminal,
            "comm": f"atk{self.token}{number}",
            "ipc_key": self._ipc_key(name),
            "processes": entry.limits.processes,
            "memory_bytes": entry.limits.memory_bytes,
            "file_bytes": entry.limits.file_bytes,
            "victim_pid": 0,
        }
        if name in self._victims:
            victim = self._victims[name]
            facts |= {"victim_pid": victim.process.pid, "victim_address": victim.address}
            facts["victim_fd"] = victim.fd
        if keeper:
            facts["job_secret_text"] = self.job_secret
        return facts

    def touched(self, entry: Attack) -> list[str]:
        """What of the host's own an attack got at, as the host sees it."""
        name = entry.name
        found = []
        if any(_named(name, data) for data in self._sent):
            found.append("a listener heard of it")
        if (self.root / "drop" / name).exists():
            found.append("a file was written")
        if signature(self.root / "files" / name) != self._signatures[name]:
            found.append("a file was changed")
        if name in self._victims and self._state(self._victims[name]) != self._before[name]:
            found.append("a process was changed")
        if self._lives(entry):
            found.append("a process outlives the job")
        if self._remove_ipc(name):
            found.append("shared memory, a semaphore or a queue is there")
        if name == "inherited_descriptors" and select.select([self._pipe], [], [], 0)[0]:
            found.append("a descriptor was written to")
        if name == "type_into_terminal" and select.select([self._terminal], [], [], 0)[0]:
            self._typed += os.read(self._terminal, 100)
            found.append("a terminal was typed into")
        return found

    def _lives(self, entry: Attack) -> bool:
        comm = f"atk{self.token}{self._numbers[entry.name]}"
        return any(process.name == comm for process in descendants(os.getpid()))

    def _ipc_key(self, name: str) -> int:
        return (int(self.token, 16) << 8 | self._numbers[name]) & 0x7FFFFFFF

    def _remove_ipc(self, name: str) -> bool:
        key, found = self._ipc_key(name), False
        if (segment := _LIBC.shmget(key, 0, 0)) >= 0:
            found = _LIBC.shmctl(segment, 0, None) == 0
        if (semaphore := _LIBC.semget(key, 0, 0)) >= 0:
            found = _LIBC.semctl(semaphore, 0, 0) == 0
        if (queue := _LIBC.msgget(key, 0)) >= 0:
            found = _LIBC.msgctl(queue, 0, None) == 0
        comm = f"atk{self.token}{self._numbers[name]}"
        unlink = getattr(_LIBC, "mq_unlink", None)
        if unlink is not None and unlink(f"/{comm}".encode()) == 0:
            found = True
        memory = Path("/dev/shm", comm)
        if memory.exists():
            memory.unlink()
            found = True
        for place in ("/tmp", "/var/tmp", "/dev/shm", str(self.root / "scratch")):
            Path(place, f"{comm}.left").unlink(missing_ok=True)
        return found

    def _state(self, victim: Victim) -> Any:
        """Alive or not, its priority, its limits and its secret."""
        pid = victim.process.pid
        try:
            stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            limits = Path(f"/proc/{pid}/limits").read_text()
            with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
                memory.seek(victim.address)
                held = memory.read(39) if victim.address else b""
        except OSError:
            return "gone"
        if stat[0] in "ZX":
            return "gone"
        return ("stopped" if stat[0] in "Tt" else "alive", stat[16], limits, held)


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _named(name: str, data: bytes) -> bool:
    word = name.encode()
    return (
        data == word
        or b"\n" + word in data
        or b" " + word + b"\r" in data
        or bytes([len(word)]) + word in data
    )


def _handle(path: Path) -> str:
    """The file's handle as `open_by_handle_at` takes it, in hex."""
    buffer = ctypes.create_string_buffer(struct.pack("=I", _HANDLE_BYTES) + bytes(4 + _HANDLE_BYTES))
    mount = ctypes.c_int()
    if _LIBC.name_to_handle_at(-100, str(path).encode(), buffer, ctypes.byref(mount), 0) != 0:
        return ""
    return buffer.raw.hex()


def _setting(name: str) -> int:
    try:
        return int(Path("/proc/sys", name).read_text())
    except (OSError, ValueError):
        return 0


def _some_package_files() -> list[str]:
    place = Path(sysconfig.get_path("purelib"))
    return [str(path) for path in sorted(place.glob("*/__init__.py"))[:3]]
