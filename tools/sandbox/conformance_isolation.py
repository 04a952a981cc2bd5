"""The kit's checks of what a job must not reach. Each puts the thing there first, then looks inside."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import socket
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from .expecting import Unmet, expect
from .interface import Sandbox
from .job import Job

_HOST_PATHS = ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/root", "/home", "/var", "/boot", "/sys")

_FIND_FILES = """
import os
found = []
for path in {paths!r}:
    try:
        entries = os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read(20)
    except OSError:
        continue
    if entries: found.append(path)
print(found)
"""

_CONNECT = """
import socket
reached = []
def attempt(name, family, kind, address):
    try:
        with socket.socket(family, kind) as s:
            s.settimeout(2)
            s.connect(address)
            s.send({token!r})
            if kind == socket.SOCK_DGRAM: s.recv(1)
            reached.append(name)
    except OSError:
        pass
for host in {hosts!r}:
    attempt('tcp ' + host, socket.AF_INET, socket.SOCK_STREAM, (host, {tcp}))
attempt('udp', socket.AF_INET, socket.SOCK_DGRAM, ('127.0.0.1', {udp}))
attempt('abstract', socket.AF_UNIX, socket.SOCK_STREAM, {abstract!r})
print(reached)
"""

_PRIVILEGES = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
data = (ctypes.c_uint32 * 6)()
asked = libc.capget(header, data)
PR_GET_NO_NEW_PRIVS = 39
print(asked, any(data), libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0))
"""

_GAIN = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
gained = []
for uid in (0, 1, 65533):
    try: os.setuid(uid)
    except OSError: continue
    gained.append(f'uid {uid}')
for name, flag in dict(user=0x10000000, net=0x40000000, mount=0x00020000).items():
    if libc.unshare(flag) == 0: gained.append(f'{name} namespace')
if libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0: gained.append('mount')
print(gained)
"""

_LEAVE = """
import os
left = 0
for root in {places!r}:
    for place, below, _ in os.walk(root):
        if place.count('/') > 2: below.clear()
        try:
            with open(os.path.join(place, {name!r}), 'w') as f: f.write('left behind')
            left += 1
        except OSError: pass
print(left > 0)
"""

_LOOK = """
import os
found = []
for root in {places!r}:
    for place, below, names in os.walk(root):
        if place.count('/') > 2: below.clear()
        if {name!r} in names: found.append(place)
print(found)
"""


async def no_host_files(sandbox: Sandbox) -> None:
    """Neither the usual places, nor a file of the host's temporary directory that anyone may read."""
    # Files of the host are touched in threads: the kit may run in a loop where nothing is to block.
    directory = await asyncio.to_thread(tempfile.mkdtemp, prefix="canary-")
    try:
        canary = await asyncio.to_thread(_plant_canary, directory)
        paths = [*_HOST_PATHS, canary, str(Path.home()), __file__, sys.prefix]
        # Where backend and host agree on a path such as /usr, finding it tells nothing.
        paths = [path for path in paths if path not in ("/", "/usr", "/usr/local")]
        expect(await sandbox.run(Job(_FIND_FILES.format(paths=paths))), stdout="[]\n")
    finally:
        await asyncio.to_thread(shutil.rmtree, directory)


async def no_host_processes(sandbox: Sandbox) -> None:
    """The host's processes can be neither signalled nor looked into."""
    me = os.getpid()
    source = (
        "import os\nseen = False\n"
        f"try: os.kill({max(me, 100)}, 0); seen = True\n"
        "except OSError: pass\n"
        f"for name in 'environ', 'cmdline', 'status', 'maps':\n"
        f"    try: open(f'/proc/{me}/{{name}}').read(); seen = True\n"
        "    except OSError: pass\n"
        "print(seen)"
    )
    expect(await sandbox.run(Job(source)), stdout="False\n")


async def no_network(sandbox: Sandbox) -> None:
    """TCP, UDP and abstract sockets that listen on the host get nothing."""
    token = secrets.token_bytes(8)
    with ExitStack() as held:
        tcp = held.enter_context(socket.create_server(("0.0.0.0", 0)))
        udp = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        udp.setblocking(False)
        tcp.setblocking(False)
        name = f"\0canary-{secrets.token_hex(8)}"
        if sys.platform == "linux":
            abstract = held.enter_context(socket.socket(socket.AF_UNIX))
            abstract.bind(name)
            abstract.listen()
        hosts = ("127.0.0.1", (await asyncio.to_thread(_own_address)))
        source = _CONNECT.format(
            token=token, hosts=hosts, tcp=tcp.getsockname()[1], udp=udp.getsockname()[1], abstract=name
        )
        expect(await sandbox.run(Job(source)), stdout="[]\n")
        for listener, take in ((tcp, tcp.accept), (udp, lambda: udp.recv(8))):
            try:
                take()
            except BlockingIOError:
                continue
            raise Unmet(f"a job reached the host's socket {listener.getsockname()}")


async def no_host_environment(sandbox: Sandbox) -> None:
    name, value = f"CANARY_{secrets.token_hex(4)}", secrets.token_hex(8)
    os.environ[name] = value
    try:
        result = await sandbox.run(Job("import os, json; print(json.dumps(dict(os.environ)))"))
    finally:
        del os.environ[name]
    expect(result)
    leaked = [key for key in ("USER", "LOGNAME", "SSH_AUTH_SOCK", name, value) if f'"{key}"' in result.stdout]
    if leaked:
        raise Unmet(f"the job's environment has the host's {', '.join(leaked)}")


async def no_host_name(sandbox: Sandbox) -> None:
    source = "import socket\ntry: print(socket.gethostname())\nexcept OSError: print('?')"
    result = await sandbox.run(Job(source))
    expect(result)
    if result.stdout.strip() == socket.gethostname():
        raise Unmet("the job knows the host's name")


async def not_root(sandbox: Sandbox) -> None:
    source = "import os; print(0 in (*os.getresuid(), *os.getresgid(), *os.getgroups()))"
    expect(await sandbox.run(Job(source)), stdout="False\n")


async def no_capabilities(sandbox: Sandbox) -> None:
    """None held, and no way to one: no new privileges, no other uid, no namespace of its own."""
    expect(await sandbox.run(Job(_PRIVILEGES)), stdout="0 False 1\n")
    expect(await sandbox.run(Job(_GAIN)), stdout="[]\n")


async def no_open_files(sandbox: Sandbox) -> None:
    """Nothing open but the three standard streams."""
    source = (
        "import os\n"
        "def is_open(fd):\n"
        "    try: os.fstat(fd)\n"
        "    except OSError: return False\n"
        "    return True\n"
        "print([fd for fd in range(1024) if is_open(fd)])"
    )
    expect(await sandbox.run(Job(source)), stdout="[0, 1, 2]\n")


async def fresh_state(sandbox: Sandbox) -> None:
    """What one job leaves anywhere the next ones do not find."""
    name = f"left-{secrets.token_hex(4)}"
    # The root may be closed to a walk, and still there are doors that one can know.
    places = ("/", ".", "/tmp", "/var/tmp", "/dev/shm", "/run")
    left = await sandbox.run(Job(_LEAVE.format(name=name, places=places)))
    expect(left, stdout=f"{sandbox.scratch}\n")
    for _ in range(3):
        expect(await sandbox.run(Job(_LOOK.format(name=name, places=places))), stdout="[]\n")


async def read_only_runtime(sandbox: Sandbox) -> None:
    """The interpreter's own files cannot be changed."""
    source = (
        "import os\n"
        "changed = []\n"
        "for path in (os.__file__, os.path.dirname(os.__file__) + '/new.py', '/new'):\n"
        "    try: open(path, 'a').close(); changed.append(path)\n"
        "    except OSError: pass\n"
        "print(changed)"
    )
    expect(await sandbox.run(Job(source)), stdout="[]\n")


def _plant_canary(directory: str) -> str:
    canary = Path(directory, "canary.txt")
    canary.write_text("not for the sandbox")
    canary.chmod(0o644)
    Path(directory).chmod(0o755)
    return str(canary)


def _own_address() -> str:
    """The address under which this host would speak to others; loopback where it has no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing; it only chooses the route.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


CHECKS = (
    no_host_files,
    no_host_processes,
    no_network,
    no_host_environment,
    no_host_name,
    not_root,
    no_capabilities,
    no_open_files,
    fresh_state,
    read_only_runtime,
)
