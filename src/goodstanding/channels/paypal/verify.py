"""Is an event from PayPal? An RSA signature over id, time, webhook and a checksum of the raw bytes.

https://developer.paypal.com/api/rest/webhooks/rest: the message is ``id|time|webhook id|CRC32 of the body`` (unsigned, decimal),
signed with the key of the certificate at PAYPAL-CERT-URL.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import zlib
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256

from goodstanding.contract import Http, Incoming, Refused, Untrusted

from . import certificate
from .api import Session
from .config import Config

#: PayPal tries a delivery again for up to 3 days: https://developer.paypal.com/api/rest/webhooks/rest
MOST_SECONDS = 4 * 86400
_AHEAD_SECONDS = 300
_WORD = re.compile(r"[\x21-\x7e]{1,500}")
_OWN_READING = ("poll", "lookup")
#: Our own sample cannot carry PayPal's signature; it carries one made with the app's secret.
SAMPLE_HEADER = "GoodStanding-Sample"


def verify(incoming: Incoming, config: Config, http: Http | None) -> None:
    """Raises Untrusted; its ``code`` says why.

    ``no_secret``: no webhook id to check against. ``no_signature``, ``malformed_signature``, ``bad_signature``: not provably
    PayPal's. ``bad_cert_url``, ``bad_certificate``, ``foreign_certificate``, ``expired_certificate``,
    ``incomplete_certificate``, ``unproven_certificate``: the key is not provably PayPal's. ``too_old``, ``in_the_future``: a replay, or a wrong clock. Unavailable where the certificate
    cannot be fetched now.
    """
    if incoming.origin in _OWN_READING:
        return
    if incoming.origin == "drill" or incoming.header(SAMPLE_HEADER):
        _drilled(incoming, config)
        return
    webhooks = [item.strip() for item in (config.webhook_id, config.webhook_id_previous) if item.strip()]
    if not webhooks:
        raise Untrusted(
            "no webhook id is set: enter it, as shown at the app's webhook, to check signatures", code="no_secret"
        )
    sent_id, sent_at, signature = _headers(incoming)
    url = certificate.permitted(incoming.header("PAYPAL-CERT-URL"))
    _in_time(sent_at, incoming.received_at)
    if http is None:
        raise Untrusted("no way out to fetch PayPal's certificate", code="unproven_certificate")
    pem = certificate.fetched(url, http)
    try:
        key = certificate.public_key(pem, incoming.received_at, config.ca_file)
    except Untrusted as untrusted:
        if untrusted.code == "incomplete_certificate" and _paypal_says_so(incoming, webhooks, config, http):
            return
        raise
    certificate.keep(url, pem)
    for webhook_id in webhooks:
        try:
            key.verify(signature, message(sent_id, sent_at, webhook_id, incoming.body), padding.PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return
    raise Untrusted(
        "the signature does not fit: the webhook id is another webhook's, or the body was altered", code="bad_signature"
    )


def message(sent_id: str, sent_at: str, webhook_id: str, body: bytes) -> bytes:
    """What PayPal signs. The checksum is a number from 0 to 4294967295, never negative."""
    return f"{sent_id}|{sent_at}|{webhook_id}|{zlib.crc32(body) & 0xFFFFFFFF}".encode()


def drill_signature(body: bytes, secret: str) -> str:
    """The hex HMAC-SHA256 of our own sample."""
    return hmac.new(b"goodstanding-drill:" + secret.strip().encode(), body, hashlib.sha256).hexdigest()


def _drilled(incoming: Incoming, config: Config) -> None:
    secrets = [word for word in (config.client_secret, config.client_secret_previous) if word.strip()]
    if not secrets:
        raise Untrusted("no app secret is set, so the sample cannot be checked", code="no_secret")
    given = incoming.header(SAMPLE_HEADER).encode("utf-8", "surrogatepass")
    if not any(hmac.compare_digest(drill_signature(incoming.body, secret).encode(), given) for secret in secrets):
        raise Untrusted("the sample was altered, or was made with another app secret", code="bad_signature")


def _headers(incoming: Incoming) -> tuple[str, str, bytes]:
    names = ("PAYPAL-TRANSMISSION-ID", "PAYPAL-TRANSMISSION-TIME", "PAYPAL-TRANSMISSION-SIG", "PAYPAL-AUTH-ALGO")
    values = [incoming.header(name) for name in names]
    absent = [name for name, value in zip(names, values, strict=True) if not value]
    if absent:
        raise Untrusted(f"no {absent[0]} header: not sent by PayPal, or a proxy removed it", code="no_signature")
    if not all(_WORD.fullmatch(value) for value in values) or "|" in values[0] + values[1]:
        raise Untrusted(
            "the PAYPAL-TRANSMISSION headers hold other characters than PayPal's", code="malformed_signature"
        )
    if values[3].upper() != "SHA256WITHRSA":
        raise Untrusted(f"PAYPAL-AUTH-ALGO is {values[3][:40]!r}, not SHA256withRSA", code="malformed_signature")
    try:
        signature = base64.b64decode(values[2], validate=True)
    except (binascii.Error, ValueError):
        raise Untrusted("PAYPAL-TRANSMISSION-SIG is not base64", code="malformed_signature") from None
    return values[0], values[1], signature


def _in_time(sent_at: str, received_at: datetime) -> None:
    try:
        moment = datetime.fromisoformat(sent_at)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Untrusted("PAYPAL-TRANSMISSION-TIME is no moment", code="malformed_signature") from None
    age = (received_at - moment).total_seconds()
    if age > MOST_SECONDS:
        raise Untrusted(
            f"sent {age / 86400:.1f} days before it arrived: a replay, or this clock is fast", code="too_old"
        )
    if age < -_AHEAD_SECONDS:
        raise Untrusted(f"sent {-age:.0f} s after it arrived: this server's clock is slow", code="in_the_future")


def _paypal_says_so(incoming: Incoming, webhooks: list[str], config: Config, http: Http) -> bool:
    """Ask PayPal itself, where its certificate came without those between it and a root. The event goes back untouched.

    Unavailable where PayPal does not answer now.
    """
    try:
        session = Session.open(config, http)
        for webhook_id in webhooks:
            asked = {
                "auth_algo": incoming.header("PAYPAL-AUTH-ALGO"),
                "cert_url": incoming.header("PAYPAL-CERT-URL"),
                "transmission_id": incoming.header("PAYPAL-TRANSMISSION-ID"),
                "transmission_sig": incoming.header("PAYPAL-TRANSMISSION-SIG"),
                "transmission_time": incoming.header("PAYPAL-TRANSMISSION-TIME"),
                "webhook_id": webhook_id,
            }
            body = json.dumps(asked)[:-1].encode() + b', "webhook_event": ' + incoming.body + b"}"
            answer = session.post("/v1/notifications/verify-webhook-signature", body, "application/json")
            if answer.get("verification_status") == "SUCCESS":
                return True
    except Refused:
        return False
    return False
