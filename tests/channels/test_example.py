"""The tutorial's channel does what it says, so that what is copied from it is right."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from goodstanding.channels.example import channel
from goodstanding.contract import Bundle, Exhibit, Incoming, Reference, Refused, Unavailable, Untrusted

NOW = datetime(2026, 11, 10, 8, tzinfo=UTC)
CONFIG = channel.config(webhook_secret="s3cret", api_key="ark_test_1")
CASE = Reference(type="case", value="D-1", system="acme")
BUNDLE = Bundle(
    case_ref="D-1", stage="dispute", reason=None, network="visa", amount=None, references=(), language="en", reply_text="We delivered.",
    exhibits=(Exhibit(id="1", kind="ev.signature_pod", title="POD", media_type="image/png", content=b"png", sha256="", filename="pod.png"),),
    digest="abc",
)  # fmt: skip


def acme(*answers: httpx.Response | Exception) -> tuple[httpx.Client, list[httpx.Request]]:
    """A client whose server gives these answers in turn, and the requests it saw."""
    waiting, seen = list(answers), []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        answer = waiting.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return httpx.Client(transport=httpx.MockTransport(serve)), seen


def test_a_stale_signature_is_a_replay():
    sample = channel.drill(CONFIG, NOW)
    with pytest.raises(Untrusted) as error:
        channel.verify(dataclasses.replace(sample, received_at=NOW + timedelta(minutes=6)), CONFIG, None)
    assert error.value.code == "stale"


def test_a_ping_gets_its_challenge_back_and_a_notice_gets_nothing():
    ping = Incoming(origin="webhook", body=b'{"type": "ping", "challenge": "abc"}', received_at=NOW)
    assert channel.answer(ping, CONFIG).body == b"abc"
    assert list(channel.parse(ping)) == []
    assert channel.answer(channel.drill(CONFIG, NOW), CONFIG) is None


def test_fetch_follows_the_pages():
    event = {"id": "evt_1", "type": "dispute.changed", "dispute": {"id": "D-1"}}
    http, seen = acme(
        httpx.Response(200, json={"events": [event], "next": "c2"}),
        httpx.Response(200, json={"events": [event | {"id": "evt_2"}]}),
    )
    notices = [parsed.event_ref for arrived in channel.fetch(CONFIG, http, NOW) for parsed in channel.parse(arrived)]
    assert notices == ["evt_1", "evt_2"]
    assert seen[1].url.params["after"] == "c2"
    assert seen[0].headers["Authorization"] == "Bearer ark_test_1"


def test_lookup_comes_in_through_parse_and_points_nowhere():
    dispute = {"id": "D-1", "version": 3, "stage": "chargeback", "amount": 100, "currency": "USD"}
    http, _ = acme(httpx.Response(200, json=dispute))
    (notice,) = channel.parse(channel.lookup(CASE, CONFIG, http))
    assert (notice.kind, notice.case_ref, notice.event_ref) == ("chargeback", "D-1", "D-1@3")


def test_probe_names_what_moves_money():
    http, _ = acme(httpx.Response(200, json={"scopes": ["disputes.read", "refunds.write"]}))
    grant = channel.probe(CONFIG, http)
    assert (grant.dangerous, grant.missing, grant.test_mode) == (("refunds.write",), (), True)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(429, headers={"Retry-After": "7"}), Unavailable),
        (httpx.Response(503), Unavailable),
        (httpx.ConnectTimeout("slow"), Unavailable),
        (httpx.Response(200, text="<html>"), Unavailable),
        (httpx.Response(403), Refused),
    ],
)
def test_what_goes_wrong_outside_says_whether_to_try_again(answer, error):
    http, _ = acme(answer)
    with pytest.raises(error) as raised:
        list(channel.requirements(CASE, CONFIG, http))
    assert getattr(raised.value, "retry_after", None) in (None, 7.0)


def test_rehearse_and_requirements():
    http, _ = acme(
        httpx.Response(200, json={"requirements": [{"slot": "delivery", "required": True}, {"slot": "new_slot"}]}),
        httpx.Response(200, json={"problems": [{"code": "too_big", "message": "pod.png is larger than 2 MB"}]}),
    )
    first, second = channel.requirements(CASE, CONFIG, http)
    assert (first.need, first.evidence[0], second.evidence) == ("required", "ev.delivery_full_address", ())
    assert [violation.code for violation in channel.rehearse(BUNDLE, CONFIG, http)] == ["too_big"]


def test_submit_believes_the_receipt_and_not_the_status_code():
    http, seen = acme(httpx.Response(200, json={"accepted": True, "receipt": "R-1"}))
    assert channel.submit.send(BUNDLE, CONFIG, http).reference == "R-1"
    sent = json.loads(seen[0].content)
    assert (sent["idempotency_key"], sent["files"][0]["slot"]) == ("abc", "delivery")
    http, _ = acme(httpx.Response(200, json={"accepted": False, "message": "closed"}))
    with pytest.raises(Refused, match="closed"):
        channel.submit.send(BUNDLE, CONFIG, http)


def test_submit_without_an_answer_is_unknown_and_not_tried_twice():
    http, seen = acme(httpx.ReadTimeout("no answer"))
    assert channel.submit.send(BUNDLE, CONFIG, http).state == "unknown"
    assert len(seen) == 1
    with pytest.raises(Refused):
        channel.submit.send(BUNDLE, dataclasses.replace(CONFIG, api_key=""), http)
