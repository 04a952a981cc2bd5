"""How modules that run in a sandbox get there: as text, since nothing of proofset can be imported inside."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

# The files lie flat in the job's directory, yet import each other as a package.
_START = """\
import os, sys, types
sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
harness = types.ModuleType("harness")
harness.__path__ = [os.getcwd()]
sys.modules["harness"] = harness
from harness.{module} import main
main()
"""


def start_of(module: str) -> str:
    """A job's source that runs `main` of one of its shipped modules."""
    return _START.format(module=module)


@cache
def shipped(*modules: str, room: str = __package__) -> Mapping[str, str]:
    """File name to text of modules of the package `room`."""
    here = files(room)
    return MappingProxyType(
        {f"{module}.py": here.joinpath(f"{module}.py").read_text("utf-8") for module in modules}
    )
