"""The authority table, row by row, with the tricks that forgers play."""

from __future__ import annotations

import pytest

from goodstanding.reading import explain_zh, read
from goodstanding.reading.authenticity.lookalike import imitated
from goodstanding.reading.authenticity.results import parse_results
from goodstanding.reading.authenticity.sender import sender_in

BODY = "A cardholder disputed a payment of $50.00 with their bank. A chargeback was opened. Submit your evidence by December 4, 2026.\n"
OWN = "Received: from out.stripe.com (out.stripe.com [192.0.2.7]) by mx.shop.example with ESMTPS; Tue, 24 Nov 2026 07:00:00 +0000"
THEIRS = "Received: from inner.stripe.com by out.stripe.com with SMTP; Tue, 24 Nov 2026 06:59:00 +0000"


def authority(
    *headers: str,
    sender: str = "Stripe <notifications@stripe.com>",
    body: str = BODY,
    subject: str = "Chargeback opened",
) -> str:
    lines = [
        *headers,
        f"From: {sender}",
        "To: owner@shop.example",
        f"Subject: {subject}",
        "Content-Type: text/plain; charset=utf-8",
        "",
        body,
    ]
    reading = read("\r\n".join(lines).encode(), receivers=("mx.shop.example",))
    assert reading.authority_reasons
    assert all(explain_zh(item) != item.code for item in reading.authority_reasons)
    return reading.authority


def results(text: str, host: str = "mx.shop.example") -> str:
    return f"Authentication-Results: {host}; {text}"


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ((results("dmarc=pass header.from=stripe.com"), OWN), "genuine"),
        (
            (OWN, results("dmarc=pass header.from=stripe.com"), THEIRS),
            "genuine",
        ),  # below the own line, above a foreign one
        ((results("dkim=pass header.d=e.stripe.com"), OWN), "genuine"),
        ((results("dmarc=none; dkim=pass header.d=stripe.com"), OWN), "genuine"),
        ((results("dkim=pass header.d=mailer.example"), OWN), "unverified"),
        ((results("spf=pass smtp.mailfrom=stripe.com"), OWN), "unverified"),
        ((results("dmarc=none"), OWN), "unverified"),
        ((results("dmarc=temperror"), OWN), "unverified"),
        ((OWN,), "unverified"),
        ((results("dmarc=pass header.from=stripe.com", "mx.evil.example"), OWN), "unverified"),
        ((OWN, THEIRS, results("dmarc=pass header.from=stripe.com")), "unverified"),  # brought along by the sender
        ((results("dmarc=fail header.from=stripe.com"), OWN), "phishing"),
        (
            (
                results("spf=pass"),
                results("dmarc=fail header.from=stripe.com"),
                results("dmarc=pass header.from=stripe.com"),
                OWN,
            ),
            "phishing",
        ),
        ((results("dmarc=fail (p=none) header.from=stripe.com; dkim=pass header.d=stripe.com"), OWN), "phishing"),
        ((results("dmarc=pass (comment; dmarc=fail) header.from=stripe.com"), OWN), "genuine"),
    ],
)
def test_right_domain(lines: tuple[str, ...], verdict: str) -> None:
    assert authority(*lines) == verdict


def test_a_forged_own_line_below_the_edge_is_not_believed() -> None:
    edge = "Received: from evil.example (evil.example [203.0.113.9]) by mx.shop.example with ESMTP; Tue, 24 Nov 2026 07:00:00 +0000"
    forged = "Received: from out.stripe.com by mx.shop.example with ESMTPS; Tue, 24 Nov 2026 06:58:00 +0000"
    assert authority(edge, forged, results("dmarc=pass header.from=stripe.com")) == "unverified"


def test_calling_itself_by_our_name_does_not_make_a_host_ours() -> None:
    edge = "Received: from mx.shop.example (evil.example [203.0.113.9]) by mx.shop.example with ESMTP; Tue, 24 Nov 2026 07:00:00 +0000"
    forged = "Received: from out.stripe.com by mx.shop.example with ESMTPS; Tue, 24 Nov 2026 06:58:00 +0000"
    assert authority(edge, forged, results("dmarc=pass header.from=stripe.com")) == "unverified"


def test_a_list_of_our_own_may_break_dmarc() -> None:
    seal = "ARC-Seal: i=1; a=rsa-sha256; cv=none; d={}; s=k; b=AA=="
    line = results("dmarc=fail header.from=stripe.com; arc=pass")
    assert authority(line, OWN, seal.format("shop.example")) == "unverified"
    assert authority(line, OWN, seal.format("other.example")) == "phishing"


@pytest.mark.parametrize(
    "sender",
    [
        "Stripe <notifications@stripe-disputes.com>",
        "Stripe <notifications@stripe.com.evil.example>",
        "Stripe <notifications@str1pe.com>",
        "Stripe <notifications@xn--strpe-n4a.com>",
        "Stripe Support <stripe.support@gmail.com>",
        "Stripe <info@hacked-bakery.example>",
        '"notifications@stripe.com" <billing@evil.example>',
        '"Stripe <notifications@stripe.com>" <billing@evil.example>',
        "=?utf-8?B?U3RyaXBl?= <x@evil.example>",
        "Disputes <notifications@paypa1.com>",
        "Disputes <a@p\u0430ypal.com>",
        "PayPal <service@stripes.example>",
    ],
)
def test_another_domain_is_phishing_whatever_its_own_results(sender: str) -> None:
    domain = sender.rpartition("@")[2].rstrip(">")
    assert authority(results(f"dmarc=pass header.from={domain}"), OWN, sender=sender) == "phishing"


def test_two_from_lines_are_no_proof() -> None:
    lines = (results("dmarc=pass header.from=stripe.com"), OWN, "From: Stripe <notifications@stripe.com>")
    assert authority(*lines, sender="Billing <x@evil.example>") == "phishing"


def test_a_person_with_a_chargeback_threat_claims_no_institution() -> None:
    body = "I ordered shoes and have not received them. I want my money back or I will report you to the Federal Trade Commission and PayPal."
    assert (
        authority(results("dmarc=pass"), OWN, sender="Ann Lee <ann@gmail.com>", body=body, subject="Where is my order")
        == "unverified"
    )


def test_nothing_claimed() -> None:
    assert (
        authority(
            results("dmarc=pass"), OWN, sender="Bob <bob@supplier.example>", body="See you at lunch.", subject="Lunch"
        )
        == "n/a"
    )


def test_own_people_and_forms() -> None:
    assert (
        authority(
            OWN,
            sender="Contact form <form@shop.example>",
            body="I have not received my order and want a refund.",
            subject="Message",
        )
        == "unverified"
    )


@pytest.mark.parametrize(
    ("domain", "how"),
    [
        ("paypa1.com", "homoglyph"),
        ("stripe-support.net", "brand_in_domain"),
        ("klarna.com.login.example", "subdomain"),
        ("paypall.com", "typo"),
        ("trustpilott.com", "typo"),
    ],
)
def test_lookalikes(domain: str, how: str) -> None:
    found = imitated(domain)
    assert found is not None
    assert found[0] == how


@pytest.mark.parametrize(
    "domain", ["gmail.com", "harlowfinch.example", "shop.example", "supplier.cn", "kanzlei-weber.de"]
)
def test_ordinary_domains_imitate_nobody(domain: str) -> None:
    assert imitated(domain) is None


def test_results_are_split_outside_comments_and_quotes() -> None:
    host, found = parse_results('mx.a.example 1; dkim=pass (a; b) header.d="x.example"; dmarc=fail')
    assert host == "mx.a.example"
    assert [(item.method, item.result) for item in found] == [("dkim", "pass"), ("dmarc", "fail")]


def test_the_address_is_the_last_one_in_angles() -> None:
    found = sender_in('"service@paypal.com" <x@evil.example>')
    assert found.address == "x@evil.example"
    assert "other_address_in_name" in found.tricks
