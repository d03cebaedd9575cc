"""One question to the endpoint: bounded in time and size, one retry, an answer of the right shape or a reason why not."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
import msgspec

from goodstanding.contract import AdapterError

from .config import Config, address

T = TypeVar("T")
MAX_ANSWER = 1_000_000  # bytes
_AGAIN = frozenset({"not_json", "wrong_schema", "empty", "server", "hung_up"})

#: What went wrong, in Chinese, with what to do.
TROUBLES = {
    "off": "外部模型没有启用。",
    "config": "外部模型的设置不能用：{why}",
    "no_consent": "还没有同意发送这封来信的内容，没有发送任何数据。",
    "language": "这种语言没有列入翻译范围，没有发送任何数据。",
    "nothing": "没有可发送的文字。",
    "time_out": "服务商没有在规定时间内答复，已采用离线结果。可稍后再试。",
    "unreachable": "连不上服务商，已采用离线结果。请检查接口地址和网络。",
    "inner_address": "接口地址指向内网，已拒绝连接。请检查接口地址。",
    "hung_up": "服务商中途断开，已采用离线结果。可稍后再试。",
    "busy": "服务商要求稍后再试（请求过多或余额不足），已采用离线结果。",
    "refused": "服务商拒绝了请求（状态码 {status}），请检查密钥、模型名称和账户余额。",
    "moved": "接口地址会跳转到别处，为防止内容外泄没有跟随。请填写最终地址。",
    "server": "服务商出错（状态码 {status}），已采用离线结果。可稍后再试。",
    "too_large": "服务商的回答过大，没有采用。",
    "not_json": "服务商的回答不是约定的 JSON，没有采用。",
    "wrong_schema": "服务商的回答缺少约定的内容，没有采用。",
    "empty": "服务商的回答是空的，没有采用。",
    "cut_short": "服务商的回答被截断，没有采用。可调大每次回答的 token 数。",
}  # fmt: skip


TROUBLES_EN = {
    "off": "The external model is switched off.",
    "config": "The settings of the external model cannot be used.",
    "no_consent": "Nobody agreed to send this notice, so nothing was sent.",
    "language": "This language is not among those to translate, so nothing was sent.",
    "nothing": "There is no text that could be sent.",
    "time_out": "The provider did not answer in time; try again later.",
    "unreachable": "The provider cannot be reached; check the endpoint and the network.",
    "inner_address": "The endpoint leads into this network and was not called; check it.",
    "hung_up": "The provider broke off half-way; try again later.",
    "busy": "The provider asks to try later (too many requests, or no balance left).",
    "refused": "The provider refused the request (status {status}); check key, model name and balance.",
    "moved": "The endpoint redirects elsewhere, which is not followed; enter the final address.",
    "server": "The provider failed (status {status}); try again later.",
    "too_large": "The answer was too large and was not used.",
    "not_json": "The answer was not the agreed JSON and was not used.",
    "wrong_schema": "The answer lacked what was agreed and was not used.",
    "empty": "The answer was empty and was not used.",
    "cut_short": "The answer was cut short and was not used; allow more tokens per answer.",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why there is no answer. Holds neither the key nor a word of what they sent. ``retry_after`` is seconds, as they asked."""

    code: str
    status: int = 0
    retry_after: float | None = None
    why: str = ""

    def __str__(self) -> str:
        return TROUBLES[self.code].format(status=self.status, why=self.why)

    def english(self) -> str:
        return TROUBLES_EN[self.code].format(status=self.status)


Tell = Callable[[Trouble], None]


def silent(trouble: Trouble) -> None:
    """Tells nobody."""
    _ = trouble


class _Message(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]


def ask(body: bytes, config: Config, http: httpx.Client, shape: type[T]) -> T | Trouble:
    """Their answer, decoded as ``shape``. A broken answer or a server's error is asked once more; a plea to wait is heeded."""
    answer = _ask(body, config, http, shape)
    if isinstance(answer, Trouble) and answer.code in _AGAIN and answer.retry_after is None:
        return _ask(body, config, http, shape)
    return answer


def _ask(body: bytes, config: Config, http: httpx.Client, shape: type[T]) -> T | Trouble:
    raw = _post(body, config, http)
    if isinstance(raw, Trouble):
        return raw
    try:
        completion = msgspec.json.decode(raw, type=_Completion)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as error:
        return Trouble(code="wrong_schema" if isinstance(error, msgspec.ValidationError) else "not_json")
    if not completion.choices:
        return Trouble(code="empty")
    first = completion.choices[0]
    if first.finish_reason == "length":
        return Trouble(code="cut_short")
    content = _json_part(first.message.content or "")
    if not content:
        return Trouble(code="empty")
    try:
        return msgspec.json.decode(content.encode("utf-8", "replace"), type=shape)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as error:
        return Trouble(code="wrong_schema" if isinstance(error, msgspec.ValidationError) else "not_json")


def _json_part(content: str) -> str:
    """Without the thoughts and code fences that some models put around it."""
    words = content.strip()
    if words.startswith("<think>") and (end := words.find("</think>")) >= 0:
        words = words[end + len("</think>") :].strip()
    fenced = re.fullmatch(r"```(?:json)?\s*\n(.*?)\n?```", words, re.S)
    return fenced[1].strip() if fenced else words


def _post(body: bytes, config: Config, http: httpx.Client) -> bytes | Trouble:
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    if config.api_key:
        headers["Authorization"] = f"Bearer {config.api_key}"
    with _Alarm(config.seconds) as alarm:
        try:
            with http.stream(
                "POST",
                address(config),
                content=body,
                headers=headers,
                timeout=httpx.Timeout(config.seconds),
                follow_redirects=False,
                extensions={"trace": alarm.trace},
            ) as response:
                return _read(response, alarm)
        except httpx.TimeoutException:
            return Trouble(code="time_out")
        except (httpx.ConnectError, httpx.UnsupportedProtocol, httpx.ProxyError):
            return Trouble(code="unreachable")
        except (httpx.HTTPError, httpx.StreamError):
            return Trouble(code="time_out" if alarm.rang else "hung_up")
        except httpx.InvalidURL:
            return Trouble(code="unreachable")
        except AdapterError as error:
            return Trouble(code="inner_address" if error.code == "inner_address" else "unreachable")


def _read(response: httpx.Response, alarm: _Alarm) -> bytes | Trouble:
    if (failed := _status(response)) is not None:
        return failed
    if response.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        return Trouble(code="not_json")
    parts: list[bytes] = []
    size = 0
    for part in response.iter_raw():
        size += len(part)
        if size > MAX_ANSWER:
            return Trouble(code="too_large")
        if alarm.late():
            return Trouble(code="time_out")
        parts.append(part)
    return b"".join(parts)


def _status(response: httpx.Response) -> Trouble | None:
    status = response.status_code
    if status == 200:
        return None
    wait = _retry_after(response.headers)
    if status in (408, 425, 429) or (status == 503 and wait is not None):
        return Trouble(code="busy", status=status, retry_after=wait)
    if status >= 500:
        return Trouble(code="server", status=status, retry_after=wait)
    return Trouble(code="moved" if 300 <= status < 400 else "refused", status=status)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,7}(?:\.\d{1,3})?", value):
        return min(float(value), 86_400.0)
    try:
        then, now = parsedate_to_datetime(value), parsedate_to_datetime(headers.get("date", ""))
        return min(max((then - now).total_seconds(), 0.0), 86_400.0)
    except (TypeError, ValueError, IndexError):
        return None


class _Alarm:
    """Ends the connection when the whole time is over: an endpoint that drips headers would outlive every single time-out."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True
        self._stream: Any = None
        self.rang = False

    def __enter__(self) -> _Alarm:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Learns the connection from the transport's own report."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = info.get("return_value")
            if self.rang:
                self._cut()

    def late(self) -> bool:
        return time.monotonic() > self._end

    def _ring(self) -> None:
        self.rang = True
        self._cut()

    def _cut(self) -> None:
        found = self._stream.get_extra_info("socket") if self._stream is not None else None
        if found is not None:
            try:
                found.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # already closed
