"""Nothing is needed to listen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Config:
    """A webhook of Trustpilot has no secret beside its address."""
