"""Verifi (Visa) alerts as relays pass them on. There is no public specification: a clock is never computed, and nothing is sent."""

from dataclasses import dataclass

from goodstanding.contract import Channel

from .drill import drill
from .parse import parse


@dataclass(frozen=True, kw_only=True)
class Config:
    """Nothing to set: no signature is documented."""


channel = Channel(name="verifi", label="Verifi（CDRN / RDR）", config=Config, parse=parse, drill=drill)

__all__ = ["Config", "channel"]
