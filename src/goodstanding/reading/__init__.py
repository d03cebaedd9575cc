"""Letters: what a message is, whether it is genuine, what it says. Pure functions, offline, bounded."""

from .explain import explain_en, explain_need, explain_need_en, explain_zh
from .read import Tools, read
from .result import FIELDS, KINDS, DeadlineReading, Field, Ground, Issuer, Kind, Reading, Segment, to_json
from .webhook import ChannelAnswer, ParseChannel, of_notice

__all__ = [
    "FIELDS", "KINDS", "ChannelAnswer", "DeadlineReading", "Field", "Ground", "Issuer", "Kind", "ParseChannel", "Reading",
    "Segment", "Tools", "explain_en", "explain_need", "explain_need_en", "explain_zh", "of_notice", "read", "to_json",
]  # fmt: skip
