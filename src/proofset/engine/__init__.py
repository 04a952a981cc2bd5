"""The engine: runs a graph over many slots, exactly, and survives being killed."""

from .api import aresume, arun, order, resume, run, stream
from .config import RunConfig, faults_of, make_config
from .config_file import ConfigFile, open_config_file, read_config_file
from .events import Event, Funnel, Notice, Summary
from .execute import Order, execute, resumed
from .layers import Told, layered
from .opening import check_roles, roles_of
from .price_file import with_user_prices
from .replay import as_replay

__all__ = [
    "ConfigFile",
    "Event",
    "Funnel",
    "Notice",
    "Order",
    "RunConfig",
    "Summary",
    "Told",
    "aresume",
    "arun",
    "as_replay",
    "check_roles",
    "execute",
    "faults_of",
    "layered",
    "make_config",
    "open_config_file",
    "order",
    "read_config_file",
    "resume",
    "resumed",
    "roles_of",
    "run",
    "stream",
    "with_user_prices",
]
