"""The numbers that steer a graph; each default names its source."""

from __future__ import annotations

from .common import CommonSettings
from .constitutional import ConstitutionalSettings
from .evol_instruct import EvolInstructSettings
from .self_instruct import SelfInstructSettings


class Settings(CommonSettings, SelfInstructSettings, EvolInstructSettings, ConstitutionalSettings):
    """All settings of all graphs, by one name each."""


__all__ = [
    "CommonSettings",
    "ConstitutionalSettings",
    "EvolInstructSettings",
    "SelfInstructSettings",
    "Settings",
]
