"""A cap on the CPU time of a block of code, which may stand inside another one."""

from __future__ import annotations

import signal
import time
from types import FrameType, TracebackType

_TICK = 0.25
_SOON = 0.001

_deadlines: list[float] = []
"""Of the caps that are open, outermost first, in CPU seconds of this process."""


class OutOfTime(BaseException):
    """Not an Exception, so that no handler inside sympy swallows it."""


class CpuCap:
    """Ends its block once that has used so many CPU seconds; `expired` tells whether it did.

    CPU time, not the wall clock: a busy machine must not change an outcome. Where an enclosing cap has run
    out as well, the block's end is the enclosing one's end too. Needs the main thread.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.expired = False

    def __enter__(self) -> CpuCap:
        if not _deadlines:
            signal.signal(signal.SIGPROF, _expire)
        _deadlines.append(time.process_time() + self.seconds)
        _arm()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        _deadlines.pop()
        _arm()
        ours = kind is OutOfTime and not (_deadlines and time.process_time() >= min(_deadlines))
        self.expired = ours
        return ours


def _arm() -> None:
    if not _deadlines:
        signal.setitimer(signal.ITIMER_PROF, 0)
        return
    left = min(_deadlines) - time.process_time()
    # It repeats, since an exception raised inside a callback of C code can be lost.
    signal.setitimer(signal.ITIMER_PROF, max(left, _SOON), _TICK)


def _expire(number: int, frame: FrameType | None) -> None:
    # The timer's clock and the process's may differ by a tick of the kernel.
    if _deadlines and time.process_time() >= min(_deadlines) - _SOON:
        raise OutOfTime
    _arm()
