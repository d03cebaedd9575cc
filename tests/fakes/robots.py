"""Chat robots on the loopback that check signature, keyword, shape, size and pace the way the real ones do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.loopback import Answer, Loopback, Request


def _json(value: object, status: int = 200) -> Answer:
    return status, {}, json.dumps(value, ensure_ascii=False).encode()


@dataclass
class _Pace:
    """So many in a minute; the fake's clock is the machine's."""

    most: int
    taken: list[float] = field(default_factory=list)

    def exceeded(self) -> bool:
        now = time.monotonic()
        self.taken = [at for at in self.taken if at > now - 60]
        self.taken.append(now)
        return len(self.taken) > self.most


class FakeRobot(Loopback):
    """What was taken is in ``messages``; what was asked, in ``requests``."""

    def __init__(self, *, secret: str = "", keyword: str = "", per_minute: int = 20) -> None:
        super().__init__()
        self.secret, self.keyword = secret, keyword
        self.pace = _Pace(per_minute)
        self.messages: list[dict[str, Any]] = []

    def take(self, payload: dict[str, Any]) -> None:
        self.messages.append(payload)

    @property
    def shown(self) -> list[str]:
        """Each message as one text."""
        return [json.dumps(item, ensure_ascii=False) for item in self.messages]


class FakeDingTalk(FakeRobot):
    """``errcode`` inside HTTP 200; the signature is decoded once, as a web server decodes a query."""

    address = "https://oapi.dingtalk.com/robot/send?access_token=TOKEN"

    def respond(self, request: Request) -> Answer:
        query = {name: values[0] for name, values in parse_qs(request.query).items()}
        if request.path != "/robot/send" or query.get("access_token") != "TOKEN":
            return _json({"errcode": 300001, "errmsg": "token is not exist"})
        if self.secret and not self._signed(query):
            return _json({"errcode": 310000, "errmsg": "sign not match"})
        payload = json.loads(request.body)
        if len(request.body) > 20_000:
            return _json({"errcode": 460101, "errmsg": "message too long"})
        inner = payload.get(payload.get("msgtype"))
        needed = {"markdown": ("title", "text"), "actionCard": ("title", "text", "singleTitle", "singleURL")}
        if not inner or not all(inner.get(name) for name in needed.get(payload["msgtype"], ("?",))):
            return _json({"errcode": 40035, "errmsg": "lack of required parameter"})
        if self.keyword and self.keyword not in inner["title"] + inner["text"]:
            return _json({"errcode": 310000, "errmsg": "keywords not in content"})
        if self.pace.exceeded():
            return _json({"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"})
        self.take(payload)
        return _json({"errcode": 0, "errmsg": "ok"})

    def _signed(self, query: dict[str, str]) -> bool:
        stamp = query.get("timestamp", "")
        if not stamp.isdigit() or abs(time.time() * 1000 - int(stamp)) > 3_600_000:
            return False
        key = hmac.new(self.secret.encode(), f"{stamp}\n{self.secret}".encode(), hashlib.sha256)
        return hmac.compare_digest(base64.b64encode(key.digest()).decode(), query.get("sign", ""))


class FakeFeishu(FakeRobot):
    """``code`` inside HTTP 200; the secret is in the signature's key and nothing in its message."""

    address = "https://open.feishu.cn/open-apis/bot/v2/hook/HOOK"

    def respond(self, request: Request) -> Answer:
        if request.path != "/open-apis/bot/v2/hook/HOOK":
            return _json({"code": 19001, "msg": "param invalid: incoming webhook access token invalid"})
        if len(request.body) > 20 * 1024:
            return _json({"code": 9499, "msg": "Bad Request: too large"}, 400)
        payload = json.loads(request.body)
        if self.secret and not self._signed(payload):
            return _json(
                {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
            )
        card = payload.get("card", {})
        if payload.get("msg_type") != "interactive" or not card.get("header") or not card.get("elements"):
            return _json({"code": 19002, "msg": "params error, msg_type need"})
        if self.keyword and self.keyword not in json.dumps(card, ensure_ascii=False):
            return _json({"code": 19024, "msg": "Key Words Not Found"})
        if self.pace.exceeded():
            return _json({"code": 11232, "msg": "frequency limited psm"})
        self.take(payload)
        return _json({"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"})

    def _signed(self, payload: dict[str, Any]) -> bool:
        stamp = payload.get("timestamp", "")
        if not isinstance(stamp, str) or not stamp.isdigit() or abs(time.time() - int(stamp)) > 3600:
            return False
        digest = hmac.new(f"{stamp}\n{self.secret}".encode(), digestmod=hashlib.sha256).digest()
        return hmac.compare_digest(base64.b64encode(digest).decode(), payload.get("sign", ""))


class FakeWeCom(FakeRobot):
    """No signature: the key in the address is the secret. Markdown up to 4096 bytes."""

    address = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=KEY"

    def respond(self, request: Request) -> Answer:
        if request.path != "/cgi-bin/webhook/send" or parse_qs(request.query).get("key") != ["KEY"]:
            return _json({"errcode": 93000, "errmsg": "invalid webhook url"})
        payload = json.loads(request.body)
        text = payload.get("markdown", {}).get("content", "") if payload.get("msgtype") == "markdown" else ""
        if not text:
            return _json({"errcode": 44004, "errmsg": "content size out of limit"})
        if len(text.encode()) > 4096:
            return _json({"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"})
        if self.pace.exceeded():
            return _json({"errcode": 45009, "errmsg": "api freq out of limit"})
        self.take(payload)
        return _json({"errcode": 0, "errmsg": "ok"})


class FakeSlack(FakeRobot):
    """A word as the answer."""

    address = "https://hooks.slack.com/services/T0/B0/XXXX"

    def respond(self, request: Request) -> Answer:
        if request.path != "/services/T0/B0/XXXX":
            return 404, {"Content-Type": "text/html"}, b"no_service"
        payload = json.loads(request.body)
        texts = [item["text"]["text"] for item in payload.get("blocks", []) if "text" in item]
        if not payload.get("text") or not texts or any(len(text) > 3000 for text in texts) or len(texts[0]) > 150:
            return 400, {}, b"invalid_blocks"
        self.take(payload)
        return 200, {"Content-Type": "text/html"}, b"ok"


class FakeTeams(FakeRobot):
    """Workflows: 202 and nothing."""

    address = "https://prod-01.westeurope.logic.azure.com/workflows/abc/triggers/manual/paths/invoke?sig=SIG"

    def respond(self, request: Request) -> Answer:
        if parse_qs(request.query).get("sig") != ["SIG"]:
            return _json({"error": {"code": "SecurityTokenNotMatched"}}, 401)
        payload = json.loads(request.body)
        attached = payload.get("attachments", [{}])[0]
        if (
            payload.get("type") != "message"
            or attached.get("contentType") != "application/vnd.microsoft.card.adaptive"
            or attached["content"].get("type") != "AdaptiveCard"
            or len(request.body) > 28 * 1024
        ):
            return _json({"error": {"code": "BadRequest"}}, 400)
        self.take(payload)
        return 202, {}, b""


class FakeWebhook(FakeRobot):
    """A merchant's own receiver, as the guide tells them to write it."""

    address = "https://hooks.shop.example/goodstanding"

    def respond(self, request: Request) -> Answer:
        stamp = request.headers.get("goodstanding-timestamp", "")
        signed = stamp.encode() + b"." + request.body
        wanted = "v1=" + hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        given = request.headers.get("goodstanding-signature", "")
        if not hmac.compare_digest(wanted, given) or abs(time.time() - int(stamp)) > 300:
            return _json({"error": "signature"}, 401)
        self.take(json.loads(request.body))
        return 204, {}, b""
