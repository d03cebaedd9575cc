"""Register numbers, then ask what is known. HTTP 200 with ``rejected`` is the normal way to say no."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from goodstanding.asking import call, patient
from goodstanding.contract import Grant, Http, ParcelNews, Reader, Refused, Unavailable

from .config import Config
from .news import news_of

BASE = "https://api.17track.net/track/v2.2"
_AT_ONCE = 40  # what one call takes
#: Of ``rejected``: known already, which is what was wanted. https://api.17track.net, error codes.
_REGISTERED_BEFORE = -18019901
#: Of the account: wrong key, not from this address, no account, disabled, quota.
_ACCOUNT = {-18010001: "this machine's address is not on the allow-list", -18010002: "the key is not valid", -18010003: "17TRACK failed inside",
            -18010004: "the account is switched off", -18010005: "not authorised", -18019908: "the quota is used up"}  # fmt: skip


def track(numbers: tuple[str, ...], config: Config, http: Http) -> Iterator[ParcelNews]:
    """What is known of each number; of a number that 17TRACK does not take, why (``problem``)."""
    for start in range(0, len(numbers), _AT_ONCE):
        batch = [{"number": number} for number in numbers[start : start + _AT_ONCE]]
        refused = {
            number: said
            for number, code, said in _rejected(_post("/register", batch, config, http))
            if code != _REGISTERED_BEFORE
        }
        for number, said in refused.items():
            yield ParcelNews(number=number, problem=said)
        wanted = [item for item in batch if item["number"] not in refused]
        if not wanted:
            continue
        answer = _post("/gettrackinfo", wanted, config, http)
        yield from (news_of(item) for item in answer.items("data.accepted"))
        yield from (ParcelNews(number=number, problem=said) for number, _, said in _rejected(answer))


def probe(config: Config, http: Http) -> Grant:
    """Asks for the quota, which costs nothing. The key reads and registers parcels; there is nothing else it could do."""
    _post("/getquota", [], config, http)
    return Grant(permissions=("register", "gettrackinfo"))


def _rejected(answer: Reader) -> Iterator[tuple[str, int, str]]:
    for item in answer.items("data.rejected"):
        code, said = item.integer("error.code", 0), item.text("error.message", "")
        if code in _ACCOUNT:
            raise Refused(f"17TRACK: {_ACCOUNT[code]}: {said}", code="quota" if code == -18019908 else "key_invalid")
        yield item.text("number", ""), code, said or str(code)


def _post(path: str, body: list[dict[str, Any]], config: Config, http: Http) -> Reader:
    token = config.token.strip()
    if not token:
        raise Refused("17TRACK: no key is set: enter the security key", code="no_key")
    if not token.isascii() or not token.isprintable():
        raise Refused("17TRACK: the key holds characters that no key has; copy it again", code="key_malformed")
    headers = {"17token": token, "Content-Type": "application/json"}
    content = json.dumps(body).encode(errors="replace")
    url = (config.api_base or BASE) + path
    answer = patient(lambda: call(http, "POST", url, who="17TRACK", headers=headers, content=content))
    if not isinstance(answer, dict):
        raise Unavailable("17TRACK: an answer that is no object; it will be tried again", code="unreadable_answer")
    read = Reader(answer)
    code = read.integer("code", 0)
    if code:
        said = read.text("data.errors.0.message", "")
        raise Refused(f"17TRACK {path}: {_ACCOUNT.get(code, 'refused')} ({code}): {said}", code="key_invalid")
    return read
