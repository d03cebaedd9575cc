"""What a reader sees: charsets, hidden passages, quotes, forwards, broken MIME."""

from __future__ import annotations

import base64

import pytest

from goodstanding.reading import read
from goodstanding.reading.text import open_mail, visible_text
from goodstanding.reading.text.charset import decode


def text_of(body: bytes, content_type: str = "text/plain; charset=utf-8", subject: str = "s", extra: str = "") -> str:
    return visible_text(
        open_mail(
            f"From: a@b.example\r\nSubject: {subject}\r\n{extra}Content-Type: {content_type}\r\n\r\n".encode() + body
        )
    ).text


@pytest.mark.parametrize(
    ("codec", "declared", "words"),
    [
        ("gb18030", "gb2312", "您好,请尽快退款,订单编号四五六"),
        ("gb18030", "us-ascii", "您好,我们收到了消费者的投诉,请在规定的时间内答复"),
        ("big5", "big5", "您好,請盡快退款"),
        ("cp932", "shift_jis", "商品がまだ届いていません。返金してください。"),
        ("cp932", "iso-8859-1", "商品がまだ届いていません。返金してください。"),
        ("iso2022_jp", "iso-2022-jp", "注文した商品が届きません。"),
        ("iso2022_jp", "utf-8", "注文した商品が届きません。"),
        ("cp949", "euc-kr", "환불해 주세요. 주문한 상품이 도착하지 않았습니다."),
        ("cp1252", "iso-8859-1", "Rückbuchung über 20,00 € – Größe"),
        ("cp1252", "utf-8", "Rückbuchung über 20,00 € wegen Größe"),
        ("utf-8", "iso-8859-1", "Rückbuchung über 20,00 €"),
        ("cp1250", "windows-1250", "Proszę o zwrot pieniędzy, książka nie dotarła"),
        ("iso8859_2", "iso-8859-2", "Proszę o zwrot pieniędzy"),
    ],
)
def test_charsets_declared_and_misdeclared(codec: str, declared: str, words: str) -> None:
    assert words in text_of(words.encode(codec), f"text/plain; charset={declared}")


def test_decode_never_raises() -> None:
    assert decode(b"\xff\xfe\x00", "no-such-charset") is not None


def test_hidden_text_is_removed_and_kept_aside() -> None:
    html = (
        b"<style>.pre{display:none} @media print{.x{display:none}}</style><p>Visible words.</p><div style='display:none'>secret one</div>"
        b"<span style='font-size:0px'>secret two</span><p style='color:#ffffff'>secret three</p><p class=pre>secret four</p><p class=x>shown too</p>"
        b"<div style='background:#000'><span style='color:#fff'>white on black</span></div>"
    )
    visible = visible_text(open_mail(b"Subject: s\r\nContent-Type: text/html\r\n\r\n" + html))
    assert "secret" not in visible.text
    assert "Visible words." in visible.text
    assert "shown too" in visible.text
    assert "white on black" in visible.text
    assert len(visible.hidden) == 4


def test_zero_width_and_bidi_are_removed_and_reported() -> None:
    reading = read("Subject: s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPay\u200bPal re\u202everse".encode())
    assert "PayPal reverse" in reading.text
    assert {item.code for item in reading.signals} >= {"zero_width", "bidi"}


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, Nov 23, 2026 at 3:00 PM Shop <help@shop.example> wrote:",
        "Am 23.11.2026 um 15:00 schrieb Shop <help@shop.example>:",
        "Le lun. 23 nov. 2026 à 15:00, Shop <help@shop.example> a écrit :",
        "El lun, 23 nov 2026 a las 15:00, Shop (<help@shop.example>) escribió:",
        "Il giorno lun 23 nov 2026 alle ore 15:00 Shop <help@shop.example> ha scritto:",
        "Op ma 23 nov 2026 om 15:00 schreef Shop <help@shop.example>:",
        "pon., 23 lis 2026 o 15:00 Shop <help@shop.example> napisał(a):",
        "2026年11月23日(月) 15:00 Shop <help@shop.example>:",
        "在 2026年11月23日 15:00,Shop <help@shop.example> 写道:",
    ],
)
def test_quotes_do_not_count(attribution: str) -> None:
    text = text_of(f"New words.\n\n{attribution}\n> old words\n>> older words\n\nBelow.".encode(), subject="Re: s")
    assert "New words." in text
    assert "Below." in text
    assert "old" not in text
    unmarked = text_of(f"New words.\n\n{attribution}\nold words without marks".encode(), subject="Re: s")
    assert "old" not in unmarked


def test_outlook_block_in_a_reply_is_a_quote_and_in_a_forward_the_message() -> None:
    block = "\n\nVon: Bank <a@bank.example>\nGesendet: Montag, 23. November 2026 09:00\nAn: Shop\nBetreff: Rückbuchung\n\nInnere Worte."
    assert "Innere" not in text_of(("Danke!" + block).encode(), subject="AW: Rückbuchung")
    forwarded = text_of(("Bitte ansehen" + block).encode(), subject="WG: Rückbuchung")
    assert "Innere Worte." in forwarded
    assert "Bitte ansehen" not in forwarded


def test_an_attached_message_is_the_message() -> None:
    inner = "From: Stripe <x@stripe.com>\r\nSubject: Chargeback opened\r\n\r\nInner words."
    raw = f'From: bob@shop.example\r\nSubject: fyi\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nsee attached\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--'
    visible = visible_text(open_mail(raw.encode()))
    assert "Inner words." in visible.text
    assert "see attached" not in visible.text


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"no headers at all, only words",
        b"Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\nwords\r\n",
        b'Content-Type: multipart/mixed; boundary="a\r\n\r\n--a\r\n\r\nwords',
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!" + base64.b64encode(b"words")[:-1],
        b"Subject: =?utf-8?B?////?=\r\n\r\nx",
        b"From: <<<>>>\r\n\r\nx",
    ],
)
def test_broken_mime_gives_an_answer(raw: bytes) -> None:
    assert read(raw).kind == "not_a_notice"


def test_split_encoded_words_are_joined_before_decoding() -> None:
    raw = "退款".encode()
    first, second = base64.b64encode(raw[:4]).decode(), base64.b64encode(raw[4:]).decode()
    assert open_mail(f"Subject: =?utf-8?B?{first}?= =?utf-8?B?{second}?=\r\n\r\nx".encode()).subject == "退款"
