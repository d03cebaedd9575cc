"""17TRACK and AfterShip on the loopback: keys are checked, numbers registered, HTTP 200 says no."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.loopback import Answer, Loopback, Request


def _json(status: int, body: Any, **headers: str) -> Answer:
    return status, headers, json.dumps(body).encode()


class Fake17Track(Loopback):
    """v2.2: what is not registered is not known; a number that is no number is ``rejected`` inside HTTP 200."""

    def __init__(self) -> None:
        super().__init__()
        self.token, self.quota = "17-key", 1000
        self.parcels: dict[str, dict[str, Any]] = {}
        self.registered: set[str] = set()

    def respond(self, request: Request) -> Answer:
        if request.headers.get("17token") != self.token:
            return _json(
                200, {"code": -18010002, "data": {"errors": [{"code": -18010002, "message": "Invalid security key."}]}}
            )
        if request.path == "/getquota":
            return _json(200, {"code": 0, "data": {"quota_total": self.quota}})
        numbers = [item["number"] for item in json.loads(request.body)]
        assert len(numbers) <= 40
        accepted, rejected = [], []
        for number in numbers:
            if code := self._refusal(request.path, number):
                rejected.append({"number": number, "error": {"code": code, "message": f"refused {code}"}})
            else:
                accepted.append(self._answer(request.path, number))
        return _json(200, {"code": 0, "data": {"accepted": accepted, "rejected": rejected}})

    def _refusal(self, path: str, number: str) -> int:
        if len(number) < 5:
            return -18010012
        if path == "/register":
            if number in self.registered:
                return -18019901
            if len(self.registered) >= self.quota:
                return -18019908
            return 0
        return 0 if number in self.registered else -18019902

    def _answer(self, path: str, number: str) -> dict[str, Any]:
        if path == "/register":
            self.registered.add(number)
            return {"origin": 1, "number": number, "carrier": 3011}
        return self.parcels.get(
            number, {"number": number, "carrier": 3011, "track_info": {"latest_status": {"status": "NotFound"}}}
        )


def parcel_17(number: str, *, street: str = "", status: str = "Delivered") -> dict[str, Any]:
    """A parcel that went from Shenzhen to Portland; the carrier tells a street only if one is given."""
    delivered = {"key_stage": "Delivered", "time_iso": "2026-11-14T09:30:00-08:00", "time_utc": "2026-11-14T17:30:00Z"}
    events = [
        {"time_iso": "2026-11-14T09:30:00-08:00", "time_utc": "2026-11-14T17:30:00Z", "description": "Delivered, front door",
         "location": "PORTLAND, OR 97201", "stage": "Delivered"},
        {"time_iso": None, "time_utc": None, "time_raw": {"date": "2026-11-12", "time": "08:00:00", "timezone": None},
         "description": "Arrived at hub", "location": "LOS ANGELES"},
        {"time_iso": "2026-11-05T10:00:00+08:00", "time_utc": "2026-11-05T02:00:00Z", "description": "Picked up", "location": "SHENZHEN"},
    ]  # fmt: skip
    return {
        "number": number,
        "carrier": 3011,
        "track_info": {
            "latest_status": {"status": status, "sub_status": f"{status}_Other"},
            "shipping_info": {"recipient_address": {"country": "US", "state": "OR", "city": "PORTLAND", "street": street or None, "postal_code": "97201"}},
            "milestone": [{"key_stage": "PickedUp", "time_utc": "2026-11-05T02:00:00Z"}, *([delivered] if status == "Delivered" else [])],
            "misc_info": {"signed_by": "J LEE" if status == "Delivered" else None},
            "tracking": {"providers": [{"provider": {"key": 3011, "name": "YunExpress"}, "events": events}]},
        },
    }  # fmt: skip


class FakeAfterShip(Loopback):
    """The list of trackings, by numbers and cursor."""

    def __init__(self, page: int = 1) -> None:
        super().__init__()
        self.key, self.page = "asat_fake", page
        self.trackings: list[dict[str, Any]] = []

    def respond(self, request: Request) -> Answer:
        if request.headers.get("as-api-key") != self.key:
            return _json(401, {"meta": {"code": 401, "message": "Invalid API key."}})
        query = {name: values[0] for name, values in parse_qs(request.query).items()}
        wanted = query.get("tracking_numbers", "").split(",")
        rows = [row for row in self.trackings if "tracking_numbers" not in query or row["tracking_number"] in wanted]
        start = int(query.get("cursor", 0))
        end = start + self.page
        info = {"next_cursor": str(end), "has_next_page": end < len(rows)}
        return _json(200, {"meta": {"code": 200}, "data": {"trackings": rows[start:end], "pagination": info}})
