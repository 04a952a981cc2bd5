"""What to do where a machine refuses namespaces, in one line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

_REFUSED = re.compile(
    r"namespace|unshare|mount|[ug]id.map|operation not permitted|permission denied|loopback|RTM_",
    re.IGNORECASE,
)


class HostFacts(NamedTuple):
    """What decides why namespaces are refused; settings are None where the kernel has no such switch."""

    userns_clone: int | None
    apparmor_userns: int | None
    max_user_namespaces: int | None
    container: bool


def advise(complaint: str, host: HostFacts) -> str:
    """What to do about a complaint of bubblewrap or of the interpreter in it."""
    told = " ".join(complaint.split())[-300:]
    if "Unknown option" in complaint:
        return f"bubblewrap is too old: install 0.8 or newer ({told})"
    if not _REFUSED.search(complaint):
        return f"the first job did not run: {told}"
    if host.container:
        mend = (
            "this container may not create namespaces: start it with --security-opt seccomp=unconfined "
            "--security-opt apparmor=unconfined --cap-add SYS_ADMIN, or run proofset outside of it"
        )
    elif host.userns_clone == 0:
        mend = "user namespaces are switched off: sudo sysctl kernel.unprivileged_userns_clone=1"
    elif host.max_user_namespaces == 0:
        mend = "user namespaces are switched off: sudo sysctl user.max_user_namespaces=10000"
    elif host.apparmor_userns == 1:
        mend = (
            "AppArmor refuses user namespaces: give bwrap a profile with `userns,` in /etc/apparmor.d/bwrap "
            "(docs/sandbox.md), or sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
        )
    else:
        mend = "the kernel or a security module refuses namespaces: allow user namespaces for bwrap"
    return f"{mend} ({told})"


def host_facts() -> HostFacts:
    def setting(path: str) -> int | None:
        try:
            return int(Path("/proc/sys", path).read_text())
        except (OSError, ValueError):
            return None

    return HostFacts(
        userns_clone=setting("kernel/unprivileged_userns_clone"),
        apparmor_userns=setting("kernel/apparmor_restrict_unprivileged_userns"),
        max_user_namespaces=setting("user/max_user_namespaces"),
        container=any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv")),
    )
