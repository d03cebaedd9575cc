"""Words that templates use: codes, moments and sums in the reader's language, and icons."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from goodstanding.contract import exponent
from goodstanding.queries import original
from goodstanding.reckoning.drafting import show
from goodstanding.web import labels, moments

register = template.Library()

register.filter("kind", labels.kind)
register.filter("family", labels.family)
register.filter("category", labels.category)
register.filter("evidence_name", labels.evidence)
register.filter("fact_name", labels.fact)
register.filter("needs_human", labels.needs_human)
register.filter("deadline_reason", labels.deadline_reason)
register.filter("urgency", moments.urgency)
register.filter("left", moments.left)


@register.filter
def called(code: str, table: str) -> str:
    """``{{ case.stage|called:"stage" }}``."""
    return labels.word(table, code or "")


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite. Decorative: the words beside it say what it means."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static("vendor/tabler-icons/icons.svg"),
        name,
    )


@register.filter
def kind_icon(code: str) -> str:
    return labels.KIND_ICONS.get(code, "file-text")


@register.filter
def waiting_icon(code: str) -> str:
    return labels.WAITING_ICONS.get(code, "clock")


@register.filter
def sum(money: Any) -> str:
    """``¥12,000`` is ambiguous between countries: the code stays, thousands are grouped."""
    if money is None:
        return ""
    return amount(money.amount, money.currency)


@register.simple_tag
def amount(value: Decimal | None, currency: str) -> str:
    """``1,234.56 USD``."""
    if value is None:
        return ""
    return f"{value:,.{exponent(currency)}f} {currency}".strip()


@register.filter
def clock(at: datetime | None) -> str:
    """The reader's own clock."""
    return moments.clock(at, timezone.get_current_timezone_name()) if at else ""


@register.filter
def clock_in(at: datetime | None, zone: str) -> str:
    """The clock over there; a zone that nobody named is UTC, as :func:`zone_words` says."""
    return moments.clock(at, zone or "UTC") if at else ""


@register.filter
def zone_words(zone: str, at: datetime) -> str:
    return moments.zone_words(zone, at)


@register.filter
def iso(at: datetime | None) -> str:
    """For machines: ``datetime`` attributes and the countdown."""
    return at.isoformat() if at else ""


@register.filter
def is_beijing(zone: str) -> bool:
    return zone in (moments.BEIJING, "Asia/Chongqing", "PRC")


@register.filter
def size(value: int | None) -> str:
    """Bytes in a reader's unit."""
    number = float(value or 0)
    for unit in ("B", "KB", "MB"):
        if number < 1024 or unit == "MB":
            return f"{number:.0f} {unit}" if unit == "B" or number >= 100 else f"{number:.1f} {unit}"
        number /= 1024
    return ""


@register.filter
def may(member: Any, ability: str) -> bool:
    """``{% if member|may:"approve" %}``."""
    return bool(member) and member.may(ability)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A mapping's value; nothing where it has none."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""


@register.filter
def initials(name: str) -> str:
    """One Chinese character, or two letters, that stand for a person."""
    words = [word for word in str(name).replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    first = words[0]
    if not first.isascii():
        return first[0]
    return (first[0] + (words[1][0] if len(words) > 1 and words[1].isascii() else "")).upper()


@register.filter
def outside_ref(case: Any) -> str:
    return original.outside_ref(case)


@register.filter
def other_facts(case: Any) -> list[tuple[str, str]]:
    """What the sender told beyond the fields that the page shows anyway, as label and value."""
    return labels.other_facts(case.facts)


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """The page's own query with some keys changed; an empty value drops its key."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value in ("", None):
            query.pop(key, None)
        else:
            query[key] = str(value)
    text = query.urlencode()
    return f"?{text}" if text else "?"


@register.filter
def reason_name(case: Any) -> str:
    return labels.reason_name(case.reason_scheme, case.reason_code)


register.filter("record_link", labels.record_link)
register.filter("ground", labels.ground)
register.filter("provider", labels.provider)
register.filter("match_by", labels.match_by)
register.filter("source_name", labels.source_name)
register.filter("sentence", labels.sentence)
register.filter("sheet_head", labels.sheet_head)
register.filter("sheet_reasons", labels.sheet_reasons)
register.filter("choice", labels.choice)
register.filter("problem", labels.problem)
register.filter("moment_text", labels.moment_text)
register.filter("gap_words", labels.gap)
register.filter("doubt_words", labels.doubt)
register.filter("finding_words", labels.finding)


@register.filter
def evidence_label(code: str, label: str = "") -> str:
    """Our name for it where we have one, else the recipient's own."""
    return labels.evidence(code) if code.startswith("ev.") else label or code


@register.filter
def sent_lines(text: str) -> list[tuple[int, str]]:
    """The numbered sentences of a text that is sent as JSON; empty where it is sent as it stands."""
    try:
        rows = json.loads(text)
        return [(int(row["id"]), str(row["text"])) for row in rows] if isinstance(rows, list) else []
    except (ValueError, TypeError, KeyError):
        return []


@register.filter
def initials_of(person: Any) -> str:
    return initials(str(person))


@register.filter
def answer_for(given: Any, asked: Any) -> str:
    """What was just typed and refused, else what is kept."""
    return str(given[asked.key]) if isinstance(given, dict) and asked.key in given else str(asked.answer)


@register.filter
def known_words(asked: Any) -> str:
    """A fact that the case shows without the seller, as a line of text."""
    return show(asked.known, language="zh" if labels.chinese() else "en")[:300]
