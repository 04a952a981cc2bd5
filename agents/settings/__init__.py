"""The numbers that steer a graph; each default names its source."""

from __future__ import annotations

from .backtranslation import BacktranslationSettings
from .common import CommonSettings
from .evol_instruct import EvolInstructSettings
from .self_instruct import SelfInstructSettings


class Settings(CommonSettings, SelfInstructSettings, EvolInstructSettings, BacktranslationSettings):
    """All settings of all graphs, by one name each."""


__all__ = [
    "BacktranslationSettings",
    "CommonSettings",
    "EvolInstructSettings",
    "SelfInstructSettings",
    "Settings",
]
