"""The sealed set is sound: labels in the vocabulary, values in the text, counts, nothing twice, nothing from the seeds."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from goodstanding.reading.result import FIELDS, KINDS

HERE = Path(__file__).parent
SEEDS = HERE.parents[1] / "src/goodstanding/reading/classify/seeds"
CATEGORIES = frozenset(
    [
        "fraudulent",
        "unrecognized",
        "authorization",
        "product_not_received",
        "not_as_described",
        "counterfeit",
        "duplicate",
        "incorrect_amount",
        "credit_not_processed",
        "subscription_canceled",
        "right_of_withdrawal",
        "misleading_pricing",
        "misleading_advertising",
        "product_safety",
        "accessibility",
        "privacy_tracking",
        "intellectual_property",
        "access_request",
        "erasure_request",
        "marketing_objection",
        "cookies",
        "unsolicited_marketing",
        "complaint_rate",
        "bounce_rate",
        "spam_trap",
        "list_consent",
        "authentication",
        "spam_complaint",
        "general",
    ]
)
NETWORKS = frozenset({"visa", "mastercard", "amex", "discover", "jcb", "unionpay", "elo", "sepa_debit"})
LANGUAGES = frozenset({"en", "de", "fr", "es", "it", "nl", "pl", "ja", "zh", "pt", "sv"})


def _builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sealed_build", HERE / "build.py")
    assert spec and spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BUILD = _builder()
MESSAGES: list[Any] = BUILD.load()


def _id(message: Any) -> str:
    return str(message.id)


def test_thirty_of_every_kind_and_no_id_twice() -> None:
    counts = Counter(message.kind for message in MESSAGES)
    assert set(counts) == set(KINDS)
    assert min(counts.values()) >= 30, counts
    assert max(Counter(message.id for message in MESSAGES).values()) == 1


def test_a_third_are_hard_and_every_language_is_there() -> None:
    spoken = Counter(message.language for message in MESSAGES if message.language)
    assert set(spoken) == LANGUAGES
    assert sum(message.hard for message in MESSAGES) * 3 >= len(MESSAGES)
    assert sum("phishing" in message.authority for message in MESSAGES) >= 60


@pytest.mark.parametrize("message", MESSAGES, ids=_id)
def test_labels_are_in_the_vocabulary(message: Any) -> None:
    assert set(message.authority) <= {"genuine", "phishing", "unverified", "n/a"}
    assert message.human in ("", "ok", "ask")
    assert tuple(message.fields) == tuple(FIELDS)
    assert message.kind != "not_a_notice" or all(accepted == (None,) for accepted in message.fields.values())
    for category in message.fields["reason_category"] or ():
        assert category is None or category in CATEGORIES
    for network in message.fields["network"] or ():
        assert network is None or network in NETWORKS
    for amount in message.fields["amount"] or ():
        assert amount is None or Decimal(amount) > 0
    for due in message.fields["deadline"] or ():
        assert due is None or _day(due) >= date(2026, 11, 13) or "2026-04" in due


@pytest.mark.parametrize("message", MESSAGES, ids=_id)
def test_values_stand_in_the_message(message: Any) -> None:
    if message.media_type == "application/json":
        return
    said = f"{message.source.get('subject', '')}\n{message.source.get('attach', {}).get('subject', '')}\n{message.text}"
    for name in ("case_id", "reason_code", "order_id", "deadline_rule"):
        for value in message.fields[name] or ():
            assert value is None or value.lower() in said.lower(), name
    for who in (message.fields["complainant"] or ())[:1]:
        assert who is None or who in said + message.source.get("from", "") or _bare(who) in said, who
    for amount in message.fields["amount"] or ():
        figures = re.sub(r"[^\d]", "", said)
        assert amount is None or amount.replace(".", "") in figures or amount.split(".")[0] in figures


@pytest.mark.parametrize("message", MESSAGES, ids=_id)
def test_the_bytes_say_what_the_source_says(message: Any) -> None:
    raw = message.raw()
    if message.media_type == "application/json":
        assert json.loads(raw)
        return
    if message.form == "txt":
        assert message.source["text"].encode(message.source["form"].partition("enc-")[2] or "utf-8") == raw
        return
    mail = message_from_bytes(raw, policy=default)
    assert mail["subject"] == message.source["subject"]
    part = mail.get_body(("plain", "html"))
    assert part is not None
    first = next(line for line in message.source["text"].splitlines() if line.strip())
    assert first.split("&")[0].split('"')[0].split("'")[0].split("<")[0].split(": ")[0] in part.get_content().replace(
        "\u200b", ""
    )


def test_no_text_twice() -> None:
    texts = [re.sub(r"\W+", " ", message.text or message.source.get("json", "")).lower() for message in MESSAGES]
    assert max(Counter(texts).values()) == 1


def test_no_eight_words_in_common_with_the_seeds() -> None:
    seeds = _seed_grams()
    if not seeds:
        pytest.skip("the seeds for training are not there")
    shared = {message.id for message in MESSAGES if not _grams(message.text).isdisjoint(seeds)}
    assert not shared


def _day(value: str) -> date:
    return datetime.fromisoformat(value.replace("Z", "+00:00")).date()


def _bare(name: str) -> str:
    return re.sub(r"^\S+ ", "", name)


@lru_cache(maxsize=1)
def _seed_grams() -> frozenset[str]:
    grams: set[str] = set()
    for path in SEEDS.glob("*.yaml"):
        for text in _strings(yaml.safe_load(path.read_text(encoding="utf-8"))):
            grams |= _grams(text)
    return frozenset(grams)


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in items for text in _strings(item)]


def _grams(text: str, size: int = 8) -> frozenset[str]:
    """Runs of eight words; Chinese and Japanese, which have no spaces, count in runs of sixteen characters."""
    words = re.findall(r"\w+", text.lower())
    runs = [" ".join(words[start : start + size]) for start in range(len(words) - size + 1)]
    for block in re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]{16,}", text):
        runs += [block[start : start + 16] for start in range(len(block) - 15)]
    return frozenset(runs)
