"""A tracker's webhook comes through the same door: proven, kept as news of the parcel, and never taken for a notice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from tests.cast import cast, connection

from goodstanding import jobs
from goodstanding.models import Case, Delivery, Parcel, acting_for
from goodstanding.sources.aftership.door import signature

NEWS = (
    Path(__file__).parents[2] / "src/goodstanding/sources/aftership/fixtures/tracking_update__delivered_signed.json"
).read_bytes()
SECRET = "tracker-secret"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("secret", "trust", "delivered"), [(SECRET, "trusted", True), ("another", "untrusted", False)])
def test_news_of_a_parcel_by_the_door(secret: str, trust: str, delivered: bool) -> None:
    people = cast()
    tracker = connection(
        people.merchant,
        "aftership",
        type="source",
        secrets={"webhook_secret": SECRET, "api_key": "asat_x"},
        settings={},
    )
    number = json.loads(NEWS)["msg"]["tracking_number"]
    with acting_for(people.merchant.pk):
        Parcel.objects.create(merchant=people.merchant, number=number)
    sent = Client().post(
        f"/in/{tracker.token}/",
        NEWS,
        content_type="application/json",
        headers={"aftership-hmac-sha256": signature(NEWS, secret)},
    )
    assert sent.status_code == 200
    jobs.work_until_idle()
    with acting_for(people.merchant.pk):
        (delivery,) = Delivery.objects.all()
        assert delivery.trust == trust
        assert delivery.identified_at
        assert bool(Parcel.objects.get().delivered_at) == delivered
        assert Case.objects.count() == 0
