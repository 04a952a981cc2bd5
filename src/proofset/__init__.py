"""proofset: training data that carries its proof."""

__version__ = "0.1.0"
