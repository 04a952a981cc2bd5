"""Pool: what many runs and data sets remember together."""

from .pool import Pool, View

__all__ = ["Pool", "View"]
