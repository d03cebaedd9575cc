"""May anything be sent at all? Off, unusable, unasked: three times no."""

from __future__ import annotations

from ..result import Reading
from .ask import Trouble
from .config import Config, problem
from .payload import Consent, Payload, Purpose, prepare


def admitted(reading: Reading, config: Config, purpose: Purpose, consent: Consent | None) -> Payload | Trouble:
    """The payload that may be sent, or why none may."""
    if not config.enabled:
        return Trouble(code="off")
    if why := problem(config):
        return Trouble(code="config", why=why)
    if purpose == "translate" and not config.translates(reading.language):
        return Trouble(code="language")
    if not consent or not consent.digests:
        return Trouble(code="no_consent")
    payload = prepare(reading, config, purpose)
    if not payload.requests:
        return Trouble(code="nothing")
    return payload if consent.covers(payload) else Trouble(code="no_consent")
