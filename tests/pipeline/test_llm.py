"""The outside model, from the settings to what the case page keeps: a real worker, a real server that may lie."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.cast import Cast, cast
from tests.fakes.llm import BROKEN, KEY, LIES, POISON, Asked, FakeModel, Reply, fields, translations
from tests.pipeline.desk import work

from goodstanding.contract import Incoming, Unavailable
from goodstanding.models import AuditEvent, Case, Connection, Notice, Translation, Waiting, acting_for
from goodstanding.pipeline import letters, llm, outside, receive
from goodstanding.pipeline.refusals import Refusal
from goodstanding.reading import llm as outside_model

pytestmark = pytest.mark.django_db(transaction=True)

LETTER = b"""From: Dana Whitfield <dana@whitfield-law.example>
To: shop@qingchuan.example
Subject: Notice before action - our ref WL-2026-0481
Date: Mon, 02 Nov 2026 09:00:00 +0000
Message-ID: <1@whitfield-law.example>
Content-Type: text/plain; charset=utf-8

Dear Sir or Madam,

We are solicitors and act for our client Mr Jordan Lee. Our reference is WL-2026-0481.
Our client ordered a desk lamp from your shop, order number GS-1001, and did not receive it.
Unless you pay EUR 59.90 by 30 November 2026 we will issue court proceedings against you without further notice.
This letter is a formal letter before claim.

Yours faithfully,
Dana Whitfield
Whitfield Law LLP
"""


GOOD = {
    "This letter is a formal letter before claim": "本函为正式的诉前函。",
    "Dear Sir or Madam": "尊敬的先生或女士：",
}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def model() -> Iterator[FakeModel]:
    with FakeModel() as fake:
        yield fake


def a_letter(people: Cast, body: bytes = LETTER) -> Case:
    """A case made from a lawyer's letter."""
    with acting_for(people.merchant.pk):
        where = Connection.open(people.merchant, "byhand", "By hand")
    receive.store(where, Incoming(origin="paste", body=body, received_at=datetime(2026, 11, 2, 10, tzinfo=UTC)))
    work()
    with acting_for(people.merchant.pk):
        return Case.objects.with_facts().get()


def in_good_chinese(asked: Asked) -> Reply:
    """What an able translator says of two sentences of the letter, and babble of the others."""

    def say(words: str, item: dict[str, Any]) -> str:
        return next((zh for start, zh in GOOD.items() if item["text"].startswith(start)), words)

    return translations(asked, say) if asked.translating else fields()


def settings(fake: FakeModel, **changes: Any) -> dict[str, Any]:
    config = fake.config()
    names = ("enabled", "provider", "endpoint", "model", "api_key", "languages", "seconds", "max_characters",
             "max_output_tokens")  # fmt: skip
    return {**{name: getattr(config, name) for name in names}, **changes}


def set_up(people: Cast, fake: FakeModel, **changes: Any) -> None:
    with acting_for(people.merchant.pk):
        llm.configure(people.merchant, people.alice, settings(fake, **changes))


def agreed(people: Cast, case: Case) -> Translation:
    """Agree to what is shown, and let a worker do the rest."""
    with acting_for(people.merchant.pk):
        notice = case.notices.get()
        shown = llm.previews(notice, llm.config_for(people.merchant.pk))
        llm.agree(notice, case, people.alice, [item.digest for item in shown])
    work()
    with acting_for(people.merchant.pk):
        return Translation.objects.get()


def frozen(case: Case) -> tuple[Any, ...]:
    """What no answer may change."""
    with acting_for(case.merchant_id):
        notice = Notice.objects.get(case=case)
        row = Case.objects.get(pk=case.pk)
    kept = {item.attname: getattr(notice, item.attname) for item in Notice._meta.concrete_fields}
    told = {
        name: getattr(row, name)
        for name in ("kind", "case_ref", "amount", "currency", "due_at", "authority", "order_id", "facts")
    }
    return kept, told


def events(case: Case) -> list[str]:
    with acting_for(case.merchant_id):
        return list(
            AuditEvent.objects.filter(kind__startswith="translation.").order_by("pk").values_list("kind", flat=True)
        )


def test_nothing_is_sent_where_nobody_switched_it_on(people: Cast, model: FakeModel):
    case = a_letter(people)
    assert case.kind == "legal_threat"
    with acting_for(people.merchant.pk):
        assert not llm.config_for(people.merchant.pk).enabled
        assert llm.previews(case.notices.get(), llm.config_for(people.merchant.pk)) == ()
        with pytest.raises(Refusal, match="没有发送"):
            llm.agree(case.notices.get(), case, people.alice, [])
    set_up(people, model)
    work()
    assert model.asked == []


def test_a_translation_from_settings_to_the_page(people: Cast, model: FakeModel):
    case = a_letter(people)
    set_up(people, model)
    model.behaviour = in_good_chinese
    before = frozen(case)
    row = agreed(people, case)
    assert {item.path for item in model.asked} == {"/v1/chat/completions"} and len(model.asked) == 2
    sent = json.dumps([item.body for item in model.asked], ensure_ascii=False)
    assert "Jordan Lee" not in sent and KEY not in sent
    translating = next(item for item in model.asked if item.translating)
    assert not [word for word in ("WL-2026-0481", "GS-1001", "59.90", "30 November") if word in translating.fenced]
    assert (
        row.made_at
        and row.member_id == people.alice.pk
        and (row.provider, row.model) == ("Ollama（本机）", "test-model")
    )
    shown = [item for item in row.sentences if item["zh"]]
    assert [item["zh"] for item in shown] == ["尊敬的先生或女士：", "本函为正式的诉前函。"], row.sentences
    text = before[0]["reading"]["text"]
    assert all(text[item["start"] : item["end"]] == item["text"] for item in row.sentences)
    assert frozen(case) == before
    assert events(case) == ["translation.enabled", "translation.agreed", "translation.made"]


def test_the_key_is_sealed_and_never_shown(people: Cast, model: FakeModel):
    set_up(people, model)
    with acting_for(people.merchant.pk):
        row = llm.connection_of(people.merchant.pk)
        assert row is not None and KEY not in str(row.settings) and KEY.encode() not in bytes(row.secrets_sealed)
        assert llm.config_for(people.merchant.pk).api_key == KEY
        facts = str(list(AuditEvent.objects.values_list("facts", flat=True)))
    assert KEY not in facts
    set_up(people, model, api_key="", seconds=7)  # an empty key keeps the old one
    with acting_for(people.merchant.pk):
        assert (llm.config_for(people.merchant.pk).api_key, llm.config_for(people.merchant.pk).seconds) == (KEY, 7)
    set_up(people, model, api_key="", endpoint="http://127.0.0.1:9/v1")  # but not for another address
    with acting_for(people.merchant.pk):
        assert llm.config_for(people.merchant.pk).api_key == ""


def test_only_owners_set_it_up_and_viewers_agree_to_nothing(people: Cast, model: FakeModel):
    with acting_for(people.merchant.pk), pytest.raises(Refusal):
        llm.configure(people.merchant, people.bob, settings(model))
    case = a_letter(people)
    set_up(people, model)
    with acting_for(people.merchant.pk):
        notice = case.notices.get()
        digests = [item.digest for item in llm.previews(notice, llm.config_for(people.merchant.pk))]
        with pytest.raises(Refusal):
            llm.agree(notice, case, people.carol, digests)
    assert model.asked == []


@pytest.mark.parametrize(
    "changes",
    [
        {"provider": "openai"},
        {"provider": "other"},
        {"endpoint": "http://10.0.0.7:11434/v1"},
        {"model": ""},
        {"endpoint": "http://user:pw@127.0.0.1:1/v1"},
    ],
)
def test_settings_that_cannot_be_used_are_refused(people: Cast, model: FakeModel, changes: dict[str, Any]):
    with acting_for(people.merchant.pk), pytest.raises(Refusal):
        llm.configure(people.merchant, people.alice, settings(model, **changes))


def test_consent_is_to_what_was_shown(people: Cast, model: FakeModel):
    case = a_letter(people)
    set_up(people, model)
    with acting_for(people.merchant.pk):
        notice = case.notices.get()
        digests = [item.digest for item in llm.previews(notice, llm.config_for(people.merchant.pk))]
    set_up(people, model, model="another-model")
    with acting_for(people.merchant.pk), pytest.raises(Refusal, match="已变化"):
        llm.agree(notice, case, people.alice, digests)
    work()
    assert model.asked == []


def test_settings_changed_between_consent_and_sending_send_nothing(people: Cast, model: FakeModel):
    case = a_letter(people)
    set_up(people, model)
    with acting_for(people.merchant.pk):
        notice = case.notices.get()
        shown = llm.previews(notice, llm.config_for(people.merchant.pk))
        llm.agree(notice, case, people.alice, [item.digest for item in shown])
    set_up(people, model, model="another-model")
    work()
    with acting_for(people.merchant.pk):
        row = Translation.objects.get()
    assert model.asked == [] and row.made_at and [item["code"] for item in row.troubles] == ["no_consent"]
    assert events(case)[-1] == "translation.failed"


@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_lying_model_changes_nothing_and_shows_no_lie(people: Cast, model: FakeModel, lie: str):
    case = a_letter(people)
    set_up(people, model)
    before = frozen(case)
    model.behaviour = LIES[lie]
    row = agreed(people, case)
    assert frozen(case) == before
    told = json.dumps([item["zh"] for item in row.sentences] + row.suggestions, ensure_ascii=False)
    assert not [word for word in POISON if word in told]


@pytest.mark.parametrize("how", ["no_json", "wrong_key", "busy", "moved", "server_error", "closes", "huge"])
def test_a_broken_model_leaves_a_reason_and_no_word_of_theirs(people: Cast, model: FakeModel, how: str):
    case = a_letter(people)
    set_up(people, model)
    before = frozen(case)
    model.behaviour = BROKEN[how]
    row = agreed(people, case)
    assert row.sentences == [] and row.suggestions == [] and row.troubles and frozen(case) == before
    assert KEY not in json.dumps(row.troubles) and all(item["zh"] and item["en"] for item in row.troubles)
    assert events(case)[-1] == "translation.failed"


def test_another_kind_asks_a_person_and_is_not_taken(people: Cast, model: FakeModel):
    case = a_letter(people)
    set_up(people, model)
    model.behaviour = lambda asked: translations(asked) if asked.translating else fields(kind="consumer_complaint")
    row = agreed(people, case)
    with acting_for(people.merchant.pk):
        after = Case.objects.with_facts().get()
    assert (row.other_kind, after.kind) == ("consumer_complaint", "legal_threat")
    assert "model_reads_other_kind" in after.needs_human and after.waiting == Waiting.PERSON


def test_another_merchant_sees_none_of_it(people: Cast, model: FakeModel):
    agreed_row_of = a_letter(people)
    set_up(people, model)
    agreed(people, agreed_row_of)
    with acting_for(people.elsewhere.pk):
        assert not Translation.objects.exists() and llm.connection_of(people.elsewhere.pk) is None


def test_a_reading_comes_back_from_its_row(people: Cast):
    case = a_letter(people)
    with acting_for(people.merchant.pk):
        row = case.notices.get().reading
    found = letters.of_row(row)
    assert found is not None
    again = json.loads(json.dumps(letters.as_row(found)))
    assert {**again, "authority_reasons": row["authority_reasons"]} == row


def test_only_the_one_host_on_this_machine_may_be_called(model: FakeModel):
    port = int(model.config().endpoint.rsplit(":", 1)[1].split("/")[0])
    with outside.client(own=("127.0.0.1", port)) as http:
        assert http.post(f"http://127.0.0.1:{port}/v1/x", json={"messages": [{"content": ""}, {"content": ""}]})
        for other in (f"http://localhost:{port}/", f"http://127.0.0.1:{port + 1}/", f"http://127.0.0.2:{port}/"):
            with pytest.raises(Unavailable, match="inside this network"):
                http.get(other)
    with outside.client() as http, pytest.raises(Unavailable):
        http.get(f"http://127.0.0.1:{port}/")
    assert outside_model.problem(model.config(provider="openai"))
