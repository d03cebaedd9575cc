"""Uploaded conversations need no settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Config:
    """Nothing to set: files are uploaded."""
