"""How a warm interpreter is started in each tier: A in namespaces that bubblewrap makes, B without any."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from .identity import Identity
from .inside.settings import Settings
from .job import Profile
from .layers import Layer
from .runtime import DEVICES, PACKAGES_ROOT, Bind, Runtime
from .seccomp import build_filters
from .warm import Start

_PYTHON = "/py/bin/python"
_SCRATCH = "/tmp"
# With a parent of its own, and a link to it from the usual place: Landlock goes by what lies above a mount.
_MOUNT_POINT = "/job/tmp"
_NAMESPACES = ("pid", "net", "ipc", "uts", "cgroup")


def contained(
    bwrap: Path, runtime: Runtime, profile: Profile, identity: Identity | None, layers: Iterable[Layer]
) -> Start:
    """Tier A. What is bound is all there is of a file system; each job adds a scratch directory of its own.

    Args:
        identity: whom to become, as root; None as an ordinary user, who gets a user namespace instead.
    """
    packages = [Bind(path, f"{PACKAGES_ROOT}/{path.name}") for path in runtime.packages_of(profile)]
    libraries = [Bind(path, f"/py/{path.relative_to(runtime.prefix)}") for path in runtime.libraries]
    system = [Bind(path, str(path)) for path in runtime.system]
    binds = [*system, Bind(runtime.executable, _PYTHON), *libraries, *packages]
    filters = build_filters(contained=True)
    settings = Settings(
        namespaces=True,
        user=(identity.uid, identity.gid) if identity else None,
        layers=tuple(layer.value for layer in layers),
        shared_filter=filters.shared,
        own_filter=filters.own,
        own_pid_at=filters.own_pid_at,
        directory=_SCRATCH,
        mount_point=_MOUNT_POINT,
        readable=("/py", *(bind.target for bind in (*system, *packages)), *DEVICES),
        writable=("/dev/null", str(PurePosixPath(_MOUNT_POINT).parent)),
        preload=runtime.preload(profile),
        preload_path=(),
        search_path=(PACKAGES_ROOT,) if packages else (),
    )
    args = [str(bwrap), *(f"--unshare-{kind}" for kind in _NAMESPACES)]
    if identity:
        # To become somebody else; nothing besides.
        args += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        args += ["--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"]
    args += ["--die-with-parent", "--new-session", "--as-pid-1", "--hostname", "sandbox"]
    args += [*_file_system(runtime, binds), "--", _PYTHON]
    return Start(args, _environment("/py/lib", _SCRATCH), settings)


def uncontained(
    runtime: Runtime,
    profile: Profile,
    identity: Identity | None,
    layers: Iterable[Layer],
    *,
    may_change: bool = False,
) -> Start:
    """Tier B. The job sees the host's file system, of which Landlock opens no more than tier A would bind.

    Args:
        may_change: let the filter pass what tier A's does, for tests that switch the namespaces off.
    """
    packages = runtime.packages_of(profile)
    directory = tempfile.mkdtemp(prefix="proofset-job-")
    if identity:
        os.chown(directory, *identity)
    filters = build_filters(contained=may_change)
    links = [Path(bind.target).resolve() for bind in runtime.links]
    readable = [*runtime.standard_library(), *runtime.system, *links, *packages, *map(Path, DEVICES)]
    settings = Settings(
        namespaces=False,
        user=(identity.uid, identity.gid) if identity else None,
        layers=tuple(layer.value for layer in layers),
        shared_filter=filters.shared,
        own_filter=filters.own,
        own_pid_at=filters.own_pid_at,
        directory=directory,
        mount_point="",
        readable=(directory, *dict.fromkeys(str(path) for path in readable if path.exists())),
        writable=("/dev/null", *((directory,) if may_change else ())),
        preload=runtime.preload(profile),
        preload_path=tuple(dict.fromkeys(str(path.parent) for path in packages)),
        search_path=(),
    )
    environment = _environment(str(runtime.prefix / "lib"), directory)
    return Start([str(runtime.executable)], environment, settings)


def _environment(libraries: str, home: str) -> dict[str, str]:
    return {
        "HOME": home,
        "LANG": "C.UTF-8",
        # The interpreter's own shared libraries, whose recorded place is not bound.
        "LD_LIBRARY_PATH": libraries,
        # An arena per thread reserves more address space than the limit on it has.
        "MALLOC_ARENA_MAX": "2",
        # A warm interpreter must have one thread when it forks.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _file_system(runtime: Runtime, binds: list[Bind]) -> list[str]:
    args: list[str] = []
    # Directories that bubblewrap makes on its own are closed to any but their owner.
    targets = [PurePosixPath(bind.target) for bind in (*binds, *runtime.links)]
    parents = {str(parent) for target in targets for parent in target.parents}
    for parent in sorted((parents | {"/dev", "/job", _MOUNT_POINT}) - {"/"}):
        args += ["--dir", parent]
    for source, target in binds:
        args += ["--ro-bind", str(source), target]
    for source, target in runtime.links:
        args += ["--symlink", str(source), target]
    for path in _hidden(binds):
        args += ["--tmpfs", path, "--remount-ro", path]
    # One by one: bubblewrap's --dev costs a second user namespace and a devpts.
    for device in DEVICES:
        args += ["--dev-bind", device, device]
    # multiprocessing's semaphores live there.
    args += ["--symlink", _MOUNT_POINT, _SCRATCH, "--symlink", _MOUNT_POINT, "/dev/shm"]
    args += ["--proc", "/proc", "--chdir", "/"]
    # Last, since everything above is made in it; a writable root is scratch space without a cap.
    return [*args, "--remount-ro", "/"]


def _hidden(binds: list[Bind]) -> list[str]:
    """Package directories under the bound ones: a job has the standard library and its profile, no more."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    names = ("site-packages", "dist-packages")
    places = [*names, *(f"{version}/{name}" for name in names), "python3/dist-packages"]
    return [
        f"{target}/{place}"
        for source, target in binds
        if source.is_dir()
        for place in places
        if (source / place).is_dir()
    ]
