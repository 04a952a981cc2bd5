"""The sandbox's side of mode `values`: call the solution, and write down what comes back.

Reads one JSON text from standard input and writes a line for each call as soon as it is answered:

    {"entry": name, "calls": [[[argument, …], [[keyword, argument], …]], …]}
    ["value", form]  ["raised", type, message]  ["refused", what]

A first line says ["loaded"], or ["broken", type, message] and nothing follows. The solution runs in this
process and may write here what it likes: it is never told what is expected.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from ._plain import NotPlain, from_json, to_json, type_name

MAX_MESSAGE = 300
_dumps = json.dumps


def message_of(error: BaseException) -> str:
    """What an error says, cut; its own `__str__` may fail too."""
    try:
        return str(error)[:MAX_MESSAGE]
    except BaseException as worse:
        return f"({type_name(worse)} while it was shown)"


def quiet_stdout() -> int:
    """A descriptor to reply on; what the program prints from now on goes nowhere."""
    reply = os.dup(1)
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
    except OSError:
        # Where nothing may be opened for writing: standard error is not read for values.
        nowhere = os.dup(2)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return reply


def write_line(fd: int, line: object) -> None:
    """Write a form as one line of JSON."""
    data = _dumps(line).encode() + b"\n"
    while data:
        data = data[os.write(fd, data) :]


def answer(call: list[list[Any]], entry: Callable[..., object]) -> list[object]:
    """One call on arguments that are built for it alone."""
    arguments, keywords = call
    try:
        named = {str(from_json(name)): from_json(node) for name, node in keywords}
        value = entry(*map(from_json, arguments), **named)
    except BaseException as error:
        return ["raised", type_name(error), message_of(error)]
    try:
        return ["value", to_json(value)]
    except NotPlain as refusal:
        return ["refused", str(refusal)]
    except BaseException as error:
        return ["refused", f"a value of type {type_name(value)} ({type_name(error)} while it was read)"]


def main() -> None:
    request = json.loads(sys.stdin.read())
    reply = quiet_stdout()
    try:
        entry = getattr(importlib.import_module("solution"), request["entry"])
    except BaseException as error:
        write_line(reply, ["broken", type_name(error), message_of(error)])
        os._exit(0)
    write_line(reply, ["loaded"])
    for call in request["calls"]:
        write_line(reply, answer(call, entry))
    # At once: threads and exit handlers of the solution have no more to say.
    os._exit(0)
