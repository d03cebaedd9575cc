"""Shops and an ERP on the loopback that hand out orders: keys are checked, pages turned, tokens expire.

with FakeShopify() as shop:
    shop.add(shopify_order("#1001"))
    source.fetch(Config(shop="x.myshopify.com", access_token=shop.token, api_base=shop.url), http, since)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from tests.fakes.loopback import Answer, Loopback, Request


def _json(status: int, body: Any, **headers: str) -> Answer:
    return status, headers, json.dumps(body).encode()


class FakeShopify(Loopback):
    """Admin GraphQL with orders and scopes. ``token`` may be taken away; ``throttle`` answers so many times to wait."""

    def __init__(self, *scopes: str, page: int = 2) -> None:
        super().__init__()
        self.scopes = list(scopes or ("read_orders",))
        self.token = "shpat_fake0000"
        self.client = ("client", "shpss_secret")
        self.orders: list[dict[str, Any]] = []
        self.page, self.throttle = page, 0

    def respond(self, request: Request) -> Answer:
        if request.path == "/admin/oauth/access_token":
            given = json.loads(request.body)
            if (given["client_id"], given["client_secret"]) != self.client:
                return _json(401, {"error": "invalid_client"})
            return _json(200, {"access_token": self.token, "expires_in": 86399})
        if request.headers.get("x-shopify-access-token") != self.token:
            return _json(401, {"errors": "[API] Invalid API key or access token"})
        if self.throttle:
            self.throttle -= 1
            status = {"currentlyAvailable": 100, "restoreRate": 100.0}
            cost = {"requestedQueryCost": 100, "throttleStatus": status}
            error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            return _json(200, {"errors": [error], "extensions": {"cost": cost}})
        asked = json.loads(request.body)
        if "accessScopes" in asked["query"]:
            scopes = [{"handle": scope} for scope in self.scopes]
            shop = {"myshopifyDomain": "fake.myshopify.com"}
            return _json(200, {"data": {"shop": shop, "currentAppInstallation": {"accessScopes": scopes}}})
        if "read_orders" not in self.scopes and "write_orders" not in self.scopes:
            error = {"message": "Access denied for orders field.", "extensions": {"code": "ACCESS_DENIED"}}
            return _json(200, {"errors": [error]})
        return _json(200, {"data": {"orders": self._page(asked["variables"])}})

    def _page(self, wanted: dict[str, Any]) -> dict[str, Any]:
        rows = self.orders
        if name := re.fullmatch(r"name:'(.+)'", wanted["query"]):
            rows = [row for row in rows if row["name"].lstrip("#").startswith(name[1])]
        elif since := re.fullmatch(r"updated_at:>='(.+)'", wanted["query"]):
            rows = [row for row in rows if row["processedAt"] >= since[1]]
        start = int(wanted["after"] or 0)
        end = start + self.page
        info = {"hasNextPage": end < len(rows), "endCursor": str(end)}
        return {"nodes": rows[start:end], "pageInfo": info}


class FakeWoo(Loopback):
    """wc/v3 orders. Keys read or write; a write without the right is refused before its path is looked for."""

    def __init__(self, permissions: str = "read") -> None:
        super().__init__()
        self.key, self.secret, self.permissions = "ck_" + "0" * 40, "cs_" + "1" * 40, permissions
        self.orders: list[dict[str, Any]] = []

    def respond(self, request: Request) -> Answer:
        given = base64.b64decode(request.headers.get("authorization", "").removeprefix("Basic ")).decode()
        if given != f"{self.key}:{self.secret}":
            return _json(401, {"code": "woocommerce_rest_authentication_error", "message": "Consumer key is invalid."})
        needed = "read" if request.method == "GET" else "write"
        if needed not in self.permissions:
            said = f"The API key provided does not have {needed} permissions."
            return _json(401, {"code": "woocommerce_rest_authentication_error", "message": said})
        if request.path != "/orders" or request.method != "GET":
            return _json(404, {"code": "rest_no_route", "message": "No route was found."})
        query = {name: values[0] for name, values in parse_qs(request.query).items()}
        rows = self.orders
        if "include" in query:
            rows = [row for row in rows if str(row["id"]) == query["include"]]
        if "modified_after" in query:
            assert query["dates_are_gmt"] == "true"
            rows = [row for row in rows if row.get("date_modified_gmt", "9") > query["modified_after"]]
        size, page = int(query.get("per_page", 10)), int(query.get("page", 1))
        return _json(200, rows[size * (page - 1) : size * page])


class FakeMagento(Loopback):
    """REST V1 orders under an integration's token with some rights. A page past the last repeats the last."""

    def __init__(self, *rights: str) -> None:
        super().__init__()
        self.token, self.rights = "integrationtoken", rights or ("actions_view",)
        self.orders: list[dict[str, Any]] = []

    def respond(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return _json(401, {"message": "Invalid token"})
        needed = {"/orders": "actions_view", "/order/0/refund": "creditmemo", "/orders/0/cancel": "cancel"}[
            request.path
        ]
        if needed not in self.rights:
            said = "The consumer isn't authorized to access %resources."
            return _json(401, {"message": said, "parameters": {"resources": f"Magento_Sales::{needed}"}})
        if request.method == "POST":
            return _json(404, {"message": "The entity that was requested doesn't exist."})
        query = {name.replace("searchCriteria", ""): values[0] for name, values in parse_qs(request.query).items()}
        rule = "[filterGroups][0][filters][0]"
        field, value, how = (query[f"{rule}[{part}]"] for part in ("field", "value", "conditionType"))
        rows = [
            row
            for row in self.orders
            if how == "gt" or (str(row[field]) == value if how == "eq" else row[field] >= value)
        ]
        size, page = int(query["[pageSize]"]), int(query["[currentPage]"])
        last = max(1, -(-len(rows) // size))
        page = min(page, last)
        return _json(200, {"items": rows[size * (page - 1) : size * page], "total_count": len(rows)})


class FakeMabang(Loopback):
    """马帮's gateway: one address, a signature over the exact text, pages by cursor, HTTP 200 for every refusal."""

    def __init__(self, page: int = 2) -> None:
        super().__init__()
        self.key, self.token, self.page = "200001", "mabang-token", page
        self.orders: list[dict[str, Any]] = []

    def respond(self, request: Request) -> Answer:
        signed = hmac.new(self.token.encode(), request.body, hashlib.sha256).hexdigest()
        asked = json.loads(request.body)
        if request.headers.get("authorization") != signed or asked["appkey"] != self.key:
            return _json(200, {"code": "401", "message": "签名错误", "data": []})
        if abs(asked["timestamp"] - datetime.now(ZoneInfo("UTC")).timestamp()) > 300:
            return _json(200, {"code": "4001", "message": "请求已过期", "data": []})
        data = asked["data"]
        rows = self.orders
        if "platformOrderIds" in data:
            rows = [row for row in rows if row["platformOrderId"] in data["platformOrderIds"].split(",")]
        for kind in ("createDate", "expressTime"):
            if f"{kind}Start" in data:
                rows = [row for row in rows if data[f"{kind}Start"] <= row.get(kind, "") < data[f"{kind}End"]]
        start = int(data.get("cursor") or 0)
        end = start + min(self.page, int(data["maxRows"]))
        more = end < len(rows)
        return _json(200, {"code": "200", "message": "success", "data": {
            "data": rows[start:end], "hasNext": more, "nextCursor": str(end) if more else "", "total": str(len(rows))}})  # fmt: skip


def beijing(at: datetime) -> str:
    return at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S")


def a_day_ago() -> datetime:
    return datetime.now(ZoneInfo("UTC")) - timedelta(days=1)
