"""Values that the newest message states, each with its span, its rule and what was not taken."""

from .extract import Extraction, Known, extract

__all__ = ["Extraction", "Known", "extract"]
