"""How this package's modules that run in a sandbox get there: as text, flat in the job's directory."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_START = """\
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
from {module} import main
main()
"""


def start_of(module: str) -> str:
    """A job's source that runs `main` of one of its shipped modules."""
    return _START.format(module=module)


@cache
def shipped(*modules: str) -> Mapping[str, str]:
    """File name to text of modules of this package."""
    here = files(__package__)
    return MappingProxyType(
        {f"{module}.py": here.joinpath(f"{module}.py").read_text("utf-8") for module in modules}
    )
