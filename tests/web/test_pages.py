"""Pages as they are read: nothing unescaped, clocks of both places, bad input answered in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from tests.cast import PASSWORD, Cast, cast

from goodstanding.channels import channels
from goodstanding.models import (
    Approval,
    Case,
    Connection,
    Deadline,
    Evidence,
    Merchant,
    Reply,
    Store,
    Submission,
    acting_for,
)
from goodstanding.pipeline import evidence as verbs
from goodstanding.web import moments

from .stage import HOSTILE, a_case, body, browser, delivered, keep_order, picture, stripe

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def url(people: Cast, path: str = "") -> str:
    return f"/m/{people.merchant.slug}/{path}"


def texts(page: Any) -> str:
    return str(page.content.decode())


def unescaped(page: Any) -> bool:
    return "<script>alert(1)" in texts(page) or "<img src=x" in texts(page)


def test_log_in_by_the_form(people: Cast) -> None:
    client = Client(headers={"Accept-Language": "zh-CN"})
    page = client.get("/accounts/login/")
    assert "登录" in texts(page)
    wrong = client.post("/accounts/login/", {"login": "alice@example.com", "password": "wrong"})
    assert wrong.status_code == 200
    right = client.post("/accounts/login/", {"login": "alice@example.com", "password": PASSWORD})
    assert right.status_code == 302
    assert client.get("/", follow=True).redirect_chain[-1][0] == url(people)


def test_nobody_signs_up_alone() -> None:
    page = Client().get("/accounts/signup/")
    assert "password1" not in texts(page)


def test_too_many_wrong_passwords_lock(people: Cast) -> None:
    cache.clear()
    client = Client(headers={"Accept-Language": "zh-CN"})
    for _ in range(9):
        client.post("/accounts/login/", {"login": "bob@example.com", "password": "wrong"})
    page = client.post("/accounts/login/", {"login": "bob@example.com", "password": PASSWORD})
    assert page.status_code != 302
    cache.clear()


def test_language_is_chosen_and_kept(people: Cast) -> None:
    alice = browser(people.alice)
    assert "收件箱" in texts(alice.get(url(people)))
    alice.post("/language/", {"language": "en"})
    page = alice.get(url(people))
    assert "Inbox" in texts(page)
    assert page.headers["Content-Language"] == "en"


def test_language_switch_leads_back_only_to_our_own_pages(people: Cast) -> None:
    alice = browser(people.alice)
    away = alice.post("/language/", {"language": "en"}, headers={"Referer": "https://evil.example/m/x/"})
    assert away["Location"] == "/"
    back = alice.post("/language/", {"language": "en"}, headers={"Referer": "http://testserver/profile/"})
    assert back["Location"] == "/profile/"


def test_case_page_shows_what_is_known(people: Cast) -> None:
    a_case(people, proven=True)
    text = texts(browser(people.alice).get(url(people, "cases/1/")))
    for wanted in (
        "dp_20001",
        "59.90 USD",
        "GS-1001",
        "来源已证实",
        "仅供参考，不构成律师建议",
        "<mark",
        "生成材料包 P1",
    ):
        assert wanted in text, wanted


def test_a_deadline_without_zone_is_shown_in_utc(people: Cast) -> None:
    case = a_case(people)
    at = datetime(2027, 3, 1, 23, 59, tzinfo=UTC)
    with acting_for(people.merchant.pk):
        Deadline.objects.filter(case=case).delete()
        Deadline.objects.create(
            merchant=people.merchant, case=case, purpose="answer", at=at, zone="", origin="stated",
            reason={"code": "stated.moment", "parameters": {}},
        )  # fmt: skip
    text = re.sub(r"<[^>]+>", " ", texts(browser(people.alice).get(url(people, "cases/1/"))))
    assert re.search(r"2027-03-01 23:59\s+UTC", text)
    assert re.search(r"2027-03-02 07:59\s+北京", text)


def test_inbox_shows_both_clocks(people: Cast) -> None:
    case = a_case(people)
    at = datetime.now(UTC).replace(hour=4, minute=30) + timedelta(days=30)
    with acting_for(people.merchant.pk):
        Deadline.objects.filter(case=case).delete()
        Deadline.objects.create(
            merchant=people.merchant, case=case, purpose="answer", at=at, zone="America/New_York", origin="stated",
            reason={"code": "stated.moment", "parameters": {}},
        )  # fmt: skip
        Case.objects.filter(pk=case.pk).update(due_at=at)
    text = texts(browser(people.alice).get(url(people)))
    assert moments.clock(at, "America/New_York") in text
    assert moments.clock(at, "Asia/Shanghai") in text
    assert "纽约" in text


def test_everything_foreign_is_escaped(people: Cast) -> None:
    keep_order(people.merchant, buyer_name=HOSTILE, shipping_address=HOSTILE)
    acme = stripe(people.merchant, HOSTILE[:60])
    delivered(acme, body(1, metadata={"order_id": HOSTILE, "note": HOSTILE}))
    delivered(acme, HOSTILE.encode(), genuine=False)
    with acting_for(people.merchant.pk):
        case = Case.objects.get(number=1)
        Case.objects.filter(pk=case.pk).update(
            case_ref=HOSTILE, complainant=HOSTILE, issuer=HOSTILE, status=HOSTILE[:60], facts={"avs_result": HOSTILE}
        )
        verbs.add(case, people.alice, f"{HOSTILE[:40]}.png".replace("/", "_"), picture())
        Evidence.objects.update(title=HOSTILE, harms=[{"message_zh": HOSTILE, "quote": HOSTILE}])
        Reply.objects.create(
            merchant=people.merchant, case=case, version=9, language="en", text=f"</textarea>{HOSTILE}", author=people.alice,
            gaps=[{"message_zh": HOSTILE}], unproven=[{"token": HOSTILE, "message_zh": HOSTILE}],
        )  # fmt: skip
        Case.objects.filter(pk=case.pk).update(
            findings=[
                {
                    "grade": "fatal",
                    "code": "x",
                    "message_zh": HOSTILE,
                    "left": {"value": HOSTILE, "source": HOSTILE},
                    "right": {},
                }
            ]
        )
        Merchant.objects.filter(pk=people.merchant.pk).update(name=HOSTILE[:100])
        Store.objects.create(merchant=people.merchant, name=HOSTILE[:100], domain="x.example")
        order = people.merchant.orders.get()
        deliveries = [str(pk) for pk in people.merchant.deliveries.values_list("pk", flat=True)]
    people.alice.user.name = HOSTILE[:100]
    people.alice.user.save()
    alice = browser(people.alice)
    paths = [
        "", "cases/1/", "cases/1/reply/9/", "deliveries/?tab=all", "connections/", f"connections/{acme.pk}/", "orders/",
        f"orders/{order.pk}/", "people/", "settings/", "settings/stores/", *(f"deliveries/{pk}/" for pk in deliveries),
        "?q=" + "%3Cscript%3Ealert(1)",
    ]  # fmt: skip
    for path in paths:
        page = alice.get(url(people, path))
        assert page.status_code == 200, path
        assert not unescaped(page), path
    assert not unescaped(alice.get("/profile/"))


def test_no_page_needs_inline_script(people: Cast) -> None:
    a_case(people, proven=True)
    alice = browser(people.alice)
    for path in ("", "cases/1/", "connections/", "orders/", "people/", "settings/", "notices/new/"):
        page = alice.get(url(people, path))
        text = texts(page)
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert not re.search(r"\son[a-z]+=", re.sub(r"<pre.*?</pre>|<textarea.*?</textarea>", "", text, flags=re.S)), (
            path
        )
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_upload_describe_withdraw(people: Cast) -> None:
    a_case(people)
    alice = browser(people.alice)
    answer = alice.post(
        url(people, "cases/1/evidence/"),
        {"file": SimpleUploadedFile("pod.png", picture(), "image/png")},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 201
    with acting_for(people.merchant.pk):
        row = Evidence.objects.get(origin="upload")
    told = {"kind": "ev.delivery_full_address", "title": "Proof of delivery", "proves_at": "2026-11-01T10:00"}
    assert alice.post(url(people, f"cases/1/evidence/{row.pk}/"), told).status_code == 302
    with acting_for(people.merchant.pk):
        row.refresh_from_db()
    assert (row.kind, row.title) == ("ev.delivery_full_address", "Proof of delivery")
    assert row.proves_at is not None
    assert row.proves_at.astimezone(UTC).hour == 2  # ten o'clock in Shanghai
    shown = alice.get(url(people, f"cases/1/evidence/{row.pk}/file/"))
    assert shown.headers["Content-Type"] == "image/png"
    assert alice.post(url(people, f"cases/1/evidence/{row.pk}/withdrawal/")).status_code == 302
    with acting_for(people.merchant.pk):
        assert Evidence.objects.get(pk=row.pk).withdrawn_at is not None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.pdf", b""),
        ("fake.pdf", b"hello"),
        ("a.exe", b"MZ\x90\x00" * 100),
        ("broken.png", b"\x89PNG\r\n\x1a\nnot one"),
        ("x.zip", b"PK\x03\x04zip"),
    ],
)
def test_a_bad_file_is_refused_in_words(people: Cast, name: str, content: bytes) -> None:
    a_case(people)
    answer = browser(people.alice).post(
        url(people, "cases/1/evidence/"),
        {"file": SimpleUploadedFile(name, content)},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 422
    assert answer.json()["message"]


def test_an_html_exhibit_is_never_shown_as_a_page(people: Cast) -> None:
    case = a_case(people)
    with acting_for(people.merchant.pk):
        row = verbs.add(
            case,
            people.alice,
            "mail.eml",
            b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>",
        )
    answer = browser(people.alice).get(url(people, f"cases/1/evidence/{row.pk}/file/"))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_reply_is_saved_and_a_stale_one_is_not(people: Cast) -> None:
    a_case(people)
    alice = browser(people.alice)
    with acting_for(people.merchant.pk):
        version = Reply.objects.first().version  # type: ignore[union-attr]
    saved = alice.post(url(people, "cases/1/reply/"), {"text": "We contest this dispute.", "version": str(version)})
    assert saved.status_code == 302
    stale = alice.post(url(people, "cases/1/reply/"), {"text": "My other words", "version": str(version)})
    assert stale.status_code == 409
    assert "My other words" in texts(stale)
    page = alice.get(url(people, f"cases/1/reply/{version + 1}/"))
    assert "We contest this dispute." in texts(page)


@pytest.mark.parametrize("text", ["", "   ", "x" * 150_001, "a\0b"])
def test_a_bad_reply_is_refused_in_words(people: Cast, text: str) -> None:
    a_case(people)
    page = browser(people.alice).post(url(people, "cases/1/reply/"), {"text": text})
    assert page.status_code == 422
    assert 'class="toast-note error"' in texts(page)


def test_from_package_to_outcome(people: Cast) -> None:
    a_case(people, proven=True)
    alice, bob = browser(people.alice), browser(people.bob)
    with acting_for(people.merchant.pk):
        package = Case.objects.get(number=1).packages.get()
    pdf = bob.get(url(people, f"cases/1/packages/{package.number}/document.pdf"))
    assert b"".join(pdf).startswith(b"%PDF")
    assert pdf.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert b"".join(bob.get(url(people, f"cases/1/packages/{package.number}/package.zip"))).startswith(b"PK")
    stale = bob.post(
        url(people, f"cases/1/packages/{package.number}/approval/"), {"digest": "0" * 64, "say": "yes"}, follow=True
    )
    assert "有变化" in texts(stale)
    bob.post(url(people, f"cases/1/packages/{package.number}/approval/"), {"digest": package.digest, "say": "yes"})
    with acting_for(people.merchant.pk):
        assert Approval.objects.get().yes
    refused = alice.post(url(people, f"cases/1/packages/{package.number}/submission/"), follow=True)
    assert "没有提交权限" in texts(refused)
    incomplete = alice.post(url(people, f"cases/1/packages/{package.number}/sending/"), {"name": "", "at": "nonsense"})
    assert incomplete.status_code == 422
    # The browser's clock has minutes; the package was made within this one.
    with acting_for(people.merchant.pk):
        made = package.made_at.astimezone(moments.zone_of("Asia/Shanghai"))
    sent = {"name": "Alice", "at": made.strftime("%Y-%m-%dT%H:%M"), "note": "portal"}
    alice.post(url(people, f"cases/1/packages/{package.number}/sending/"), sent, follow=True)
    with acting_for(people.merchant.pk):
        submitted = Submission.objects.filter(package=package).exists()
    assert submitted
    bad = alice.post(url(people, "cases/1/outcome/"), {"result": "won", "decided_at": "2999-01-01T00:00"})
    assert bad.status_code == 422
    alice.post(url(people, "cases/1/outcome/"), {"result": "won", "decided_at": "2026-11-01T00:00", "amount": "59.90"})
    assert "胜诉" in texts(alice.get(url(people, "cases/1/")))


def test_a_person_corrects_what_was_read(people: Cast) -> None:
    case = a_case(people)
    with acting_for(people.merchant.pk):
        Case.objects.filter(pk=case.pk).update(needs_human=["ambiguous_date"])
    alice = browser(people.alice)
    assert "日期有两种读法" in texts(alice.get(url(people, "cases/1/")))
    told = {
        "kind": "chargeback",
        "case_ref": case.case_ref,
        "stage": "dispute",
        "reason_code": "13.3",
        "amount": "59.90",
        "currency": "USD",
    }
    assert alice.post(url(people, "cases/1/confirmation/"), told).status_code == 302
    with acting_for(people.merchant.pk):
        case = Case.objects.get(pk=case.pk)
    assert (case.reason_code, case.needs_human) == ("13.3", [])
    wrong = alice.post(url(people, "cases/1/confirmation/"), {"kind": "nonsense", "case_ref": "", "amount": "1e999"})
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        "tab=nonsense",
        "after=%00%ff",
        "after=LXwxMjM",
        "after=" + "A" * 5000,
        "least=NaN&most=1e99",
        "owner=99999999999999999999",
        "q=" + "%25_%5C" * 100,
        "due=x&scope=y&kind=" + "k" * 3000,
        "q=%00",
        "sort=newest&after=MjAyNi0wMS0wMVQwMDowMDowMHwx",
    ],
)
def test_any_query_is_answered(people: Cast, query: str) -> None:
    a_case(people)
    assert browser(people.alice).get(url(people, f"?{query}")).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["cases/99999999999999999999/", "cases/0/", "deliveries/99999999999999999999/", "orders/9223372036854775808/"],
)
def test_numbers_beyond_the_tables_are_not_found(people: Cast, path: str) -> None:
    assert browser(people.alice).get(url(people, path)).status_code == 404


def test_bulk_owner(people: Cast) -> None:
    a_case(people)
    alice = browser(people.alice)
    alice.post(url(people, "owner/"), {"case": ["1", "x", "99999999999"], "owner": str(people.bob.pk)})
    with acting_for(people.merchant.pk):
        assert Case.objects.get(number=1).owner_id == people.bob.pk
    assert alice.post(url(people, "owner/"), {"case": "1", "owner": str(people.mallory.pk)}).status_code == 404
    assert alice.post(url(people, "owner/"), {"case": "1", "owner": "\u0664"}).status_code in (302, 404)


def test_paste_and_upload_a_notice(people: Cast) -> None:
    alice = browser(people.alice)
    assert alice.post(url(people, "notices/new/"), {}).status_code == 422
    assert alice.post(url(people, "notices/new/"), {"text": "Dear merchant, your case 123"}).status_code == 302
    file = SimpleUploadedFile("letter.eml", b"From: a@b.example\r\nSubject: hi\r\n\r\nhello")
    assert alice.post(url(people, "notices/new/"), {"attached": [file]}).status_code == 302
    with acting_for(people.merchant.pk):
        assert people.merchant.deliveries.count() == 2
        assert Connection.objects.filter(plugin="byhand").count() == 1


def test_forged_deliveries_are_shown_with_their_reason(people: Cast) -> None:
    acme = stripe(people.merchant)
    delivered(acme, body(), genuine=False)
    alice = browser(people.alice)
    assert "验签失败" in texts(alice.get(url(people, "deliveries/?tab=all"))) or "Stripe" in texts(
        alice.get(url(people, "deliveries/"))
    )
    with acting_for(people.merchant.pk):
        row = people.merchant.deliveries.get()
    page = alice.get(url(people, f"deliveries/{row.pk}/"))
    assert "没有采信" in texts(page)
    raw = alice.get(url(people, f"deliveries/{row.pk}/body"))
    assert raw.content.startswith(b"{")
    assert raw.headers["Content-Disposition"].startswith("attachment")


def test_connect_a_channel_and_try_it(people: Cast) -> None:
    alice = browser(people.alice)
    page = alice.get(url(people, "connections/new/stripe/"))
    assert "Disputes: Read" in texts(page)
    assert alice.get(url(people, "connections/new/nonsense/")).status_code == 404
    made = alice.post(url(people, "connections/new/stripe/"), {"label": "Main", "s_webhook_secret": "whsec_1234567890"})
    assert made.status_code == 302
    with acting_for(people.merchant.pk):
        row = Connection.objects.get(plugin="stripe")
        assert row.secrets["webhook_secret"] == "whsec_1234567890"
    detail = texts(alice.get(url(people, f"connections/{row.pk}/")))
    assert "whsec_1234567890" not in detail
    assert "试运行" in detail
    kept = alice.post(url(people, f"connections/{row.pk}/settings/"), {"label": "Renamed", "s_webhook_secret": ""})
    assert kept.status_code == 302
    with acting_for(people.merchant.pk):
        row = Connection.objects.get(pk=row.pk)
        assert (row.label, row.secrets["webhook_secret"]) == ("Renamed", "whsec_1234567890")
    assert alice.post(url(people, f"connections/{row.pk}/drill/")).status_code == 302
    assert alice.post(url(people, f"connections/{row.pk}/disable/")).status_code == 302
    with acting_for(people.merchant.pk):
        assert Connection.objects.get(pk=row.pk).disabled_at is not None


@pytest.mark.parametrize("name", sorted(channels()))
def test_every_channel_has_its_form(people: Cast, name: str) -> None:
    page = browser(people.alice).get(url(people, f"connections/new/{name}/"))
    assert page.status_code == (404 if name in ("byhand", "example") else 200)
    if page.status_code == 200:
        assert channels()[name].label in texts(page)
        empty = browser(people.alice).post(url(people, f"connections/new/{name}/"), {})
        assert empty.status_code in (302, 422)


def test_import_orders(people: Cast) -> None:
    table = "订单号,下单时间,订单金额,币种,买家姓名\nA-1,2026-11-01 10:00,12.50,USD,Jo\nA-2,nonsense,1,USD,Jo\n".encode(
        "gb18030"
    )
    alice = browser(people.alice)
    sent = alice.post(url(people, "orders/import/"), {"file": SimpleUploadedFile("o.csv", table)})
    assert sent.status_code == 302
    mapping = alice.get(sent["Location"])
    assert "买家姓名" in texts(mapping)
    told = {
        "c_number": "订单号", "c_ordered_at": "下单时间", "c_total": "订单金额", "c_currency": "币种", "c_buyer_name": "买家姓名",
        "zone": "Asia/Shanghai", "currency": "", "decimal_mark": ".", "date_order": "mdy",
    }  # fmt: skip
    done = alice.post(sent["Location"], told)
    assert done.status_code == 200
    assert "第 3 行" in texts(done)
    with acting_for(people.merchant.pk):
        assert people.merchant.orders.count() == 1
    assert "A-1" in texts(alice.get(url(people, "orders/?q=a-1")))
    assert alice.post(sent["Location"], {**told, "c_number": ""}).status_code == 422


@pytest.mark.parametrize("content", [b"", b"\0\0\0", b"PK\x03\x04broken", b"a,b\n1,2\n"])
def test_a_bad_table_is_refused_in_words(people: Cast, content: bytes) -> None:
    page = browser(people.alice).post(
        url(people, "orders/import/"), {"file": SimpleUploadedFile("o.csv", content)}, follow=True
    )
    assert page.status_code in (200, 422)


def test_settings_are_kept_and_bad_ones_refused(people: Cast) -> None:
    alice = browser(people.alice)
    told = {"name": "New name", "letterhead": "New Ltd", "zone": "Europe/Berlin", "currency": "eur"}
    assert alice.post(url(people, "settings/"), told).status_code == 302
    with acting_for(people.merchant.pk):
        own = Merchant.objects.get(pk=people.merchant.pk)
    assert (own.name, own.currency, own.four_eyes) == ("New name", "EUR", False)
    for bad in ({"name": ""}, {"zone": "Mars/Olympus"}, {"currency": "dollars"}, {"name": "x" * 500}):
        assert alice.post(url(people, "settings/"), {**told, **bad}).status_code == 422
    store = {"name": "Shop", "domain": "https://Shop.example/x", "country": "us", "zone": "UTC", "markets": "us，de"}
    assert alice.post(url(people, "settings/stores/"), store).status_code == 302
    with acting_for(people.merchant.pk):
        kept = Store.objects.get()
    assert (kept.domain, kept.country, kept.markets) == ("shop.example", "US", ["US", "DE"])
    assert alice.post(url(people, "settings/stores/"), {**store, "markets": "Germany"}).status_code == 422


def test_invite_and_join(people: Cast) -> None:
    alice = browser(people.alice)
    page = alice.post(url(people, "people/invitations/"), {"email": "dora@example.com", "role": "agent"})
    link = re.search(r"http://testserver(/invitations/[\w-]+/)", texts(page))
    assert link
    path = link[1]
    assert path not in texts(alice.get(url(people, "people/")))
    dora = Client(headers={"Accept-Language": "zh-CN"})
    assert people.merchant.name in texts(dora.get(path))
    assert dora.post(path, {"name": "Dora", "password": "short"}).status_code == 422
    joined = dora.post(path, {"name": "Dora", "password": "a much longer phrase"}, follow=True)
    assert joined.redirect_chain[-1][0] == url(people)
    assert Client().get(path).status_code == 404
    wrong = browser(people.mallory).get("/invitations/nonsense/")
    assert wrong.status_code == 404


def test_the_last_owner_stays(people: Cast) -> None:
    alice = browser(people.alice)
    page = alice.post(url(people, f"people/{people.alice.pk}/role/"), {"role": "viewer"}, follow=True)
    assert "至少要保留一位所有者" in texts(page)
    assert alice.post(url(people, f"people/{people.bob.pk}/removal/")).status_code == 302
    assert alice.post(url(people, f"people/{people.carol.pk}/role/"), {"role": "king"}, follow=True).status_code == 200


def test_profile(people: Cast) -> None:
    alice = browser(people.alice)
    assert alice.post("/profile/", {"name": "A", "language": "en", "zone": "Europe/Paris"}).status_code == 302
    assert alice.post("/profile/", {"name": "A", "language": "xx", "zone": "nowhere"}).status_code == 422
    assert "My profile" in texts(alice.get("/profile/"))


def test_progress_asks_until_there_is_something_new(people: Cast) -> None:
    a_case(people)
    alice = browser(people.alice)
    page = texts(alice.get(url(people, "cases/1/")))
    fresh = alice.get(url(people, "cases/1/progress/?n=1&shape=other"))
    assert fresh.headers["HX-Refresh"] == "true"
    assert alice.get(url(people, "cases/1/progress/?n=xyz")).status_code == 200
    assert "case" in page


def test_account_pages(people: Cast) -> None:
    alice = browser(people.alice)
    for path in (
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
    ):
        assert alice.get(path, follow=True).status_code == 200, path
    assert Client().get("/accounts/password/reset/").status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_durations_read_well(language: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with translation.override(language):
        said = [
            moments.left(now + timedelta(**delta), now)
            for delta in ({"days": 2, "hours": 5}, {"hours": 1}, {"minutes": -3})
        ]
    assert said == (
        ["2 days 5 hours left", "1 hour left", "3 minutes overdue"]
        if language == "en"
        else ["剩 2 天 5 小时", "剩 1 小时", "已过期 3 分钟"]
    )
