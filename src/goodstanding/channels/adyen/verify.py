"""Is a delivery from Adyen? An HMAC in each item, and the webhook's own user name and password over the whole.

https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures. The HMAC covers eight fields of an item; deadline,
reason code and event date are outside of it and rest on HTTPS and the password alone, so both are asked for.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from goodstanding.contract import Answer, Http, Incoming, Unreadable, Untrusted

from .config import Config
from .items import raw_items

#: Our own sample carries, besides, the signature over the whole body that Adyen's other webhooks carry in this header.
WHOLE_BODY_HEADER = "HmacSignature"
_FIELDS = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")


def verify(incoming: Incoming, config: Config, http: Http | None) -> None:  # noqa: ARG001 - a signature needs no call
    """Raises Untrusted; its ``code`` says why, its message which item.

    All or nothing: Adyen signs every item, so a body with one item that it did not sign did not leave Adyen as it arrived.
    The whole is refused and kept; the genuine items reach us in Adyen's own delivery. ``no_secret``: nothing to check
    against. ``no_credentials``, ``bad_credentials``: the user name and password. ``malformed``: no items to check.
    ``no_signature``, ``bad_signature``: an item's HMAC.
    """
    keys = [key.strip() for key in (config.webhook_hmac_key, config.webhook_hmac_key_previous) if key.strip()]
    passwords = [word for word in (config.webhook_password, config.webhook_password_previous) if word]
    if not keys or not passwords or not config.webhook_user:
        raise Untrusted(
            "HMAC key, user name and password of the webhook are not all set: enter them to prove deliveries",
            code="no_secret",
        )
    _credentials(incoming.header("Authorization"), config.webhook_user, passwords)
    if incoming.origin == "drill":
        _whole_body(incoming, keys)
    try:
        items = raw_items(incoming.body)
    except Unreadable as error:
        raise Untrusted(f"no items whose signature could be checked: {error}", code="malformed") from None
    if not items:
        raise Untrusted("the delivery holds no items, so nothing in it is signed", code="malformed")
    for number, item in enumerate(items, start=1):
        _item(item, keys, f"item {number} of {len(items)} ({str(item.get('eventCode'))[:60]})")


def answer(incoming: Incoming, config: Config) -> Answer | None:  # noqa: ARG001 - the same to everyone
    """Any 2xx acknowledges; webhooks set up long ago want this body as well."""
    return Answer(body=b"[accepted]")


def signature(item: Mapping[str, Any], key: str) -> str:
    """The base64 HMAC-SHA256 that Adyen puts into ``additionalData.hmacSignature``; absent fields count as empty."""
    amount = item.get("amount")
    amount = amount if isinstance(amount, Mapping) else {}
    values = [*(item.get(name) for name in _FIELDS), amount.get("value"), amount.get("currency")]
    signed = ":".join(map(_text, [*values, item.get("eventCode"), item.get("success")]))
    return _hmac(signed.encode("utf-8", "surrogatepass"), key)


def body_signature(body: bytes, key: str) -> str:
    """The base64 HMAC-SHA256 over a whole body."""
    return _hmac(body, key)


def basic(user: str, password: str) -> str:
    """An ``Authorization`` header of HTTP basic authentication."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _hmac(signed: bytes, key: str) -> str:
    return base64.b64encode(hmac.new(_key_bytes(key), signed, hashlib.sha256).digest()).decode()


def _key_bytes(key: str) -> bytes:
    """Adyen's keys are hexadecimal. One that is not fits nothing that Adyen signs; ``bad_signature`` tells of it."""
    try:
        return binascii.unhexlify(key)
    except (binascii.Error, ValueError):
        return key.encode()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _credentials(header: str, user: str, passwords: list[str]) -> None:
    if not header:
        raise Untrusted(
            "no user name and password: set basic authentication at the webhook in Adyen, or a proxy removed the header",
            code="no_credentials",
        )
    given = header.encode("utf-8", "surrogatepass")
    if not any(hmac.compare_digest(basic(user, password).encode(), given) for password in passwords):
        raise Untrusted("user name or password is not the one set here", code="bad_credentials")


def _whole_body(incoming: Incoming, keys: list[str]) -> None:
    given = incoming.header(WHOLE_BODY_HEADER).encode("utf-8", "surrogatepass")
    if not any(hmac.compare_digest(body_signature(incoming.body, key).encode(), given) for key in keys):
        raise Untrusted("the sample was altered, or was made with another HMAC key", code="bad_signature")


def _item(item: Mapping[str, Any], keys: list[str], where: str) -> None:
    more = item.get("additionalData")
    given = more.get("hmacSignature") if isinstance(more, Mapping) else None
    if not isinstance(given, str) or not given:
        raise Untrusted(
            f"{where} carries no hmacSignature: switch on HMAC at the webhook in Adyen", code="no_signature"
        )
    theirs = given.encode("utf-8", "surrogatepass")
    if not any(hmac.compare_digest(signature(item, key).encode(), theirs) for key in keys):
        raise Untrusted(
            f"{where}: its hmacSignature does not fit; forged or altered, or the HMAC key is not this webhook's{_hint(keys)}",
            code="bad_signature",
        )


def _hint(keys: list[str]) -> str:
    hexadecimal = all(len(key) % 2 == 0 and all(char in "0123456789abcdefABCDEF" for char in key) for key in keys)
    return "" if hexadecimal else " (Adyen's keys are hexadecimal, the one set here is not)"
