"""What a person reads about an Adyen case. Values are text; what is absent has no key."""

from __future__ import annotations

from decimal import Decimal

from goodstanding.contract import Money, Reader, Unreadable

from . import vocabulary

_MAX_VALUE = 500
_COMMENTS = "issuerComments/"
#: Names of the issuer's free text that read as a sentence by themselves come first.
_FIRST = ("explanation", "note")

_ITEM = {"payment_method": "paymentMethod", "reason_name": "reason", "adyen_merchant_account": "merchantAccountCode"}
_MORE = {
    "network_reason_code": "chargebackReasonCode",
    "adyen_rfi_reason_code": "rfiReasonCode",
    "arn": "arn",
    "card_brand": "paymentMethodVariant",
    "adyen_modification_references": "modificationMerchantReferences",
}


def facts_of(read: Reader, more: Reader, *, event: str, live: bool | None, happened: bool) -> dict[str, str]:
    """``evidence_due_by`` is Adyen's date also where no answer is awaited; ``response_allowed`` is false where none is taken."""
    facts = {"event_type": event} | _texts(read, _ITEM) | _texts(more, _MORE)
    if live is not None:
        facts["livemode"] = _spelled(live)
    if not happened:
        facts["adyen_success"] = "false"
    if more.has("defensePeriodEndsAt") and more.text("defensePeriodEndsAt"):
        facts["evidence_due_by"] = more.moment("defensePeriodEndsAt").isoformat()
    for name, path in (("adyen_defendable", "defendable"), ("adyen_auto_defended", "autoDefended")):
        if (said := flag(more, path)) is not None:
            facts[name] = _spelled(said)
    if facts.get("adyen_defendable") == "false":
        facts["response_allowed"] = "false"
    if more.text("goodstanding/drill", ""):
        facts["drill"] = "true"
    return facts | _gross(more) | _comments(more)


def words_of(more: Reader) -> str:
    """The issuer's free text, as it stands: the field's name before each part."""
    parts = [f"{name}: {text}" for name, text in _comment_texts(more) if name != "type"]
    return "\n".join(parts)


def flag(more: Reader, path: str) -> bool | None:
    """A flag, which Adyen writes as text; None where it is absent or empty."""
    return more.flag(path) if more.has(path) and more.text(path) != "" else None


def _comments(more: Reader) -> dict[str, str]:
    kind = more.text(f"{_COMMENTS}type", "")[:_MAX_VALUE]
    return {"case_type": kind} if kind else {}


def _comment_texts(more: Reader) -> list[tuple[str, str]]:
    names = [name.removeprefix(_COMMENTS) for name in more.leftover() if name.startswith(_COMMENTS)]
    names.sort(key=lambda name: (name not in _FIRST, name))
    found = [(name, more.text(_COMMENTS + name, "")) for name in names]
    return [(name, text) for name, text in found if text]


def _gross(more: Reader) -> dict[str, str]:
    """The payment's whole sum, where a part of it is disputed."""
    currency = more.text("grossCurrency", "")
    if not more.text("grossValue", "") or not currency:
        return {}
    value = more.integer("grossValue")
    try:
        return {"order_total": str(Money(Decimal(value).scaleb(-vocabulary.decimals(currency)), currency))}
    except ValueError as error:
        raise Unreadable(f"additionalData.grossCurrency: {str(error)[:120]}", code="bad_currency") from None


def _texts(read: Reader, paths: dict[str, str]) -> dict[str, str]:
    return {name: value for name, path in paths.items() if (value := read.text(path, "")[:_MAX_VALUE])}


def _spelled(flag: bool) -> str:
    return "true" if flag else "false"
