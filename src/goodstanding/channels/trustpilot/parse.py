"""Trustpilot's events. https://support.trustpilot.com/hc/en-us/community/posts/10109980750738"""

from __future__ import annotations

from collections.abc import Iterable

from goodstanding.contract import Incoming, Parsed, ParsedNotice, Party, Reader, Reference, Unreadable

_TOLD = ("created", "updated")
_SUBJECTS = ("service-review-", "product-review-")


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """A notice for each new or changed review; nothing for a deleted one. Raises Unreadable for what is not theirs. Pure."""
    events = Reader.of_json(incoming.body).items("events")
    if not events:
        raise Unreadable("events: missing or empty; not a delivery of Trustpilot's")
    for read in events:
        name = read.text("eventName")
        if not name.startswith(_SUBJECTS):
            raise Unreadable(f"eventName: {name[:60]!r} is an event of Trustpilot's that we do not know")
        change = name.rpartition("-")[2]
        if change in _TOLD:
            yield _review(read, name)
        elif change != "deleted":
            raise Unreadable(f"eventName: {name[:60]!r} is an event of Trustpilot's that we do not know")


def _review(read: Reader, name: str) -> ParsedNotice:
    ref = read.text("eventData.id")
    if not ref:
        raise Unreadable("eventData.id: empty")
    moment = read.text("eventData.updatedAt", "") or read.text("eventData.createdAt", "")
    stars = read.integer("eventData.stars", None)
    words = (read.text("eventData.title", ""), read.text("eventData.text", ""))
    order = read.text("eventData.referenceId", "")
    person = read.text("eventData.consumer.name", "") or read.text("eventData.consumer.displayName", "")
    return ParsedNotice(
        kind="review",
        event_ref=f"{name}:{ref}:{moment}",
        case_ref=ref,
        occurred_at=read.moment("eventData.createdAt", None),
        stage="inquiry",
        status=f"{stars}/5" if stars is not None else "",
        references=(Reference(type="order", value=order, system="trustpilot"),) if order else (),
        parties=(Party(role="complainant", name=person),) if person else (),
        language=read.text("eventData.language", ""),
        text="\n\n".join(word for word in words if word),
    )
