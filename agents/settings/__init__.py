"""The numbers that steer a graph; each default names its source."""

from __future__ import annotations

from .backtranslation import BacktranslationSettings
from .common import CommonSettings
from .constitutional import ConstitutionalSettings
from .evol_instruct import EvolInstructSettings
from .flywheel import FlywheelSettings
from .self_instruct import SelfInstructSettings


class Settings(
    CommonSettings,
    SelfInstructSettings,
    EvolInstructSettings,
    BacktranslationSettings,
    ConstitutionalSettings,
    FlywheelSettings,
):
    """All settings of all graphs, by one name each."""

    @property
    def takes_prompts(self) -> bool:
        """Whether constitutional takes the prompts of its seeds as they are; else a model writes new ones."""
        return self.prompt_source == "seeds" or (self.prompt_source is None and self.seeds is not None)


__all__ = [
    "BacktranslationSettings",
    "CommonSettings",
    "ConstitutionalSettings",
    "EvolInstructSettings",
    "FlywheelSettings",
    "SelfInstructSettings",
    "Settings",
]
