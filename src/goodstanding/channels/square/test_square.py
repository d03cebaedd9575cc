"""Square: what is signed with its address, what is read, and how evidence is added and then submitted once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.square import ALL, READING, FakeSquare

from goodstanding.channels.square.config import Config
from goodstanding.channels.square.defend import rehearse, requirements, submit
from goodstanding.channels.square.drill import drill
from goodstanding.channels.square.evidence import LIMITS, TYPE_OF, TYPES, plan
from goodstanding.channels.square.parse import parse
from goodstanding.channels.square.read import fetch, lookup, probe
from goodstanding.channels.square.verify import signature, verify
from goodstanding.contract import (
    Bundle,
    Exhibit,
    Incoming,
    ParsedNotice,
    Reference,
    Refused,
    Unavailable,
    Unreadable,
    Untrusted,
)

NOW = datetime(2026, 11, 6, 12, tzinfo=UTC)
KEY, URL = "invented-signature-key", "https://shop.example.com/in/invented-token/"
CONFIG = Config(webhook_secret=KEY, notification_url=URL)
FIXTURES = Path(__file__).parent / "fixtures"
BODY = (FIXTURES / "dispute.created__not_received.json").read_bytes()


@pytest.fixture
def square() -> Iterator[FakeSquare]:
    with FakeSquare() as server:
        yield server


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


def config_for(square: FakeSquare, scopes: frozenset[str] | None = ALL) -> Config:
    return Config(access_token=square.token(scopes), api_base=square.url)


def arrived(body: bytes, origin: str = "webhook", header: str = "", url: str = URL) -> Incoming:
    headers = (("X-Square-HmacSha256-Signature", header),) if header else ()
    return Incoming(origin=origin, body=body, received_at=NOW, headers=headers, url=url)


def one(body: bytes | Incoming) -> ParsedNotice:
    (notice,) = parse(arrived(body) if isinstance(body, bytes) else body)
    assert isinstance(notice, ParsedNotice)
    return notice


def named(name: str) -> ParsedNotice:
    return one((FIXTURES / f"{name}.json").read_bytes())


def changed(**changes: Any) -> bytes:
    event = json.loads(BODY)
    event["data"]["object"]["dispute"] |= changes
    return json.dumps(event).encode()


def refusal(incoming: Incoming, config: Config = CONFIG) -> str:
    with pytest.raises(Untrusted) as caught:
        verify(incoming, config, None)
    return caught.value.code


# --- signatures ---


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_any_altered_byte_is_refused(at: int, by: int) -> None:
    altered = bytearray(BODY)
    altered[at] ^= by
    assert refusal(arrived(bytes(altered), header=signature(URL, BODY, KEY))) == "bad_signature"


@pytest.mark.parametrize("url", [URL.rstrip("/"), URL.replace("https", "http"), URL + "?x=1", URL.upper(), ""])
def test_another_address_is_another_signature(url: str) -> None:
    assert refusal(arrived(BODY, header=signature(url, BODY, KEY))) == "bad_signature"


def test_the_address_of_the_settings_counts_and_else_that_of_the_request() -> None:
    """Behind a proxy the request's own address is not the one that Square called."""
    header = signature(URL, BODY, KEY)
    verify(arrived(BODY, header=header, url="http://127.0.0.1:8000/in/invented-token/"), CONFIG, None)
    verify(arrived(BODY, header=header), replace(CONFIG, notification_url=""), None)
    assert (
        refusal(arrived(BODY, header=header, url="http://127.0.0.1/"), replace(CONFIG, notification_url=""))
        == "bad_signature"
    )


def test_address_and_body_are_not_interchangeable_pieces() -> None:
    """The signature is over their concatenation; the address is fixed, so nothing can be moved from one to the other."""
    header = signature(URL + "{", BODY[1:], KEY)
    verify(arrived(BODY, header=header), CONFIG, None)
    assert refusal(arrived(BODY[1:], header=header)) == "bad_signature"


def test_either_key_passes_while_changing_and_reasons_are_told_apart() -> None:
    old = arrived(BODY, header=signature(URL, BODY, "old"))
    verify(old, replace(CONFIG, webhook_secret_previous="old"), None)
    assert refusal(old) == "bad_signature"
    assert refusal(old, Config()) == "no_secret"
    assert refusal(arrived(BODY)) == "no_signature"
    assert refusal(arrived(BODY, header="签名\udc80")) == "bad_signature"
    for origin in ("poll", "lookup"):
        verify(arrived(BODY, origin), CONFIG, None)
    for origin in ("upload", "drill"):
        assert refusal(arrived(BODY, origin)) == "no_signature"


def test_a_drill_is_signed_read_and_marked() -> None:
    sample = drill(CONFIG, NOW)
    verify(sample, CONFIG, None)
    notice = one(sample)
    assert (notice.test, notice.facts["drill"], notice.kind) == (True, "true", "chargeback")
    assert Reference(type="order", value="GS-1001") in notice.references
    assert refusal(drill(Config(), NOW)) == "no_signature"


def test_a_drill_passes_the_door_also_where_no_address_is_set() -> None:
    """Posted to the public address, it arrives under an address that it could not know."""
    bare = replace(CONFIG, notification_url="")
    verify(replace(drill(bare, NOW), origin="webhook", url=URL), bare, None)
    assert refusal(replace(drill(bare, NOW), origin="webhook", url=URL)) == "bad_signature"


# --- reading ---


def test_duplicates_and_evidence_events_are_no_news_and_order_does_not_matter() -> None:
    first, added, removed = (named(name) for name in ("dispute.created__not_received", "dispute.evidence.created__same_state", "dispute.evidence.deleted__same_state"))  # fmt: skip
    listed = next(iter(parse(arrived((FIXTURES / "disputes__listed.json").read_bytes()))))
    assert isinstance(listed, ParsedNotice)
    assert first.event_ref == added.event_ref == removed.event_ref == listed.event_ref
    later = named("dispute.state.updated__processing")
    assert later.event_ref != first.event_ref
    assert later.occurred_at
    assert first.occurred_at
    assert later.occurred_at > first.occurred_at
    assert later.respond_by is None


@pytest.mark.parametrize(
    ("state", "kind", "stage", "result"),
    [
        ("INQUIRY_EVIDENCE_REQUIRED", "pre_dispute_alert", "inquiry", None), ("INQUIRY_PROCESSING", "pre_dispute_alert", "inquiry", None),
        ("INQUIRY_CLOSED", "dispute_result", "inquiry", ("closed", False)), ("EVIDENCE_REQUIRED", "chargeback", "dispute", None),
        ("PROCESSING", "chargeback", "dispute", None), ("WON", "dispute_result", "dispute", ("won", True)),
        ("LOST", "dispute_result", "dispute", ("lost", True)), ("ACCEPTED", "dispute_result", "dispute", ("accepted", True)),
        ("WAITING_FOR_GODOT", "chargeback", "", None),
    ],
)  # fmt: skip
def test_states(state: str, kind: str, stage: str, result: tuple[str, bool] | None) -> None:
    notice = one(changed(state=state))
    assert (notice.kind, notice.stage, notice.status) == (kind, stage, state)
    assert ((notice.ruling.result, notice.ruling.final) if notice.ruling else None) == result
    assert bool(notice.respond_by) == (state in ("INQUIRY_EVIDENCE_REQUIRED", "EVIDENCE_REQUIRED", "WAITING_FOR_GODOT"))


def test_the_older_shape_has_its_id_elsewhere() -> None:
    assert named("dispute.state.changed__older_shape").case_ref == "SQINVENTEDDISPUTE0006"


def test_other_matters_are_nothing_and_unknown_disputes_are_named() -> None:
    for name in ("payment.created", "webhooks.test_notification", "oauth.authorization.revoked", "refund.updated"):
        assert list(parse(arrived(json.dumps(json.loads(BODY) | {"type": name}).encode()))) == []
    with pytest.raises(Unreadable, match=r"dispute\.moonlight"):
        parse(arrived(json.dumps(json.loads(BODY) | {"type": "dispute.moonlight"}).encode()))


@pytest.mark.parametrize(
    ("amount", "currency", "text"), [(8801, "USD", "88.01 USD"), (5400, "JPY", "5400 JPY"), (8640, "CAD", "86.40 CAD")]
)
def test_amounts_are_minor_units(amount: int, currency: str, text: str) -> None:
    assert str(one(changed(amount_money={"amount": amount, "currency": currency})).amount) == text


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"id": "a b"}, "id"), ({"state": None}, "state"), ({"amount_money": None}, "amount_money.amount"), ({"amount_money": {"amount": 1.5, "currency": "USD"}}, "amount_money.amount"),
     ({"due_at": "2026-11-19"}, "due_at"), ({"reason": "a b"}, "reason")],
)  # fmt: skip
def test_missing_and_odd_fields_are_named_by_their_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(Unreadable, match=f"^{path}"):
        parse(arrived(changed(**changes)))


def test_fields_that_no_one_knows_are_reported() -> None:
    assert one(changed(hologram={"hue": 1})).unread == ("hologram.hue",)
    assert one(BODY).unread == ()


# --- asking ---


def test_fetch_reads_all_pages_and_leaves_out_what_is_long_settled(square: FakeSquare, http: httpx.Client) -> None:
    for _ in range(120):
        square.open_dispute()
    square.open_dispute(state="LOST", updated_at="2026-01-01T00:00:00.000Z")
    waiting = square.open_dispute(updated_at="2026-01-01T00:00:00.000Z")
    notices = [one(incoming) for incoming in fetch(config_for(square), http, datetime(2026, 11, 1, tzinfo=UTC))]
    assert len({item.case_ref for item in notices}) == 121
    assert waiting["id"] in {item.case_ref for item in notices}
    told = {
        one(square.event(item, "dispute.created")).event_ref
        for item in square.disputes.values()
        if item["state"] != "LOST"
    }
    assert {item.event_ref for item in notices} == told


def test_lookup_brings_the_order_where_payments_may_be_read(square: FakeSquare, http: httpx.Client) -> None:
    case = Reference(type="case", value=square.open_dispute()["id"])
    whole = one(lookup(case, config_for(square), http))
    assert (whole.facts["order_number"], whole.facts["card_last4"]) == ("GS-2042", "4242")
    assert "order_number" not in one(lookup(case, config_for(square, frozenset({"DISPUTES_READ"})), http)).facts
    for reference, code in ((Reference(type="case", value="none"), "resource_missing"), (Reference(type="case", value="../x"), "bad_identifier"), (Reference(type="arn", value="1"), "bad_reference")):  # fmt: skip
        with pytest.raises(Refused) as caught:
            lookup(reference, config_for(square), http)
        assert caught.value.code == code


def test_probe_names_what_could_move_money(square: FakeSquare, http: httpx.Client) -> None:
    good = probe(config_for(square), http)
    assert (good.dangerous, good.missing, good.account) == ((), (), "MFAKE")
    assert probe(config_for(square, ALL | {"PAYMENTS_WRITE", "ITEMS_READ"}), http).dangerous == ("PAYMENTS_WRITE",)
    assert probe(config_for(square, None), http).dangerous == ("everything",)  # a personal token
    assert probe(config_for(square, frozenset({"PAYMENTS_READ"})), http).missing == ("DISPUTES_READ",)
    assert {request.path for request in square.requests} == {"/oauth2/token/status"}


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (httpx.Response(429, headers={"Retry-After": "7"}), Unavailable, "rate_limited"),
        (httpx.Response(503), Unavailable, "http_503"),
        (httpx.Response(200, content=b"<html>"), Unavailable, "unreadable_answer"),
        (httpx.Response(200, json={"errors": [{"category": "API_ERROR", "code": "INTERNAL_SERVER_ERROR"}]}), Unavailable, "server_error"),
        (httpx.Response(200, json={"errors": [{"category": "INVALID_REQUEST_ERROR", "code": "BAD_REQUEST"}]}), Refused, "bad_request"),
        (httpx.Response(401, json={"errors": [{"category": "AUTHENTICATION_ERROR", "code": "ACCESS_TOKEN_EXPIRED"}]}), Refused, "key_invalid"),
        (httpx.Response(403, json={"errors": [{"category": "AUTHENTICATION_ERROR", "code": "INSUFFICIENT_SCOPES"}]}), Refused, "permission_missing"),
    ],
)  # fmt: skip
def test_failures_say_what_to_do_next_also_inside_http_200(
    answer: httpx.Response, error: type[Exception], code: str
) -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: answer)) as client, pytest.raises(error) as caught:
        probe(Config(access_token="EAAAInvented1"), client)
    assert caught.value.code == code  # type: ignore[attr-defined]
    assert getattr(caught.value, "retry_after", None) == (7.0 if code == "rate_limited" else None)


def test_no_token_and_both_environments() -> None:
    seen: list[str] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        return httpx.Response(200, json={})

    with httpx.Client(transport=httpx.MockTransport(take)) as client:
        for environment in ("live", "sandbox"):
            list(fetch(Config(access_token="EAAAInvented1", environment=environment), client, NOW))
        for token, code in (("", "no_key"), ("a b", "key_malformed")):
            with pytest.raises(Refused) as caught:
                probe(Config(access_token=token), client)
            assert caught.value.code == code
    assert seen == ["connect.squareup.com", "connect.squareupsandbox.com"]


# --- answering ---


def exhibit(kind: str, content: bytes = b"%PDF", *, media_type: str = "application/pdf") -> Exhibit:
    digest = hashlib.sha256(content).hexdigest()
    return Exhibit(id=kind, kind=kind, title=kind, media_type=media_type, content=content, sha256=digest)


def bundle(**changes: Any) -> Bundle:
    values: dict[str, Any] = {
        "case_ref": "SQFAKE00000001", "stage": "dispute", "reason": None, "network": "visa", "amount": None, "references": (), "language": "en",
        "reply_text": "Delivered (Exhibit A).", "exhibits": (exhibit("ev.delivery_full_address", b"%PDF-pod"),), "document": b"%PDF-document",
        "digest": "d1", "fields": {"tracking_number": "1Z8888888888888888"},
    }  # fmt: skip
    return Bundle(**{**values, **changes})


def codes(found: Any) -> list[str]:
    return [item.code for item in found]


def test_types_named_are_squares_and_no_size_is_made_up() -> None:
    assert set(TYPE_OF.values()) <= set(TYPES)
    assert LIMITS.max_file_bytes is LIMITS.max_total_bytes is None


def test_rehearsing_adds_nothing(square: FakeSquare, http: httpx.Client) -> None:
    square.open_dispute()
    assert codes(rehearse(bundle(), config_for(square, READING), http)) == []
    assert {request.method for request in square.requests} == {"GET"}


def test_a_whole_life(square: FakeSquare, http: httpx.Client) -> None:
    """Inquiry answered and closed, then a dispute, answered, lost."""
    dispute, config = square.open_dispute(state="INQUIRY_EVIDENCE_REQUIRED"), config_for(square)
    told = [one(square.event(dispute, "dispute.created"))]
    assert submit(bundle(stage="inquiry"), config, http).raw["state"] == "INQUIRY_PROCESSING"
    told.append(one(square.event(dispute)))
    square.move(dispute, "EVIDENCE_REQUIRED", due_at="2026-12-19T00:00:00.000Z")
    square.evidence[dispute["id"]].clear()
    told.append(one(square.event(dispute)))
    assert submit(bundle(), config, http).state == "accepted"
    square.move(dispute, "LOST")
    told.append(one(square.event(dispute)))
    assert [(item.kind, item.stage) for item in told] == [
        ("pre_dispute_alert", "inquiry"),
        ("pre_dispute_alert", "inquiry"),
        ("chargeback", "dispute"),
        ("dispute_result", "dispute"),
    ]
    assert len({item.event_ref for item in told}) == 4
    assert [sorted(item["evidence_type"] for item in sent) for sent in square.sent] == [
        ["GENERIC_EVIDENCE", "PROOF_OF_DELIVERY_DOCUMENTATION", "REBUTTAL_EXPLANATION", "TRACKING_NUMBER"]
    ] * 2
    assert not square.asked("accept")


def test_what_was_added_is_what_was_approved(square: FakeSquare, http: httpx.Client) -> None:
    square.open_dispute()
    submit(bundle(), config_for(square), http)
    by_type = {item["evidence_type"]: item for item in square.sent[0]}
    assert square.files[by_type["GENERIC_EVIDENCE"]["id"]] == b"%PDF-document"
    assert by_type["TRACKING_NUMBER"]["evidence_text"] == "1Z8888888888888888"
    assert all(len(item["evidence_file"]["filename"]) <= 40 for item in square.sent[0] if "evidence_file" in item)


def test_a_repeat_adds_nothing_and_sends_nothing_twice(square: FakeSquare, http: httpx.Client) -> None:
    square.open_dispute()
    config = config_for(square)
    square.fail("POST .*/submit-evidence", 503)
    with pytest.raises(Unavailable):
        submit(bundle(), config, http)
    assert submit(bundle(), config, http).state == "accepted"
    assert len(square.sent[0]) == 4
    assert len(square.asked("POST .*/evidence-")) == 4  # the second attempt found them all
    with pytest.raises(Refused) as caught:
        submit(bundle(), config, http)
    assert caught.value.code == "not_open"
    assert len(square.sent) == 1


def test_an_upload_whose_answer_was_lost_is_one_piece(square: FakeSquare, http: httpx.Client) -> None:
    square.open_dispute()
    config = config_for(square)
    square.fail("POST .*/evidence-files", hang_up=True, after=True)
    with pytest.raises(Unavailable):
        submit(bundle(), config, http)
    assert submit(bundle(), config, http).state == "accepted"
    assert len(square.sent[0]) == 4


def test_a_piece_that_was_removed_by_hand_is_added_again(square: FakeSquare, http: httpx.Client) -> None:
    """A key that had made it once would answer with the piece that is gone."""
    dispute, config = square.open_dispute(), config_for(square)
    square.fail("POST .*/submit-evidence", 503)
    with pytest.raises(Unavailable):
        submit(bundle(), config, http)
    square.evidence[dispute["id"]].pop()
    assert submit(bundle(), config, http).state == "accepted"
    assert len(square.sent[0]) == 4


@pytest.mark.parametrize("failure", [{"status": 502}, {"hang_up": True}, {"status": 200, "body": b"<html>"}])
def test_a_lost_answer_is_looked_up(square: FakeSquare, http: httpx.Client, failure: dict[str, Any]) -> None:
    square.open_dispute()
    square.fail("POST .*/submit-evidence", after=True, **failure)
    assert submit(bundle(), config_for(square), http).state == "accepted"
    assert len(square.sent) == 1


def test_lost_on_the_way_is_unknown_and_so_is_a_success_that_shows_nothing(
    square: FakeSquare, http: httpx.Client
) -> None:
    square.open_dispute()
    config = config_for(square)
    square.fail("POST .*/submit-evidence", hang_up=True)
    assert submit(bundle(), config, http).state == "unknown"
    square.fail("POST .*/submit-evidence", 200, body=b"{}")
    assert submit(bundle(), config, http).state == "unknown"
    assert not square.sent


def test_an_error_inside_http_200_is_a_refusal(square: FakeSquare, http: httpx.Client) -> None:
    square.open_dispute()
    square.fail(
        "POST .*/submit-evidence",
        200,
        body=b'{"errors": [{"category": "INVALID_REQUEST_ERROR", "code": "BAD_REQUEST", "detail": "late"}]}',
    )
    with pytest.raises(Refused, match="late"):
        submit(bundle(), config_for(square), http)


def test_evidence_added_by_hand_stops_us_and_our_own_old_files_go(square: FakeSquare, http: httpx.Client) -> None:
    dispute, config = square.open_dispute(), config_for(square)
    square.evidence[dispute["id"]].append(
        {"id": "HAND", "evidence_type": "RECEIPT", "evidence_file": {"filename": "by hand.pdf"}}
    )
    assert codes(rehearse(bundle(), config, http)) == ["foreign_evidence"]
    with pytest.raises(Refused, match=r"by hand\.pdf"):
        submit(bundle(), config, http)
    old = plan(bundle(document=b"%PDF-older"))[2]
    square.evidence[dispute["id"]][0]["evidence_file"]["filename"] = old.filename
    assert submit(bundle(), config, http).state == "accepted"
    assert "HAND" not in {item["id"] for item in square.sent[0]}


def test_texts_at_the_limit_pass_and_longer_ones_go_with_the_document(square: FakeSquare, http: httpx.Client) -> None:
    square.open_dispute()
    config = config_for(square)
    assert codes(rehearse(bundle(reply_text="x" * 500, document=b""), config, http)) == []
    assert codes(rehearse(bundle(reply_text="x" * 501), config, http)) == ["text_in_document"]
    assert codes(rehearse(bundle(reply_text="x" * 501, document=b""), config, http)) == ["text_too_long"]
    submit(bundle(reply_text="x" * 501), config, http)
    assert "REBUTTAL_EXPLANATION" not in {item["evidence_type"] for item in square.sent[0]}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"document": b"", "exhibits": (exhibit("ev.receipt_invoice", b"GIF", media_type="image/gif"),)}, "media_type"),
        (
            {"document": b"", "exhibits": (exhibit("ev.refund_policy", b"a"), exhibit("ev.noshow_policy", b"b"))},
            "slot_taken",
        ),
        ({"document": b"", "exhibits": (), "reply_text": "", "fields": {}}, "nothing_to_send"),
    ],
)
def test_what_would_not_be_taken_is_said_before_it_is_asked(
    square: FakeSquare, http: httpx.Client, changes: dict[str, Any], code: str
) -> None:
    square.open_dispute()
    assert set(codes(rehearse(bundle(**changes), config_for(square), http))) == {code}
    with pytest.raises(Refused) as caught:
        submit(bundle(**changes), config_for(square), http)
    assert caught.value.code == code


def test_a_dispute_that_square_takes_no_answer_to(square: FakeSquare, http: httpx.Client) -> None:
    case = Reference(type="case", value=square.open_dispute(reason="EMV_LIABILITY_SHIFT")["id"])
    assert codes(rehearse(bundle(), config_for(square), http)) == ["no_answer_possible"]
    assert list(requirements(case, config_for(square), http)) == []
    assert named("dispute.created__emv_cannot_be_answered").facts["response_allowed"] == "false"


def test_requirements_follow_reason_and_state(square: FakeSquare, http: httpx.Client) -> None:
    def asked(**changes: Any) -> dict[str, str]:
        case = Reference(type="case", value=square.open_dispute(**changes)["id"])
        return {item.code: item.need for item in requirements(case, config_for(square), http)}

    assert asked()["PROOF_OF_DELIVERY_DOCUMENTATION"] == "any_of"
    assert asked(reason="DUPLICATE")["DUPLICATE_CHARGE_DOCUMENTATION"] == "any_of"
    assert set(asked(reason="MOONLIGHT").values()) == {"helpful"}
    assert asked(state="WON") == {}


def test_a_token_that_may_not_write_is_an_error_of_the_connection(square: FakeSquare, http: httpx.Client) -> None:
    square.open_dispute()
    with pytest.raises(Refused) as caught:
        submit(bundle(), config_for(square, READING), http)
    assert caught.value.code == "permission_missing"
