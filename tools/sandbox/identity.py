"""Whom jobs run as where root starts them: users that nobody else is."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class Identity(NamedTuple):
    """Host ids for the jobs of one interpreter."""

    uid: int
    gid: int


class Spare(NamedTuple):
    """Host ids that a root may give away."""

    uids: range
    gids: range


# Fewer ids than this are a user namespace with hardly more than its owner: none is free to throw away.
_ENOUGH = 4096
_SLOTS = 4096
_free_slots = deque(range(_SLOTS))
"""For the process and not per sandbox: there may be several of them."""


def spare_ids(id_map: str) -> range:
    """Ids that nobody is likely to have: the second quarter of the largest extent of a /proc id map."""
    extents = [(int(count), int(first)) for first, _, count in map(str.split, id_map.splitlines())]
    count, first = max(extents, default=(0, 0))
    if count < _ENOUGH:
        return range(0)
    return range(first + count // 4, first + count // 2)


def find_spare() -> Spare | None:
    """The ids to throw away, where this process is a root that can become other users; else None."""
    if os.geteuid() != 0:
        return None
    spare = Spare(*(spare_ids(Path(f"/proc/self/{kind}_map").read_text()) for kind in ("uid", "gid")))
    return spare if spare.uids and spare.gids else None


@contextmanager
def lease(spare: Spare | None) -> Iterator[Identity | None]:
    """Ids that no other interpreter of this process has meanwhile; None where there are none to spare.

    Jobs that shared an id would share their limit on processes too.
    """
    if spare is None:
        yield None
        return
    slot = _free_slots.popleft()
    number = os.getpid() * _SLOTS + slot
    try:
        yield Identity(spare.uids[number % len(spare.uids)], spare.gids[number % len(spare.gids)])
    finally:
        _free_slots.append(slot)
