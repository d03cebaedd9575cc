"""Trustpilot: new and changed reviews, told by webhook. Nothing is signed; the address is the secret."""

from goodstanding.contract import Channel

from .config import Config
from .parse import parse

channel = Channel(name="trustpilot", label="Trustpilot", config=Config, reads=(), parse=parse)

__all__ = ["Config", "channel"]
