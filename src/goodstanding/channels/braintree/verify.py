"""Is a webhook from Braintree? ``bt_signature`` is ``public key|hex HMAC-SHA1`` over the base64 text of ``bt_payload``.

As the official libraries check it; the HMAC's key is the SHA1 of the private key. It carries no time: a repeat is known by
its event.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from goodstanding.contract import Answer, Http, Incoming, Unreadable, Untrusted

from .config import Config
from .parse import fields_of

_CHALLENGE = re.compile(r"[a-f0-9]{20,32}")
_PAYLOAD = re.compile(r"[A-Za-z0-9+=/\n]+")
_OWN_READING = ("poll", "lookup")
#: Our own sample carries, besides, a signature over the whole body.
SAMPLE_HEADER = "GoodStanding-Sample"


def verify(incoming: Incoming, config: Config, http: Http | None) -> None:  # noqa: ARG001 - a signature needs no call
    """Raises Untrusted; its ``code`` says why.

    ``no_secret``: no key pair is set. ``malformed``, ``no_signature``: no such form. ``unknown_key``: signed with a key
    that is not set here. ``bad_signature``: not provably Braintree's.
    """
    if incoming.origin in _OWN_READING:
        return
    pairs = config.pairs()
    if not pairs:
        raise Untrusted("no key pair is set: enter public and private key to check signatures", code="no_secret")
    if incoming.origin == "drill":
        _drilled(incoming, pairs)
    try:
        fields = fields_of(incoming.body)
    except Unreadable as error:
        raise Untrusted(f"no signature to check: {error}", code="malformed") from None
    payload, given = fields.get("bt_payload", ""), fields.get("bt_signature", "")
    if not payload or not given:
        raise Untrusted("bt_signature or bt_payload is missing: not sent by Braintree", code="no_signature")
    if not _PAYLOAD.fullmatch(payload):
        raise Untrusted("bt_payload holds other characters than Braintree's", code="malformed")
    signatures = dict(pair.split("|", 1) for pair in given.split("&") if "|" in pair)
    known = [(private, signatures[public]) for public, private in pairs if public in signatures]
    if not known:
        raise Untrusted(
            "signed with a public key that is not set here: the webhook belongs to another API key", code="unknown_key"
        )
    for private, signature in known:
        for text in (payload, payload + "\n"):
            if hmac.compare_digest(sign(text, private).encode(), signature.encode("utf-8", "surrogatepass")):
                return
    raise Untrusted(
        "bt_signature does not fit: the payload was altered, or the private key is not the one set here",
        code="bad_signature",
    )


def sign(text: str, private_key: str) -> str:
    """The hex HMAC-SHA1 that Braintree makes of a text."""
    key = hashlib.sha1(private_key.encode(), usedforsecurity=False).digest()
    return hmac.new(key, text.encode(), hashlib.sha1).hexdigest()


def body_signature(body: bytes, private_key: str) -> str:
    """The hex HMAC-SHA256 of our own sample's whole body."""
    return hmac.new(b"goodstanding-drill:" + private_key.encode(), body, hashlib.sha256).hexdigest()


def answer(incoming: Incoming, config: Config) -> Answer | None:
    """Braintree checks a new address by GET with ``bt_challenge`` and wants ``public key|signature`` back."""
    found = re.search(r"[?&]bt_challenge=([a-f0-9]*)(?:&|$)", incoming.url)
    if incoming.method.upper() != "GET" or found is None:
        return None
    pairs = config.pairs()
    if not pairs or not _CHALLENGE.fullmatch(found[1]):
        return Answer(status=400, body=b"no key pair is set, or this is no challenge of Braintree's")
    public, private = pairs[0]
    return Answer(body=f"{public}|{sign(found[1], private)}".encode())


def _drilled(incoming: Incoming, pairs: tuple[tuple[str, str], ...]) -> None:
    given = incoming.header(SAMPLE_HEADER).encode("utf-8", "surrogatepass")
    if not any(hmac.compare_digest(body_signature(incoming.body, private).encode(), given) for _, private in pairs):
        raise Untrusted("the sample was altered, or was made with another private key", code="bad_signature")
