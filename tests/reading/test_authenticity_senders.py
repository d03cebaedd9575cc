"""Who is taken for whom: imitators of names, courts and schemes; persons; providers whose host is everybody's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from goodstanding.reading import read

TODAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CHARGEBACK = "A cardholder disputed a payment of $50.00 with their bank. A chargeback was opened. Submit your evidence by December 4, 2026.\n"
SPAM = "We have received a spam complaint about a message sent from your IP 192.0.2.4. The recipient reported it as spam.\n"
REPORT = (
    "--b\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report for a message received from 192.0.2.4.\r\n"
    "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: Fbl/1.0\r\nVersion: 1\r\n"
    "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: shop@shop.example\r\nSubject: Sale\r\n\r\nHello\r\n--b--\r\n"
)


def judged(sender: str, subject: str, body: str, results: str = "dmarc=pass", *, report: bool = False) -> str:
    domain = sender.rpartition("@")[2].rstrip(">")
    kind = "multipart/report; report-type=feedback-report; boundary=b" if report else "text/plain; charset=utf-8"
    lines = [
        f"Authentication-Results: mx.shop.example; {results} header.from={domain}",
        f"Received: from out.{domain} (out.{domain} [192.0.2.7]) by mx.shop.example with ESMTPS; Tue, 24 Nov 2026 07:00:00 +0000",
        f"From: {sender}",
        "To: owner@shop.example",
        f"Subject: {subject}",
        "MIME-Version: 1.0",
        f"Content-Type: {kind}",
        "",
        REPORT if report else body,
    ]
    return read("\r\n".join(lines).encode(), receivers=("mx.shop.example",), received_at=TODAY).authority


@pytest.mark.parametrize(
    "sender",
    [
        "\u0420ayPal Disputes <cases@pay-pal-resolution.example>",
        "PayPaI <service@merchant-mails.example>",
        "Str1pe Support <x@hacked-bakery.example>",
        "Disputes <a@paypa1-secure-center.com>",
        "Merchant Services <a@trust-pilot-reviews.com>",
        "Klаrna <x@shop-mails.example>",
    ],
)
def test_names_in_look_alike_letters(sender: str) -> None:
    assert judged(sender, "Chargeback opened", CHARGEBACK) == "phishing"


def test_a_scheme_that_signs_from_a_strangers_domain() -> None:
    body = CHARGEBACK + "\nRegards,\nVisa Dispute Resolution Team\n"
    assert judged("Merchant Notice <info@garden-centre.example>", "Chargeback opened", body) == "phishing"


def test_an_acquirer_that_names_a_scheme_is_only_unknown() -> None:
    body = CHARGEBACK + "\nCard type: Visa\nReason: Visa 10.4\n\nRegards,\nNorthpay Disputes\n"
    assert judged("Northpay <disputes@northpay.example>", "Visa chargeback", body) == "unverified"


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        ("Amtsgericht Mitte <amtsgericht.mitte@gmx.de>", "Mahnbescheid", "In dem Mahnverfahren ergeht gegen Sie ein Mahnbescheid. Zahlen Sie binnen zwei Wochen an das Gericht."),
        ("Clerk <courtclerk77@gmail.com>", "Court summons", "County Court Business Centre\n\nClaim number: K7QZ40112\nYou are hereby summoned. By order of the court you must file a defence within 14 days."),
    ],
)  # fmt: skip
def test_a_court_writes_from_no_free_mailbox(sender: str, subject: str, body: str) -> None:
    assert judged(sender, subject, body) == "phishing"


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        ("Anna Weiss <anna.weiss@gmx.net>", "Auskunft nach Art. 15 DSGVO", "Ich verlange Auskunft über meine Daten nach Art. 15 DSGVO. Sonst wende ich mich an die Berliner Beauftragte für Datenschutz."),
        ("Tom Hale <tom@hale-family.example>", "Erasure request", "Under Article 17 GDPR please erase my personal data. Otherwise I will complain to the Information Commissioner's Office (ICO)."),
        ("Luc <luc@orange.fr>", "Droit d'accès", "En application de l'article 15 du RGPD, je demande l'accès à mes données personnelles. À défaut je saisirai la CNIL."),
        ("Harlow Solicitors <post@harlow.example>", "Letter before claim", "Letter before claim. We act for Ms Bright. Unless you pay £900 within 14 days our client will issue proceedings in the\nCounty Court without further notice to you and will seek her costs of doing so as well."),
    ],
)  # fmt: skip
def test_persons_and_lawyers_claim_no_office(sender: str, subject: str, body: str) -> None:
    assert judged(sender, subject, body) == "unverified"


@pytest.mark.parametrize(
    ("sender", "report"),
    [
        ("Yahoo <feedback@arf.mail.yahoo.com>", True),
        ("staff@hotmail.com", True),
        ("fbl@corp.mail.ru", True),
        ("abuse@gmx.net", False),
        ("abuse@mail.ru", True),
        ("1234@reports.spamcop.net", False),
        ("fbl@validity.com", True),
        ("AOL <scomp@aol.com>", True),
        ("abuse@leaseweb.com", False),
        ("Signal Spam <fbl@signal-spam.fr>", True),
        ("postmaster@laposte.net", False),
    ],
)
def test_complaints_by_those_who_pass_them_on(sender: str, report: bool) -> None:
    assert judged(sender, "Abuse report for 192.0.2.4", SPAM, report=report) == "genuine"


def test_the_older_form_of_a_feedback_loop() -> None:
    raw = (
        "Authentication-Results: mx.shop.example; dmarc=pass header.from=hotmail.com\r\n"
        "Received: from a.hotmail.com (a.hotmail.com [192.0.2.7]) by mx.shop.example with ESMTPS; Tue, 24 Nov 2026 07:00:00 +0000\r\n"
        "From: staff@hotmail.com\r\nSubject: complaint about message from 192.0.2.4\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        "From: Shop <news@shop.example>\r\nSubject: Sale\r\n\r\nHello\r\n--b--\r\n"
    )
    reading = read(raw.encode(), receivers=("mx.shop.example",), received_at=TODAY)
    assert (reading.kind, reading.authority) == ("spam_complaint_report", "genuine")


def test_a_user_of_such_a_host_is_nobodys_desk() -> None:
    assert (
        judged("Ann <ann@gmx.net>", "Spam", "You sent me spam without my consent. I reported it as spam.") != "genuine"
    )


def test_a_firms_register_court_does_not_write() -> None:
    body = "Wir mahnen Sie ab.\n\nKanzlei Weber PartG mbB\nAmtsgericht Hamburg, HRB 12345\n"
    assert judged("Kanzlei Weber <post@kanzlei-weber.example>", "Abmahnung", body) == "unverified"
