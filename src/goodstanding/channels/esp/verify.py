"""Signatures, where a provider documents one that a shared key can check: Resend (Svix), Mailgun, Mandrill.

Mailgun signs its time stamp and token, not the event: whoever saw one delivery could send another event with it, so a token
counts for fifteen minutes only. SendGrid signs with a key pair and Amazon SNS with a certificate to be fetched; those and the
providers that do not sign are unproven here: the address is their secret.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime
from urllib.parse import parse_qsl

from goodstanding.contract import Http, Incoming, Reader, Unreadable, Untrusted

from .config import Config

_TOLERANCE_SECONDS = 15 * 60


def verify(incoming: Incoming, config: Config, http: Http | None) -> None:
    """Raise Untrusted unless a signature that we can check fits; ``no_secret`` where there is nothing to check with."""
    del http
    secret = config.webhook_secret.strip()
    if not secret:
        raise Untrusted("no signing key is set: enter it if your provider signs", code="no_secret")
    if incoming.header("svix-signature"):
        return _svix(incoming, secret)
    if incoming.header("X-Mandrill-Signature"):
        return _mandrill(incoming, secret)
    return _mailgun(incoming, secret)


def _svix(incoming: Incoming, secret: str) -> None:
    """https://docs.svix.com/receiving/verifying-payloads/how-manual"""
    name, stamp = incoming.header("svix-id"), incoming.header("svix-timestamp")
    given = [item.partition(",")[2] for item in incoming.header("svix-signature").split()[:10]]
    expected = svix_signature(incoming.body, name, stamp, secret)
    _same(expected, given)
    _fresh(stamp, incoming)


def svix_signature(body: bytes, name: str, stamp: str, secret: str) -> str:
    signed = f"{name}.{stamp}.".encode() + body
    return base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return secret.encode()


def _mandrill(incoming: Incoming, secret: str) -> None:
    """https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/#authenticating-webhook-requests"""
    try:
        fields = sorted(parse_qsl(incoming.body.decode("utf-8"), keep_blank_values=True, max_num_fields=200))
    except ValueError:
        fields = []
    signed = incoming.url + "".join(key + value for key, value in fields)
    expected = base64.b64encode(hmac.new(secret.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    _same(expected, [incoming.header("X-Mandrill-Signature")])


def _mailgun(incoming: Incoming, secret: str) -> None:
    """https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks"""
    try:
        read = Reader.of_json(incoming.body)
        stamp, token, given = (read.text(f"signature.{name}") for name in ("timestamp", "token", "signature"))
    except Unreadable:
        raise Untrusted(
            "the delivery carries no signature that a key can check: the address is its only secret", code="no_secret"
        ) from None
    _same(hmac.new(secret.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest(), [given])
    _fresh(stamp, incoming)


def _same(expected: str, given: list[str]) -> None:
    if not any(hmac.compare_digest(expected.encode(), item.encode("utf-8", "replace")) for item in given):
        raise Untrusted("the signature does not match; is the signing key the current one?", code="bad_signature")


def _fresh(stamp: str, incoming: Incoming) -> None:
    if not (stamp.isascii() and stamp.isdigit()):
        raise Untrusted("the signature's time stamp is not a number", code="bad_signature")
    if abs(int(stamp[:15]) - incoming.received_at.timestamp()) > _TOLERANCE_SECONDS:
        raise Untrusted("the signature is older than fifteen minutes: a replay, or a wrong clock", code="stale")


def drill(config: Config, now: datetime) -> Incoming:
    """A signed complaint as Resend would send it. Everything in it is invented."""
    stamp = str(int(now.timestamp()))
    event = {
        "type": "email.complained",
        "created_at": now.isoformat(),
        "data": {
            "email_id": f"drill-{stamp}",
            "from": "Shop <news@shop.example>",
            "to": ["reader@customer.example"],
            "subject": "Autumn sale",
        },
    }
    body, name = json.dumps(event).encode(), f"msg_drill_{stamp}"
    signature = svix_signature(body, name, stamp, config.webhook_secret)
    headers = (("svix-id", name), ("svix-timestamp", stamp), ("svix-signature", f"v1,{signature}"))
    return Incoming(origin="drill", body=body, received_at=now, headers=headers)
