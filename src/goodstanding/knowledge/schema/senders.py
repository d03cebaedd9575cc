"""Organisations that write to shops: their domains, how their notices arrive, how forgeries look."""

from __future__ import annotations

from typing import Literal

from .common import Point, Record, Text

SenderKind = Literal[
    "card_network", "alert_service", "gateway", "platform", "esp", "mailbox", "review", "regulator", "consumer_body", "law_firm", "rule",
]  # fmt: skip
Contacts = Literal["yes", "rare", "never", "never_for_disputes", "no", "if_subscribed", "yes_if_direct_merchant"]


class Sender(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Domains are hints only: a genuine notice also passes DMARC and shows in the organisation's own portal."""

    kind: SenderKind
    name_zh: Text
    name_en: str | None = None
    jurisdiction: str | None = None
    web_domains: tuple[str, ...] = ()
    mail_domains: tuple[str, ...] = ()
    contacts_merchant_directly: Contacts | None = None
    genuine_arrival_zh: tuple[str, ...] = ()
    phishing_signs_zh: tuple[str, ...] = ()
    verify_zh: tuple[str, ...] = ()
    rules: tuple[Point, ...] = ()
    notes_zh: str | None = None


SenderRecord = Sender
