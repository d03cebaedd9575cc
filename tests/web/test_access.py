"""Who may see and do what: every address, as nobody, as a stranger, as one who only looks."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, reverse
from tests.cast import Cast, cast, connection

from goodstanding.models import Member, Role, acting_for
from goodstanding.web.urls import in_case, in_merchant

from .stage import a_case, browser

pytestmark = pytest.mark.django_db

_NUMBERS = {"number": 1, "package": 1, "pk": 1, "version": 1, "plugin": "stripe", "digest": "0" * 64}
#: Answered to POST only, or to POST beside GET.
_POSTED = (
    "inbox_owner", "case_owner", "case_confirmation", "evidence_add", "evidence", "evidence_withdraw", "reply", "approval",
    "submission", "submission_settle", "sent_by_hand", "outcome", "notice_new", "connection_new", "connection_change", "connection_check",
    "connection_robot_new", "connection_robot_change", "connection_robot_try", "connection_robot_disable",
    "connection_drill", "connection_disable", "orders_upload", "orders_mapping", "settings", "stores", "store",
    "people_invite", "people_role", "people_remove", "rule_new", "rule", "rule_change", "settle", "case_answers", "case_translation", "corrections", "translation",
)  # fmt: skip
#: Answered to POST only, for oneself: whoever belongs to the merchant may.
_OWN = ("own_calendar", "own_calendar_end", "own_away", "own_back")


def names() -> list[str]:
    patterns = [item for item in (*in_merchant, *in_case) if isinstance(item, URLPattern)]
    return sorted({item.name for item in patterns if item.name})


def address(name: str, slug: str) -> str:
    pattern = next(item for item in (*in_merchant, *in_case) if isinstance(item, URLPattern) and item.name == name)
    wanted = set(pattern.pattern.converters)
    if pattern in in_case:
        wanted.add("number")
    return reverse(name, kwargs={"slug": slug, **{key: _NUMBERS[key] for key in wanted}})


@pytest.fixture
def people() -> Cast:
    everyone = cast()
    a_case(everyone, proven=True)
    return everyone


def test_every_address_is_covered() -> None:
    assert {*_POSTED, *_OWN} <= set(names())


def test_strangers_find_nothing(people: Cast) -> None:
    mallory = browser(people.mallory)
    for name in names():
        url = address(name, people.merchant.slug)
        assert mallory.get(url).status_code in ((404, 405) if name in _POSTED + _OWN else (404,)), url
        assert mallory.post(url).status_code in (404, 405), url


def test_a_stranger_cannot_reach_rows_through_an_own_merchant(people: Cast) -> None:
    mallory = browser(people.mallory)
    for name in names():
        if name in (
            "inbox",
            "deliveries",
            "orders",
            "connections",
            "people",
            "settings",
            "stores",
            "notice_new",
            "orders_upload",
            "connection_new",
            "translation",
            "own",
            "rules",
            "rule_new",
        ):
            continue
        url = address(name, people.elsewhere.slug)
        assert mallory.get(url).status_code in (404, 405), url
        if name in _POSTED and name not in ("inbox_owner", "people_invite", "corrections"):
            assert mallory.post(url).status_code == 404, url


def test_nobody_is_asked_to_sign_in(people: Cast) -> None:
    nobody = browser(None)
    for name in names():
        answer = nobody.get(address(name, people.merchant.slug))
        assert answer.status_code in (302, 405), name
        if answer.status_code == 302:
            assert answer["Location"].startswith("/accounts/login/"), name


def test_who_only_looks_changes_nothing(people: Cast) -> None:
    carol = browser(people.carol)
    for name in _POSTED:
        assert carol.post(address(name, people.merchant.slug)).status_code == 403, name


def test_who_only_looks_sees_the_case(people: Cast) -> None:
    carol = browser(people.carol)
    page = carol.get(f"/m/{people.merchant.slug}/cases/1/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "dp_20001" in text
    assert 'type="file"' not in text
    assert 'name="digest"' not in text


def test_an_agent_may_not_approve(people: Cast) -> None:
    with acting_for(people.merchant.pk):
        Member.objects.filter(pk=people.bob.pk).update(role=Role.AGENT)
    bob = browser(people.bob)
    assert bob.post(address("approval", people.merchant.slug)).status_code == 403


def test_who_left_is_a_stranger(people: Cast) -> None:
    with acting_for(people.merchant.pk):
        Member.objects.filter(pk=people.bob.pk).update(left_at=people.bob.joined_at)
    assert browser(people.bob).get(f"/m/{people.merchant.slug}/").status_code == 404


def test_home_leads_to_the_only_merchant_and_offers_several(people: Cast) -> None:
    alice = browser(people.alice)
    assert alice.get("/")["Location"] == f"/m/{people.merchant.slug}/"
    with acting_for(people.elsewhere.pk):
        Member.objects.create(merchant=people.elsewhere, user=people.alice.user, role=Role.VIEWER)
    text = browser(people.alice).get("/").content.decode()
    assert people.merchant.name in text
    assert people.elsewhere.name in text


def test_health_is_answered_without_signing_in() -> None:
    assert browser(None).get("/healthz").content == b"ok"


def test_who_only_looks_never_sees_the_webhook_address(people: Cast) -> None:
    with acting_for(people.merchant.pk):
        token = people.merchant.connections.get().token
        pk = people.merchant.connections.get().pk
    url = f"/m/{people.merchant.slug}/connections/{pk}/"
    assert token in browser(people.alice).get(url).content.decode()
    assert token not in browser(people.carol).get(url).content.decode()


def test_secrets_are_never_shown_again(people: Cast) -> None:
    made = connection(people.merchant, label="second", secrets={"webhook_secret": "never-shown-again"})
    page = browser(people.alice).get(f"/m/{people.merchant.slug}/connections/{made.pk}/")
    assert b"never-shown-again" not in page.content
