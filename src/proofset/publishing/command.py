"""The user's command: started through a supervisor, so that its end is known whoever waits for it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import UsageError
from ..models import ModelSpec
from .hiding import secrets_of, told_command
from .supervise import LOG, OUTCOME

RESULT = "result.json"
_MOST_BYTES = 65_536


class Ended(NamedTuple):
    """How a command ended, and the model that it named, if any.

    Attributes:
        fault: why no model came of it; empty where one did.
    """

    exit_code: int | None
    seconds: float | None
    model: str
    fault: str


class Command(NamedTuple):
    """The words of a command; `told` hides its secrets."""

    words: tuple[str, ...]
    secrets: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Command:
        """Words as a shell would read them. Raises UsageError where there is no such program."""
        try:
            words = tuple(shlex.split(text))
        except ValueError as error:
            raise UsageError(f"--command: {error}; quote its words as in a shell") from error
        if not words:
            raise UsageError("--command: it is empty; give a program and its arguments")
        if shutil.which(words[0]) is None:
            raise UsageError(f"--command: there is no program {words[0]}; give one that can be run")
        return cls(words, secrets_of(os.environ, words))

    @property
    def told(self) -> str:
        return told_command(self.words, self.secrets)

    def run(self, work: Path, environment: Mapping[str, str], timeout_s: float, lock: int) -> None:
        """Run it to its end; `ended_in` says how that was. Ctrl-C ends it, too.

        Args:
            work: the attempt's directory, where the log and the outcome go.
            lock: descriptor that stays open as long as the command runs.
        """
        job = {
            "words": self.words,
            "secrets": self.secrets,
            "work": str(work),
            "environment": dict(environment),
            "timeout_s": timeout_s,
        }
        process = subprocess.Popen(
            # -P: the package must not be looked up in the working directory.
            [sys.executable, "-P", "-m", "proofset.publishing.supervise"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(lock,),
        )
        try:
            process.communicate(json.dumps(job).encode())
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise


def ended_in(work: Path, otherwise: str | None) -> Ended | None:
    """How the command of an attempt ended; None where nothing says.

    Args:
        otherwise: the model where the command names none.
    """
    try:
        said = json.loads((work / OUTCOME).read_bytes())
        code, seconds, why = said["exit_code"], float(said["seconds"]), str(said["why"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if why or code != 0:
        fault = why or f"the command ended with {code}"
        return Ended(code, seconds, "", f"{fault}; its log is {work / LOG}")
    model, fault = _named(work / RESULT, otherwise)
    return Ended(code, seconds, model, fault)


def _named(path: Path, otherwise: str | None) -> tuple[str, str]:
    """The model that a result names, or why it names none."""
    mend = f'write {{"model": SPEC}} to the file that PROOFSET_RESULT names ({path}), or give --model SPEC'
    try:
        with path.open("rb") as file:
            said: Any = json.loads(file.read(_MOST_BYTES))
    except FileNotFoundError:
        return (otherwise, "") if otherwise else ("", f"the command named no model; {mend}")
    except (OSError, ValueError, RecursionError):
        return "", f"what the command wrote as its result is no JSON; {mend}"
    model = said.get("model") if isinstance(said, dict) else None
    if not isinstance(model, str):
        return (otherwise, "") if otherwise else ("", f"the command named no model; {mend}")
    try:
        return str(ModelSpec.parse(model)), ""
    except UsageError as error:
        return "", f"the command named no model: {error}"
