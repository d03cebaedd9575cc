"""The certificate that PayPal signs webhooks with: where it may come from, and whether it is PayPal's."""

from __future__ import annotations

import re
import threading
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import certifi
import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from goodstanding.contract import Http, Unavailable, Untrusted

_HOST = re.compile(r"([a-z0-9-]+\.)+paypal\.com")
_MAX_BYTES = 100_000
_MAX_KEPT = 16
_kept: dict[str, bytes] = {}
_lock = threading.Lock()


def permitted(url: str) -> str:
    """The address, if it is PayPal's: https, a host below paypal.com, the usual port, nobody named. Else Untrusted.

    Anyone can write a header: fetching from elsewhere would let them choose the key, or make us call inside the network.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    plain = url.isascii() and url.isprintable() and "\\" not in url and " " not in url and len(url) <= 500
    if not (
        plain and parts.scheme == "https" and _HOST.fullmatch(host) and port in (None, 443) and "@" not in parts.netloc
    ):
        raise Untrusted(
            "PAYPAL-CERT-URL is not an https address below paypal.com: forged, or a proxy rewrote it",
            code="bad_cert_url",
        )
    return url


def fetched(url: str, http: Http) -> bytes:
    """The PEM at a permitted address, kept for the next delivery. Redirects are not followed. Raises Unavailable."""
    with _lock:
        if url in _kept:
            return _kept[url]
    try:
        response = http.get(url, follow_redirects=False, timeout=15)
    except httpx.TransportError as error:
        raise Unavailable(
            f"PayPal's signing certificate could not be fetched ({type(error).__name__}); try again",
            code="no_certificate",
        ) from None
    if response.status_code == 404:
        raise Untrusted("there is no certificate at PAYPAL-CERT-URL", code="bad_certificate")
    if response.status_code != 200 or len(response.content) > _MAX_BYTES:
        raise Unavailable(
            f"PayPal's signing certificate could not be fetched (HTTP {response.status_code}); try again",
            code="no_certificate",
        )
    return bytes(response.content)


def keep(url: str, pem: bytes) -> None:
    """Keep a certificate that was found good."""
    with _lock:
        if len(_kept) >= _MAX_KEPT:
            _kept.clear()
        _kept[url] = pem


def forget() -> None:
    """Keep none."""
    with _lock:
        _kept.clear()


def public_key(pem: bytes, at: datetime, roots_file: str = "") -> RSAPublicKey:
    """The key of a certificate that names a host below paypal.com and is vouched for, at that moment, by a known root.

    Untrusted with ``bad_certificate`` (not readable, no RSA key), ``foreign_certificate`` (another subject),
    ``expired_certificate`` (not valid at that moment), ``incomplete_certificate`` (no chain to a root, and none of the
    certificates between came along), or ``unproven_certificate`` (no chain, though they did).
    """
    try:
        leaf, *between = x509.load_pem_x509_certificates(pem)
        key = leaf.public_key()
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
            x509.DNSName
        )
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise Untrusted(f"PayPal's certificate cannot be read: {str(error)[:120]}", code="bad_certificate") from None
    if not isinstance(key, RSAPublicKey):
        raise Untrusted("PayPal's certificate holds no RSA key", code="bad_certificate")
    ours = [name.lower().replace("*.", "any.", 1) for name in names]
    subject = next((name for name in ours if _HOST.fullmatch(name)), None)
    if subject is None:
        raise Untrusted("the certificate at PAYPAL-CERT-URL names no host below paypal.com", code="foreign_certificate")
    if not leaf.not_valid_before_utc <= at <= leaf.not_valid_after_utc:
        raise Untrusted(
            f"PayPal's certificate is valid from {leaf.not_valid_before_utc:%Y-%m-%d} to {leaf.not_valid_after_utc:%Y-%m-%d} only",
            code="expired_certificate",
        )
    builder = PolicyBuilder().store(_roots(roots_file or certifi.where())).time(at.replace(tzinfo=None))
    try:
        builder.build_server_verifier(x509.DNSName(subject)).verify(leaf, between)
    except (VerificationError, ValueError) as error:
        raise Untrusted(
            f"no known root vouches for PayPal's certificate: {str(error)[:120]}",
            code="unproven_certificate" if between else "incomplete_certificate",
        ) from None
    return key


@cache
def _roots(path: str) -> Store:
    return Store(x509.load_pem_x509_certificates(Path(path).read_bytes()))
