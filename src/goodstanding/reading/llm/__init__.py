"""An optional outside model (any OpenAI-compatible endpoint). It adds a translation and proposals; it decides nothing.

Order of use: :func:`prepare` → :func:`preview` (show it) → :func:`consent_to` → :func:`translate`, :func:`suggest` → :func:`merge`.
"""

from .ask import Trouble
from .config import Config, address, problem
from .injection import signals
from .merge import NEEDS, merge
from .payload import Consent, Payload, Preview, consent_to, prepare, preview
from .suggest import Suggested, Suggestions, suggest
from .translate import LABEL, Translated, Translation, translate

__all__ = [
    "LABEL", "NEEDS", "Config", "Consent", "Payload", "Preview", "Suggested", "Suggestions", "Translated", "Translation", "Trouble",
    "address", "consent_to", "merge", "prepare", "preview", "problem", "signals", "suggest", "translate",
]  # fmt: skip
