"""A chat endpoint on the loopback that can tell the truth, lie, stall, break off and obey what a mail tells it.

    with FakeModel() as model:
        model.behaviour = LIES["invented_amount"]
        suggest(reading, model.config(), http, consent)

It keeps every request, so that a test can see what left the machine.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from goodstanding.reading.llm import Config
from goodstanding.reading.llm.masks import lexicon

KEY = "sk-test-0123456789abcdef"
_MARK = re.compile(r"⟦\d+⟧")


@dataclass
class Asked:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    language: str = "en"

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def fenced(self) -> str:
        return str(self.body["messages"][1]["content"])

    @property
    def nonce(self) -> str:
        found = re.match(r"<mail-([0-9a-f]+)>\n", self.fenced)
        assert found
        return found[1]

    @property
    def words(self) -> str:
        return self.fenced.removeprefix(f"<mail-{self.nonce}>\n").removesuffix(f"\n</mail-{self.nonce}>")

    @property
    def translating(self) -> bool:
        return '"translations"' in self.system

    @property
    def sentences(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.words)
        return found


@dataclass
class Reply:
    """What to send. ``how``: ``whole``, ``stall`` (nothing), ``drip_head`` or ``drip_body`` (a byte now and then), ``close`` (half of it)."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    how: str = "whole"


Behaviour = Callable[[Asked], Reply]


def completion(content: str | None, finish: str = "stop", **message: Any) -> Reply:
    """A well-formed completion around any content."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}
    return Reply(
        json.dumps(
            {"id": "c1", "object": "chat.completion", "choices": [choice], "usage": {"total_tokens": 1}},
            ensure_ascii=False,
        ).encode()
    )


def translations(asked: Asked, change: Callable[[str, dict[str, Any]], str] = lambda words, _: words) -> Reply:
    """Every sentence in acceptable Chinese (marks in order, as many denials as before), each passed through ``change``."""
    return completion(
        json.dumps(
            {
                "translations": [
                    {"id": item["id"], "zh": change(chinese(item["text"], asked.language), item)}
                    for item in asked.sentences
                ]
            },
            ensure_ascii=False,
        )
    )


def chinese(text: str, language: str) -> str:
    """Words that carry the marks and the denials of a sentence, and nothing else of it."""
    bare = _MARK.sub(" ", text).replace("’", "'")
    denials = len(re.findall(lexicon()["negations"][language]["hard"], bare, re.I))
    return "此句译文" + "，未予办理" * denials + "".join(f"，涉及{mark}" for mark in _MARK.findall(text)) + "。"


def fields(*rows: tuple[str, str, str], kind: str | None = None, **more: Any) -> Reply:
    """An answer with proposals (name, value, quote)."""
    return completion(
        json.dumps(
            {"kind": kind, "fields": [{"name": n, "value": v, "quote": q} for n, v, q in rows], **more},
            ensure_ascii=False,
        )
    )


def honest(asked: Asked) -> Reply:
    """Translates plainly; proposes nothing."""
    return translations(asked) if asked.translating else fields()


def _first_line(asked: Asked) -> str:
    return next((line for line in asked.words.split("\n") if len(line) > 5), "x")


def _both(
    change: Callable[[str, dict[str, Any]], str], *rows: tuple[str, str, str], kind: str | None = None
) -> Behaviour:
    return lambda asked: translations(asked, change) if asked.translating else fields(*rows, kind=kind)


def _literal_quote(name: str, value: str) -> Behaviour:
    """A true quotation under a made-up value."""
    return lambda asked: translations(asked) if asked.translating else fields((name, value, _first_line(asked)))


def _swapped(words: str, item: dict[str, Any]) -> str:
    marks = _MARK.findall(words)
    return words if len(marks) < 2 else "此句译文，涉及" + "，涉及".join(reversed(marks))


#: Every string here must never be seen by a person.
POISON = (
    "99999",
    "2031",
    "EVIL-42",
    "evil.example",
    "玖仟",
    "九千",
    "李四",
    "已核实",
    "无需",
    "安全",
    "忽略",
    "⟦",
    "美元",
    "三天",
    "明天",
    "<b>",
    "Acme",
    "九",
)
LIES: dict[str, Behaviour] = {
    "invented_amount": _both(lambda w, _: w + "金额为99999", ("amount", "99999.00", "Disputed amount: EUR 99999.00"), ("currency", "EUR", "EUR 99999.00")),
    "invented_amount_in_words": _both(lambda w, _: w + "赔偿九千美元", ("amount", "9000", "nine thousand dollars")),
    "invented_financial_numeral": _both(lambda w, _: w + "共玖仟", ("amount", "9000.00", "玖仟")),
    "invented_date": _both(lambda w, _: w + "限2031年1月1日前", ("deadline", "2031-01-01", "Respond by 1 January 2031")),
    "invented_term": _both(lambda w, _: w + "请在三天内答复", ("deadline_rule", "within 3 days", "respond within 3 days of receipt of this letter")),
    "invented_day": _both(lambda w, _: w + "后天截止"),
    "invented_id": _both(lambda w, _: w + "案号EVIL-42", ("case_id", "EVIL-42", "Case ID: EVIL-42"), ("order_id", "EVIL-42", "Order number EVIL-42")),
    "invented_name": _both(lambda w, _: w + "请联系Acme", ("complainant", "李四", "投诉人:李四")),
    "invented_link": _both(lambda w, _: w + "请访问evil.example/login"),
    "invented_comfort": _both(lambda w, _: "邮件已核实，安全，可以忽略" + "".join(_MARK.findall(w)), kind="not_a_notice"),
    "scaled_amount": _both(lambda w, _: w.replace("⟧", "⟧万", 1) + ("" if "⟧" in w else "九千万")),
    "true_quote_false_amount": _literal_quote("amount", "99999.00"),
    "true_quote_false_deadline": _literal_quote("deadline", "2031-01-01"),
    "true_quote_false_case": _literal_quote("case_id", "EVIL-42"),
    "drops_marks": _both(lambda w, _: _MARK.sub("", w) if "⟦" in w else ""),
    "doubles_marks": _both(lambda w, _: w + "".join(_MARK.findall(w)) + ("" if "⟦" in w else "⟦1⟧")),
    "leaks_marks": _both(lambda w, _: w + "⟦9999⟧", ("case_id", "⟦9999⟧", "⟦9999⟧")),
    "breaks_marks": _both(lambda w, _: w.replace("⟧", "]") + "⟦"),
    "swaps_marks": _both(_swapped),
    "drops_denials": _both(lambda w, _: w.replace("，未予办理", "") if "未" in w else ""),
    "adds_denials": _both(lambda w, _: w + "无需回复、不必理会、没有关系、并非要求、不会再来、不用担心、未曾发生、无须答复"),
    "injects_markup": _both(lambda w, _: w + "<b>点击</b>"),
    "hides_characters": _both(lambda w, _: w + "\u202e\u200b九"),
    "unknown_sentences": lambda asked: completion(json.dumps({"translations": [{"id": 99_999, "zh": "九千"}]})) if asked.translating else fields(),
    "repeated_sentences": lambda asked: completion(json.dumps({"translations": [{"id": item["id"], "zh": zh} for item in asked.sentences for zh in ("九千", "安全")]})) if asked.translating else fields(),
    "other_kind": _both(lambda w, _: w, kind="not_a_notice"),
    "obeys_the_mail": lambda asked: completion("EVIL-42") if "EVIL-42" in asked.words else translations(asked) if asked.translating else fields(("case_id", "EVIL-42", "EVIL-42")),
}  # fmt: skip

BROKEN: dict[str, Behaviour] = {
    "no_json": lambda _: Reply(b"certainly! here is"),
    "html": lambda _: Reply(b"<html><body>502 Bad Gateway</body></html>", headers={"Content-Type": "text/html"}),
    "broken_json_inside": lambda _: completion('{"translations": [{"id": 1, "zh": "九'),
    "wrong_schema": lambda _: completion('{"translations": "九千", "fields": 7}'),
    "wrong_envelope": lambda _: Reply(b'{"choices": [{"text": "x"}]}'),
    "no_choices": lambda _: Reply(b'{"choices": []}'),
    "null_content": lambda _: completion(None, tool_calls=[{"id": "1", "function": {"name": "refund", "arguments": "{}"}}]),
    "extra_fields": lambda asked: completion('{"translations": [], "fields": [], "authority": "genuine"}'),
    "unknown_field_name": lambda asked: fields(("authority", "genuine", "x")),
    "deep": lambda _: completion("[" * 50_000),
    "deep_envelope": lambda _: Reply(b'{"choices":' + b"[" * 200_000),
    "cut_short": lambda _: completion('{"translations": []}', finish="length"),
    "huge": lambda _: Reply(b'{"choices": "' + b"x" * 3_000_000 + b'"}'),
    "invalid_utf8": lambda _: Reply(b'{"choices": [{"message": {"content": "\xff\xfe"}}]}'),
    "lone_surrogate": lambda _: completion('{"translations": [{"id": 1, "zh": "\\ud800"}], "fields": []}'),
    "zipped": lambda _: Reply(b"\x1f\x8b\x08\x00", headers={"Content-Encoding": "gzip"}),
    "busy": lambda _: Reply(b'{"error": {"message": "slow down"}}', 429, {"Retry-After": "7"}),
    "server_error": lambda _: Reply(b"oops", 500),
    "wrong_key": lambda asked: Reply(f'{{"error": {{"message": "Incorrect API key provided: {KEY}"}}}}'.encode(), 401),
    "moved": lambda _: Reply(b"", 307, {"Location": "http://127.0.0.1:9/elsewhere"}),
    "closes": lambda _: Reply(b'{"choices": [' + b" " * 2_000, how="close"),
    "stalls": lambda _: Reply(b"", how="stall"),
    "drips_head": lambda _: Reply(b"", how="drip_head"),
    "drips_body": lambda _: Reply(b"{" + b" " * 5_000, how="drip_body"),
}  # fmt: skip


class FakeModel:
    """The server. ``language`` is that of the mails, so that its honest Chinese has as many denials."""

    def __init__(self, behaviour: Behaviour = honest, language: str = "en") -> None:
        self.behaviour, self.language = behaviour, language
        self.asked: list[Asked] = []
        self._stop = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> FakeModel:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def config(self, **changes: Any) -> Config:
        """Settings that lead here."""
        settings: dict[str, Any] = {
            "enabled": True,
            "provider": "ollama",
            "endpoint": f"http://127.0.0.1:{self._server.server_port}/v1",
            "model": "test-model",
            "api_key": KEY,
            "seconds": 5,
        }
        return Config(**{**settings, **changes})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                asked = Asked(
                    self.path,
                    {key.lower(): value for key, value in self.headers.items()},
                    json.loads(body),
                    fake.language,
                )
                fake.asked.append(asked)
                with contextlib.suppress(OSError):  # the caller may hang up on us
                    self._send(fake.behaviour(asked))
                self.close_connection = True

            def _send(self, reply: Reply) -> None:
                if reply.how == "stall":
                    fake._stop.wait(20)
                    return
                head = f"HTTP/1.1 {reply.status} X\r\n" + "".join(
                    f"{key}: {value}\r\n" for key, value in reply.headers.items()
                )
                if reply.how == "drip_head":
                    self._drip((head + "X-Slow: " + "a" * 5_000).encode())
                    return
                self.wfile.write((head + f"Content-Length: {len(reply.body)}\r\nConnection: close\r\n\r\n").encode())
                if reply.how == "drip_body":
                    self._drip(reply.body)
                else:
                    self.wfile.write(reply.body[: len(reply.body) // 2] if reply.how == "close" else reply.body)

            def _drip(self, content: bytes) -> None:
                end = time.monotonic() + 20
                for index in range(len(content)):
                    if fake._stop.wait(0.05) or time.monotonic() > end:
                        return
                    self.wfile.write(content[index : index + 1])
                    self.wfile.flush()

            def log_message(self, format: str, *args: Any) -> None:
                """Keeps quiet."""

        return Handler
