"""Which kind of notice: cues and sender first, a trained head beside them, and a decision that may abstain."""

from .decide import Decision, decide, decisive
from .rules import score
from .scores import Head, Scores

__all__ = ["Decision", "Head", "Scores", "decide", "decisive", "score"]
