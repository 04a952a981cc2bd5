"""The engine: runs a graph over many slots, exactly, and survives being killed."""

from .api import aresume, arun, order, resume, run, stream
from .config import RunConfig, make_config, read_config_file
from .events import Event, Funnel, Notice, Summary
from .execute import Order, execute, resumed
from .price_file import with_user_prices
from .replay import as_replay

__all__ = [
    "Event",
    "Funnel",
    "Notice",
    "Order",
    "RunConfig",
    "Summary",
    "aresume",
    "arun",
    "as_replay",
    "execute",
    "make_config",
    "order",
    "read_config_file",
    "resume",
    "resumed",
    "run",
    "stream",
    "with_user_prices",
]
