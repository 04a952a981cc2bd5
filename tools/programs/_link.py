"""The talk between the two ends of mode `two-sandbox`: frames on a stream, requests within requests.

A frame is four bytes of length, big-endian, and so much JSON. While one end waits for a reply it answers
the requests of the other end, so a function that was given as an argument can be called back. Replies come
in the reverse order of their requests.

    [op, heap, form, …]                 a request
    ["value", heap, form]               its reply: a value, and what changed in the request's objects
    ["raised", heap, error]             or an error, as the end that has it describes it
    ["refused", reason]                 or neither: the request asks for what cannot cross
"""

from __future__ import annotations

import json
import os
import threading
from typing import Protocol

from ._heap import Packer, Unpacker, changed
from ._plain import Malformed, NotPlain

MAX_FRAME = 16 * 1024 * 1024
MAX_NESTING = 40
_REPLIES = frozenset({"value", "raised", "refused"})


class Unsupported(BaseException):
    """What the tests ask for cannot cross. No Exception, so that no handler in between makes it a result."""


class Gone(BaseException):
    """The other end has ended, or says what no honest end says."""


class Side(Protocol):
    """What an end of the link knows that the link does not."""

    def export(self, value: object) -> object:
        """The form of a value that is not plain. Raises NotPlain."""

    def resolve(self, node: list[object]) -> object:
        """The value of such a form. Raises Malformed, or Unsupported."""

    def describe(self, error: BaseException, packer: Packer) -> object:
        """The form of an error that an answer raised. Raises NotPlain, or Unsupported."""

    def rebuild(self, form: object, unpacker: Unpacker) -> BaseException:
        """The error of such a form. Raises Malformed, or Unsupported."""

    def answer(self, op: str, values: list[object]) -> object:
        """What a request of the other end asks for, or whatever that raises."""


class Link:
    """One end. Whoever waits for a reply also answers; other threads wait their turn, unless it serves."""

    def __init__(self, fd: int, side: Side) -> None:
        self._fd = fd
        self._side = side
        self._turn = threading.RLock()
        self._serving = False
        self._nesting = 0

    def request(self, op: str, *values: object) -> object:
        """Ask the other end. Raises what it raised, Unsupported, or Gone."""
        if not self._turn.acquire(blocking=not self._serving):
            raise Unsupported("a call back from another thread cannot cross")
        try:
            try:
                packer = Packer(self._side.export)
                forms = [packer.node(value) for value in values]
                heap = packer.contents()
            except NotPlain as refusal:
                raise Unsupported(f"{refusal} cannot cross") from None
            self._send([op, heap, *forms])
            return self._result(self._wait(), packer.objects)
        finally:
            self._turn.release()

    def serve(self) -> None:
        """Answer requests until the other end is gone. Raises Gone."""
        self._serving = True
        with self._turn:
            while True:
                self._answer(self._receive())

    def _wait(self) -> list[object]:
        while True:
            frame = self._receive()
            if frame[0] in _REPLIES:
                return frame
            self._answer(frame)

    def _result(self, frame: list[object], known: list[object]) -> object:
        try:
            match frame:
                case ["value", heap, form]:
                    return Unpacker(self._side.resolve, heap, known).value(form)
                case ["raised", heap, form]:
                    error = self._side.rebuild(form, Unpacker(self._side.resolve, heap, known))
                case ["refused", str(reason)]:
                    raise Unsupported(reason[:300])
                case _:
                    raise Gone("it sent a reply of an unknown form")
        except (Malformed, TypeError, ValueError, LookupError, RecursionError) as fault:
            raise Gone(f"it sent a value of an unknown form: {fault}") from None
        raise error

    def _answer(self, frame: list[object]) -> None:
        op, heap, *forms = frame
        self._nesting += 1
        try:
            if self._nesting > MAX_NESTING:
                raise Unsupported(f"calls back and forth nest deeper than {MAX_NESTING}")
            unpacker = Unpacker(self._side.resolve, heap)
            values = [unpacker.value(form) for form in forms]
            reply = self._reply(str(op), heap, values, unpacker.objects)
        except Unsupported as refusal:
            reply = ["refused", str(refusal)]
        except NotPlain as refusal:
            reply = ["refused", f"{refusal} cannot cross"]
        except (Malformed, TypeError, ValueError, LookupError, RecursionError) as fault:
            raise Gone(f"it sent a request of an unknown form: {fault}") from None
        finally:
            self._nesting -= 1
        self._send(reply)

    def _reply(self, op: str, heap: object, values: list[object], objects: list[object]) -> list[object]:
        packer = Packer(self._side.export, objects)
        before = heap if isinstance(heap, list) else []
        try:
            value = self._side.answer(op, values)
        except (Unsupported, Gone):
            raise
        except BaseException as error:
            form = self._side.describe(error, packer)
            return ["raised", changed(before, packer.contents()), form]
        try:
            form = packer.node(value)
            return ["value", changed(before, packer.contents()), form]
        except (RuntimeError, TypeError, ValueError, LookupError) as fault:
            raise NotPlain(f"a value that changes while it is read ({fault})") from None

    def _send(self, frame: list[object]) -> None:
        data = json.dumps(frame, separators=(",", ":")).encode()
        if len(data) > MAX_FRAME:
            raise Unsupported(f"a message of more than {MAX_FRAME} bytes cannot cross")
        data = len(data).to_bytes(4) + data
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError:
            raise Gone("it has ended") from None

    def _receive(self) -> list[object]:
        size = int.from_bytes(self._read(4))
        if size > MAX_FRAME:
            raise Gone("it sent a message that is too long")
        try:
            frame = json.loads(self._read(size))
        except (ValueError, RecursionError):
            raise Gone("it sent a message that is not JSON") from None
        if not isinstance(frame, list) or len(frame) < 2 or not isinstance(frame[0], str):
            raise Gone("it sent a message of an unknown form")
        return frame

    def _read(self, size: int) -> bytes:
        parts = []
        while size:
            try:
                part = os.read(self._fd, min(size, 1 << 20))
            except OSError:
                part = b""
            if not part:
                raise Gone("it has ended")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)
