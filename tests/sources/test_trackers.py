"""Sources of parcels against trackers on the loopback, and what is heard at the door."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from tests.fakes.trackers import Fake17Track, FakeAfterShip, parcel_17

from goodstanding.contract import Incoming, Refused, Unavailable, Untrusted
from goodstanding.sources import aftership, seventeentrack
from goodstanding.sources.aftership.door import signature as aftership_signature
from goodstanding.sources.seventeentrack.door import signature

NUMBERS = tuple(f"LX{n:09}CN" for n in range(45))


@pytest.fixture
def http():
    with httpx.Client(timeout=5, trust_env=False) as client:
        yield client


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(sys.modules["goodstanding.asking.call"], "FIRST_WAIT", 0.0)


def seventeen(fake: Fake17Track, **changes: str) -> seventeentrack.Config:
    return seventeentrack.Config(**{"token": fake.token, "api_base": fake.url, **changes})


def heard(body: bytes, **headers: str) -> Incoming:
    given = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Incoming(origin="webhook", body=body, received_at=datetime(2026, 11, 20, tzinfo=UTC), headers=given)


def test_17track_registers_then_asks_in_bounded_calls(http):
    with Fake17Track() as fake:
        fake.parcels = {NUMBERS[0]: parcel_17(NUMBERS[0]), NUMBERS[1]: parcel_17(NUMBERS[1], street="1 EXAMPLE STREET")}
        first = list(seventeentrack.source.track(NUMBERS, seventeen(fake), http))
        again = list(seventeentrack.source.track(NUMBERS[:2], seventeen(fake), http))  # registered before: no problem
        assert len(fake.asked("/register")) == 3
    assert len(first) == 45
    city, street = again
    assert (city.state, city.delivered_to, city.address, city.signed_by) == (
        "delivered",
        "PORTLAND, OR 97201",
        "",
        "J LEE",
    )
    assert street.address == "1 EXAMPLE STREET, PORTLAND, OR, 97201, US"
    assert city.delivered_at == datetime(2026, 11, 14, 17, 30, tzinfo=UTC)
    assert city.carrier == "YunExpress"
    local = next(event for event in city.events if event.what == "Arrived at hub")
    assert (local.at, local.when) == (None, "2026-11-12 08:00:00")


def test_17track_ok_with_rejected_is_a_no(http):
    with Fake17Track() as fake:
        (news,) = seventeentrack.source.track(("X1",), seventeen(fake), http)
        assert (news.state, "refused" in news.problem) == ("", True)
        fake.quota = 0
        with pytest.raises(Refused) as error:
            list(seventeentrack.source.track(NUMBERS[:1], seventeen(fake), http))
        assert error.value.code == "quota"


def test_17track_a_wrong_key_and_a_busy_server(http):
    with Fake17Track() as fake:
        with pytest.raises(Refused) as error:
            seventeentrack.source.probe(seventeen(fake, token="other"), http)
        assert error.value.code == "key_invalid"
        fake.fail("/register", 429, headers={"Retry-After": "0"})
        assert len(list(seventeentrack.source.track(NUMBERS[:1], seventeen(fake), http))) == 1
        for _ in range(3):
            fake.fail(".", 502)
        with pytest.raises(Unavailable):
            list(seventeentrack.source.track(NUMBERS[:1], seventeen(fake), http))


def test_17track_sign_is_the_plain_hash_of_body_and_key():
    config = seventeentrack.Config(token="17-key")
    body = (Path(seventeentrack.__file__).parent / "fixtures/updated__delivered_city_only.json").read_bytes()
    good = heard(body, sign=signature(body, "17-key"))
    seventeentrack.source.verify(good, config)
    (news,) = seventeentrack.source.parse(good)
    assert news.state == "delivered"
    for bad, code in (
        (heard(body + b" ", sign=signature(body, "17-key")), "bad_signature"),
        (heard(body, sign=signature(body, "other")), "bad_signature"),
        (heard(body, sign="ключ"), "bad_signature"),
        (heard(body), "no_signature"),
    ):
        with pytest.raises(Untrusted) as error:
            seventeentrack.source.verify(bad, config)
        assert error.value.code == code


def test_17track_sign_fits_the_published_vector():
    folder = Path(os.environ.get("GOODSTANDING_CONTRACTS") or Path(__file__).parents[3] / "shared" / "contracts")
    vectors = folder / "signatures" / "vectors.json"
    if not vectors.exists():
        pytest.skip("the vectors are not beside the repository")
    (vector,) = [item for item in json.loads(vectors.read_text()) if item["id"] == "17track-v2-1"]
    assert signature(vector["body"].encode(), vector["key"]) == vector["expected"]


def test_aftership_pages_keys_and_signature(http):
    made = json.loads(
        (Path(aftership.__file__).parent / "fixtures/tracking_update__delivered_signed.json").read_text()
    )["msg"]
    with FakeAfterShip(page=1) as fake:
        fake.trackings = [{**made, "tracking_number": number} for number in NUMBERS[:3]]
        config = aftership.Config(api_key=fake.key, webhook_secret="whs", api_base=fake.url)
        found = list(aftership.source.track(NUMBERS, config, http))
        assert [item.number for item in found] == list(NUMBERS[:3])
        assert (found[0].signed_by, found[0].delivered_to, found[0].address) == ("J LEE", "Portland, OR, USA", "")
        with pytest.raises(Refused):
            aftership.source.probe(aftership.Config(api_key="other", api_base=fake.url), http)
    body = b'{"event":"tracking_update"}'
    aftership.source.verify(heard(body, aftership_hmac_sha256=aftership_signature(body, "whs")), config)
    for bad in (
        heard(body),
        heard(body, aftership_hmac_sha256="x"),
        heard(b"{}", aftership_hmac_sha256=aftership_signature(body, "whs")),
    ):
        with pytest.raises(Untrusted):
            aftership.source.verify(bad, config)
    with pytest.raises(Untrusted, match="secret"):
        aftership.source.verify(heard(body), aftership.Config(api_key="k"))
