"""Attacks through sockets of every kind. What listens on the host answers, and keeps what it was sent."""

from __future__ import annotations

from proofset.tools.sandbox.layers import Layer

from .inside import CANARY, Attempt, holds_secret
from .table import attack

_NS, _UID, _CAP = Layer.NAMESPACES, Layer.THROW_AWAY_UID, Layer.NO_CAPABILITIES
_LANDLOCK, _SECCOMP = Layer.LANDLOCK, Layer.SECCOMP


@attack(_NS, _SECCOMP, _LANDLOCK, canary=True)
def tcp() -> Attempt:
    """A listener of the host takes the connection."""
    import socket

    for address in CANARY["tcp"]:
        try:
            with socket.create_connection(tuple(address), timeout=1) as link:
                link.sendall(CANARY["name"].encode())
                return Attempt(holds_secret(link.recv(100)), str(address))
        except OSError as error:
            failure = error
    raise failure


@attack(_NS, _SECCOMP, canary=True)
def udp() -> Attempt:
    """A datagram gets to the host, and the answer back."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(1)
        link.sendto(CANARY["name"].encode(), ("127.0.0.1", CANARY["udp"]))
        return Attempt(holds_secret(link.recv(100)), "answered")


@attack(_NS, _SECCOMP, canary=True)
def dns() -> Attempt:
    """A query with the job's data in the name reaches a name server."""
    import socket
    import struct

    labels = b"".join(bytes([len(part)]) + part for part in (CANARY["name"].encode(), b"example", b"org"))
    query = struct.pack("!6H", 0xBEEF, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(1)
        link.connect(("127.0.0.1", CANARY["udp"]))
        link.send(query)
        return Attempt(holds_secret(link.recv(100)), "answered")


@attack(_NS, _SECCOMP, _UID, _CAP)
def raw_icmp() -> Attempt:
    """The host's network stack answers a ping from a raw socket."""
    import socket
    import struct

    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as link:
        link.settimeout(1)
        header = struct.pack("!BBHHH", 8, 0, 0, 77, 1)
        total = sum(struct.unpack("!4H", header))
        total = ~((total >> 16) + (total & 0xFFFF)) & 0xFFFF
        link.sendto(struct.pack("!BBHHH", 8, 0, total, 77, 1), ("127.0.0.1", 0))
        return Attempt(bool(link.recv(100)), "a packet came")


@attack(_NS, _SECCOMP, _UID, _CAP)
def packet_sniffing() -> Attempt:
    """The job overhears what the host says to itself."""
    import socket
    import time

    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as link:
        link.bind(("lo", 0))
        link.settimeout(1)
        end = time.monotonic() + 1
        while time.monotonic() < end:
            if holds_secret(link.recv(4096), "heartbeat"):
                return Attempt(True, "overheard")
    return Attempt(False, "nothing overheard")


@attack(_NS, _SECCOMP)
def netlink() -> Attempt:
    """The kernel lists a network interface of the host."""
    import socket
    import struct

    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as link:
        link.settimeout(1)
        # RTM_GETLINK as a dump.
        link.send(struct.pack("=IHHIIB15x", 32, 18, 0x301, 1, 0, 0))
        data = link.recv(65536)
    seen = 0
    while len(data) >= 32:
        length, kind = struct.unpack_from("=IH", data)
        flags = struct.unpack_from("=I", data, 24)[0]
        # Loopback does not count: an empty network has one too.
        seen += kind == 16 and not flags & 8
        data = data[max((length + 3) & ~3, 16) :]
    if not CANARY["interfaces"]:
        return Attempt(None, "the host has none")
    return Attempt(seen > 0, f"{seen} interfaces")


@attack(_SECCOMP)
def vsock() -> Attempt:
    """A socket to the hypervisor binds; no network namespace holds those. It connects nowhere."""
    import socket

    with socket.socket(40, socket.SOCK_STREAM) as link:
        link.bind((0xFFFFFFFF, 0xFFFFFFFF))
        return Attempt(True, f"port {link.getsockname()[1]}")


@attack(_SECCOMP)
def other_families() -> Attempt:
    """A socket of a rare family or protocol opens: more of the kernel than a program needs."""
    import socket

    opened = []
    rare = {
        "multipath TCP": (2, 1, 262),
        "crypto": (38, 5, 0),
        "CAN": (29, 3, 1),
        "TIPC": (30, 5, 0),
        "bluetooth": (31, 5, 0),
        "express data path": (44, 3, 0),
        "netlink audit": (16, 3, 9),
        "netlink events": (16, 3, 15),
    }
    for name, (family, kind, protocol) in rare.items():
        try:
            socket.socket(family, kind, protocol).close()
        except OSError:
            continue
        opened.append(name)
    return Attempt(bool(opened), ", ".join(opened) or "none opens")


@attack(_NS, _SECCOMP, canary=True)
def unix_path() -> Attempt:
    """A socket of the host that lies in a directory open to all takes the connection."""
    import socket

    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(1)
        link.connect(CANARY["unix"])
        link.sendall(CANARY["name"].encode())
        return Attempt(holds_secret(link.recv(100)), "connected")


@attack(_NS, _SECCOMP, canary=True)
def docker_sock() -> Attempt:
    """A container daemon answers: whoever can speak to it owns the host."""
    import socket

    for path in (CANARY["docker"], "/run/docker.sock", "/var/run/docker.sock", "/run/podman/podman.sock"):
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(1)
            try:
                link.connect(path)
            except OSError as error:
                failure = error
                continue
            link.sendall(f"GET /_ping HTTP/1.1\r\nHost: {CANARY['name']}\r\n\r\n".encode())
            return Attempt(bool(link.recv(100)), path)
    raise failure


@attack(_NS, _SECCOMP, _LANDLOCK, canary=True)
def abstract_socket() -> Attempt:
    """A socket of the host without a place in the file system takes the connection."""
    import socket

    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(1)
        link.connect("\0" + CANARY["abstract"])
        link.sendall(CANARY["name"].encode())
        return Attempt(holds_secret(link.recv(100)), "connected")


@attack(_NS, _SECCOMP, canary=True)
def abstract_name_taken() -> Attempt:
    """The job takes a name that the host's programs look for."""
    import socket
    import time

    with socket.socket(socket.AF_UNIX) as link:
        link.bind("\0" + CANARY["abstract"] + CANARY["name"])
        link.listen()
        link.settimeout(1.5)
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            peer, _ = link.accept()
            return Attempt(holds_secret(peer.recv(100)), "the host connected")
    return Attempt(False, "nobody came")
