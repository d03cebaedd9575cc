"""What counts as signed by PayPal, with a small certificate authority of our own."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.paypal import FakePayPal

from goodstanding.channels.paypal import certificate, channel
from goodstanding.channels.paypal.config import Config
from goodstanding.channels.paypal.verify import SAMPLE_HEADER, message, verify
from goodstanding.contract import Incoming, ParsedNotice, Reference, Unavailable, Untrusted

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
URL = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-invented"
HOOK, OLD_HOOK = "4JH86294D6297924G", "0AB12345CD6789012"
BODY = b'{"id": "WH-1", "event_type": "CUSTOMER.DISPUTE.CREATED", "resource": {"dispute_id": "PP-1"}, "note": "\xe6\xb1\x89"}'
HOST = "messageverificationcerts.paypal.com"


class Authority:
    """A root, and certificates that it vouches for."""

    def __init__(self, name: str = "Invented Root") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.cert = self._build(self.name, self.name, self.key.public_key(), self.key, ca=True)

    def between(self) -> tuple[Any, x509.Certificate, x509.Name]:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Invented Intermediate")])
        return key, self._build(name, self.name, key.public_key(), self.key, ca=True), name

    def leaf(
        self,
        key: Any,
        *,
        host: str = HOST,
        start: datetime = NOW - timedelta(days=30),
        days: int = 90,
        issuer: Any = None,
    ) -> x509.Certificate:
        signer, issuer_name = issuer or (self.key, self.name)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        return self._build(subject, issuer_name, key.public_key(), signer, host=host, start=start, days=days)

    def _build(
        self,
        subject: x509.Name,
        issuer: x509.Name,
        public: Any,
        signer: Any,
        *,
        ca: bool = False,
        host: str = "",
        start: datetime = NOW - timedelta(days=30),
        days: int = 90,
    ) -> x509.Certificate:
        usage = dict.fromkeys(
            (
                "content_commitment",
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "encipher_only",
                "decipher_only",
            ),
            False,
        )
        builder = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public).serial_number(x509.random_serial_number())
            .not_valid_before(start).not_valid_after(start + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, crl_sign=ca, **usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        )  # fmt: skip
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        return builder.sign(signer, hashes.SHA256())


def pem(*certs: x509.Certificate) -> bytes:
    return b"".join(cert.public_bytes(serialization.Encoding.PEM) for cert in certs)


ROOT = Authority()
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
LEAF = ROOT.leaf(KEY)


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("roots") / "roots.pem"
    path.write_bytes(pem(ROOT.cert))
    return path


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    certificate.forget()
    yield
    certificate.forget()


@pytest.fixture
def config(roots: Path) -> Config:
    return Config(client_id="invented-client", client_secret="invented-secret-1", webhook_id=HOOK, ca_file=str(roots))


def signed(body: bytes = BODY, *, hook: str = HOOK, key: Any = KEY, at: datetime = NOW, **headers: Any) -> Incoming:
    sent_id, sent_at = "dfb3be50-fd74-11e4-8bf3-77339302725b", f"{at:%Y-%m-%dT%H:%M:%SZ}"
    signature = key.sign(message(sent_id, sent_at, hook, body), padding.PKCS1v15(), hashes.SHA256())
    values = {
        "paypal-transmission-id": sent_id, "paypal-transmission-time": sent_at, "paypal-cert-url": URL, "paypal-auth-algo": "SHA256withRSA",
        "paypal-transmission-sig": base64.b64encode(signature).decode(),
    } | {name.replace("_", "-"): value for name, value in headers.items()}  # fmt: skip
    return Incoming(
        origin="webhook",
        body=body,
        received_at=NOW,
        headers=tuple((name, value) for name, value in values.items() if value),
    )


class Served:
    """Answers with a certificate, and counts."""

    def __init__(self, content: bytes, status: int = 200) -> None:
        self.asked: list[str] = []
        self.content, self.status = content, status
        self.http = httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        if "oauth2" in request.url.path:
            return httpx.Response(401)
        return httpx.Response(self.status, content=self.content)


def served(*certs: x509.Certificate) -> Served:
    return Served(pem(*certs))


def refusal(incoming: Incoming, config: Config, http: httpx.Client | None) -> str:
    with pytest.raises(Untrusted) as caught:
        verify(incoming, config, http)
    return caught.value.code


def test_signed_by_a_certificate_of_paypals_is_trusted_and_fetched_once(config: Config) -> None:
    paypal = served(LEAF)
    verify(signed(), config, paypal.http)
    verify(signed(BODY + b" "), config, paypal.http)
    assert paypal.asked == [URL]


def test_the_checksum_is_an_unsigned_number() -> None:
    body = b"a"  # its CRC32 has the highest bit set
    assert zlib.crc32(body) > 2**31
    assert message("i", "t", "w", body) == b"i|t|w|3904355907"


@given(st.binary(max_size=200))
def test_the_checksum_is_never_negative(body: bytes) -> None:
    assert 0 <= int(message("i", "t", "w", body).rpartition(b"|")[2]) < 2**32


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_any_altered_byte_is_refused(at: int, by: int) -> None:
    altered = bytearray(BODY)
    altered[at] ^= by
    incoming = signed()
    sent_id, sent_at = incoming.header("paypal-transmission-id"), incoming.header("paypal-transmission-time")
    assert message(sent_id, sent_at, HOOK, bytes(altered)) != message(sent_id, sent_at, HOOK, BODY)


def test_an_altered_body_or_another_webhook_is_refused(config: Config) -> None:
    http = served(LEAF).http
    assert refusal(replace(signed(), body=BODY + b" "), config, http) == "bad_signature"
    assert refusal(signed(hook="0OTHER"), config, http) == "bad_signature"
    mallory = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert refusal(signed(key=mallory), config, http) == "bad_signature"


def test_both_webhooks_pass_while_replacing(config: Config) -> None:
    http = served(LEAF).http
    assert refusal(signed(hook=OLD_HOOK), config, http) == "bad_signature"
    verify(signed(hook=OLD_HOOK), replace(config, webhook_id_previous=OLD_HOOK), http)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.paypal.com/cert", "https://paypal.com.evil.example/cert", "https://evilpaypal.com/cert", "https://api.paypal.com@evil.example/cert",
        "https://user@api.paypal.com/cert", "https://127.0.0.1/cert", "https://169.254.169.254/latest", "https://api.paypal.com:8443/cert",
        "file:///etc/passwd", "https://api.paypal.com\\@evil.example/", "https://evil.example/#.paypal.com", "https://evil.example/?.paypal.com",
        "https://api.paypal.com.", "https://pаypal.com/cert", "https://[::1]/cert", "https://api.paypal.com:x/", "//api.paypal.com/cert", "gopher://api.paypal.com/",
        "https://paypal.com/cert",
    ],
)  # fmt: skip
def test_no_certificate_is_fetched_from_elsewhere(config: Config, url: str) -> None:
    paypal = served(LEAF)
    assert refusal(signed(paypal_cert_url=url), config, paypal.http) == "bad_cert_url"
    assert paypal.asked == []


def test_the_sandboxs_host_is_paypals() -> None:
    assert certificate.permitted("https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1")
    assert certificate.permitted("https://API.paypal.com:443/v1/notifications/certs/CERT-1")


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: (Authority("Other Root").leaf(KEY),), "incomplete_certificate"),
        (lambda: (Authority("Other Root").leaf(KEY), ROOT.cert), "unproven_certificate"),
        (lambda: (ROOT.leaf(KEY, start=NOW - timedelta(days=90), days=60),), "expired_certificate"),
        (lambda: (ROOT.leaf(KEY, start=NOW + timedelta(days=1)),), "expired_certificate"),
        (lambda: (ROOT.leaf(KEY, host="shop.example"),), "foreign_certificate"),
        (lambda: (ROOT.leaf(KEY, host="paypal.com.evil.example"),), "foreign_certificate"),
        (lambda: (ROOT.leaf(ec.generate_private_key(ec.SECP256R1())),), "bad_certificate"),
        (lambda: (ROOT.cert,), "bad_certificate"),
    ],
    ids=["other root", "other root, with a certificate", "expired", "not yet", "other subject", "look-alike subject", "no RSA key", "no subject name"],
)  # fmt: skip
def test_the_certificate_must_be_paypals_and_valid(config: Config, made: Any, code: str) -> None:
    paypal = served(*made())
    assert refusal(signed(), config, paypal.http) == code
    assert refusal(signed(), config, paypal.http) == code
    assert len([url for url in paypal.asked if url == URL]) == 2  # what was not found good is not kept


def test_a_chain_with_its_certificate_between_is_followed(config: Config) -> None:
    key, between, name = ROOT.between()
    verify(signed(), config, served(ROOT.leaf(KEY, issuer=(key, name)), between).http)


def test_a_wildcard_below_paypal_is_paypals(config: Config) -> None:
    verify(signed(), config, served(ROOT.leaf(KEY, host="*.paypal.com")).http)


@pytest.mark.parametrize("content", [b"", b"<html>", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate(config: Config, content: bytes) -> None:
    assert refusal(signed(), config, Served(content).http) == "bad_certificate"


def test_a_certificate_that_cannot_be_had_now_is_tried_again(config: Config) -> None:
    with pytest.raises(Unavailable):
        verify(signed(), config, Served(b"", 503).http)
    with pytest.raises(Unavailable):
        verify(signed(), config, Served(b"", 302).http)
    with pytest.raises(Unavailable):
        verify(signed(), config, Served(b"x" * 100_001).http)
    assert refusal(signed(), config, Served(b"", 404).http) == "bad_certificate"


@pytest.mark.parametrize(("verdict", "trusted"), [("SUCCESS", True), ("FAILURE", False)])
def test_without_the_certificates_between_paypal_is_asked(config: Config, verdict: str, trusted: bool) -> None:
    """The event goes back as it came, byte for byte."""
    key, _, name = ROOT.between()
    leaf = pem(ROOT.leaf(KEY, issuer=(key, name)))
    asked: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if "certs" in request.url.path:
            return httpx.Response(200, content=leaf)
        if "oauth2" in request.url.path:
            return httpx.Response(200, json={"access_token": "A21AAInvented", "scope": ""})
        asked.append(request.content)
        return httpx.Response(200, json={"verification_status": verdict})

    http = httpx.Client(transport=httpx.MockTransport(answer))
    if trusted:
        verify(signed(), config, http)
    else:
        assert refusal(signed(), config, http) == "incomplete_certificate"
    assert asked[0].endswith(b'"webhook_event": ' + BODY + b"}")
    assert json.loads(asked[0])["webhook_id"] == HOOK


def test_paypal_not_answering_now_is_tried_again_and_a_wrong_secret_is_not(config: Config) -> None:
    key, _, name = ROOT.between()
    leaf = pem(ROOT.leaf(KEY, issuer=(key, name)))

    def answering(status: int) -> httpx.Client:
        def answer(request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=leaf) if "certs" in request.url.path else httpx.Response(status)

        return httpx.Client(transport=httpx.MockTransport(answer))

    with pytest.raises(Unavailable):
        verify(signed(), config, answering(503))
    assert refusal(signed(), config, answering(401)) == "incomplete_certificate"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"paypal_transmission_sig": ""}, "no_signature"),
        ({"paypal_transmission_id": ""}, "no_signature"),
        ({"paypal_transmission_time": ""}, "no_signature"),
        ({"paypal_auth_algo": ""}, "no_signature"),
        ({"paypal_auth_algo": "SHA1withRSA"}, "malformed_signature"),
        ({"paypal_transmission_sig": "not base64!"}, "malformed_signature"),
        ({"paypal_transmission_sig": "é"}, "malformed_signature"),
        ({"paypal_transmission_id": "a|b"}, "malformed_signature"),
        ({"paypal_transmission_time": "yesterday"}, "malformed_signature"),
        ({"paypal_cert_url": ""}, "bad_cert_url"),
    ],
)
def test_headers_that_prove_nothing(config: Config, changes: dict[str, Any], code: str) -> None:
    assert refusal(signed(**changes), config, served(LEAF).http) == code


@pytest.mark.parametrize(
    ("delta", "code"),
    [
        (timedelta(days=-5), "too_old"),
        (timedelta(minutes=6), "in_the_future"),
        (timedelta(days=-3), ""),
        (timedelta(minutes=4), ""),
    ],
)
def test_only_what_was_sent_about_now(config: Config, delta: timedelta, code: str) -> None:
    incoming = signed(at=NOW + delta)
    if code:
        assert refusal(incoming, config, served(LEAF).http) == code
    else:
        verify(incoming, config, served(LEAF).http)


def test_without_a_webhook_id_nothing_is_proven(config: Config) -> None:
    assert refusal(signed(), replace(config, webhook_id=""), served(LEAF).http) == "no_secret"


def test_own_readings_need_no_signature(config: Config) -> None:
    verify(replace(signed(), origin="lookup", headers=()), config, None)
    verify(replace(signed(), origin="poll", headers=()), config, None)


def test_a_drill_is_signed_read_and_marked(config: Config) -> None:
    assert channel.drill
    sample = channel.drill(config, NOW)
    verify(sample, config, None)
    verify(sample, replace(config, client_secret="new-secret-0001", client_secret_previous=config.client_secret), None)
    assert refusal(replace(sample, body=sample.body + b" "), config, None) == "bad_signature"
    (notice,) = channel.parse(sample)
    assert isinstance(notice, ParsedNotice)
    assert (notice.test, notice.facts["drill"], notice.unread) == (True, "true", ())
    assert Reference(type="order", value="GS-1001") in notice.references


def test_a_drill_header_of_someone_else_opens_nothing(config: Config) -> None:
    forged = replace(signed(), headers=((SAMPLE_HEADER, "0" * 64),))
    assert refusal(forged, config, served(LEAF).http) == "bad_signature"


def test_the_fakes_judgement_is_asked_only_when_needed(config: Config) -> None:
    with FakePayPal() as paypal:
        verify(signed(), replace(config, api_base=paypal.url), served(LEAF).http)
        assert paypal.requests == []
