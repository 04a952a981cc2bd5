"""What stands between a job and the machine, layer by layer."""

from __future__ import annotations

from enum import StrEnum


class Layer(StrEnum):
    """One mechanism of isolation. A backend names those that are active in every Result."""

    NAMESPACES = "namespaces"
    """A file system of its own with a capped scratch directory, no network, no other processes, no IPC."""
    USER_NAMESPACE = "user-namespace"
    """Whoever the job is inside, outside it is the ordinary user that started proofset."""
    THROW_AWAY_UID = "throw-away-uid"
    """Where root started proofset, the job is a user that nobody else is."""
    NO_CAPABILITIES = "no-capabilities"
    NO_NEW_PRIVILEGES = "no-new-privileges"
    LANDLOCK = "landlock"
    """Opens the runtime for reading and the scratch directory, nothing else."""
    SECCOMP = "seccomp"
    """A list of the system calls that are allowed; all others fail."""
    RLIMITS = "rlimits"
    VIRTUAL_MACHINE = "virtual-machine"
    """A machine and a kernel of its own."""
    CGROUP = "cgroup"
    """Memory is counted for the job in all, not per process."""


SWITCHABLE = frozenset(
    {Layer.NAMESPACES, Layer.NO_CAPABILITIES, Layer.LANDLOCK, Layer.SECCOMP, Layer.RLIMITS}
)
"""Layers that a test may switch off, to show what each of them stops."""
