"""Ethoca Alerts (Mastercard), pushed to our door. Whether to refund is decided by a person elsewhere; nothing is sent from here."""

from dataclasses import dataclass

from goodstanding.contract import Channel

from .drill import drill
from .parse import parse


@dataclass(frozen=True, kw_only=True)
class Config:
    """Nothing to set: Ethoca knows us by certificate and address, and signs no message."""


channel = Channel(name="ethoca", label="Ethoca Alerts", config=Config, parse=parse, drill=drill)

__all__ = ["Config", "channel"]
