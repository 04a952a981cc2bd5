"""Models: specs, chat models behind them, a journal before them. Heavy libraries load when first used."""

from .client import Malformed, Model, Spent, Typed
from .family import family_of, same_family
from .pool import ModelPool, Served
from .prices import Price
from .provider import Provider
from .request import Call, Journal, NoJournal, Reply, Request, Sampling, Token, ToolCall
from .spec import DEFAULT_ROLE, FROM_PYTHON, ModelSpec, model_for, parse_models

__all__ = [
    "DEFAULT_ROLE",
    "FROM_PYTHON",
    "Call",
    "Journal",
    "Malformed",
    "Model",
    "ModelPool",
    "ModelSpec",
    "NoJournal",
    "Price",
    "Provider",
    "Reply",
    "Request",
    "Sampling",
    "Served",
    "Spent",
    "Token",
    "ToolCall",
    "Typed",
    "family_of",
    "model_for",
    "parse_models",
    "same_family",
]
