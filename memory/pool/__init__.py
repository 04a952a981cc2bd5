"""Pool: what many runs and data sets remember together."""

from .pool import DATABASE, Pool, View

__all__ = ["DATABASE", "Pool", "View"]
