"""The outside model as a person meets it: settings, what would be sent, a yes, and what comes back beside the original."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.cast import Cast, cast
from tests.fakes.llm import KEY, FakeModel, fields, translations

from goodstanding import jobs
from goodstanding.contract import Incoming
from goodstanding.models import AuditEvent, Case, Connection, Correction, Translation, acting_for
from goodstanding.pipeline import llm, receive
from goodstanding.web import labels

from .stage import a_case, browser

pytestmark = pytest.mark.django_db(transaction=True)

LETTER = b"""From: Dana Whitfield <dana@whitfield-law.example>
To: shop@qingchuan.example
Subject: Letter before action
Date: Mon, 02 Nov 2026 09:00:00 +0000
Content-Type: text/plain; charset=utf-8

Dear Sir or Madam,

We are solicitors and act for our client Mr Jordan Lee. Our reference: WL-2026-0481.
Unless you pay EUR 59.90 by 30 November 2026 we will issue court proceedings against you.
This letter is a formal letter before claim.
Quarterly unicorns paint <b>seventeen</b> violins in teal.

Dana Whitfield, Whitfield Law LLP
"""


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def model() -> Iterator[FakeModel]:
    with FakeModel() as fake:
        yield fake


def a_letter(people: Cast) -> Case:
    with acting_for(people.merchant.pk):
        where = Connection.open(people.merchant, "byhand", "By hand")
    receive.store(where, Incoming(origin="paste", body=LETTER, received_at=datetime(2026, 11, 2, 10, tzinfo=UTC)))
    jobs.work_until_idle()
    with acting_for(people.merchant.pk):
        return Case.objects.get()


def switched_on(people: Cast, model: FakeModel) -> None:
    config = model.config()
    names = ("enabled", "provider", "endpoint", "model", "api_key", "languages", "seconds", "max_characters",
             "max_output_tokens")  # fmt: skip
    with acting_for(people.merchant.pk):
        llm.configure(people.merchant, people.alice, {name: getattr(config, name) for name in names})


def test_the_letter_stands_sentence_by_sentence_beside_its_chinese(people: Cast):
    a_letter(people)
    page = browser(people.carol).get(f"/m/{people.merchant.slug}/cases/1/").content.decode()
    assert "逐句对照" in page and "此句未能可靠解读" in page
    rows = page.partition('<ol class="gloss">')[2].partition("</ol>")[0]
    assert re.search(r"<mark title=\"[^\"]+\">WL-2026-0481</mark>", rows)
    assert "&lt;b&gt;seventeen&lt;/b&gt;" in rows and "<b>" not in rows
    assert "外部模型" not in page.partition("</ol>")[0]


def test_settings_are_kept_and_the_key_is_never_shown_again(people: Cast, model: FakeModel):
    url = f"/m/{people.merchant.slug}/settings/translation/"
    alice = browser(people.alice)
    assert "未启用" in alice.get(url).content.decode()
    config = model.config()
    given = {
        "enabled": "on", "provider": "ollama", "endpoint": config.endpoint, "model": "test-model", "api_key": KEY,
        "languages": "en,de", "seconds": "5", "max_characters": "12000", "max_output_tokens": "4096",
    }  # fmt: skip
    assert alice.post(url, given).status_code == 302
    page = alice.get(url).content.decode()
    assert "已启用" in page and KEY not in page and "已保存，留空表示不改" in page
    wrong = alice.post(url, {**given, "provider": "openai", "endpoint": "http://127.0.0.1:1/v1"})
    assert wrong.status_code == 422 and "接口地址指向本机" in wrong.content.decode()
    assert browser(people.bob).post(url, given).status_code == 403
    with acting_for(people.merchant.pk):
        assert llm.config_for(people.merchant.pk).provider == "ollama"
    connections = browser(people.alice).get(f"/m/{people.merchant.slug}/connections/").content.decode()
    assert "辅助翻译" not in connections.partition("<main")[2]


def test_preview_consent_and_result_on_the_case_page(people: Cast, model: FakeModel):
    a_letter(people)
    url = f"/m/{people.merchant.slug}/cases/1/"
    bob = browser(people.bob)
    assert "请外部模型翻译全文" not in bob.get(url).content.decode()
    switched_on(people, model)
    before = bob.get(url).content.decode()
    shown = html.unescape(before)
    assert "请外部模型翻译全文" in shown and "test-model" in shown and "⟦1⟧" in shown
    digests = re.findall(r'name="digest" value="([0-9a-f]{64})"', before)
    sent = list(re.findall(r'<pre class="pre small"[^>]*>(.*?)</pre>', before, re.S))
    assert len(digests) >= 2
    assert browser(people.carol).post(f"{url}translation/", {"digest": digests}).status_code == 403

    def answer(asked):  # type: ignore[no-untyped-def]
        if not asked.translating:
            return fields(kind="consumer_complaint")
        return translations(
            asked, lambda words, item: "本函为正式的诉前函。" if "letter before claim" in item["text"] else words
        )

    model.behaviour = answer
    stale = bob.post(f"{url}translation/", {"digest": ["0" * 64]}, follow=True).content.decode()
    assert "没有发送" in stale and not model.asked
    assert bob.post(f"{url}translation/", {"digest": digests[:2]}).status_code == 302
    assert "正在等" in bob.get(url).content.decode()
    jobs.work_until_idle()
    asked = {item.words for item in model.asked}
    bodies = [json.loads(html.unescape(item)) for item in sent if "messages" in item]
    previewed = {re.sub(r"</?mail-[0-9a-f]+>\n?", "", item["messages"][1]["content"]).strip() for item in bodies}
    assert len(asked) == 2 and asked == previewed
    after = bob.get(url).content.decode()
    assert "本函为正式的诉前函。" in after and "机器翻译" in after and "类型没有改动" in after
    english = browser(people.bob, **{"Accept-Language": "en"}).get(url).content.decode()
    assert "Machine translation" in english or "机器翻译" in english


def test_a_suggestion_is_put_into_the_form_and_waits_for_a_person(people: Cast):
    case = a_letter(people)
    with acting_for(people.merchant.pk):
        row = Translation.objects.create(
            merchant=people.merchant, notice=case.notices.get(), provider="Ollama", model="m", made_at=datetime.now(UTC),
            suggestions=[{"name": "complainant", "value": "Zoe Quill", "raw": "Zoe Quill", "start": 0, "end": 9, "how": "added"}],
        )  # fmt: skip
    url = f"/m/{people.merchant.slug}/cases/1/"
    page = browser(people.bob).get(f"{url}?take={row.pk}").content.decode()
    assert 'value="Zoe Quill"' in page and "更正并确认" in page
    with acting_for(people.merchant.pk):
        assert Case.objects.get().complainant != "Zoe Quill"
    assert 'value="Zoe Quill"' not in browser(people.bob).get(f"{url}?take=999").content.decode()


def test_a_case_can_be_ended_with_a_reason(people: Cast):
    a_case(people)
    url = f"/m/{people.merchant.slug}/cases/1/end/"
    bob = browser(people.bob)
    assert bob.post(url, {"reason": ""}).status_code == 422
    assert browser(people.carol).post(url, {"reason": "x"}).status_code == 403
    assert bob.post(url, {"reason": "已和买家谈妥"}).status_code == 302
    with acting_for(people.merchant.pk):
        assert Case.objects.get().settled_at
        assert AuditEvent.objects.get(kind="case.settled").facts["reason"] == "已和买家谈妥"
    assert "结束案件，不再答复" not in bob.get(f"/m/{people.merchant.slug}/cases/1/").content.decode()


def test_corrections_leave_as_examples(people: Cast):
    case = a_letter(people)
    with acting_for(people.merchant.pk):
        Correction.objects.create(
            merchant=people.merchant, delivery=case.notices.get().delivery, case=case, member=people.bob,
            values={"kind": "consumer_complaint"},
        )  # fmt: skip
    url = f"/m/{people.merchant.slug}/settings/corrections.jsonl"
    assert browser(people.bob).post(url).status_code == 403
    answer = browser(people.alice).post(url)
    rows = [json.loads(line) for line in answer.content.decode().splitlines()]
    assert "attachment" in answer["Content-Disposition"] and len(rows) == 1
    assert rows[0]["read"]["kind"] == "legal_threat" and rows[0]["corrected"] == {"kind": "consumer_complaint"}
    assert "formal letter before claim" in rows[0]["text"]
    assert browser(people.mallory).post("/m/elsewhere/settings/corrections.jsonl").content == b""


def test_a_request_that_cannot_be_read_gets_our_own_page(people: Cast):
    answer = browser(people.alice).get("/", headers={"Host": "evil.example\x00"})
    assert answer.status_code == 400 and "GoodStanding" in answer.content.decode()


def test_guidance_cites_documents_not_record_ids() -> None:
    told = labels.with_sources("- 要有签收【visa.13.1】。\n- 没有这一条【no.such】。")
    assert "【" not in told and "no.such" not in told and "](https://" in told
