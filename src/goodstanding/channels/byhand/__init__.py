"""What a person brings: pasted text, an uploaded file, or a table of disputes."""

from dataclasses import dataclass

from goodstanding.contract import Channel

from .parse import parse


@dataclass(frozen=True, kw_only=True)
class Config:
    """Nothing to set."""


channel = Channel(name="byhand", label="手工录入", config=Config, parse=parse, webhook=False)
