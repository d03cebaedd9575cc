"""One function for each provider. Fields as their documentation has them; see fixtures/ORIGIN.md for the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from goodstanding.contract import ParsedNotice, Reader, Reason, Reference, Unreadable


def _has(*paths: str) -> Callable[[Reader], bool]:
    return lambda read: all(read.has(path) for path in paths)


def complaint(
    provider: str,
    *,
    event: str,
    message: str,
    recipient: str,
    at: datetime | None,
    word: str,
    subject: str = "",
) -> ParsedNotice:
    """Somebody complained of one message. ``word`` is the provider's own for it."""
    ref = event or (f"{message}:{recipient}" if message or recipient else "")
    if not ref:
        raise Unreadable(f"{provider}: a complaint without event, message or recipient cannot be told from others")
    facts = {"reported_recipient": recipient, "reported_message": subject or message}
    return ParsedNotice(
        kind="spam_complaint_report",
        event_ref=f"{provider}:{ref}",
        case_ref=ref,
        occurred_at=at,
        stage="alert",
        status=word,
        reason=Reason(scheme=provider, code=word),
        reason_category="spam_complaint",
        references=(Reference(type="case", value=message, system=provider),) if message else (),
        facts={key: value for key, value in facts.items() if value},
    )


def sendgrid(read: Reader) -> Iterator[ParsedNotice]:
    if read.text("event") == "spamreport":
        yield complaint(
            "sendgrid",
            event=read.text("sg_event_id", ""),
            message=read.text("sg_message_id", ""),
            recipient=read.text("email", ""),
            at=read.moment("timestamp", None),
            word="spamreport",
        )


def mailgun(read: Reader) -> Iterator[ParsedNotice]:
    if read.text("event-data.event") == "complained":
        yield complaint(
            "mailgun",
            event=read.text("event-data.id", ""),
            message=read.text("event-data.message.headers.message-id", ""),
            recipient=read.text("event-data.recipient", ""),
            at=read.moment("event-data.timestamp", None),
            word="complained",
            subject=read.text("event-data.message.headers.subject", ""),
        )


def ses(read: Reader) -> Iterator[ParsedNotice]:
    """By notification (``notificationType``) or event publishing (``eventType``)."""
    if (read.text("notificationType", "") or read.text("eventType", "")) == "Complaint":
        people = read.items("complaint.complainedRecipients")
        yield complaint(
            "ses",
            event=read.text("complaint.feedbackId", ""),
            message=read.text("mail.messageId", ""),
            recipient=", ".join(person.text("emailAddress", "") for person in people[:50]),
            at=read.moment("complaint.timestamp", None),
            word=read.text("complaint.complaintFeedbackType", "") or "Complaint",
        )


def cloudwatch(read: Reader) -> Iterator[ParsedNotice]:
    """An alarm on the reputation that SES gives the account: what comes before a pause."""
    if read.text("Trigger.Namespace", "") != "AWS/SES" or read.text("NewStateValue", "") != "ALARM":
        return
    metric = read.text("Trigger.MetricName", "")
    name, since = read.text("AlarmName"), read.text("StateChangeTime", "")
    yield ParsedNotice(
        kind="esp_warning",
        event_ref=f"ses:{name}:{since}",
        case_ref=name,
        stage="alert",
        status=metric,
        reason_category={"Reputation.ComplaintRate": "complaint_rate", "Reputation.BounceRate": "bounce_rate"}.get(
            metric, "general"
        ),
        text=read.text("NewStateReason", ""),
    )


def postmark(read: Reader) -> Iterator[ParsedNotice]:
    record = read.text("RecordType")
    if record == "SpamComplaint" or (record == "Bounce" and read.text("Type", "") in ("SpamComplaint",)):
        yield complaint(
            "postmark",
            event=read.text("ID", ""),
            message=read.text("MessageID", ""),
            recipient=read.text("Email", ""),
            at=read.moment("BouncedAt", None),
            word="SpamComplaint",
            subject=read.text("Subject", ""),
        )


def sparkpost(read: Reader) -> Iterator[ParsedNotice]:
    event = read.part("msys")
    if event.text("message_event.type", "") == "spam_complaint":
        stamp = event.integer("message_event.timestamp", None)
        yield complaint(
            "sparkpost",
            event=event.text("message_event.event_id", ""),
            message=event.text("message_event.message_id", ""),
            recipient=event.text("message_event.rcpt_to", ""),
            at=_moment(stamp),
            word="spam_complaint",
            subject=event.text("message_event.subject", ""),
        )


def brevo(read: Reader) -> Iterator[ParsedNotice]:
    if read.text("event") in ("spam", "complaint"):
        yield complaint(
            "brevo",
            event="",
            message=read.text("message-id", ""),
            recipient=read.text("email", ""),
            at=read.moment("ts_event", None),
            word=read.text("event"),
            subject=read.text("subject", ""),
        )


def mailjet(read: Reader) -> Iterator[ParsedNotice]:
    if read.text("event") == "spam":
        yield complaint(
            "mailjet",
            event="",
            message=read.text("MessageID", ""),
            recipient=read.text("email", ""),
            at=read.moment("time", None),
            word="spam",
        )


def mandrill(read: Reader) -> Iterator[ParsedNotice]:
    if read.text("event", "") == "spam":
        yield complaint(
            "mandrill",
            event="",
            message=read.text("msg._id", "") or read.text("_id", ""),
            recipient=read.text("msg.email", ""),
            at=read.moment("ts", None),
            word="spam",
            subject=read.text("msg.subject", ""),
        )


def resend(read: Reader) -> Iterator[ParsedNotice]:
    if read.text("type") == "email.complained":
        yield complaint(
            "resend",
            event="",
            message=read.text("data.email_id", ""),
            recipient=read.text("data.to.0", ""),
            at=read.moment("created_at", None),
            word="email.complained",
            subject=read.text("data.subject", ""),
        )


def mailchimp(read: Reader) -> Iterator[ParsedNotice]:
    """An audience's webhook: who left or was cleaned for ``abuse`` had pressed the spam button. Its times have no zone."""
    fields = read.part("data") if read.has("data") else read
    prefix = "" if read.has("data") else "data[{}]"
    reason, email, listed = (
        fields.text(prefix.format(name) if prefix else name, "") for name in ("reason", "email", "list_id")
    )
    if read.text("type") in ("unsubscribe", "cleaned") and reason == "abuse":
        yield complaint(
            "mailchimp",
            event=f"{listed}:{email}:{read.text('fired_at', '')}" if email else "",
            message="",
            recipient=email,
            at=None,
            word="abuse",
        )


def nothing(read: Reader) -> Iterator[ParsedNotice]:
    """Known, and no notice."""
    del read
    yield from ()


def _moment(stamp: int | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(stamp, UTC) if stamp is not None else None
    except (ValueError, OverflowError, OSError):
        raise Unreadable("timestamp: not a moment") from None


def _is_resend(read: Reader) -> bool:
    return _has("type", "data")(read) and _word(read, "type").startswith(("email.", "domain.", "contact."))


def _is_mailchimp(read: Reader) -> bool:
    known = ("unsubscribe", "cleaned", "subscribe", "profile", "upemail", "campaign")
    return _has("type", "fired_at")(read) and _word(read, "type") in known


def _word(read: Reader, path: str) -> str:
    try:
        return read.text(path, "")
    except Unreadable:
        return ""


#: How a provider's event is known, the narrowest first.
PROVIDERS: tuple[tuple[Callable[[Reader], bool], Callable[[Reader], Iterable[ParsedNotice]]], ...] = (
    (_has("sns"), nothing),
    (_has("event-data.event"), mailgun),
    (_has("AlarmName", "Trigger"), cloudwatch),
    (lambda read: (read.has("notificationType") or read.has("eventType")) and read.has("mail"), ses),
    (_has("RecordType"), postmark),
    (_has("msys"), sparkpost),
    (_has("event", "sg_event_id"), sendgrid),
    (_has("event", "sg_message_id"), sendgrid),
    (_has("event", "message-id"), brevo),
    (_has("event", "MessageID"), mailjet),
    (_has("event", "msg", "ts"), mandrill),
    (_has("event", "email", "timestamp"), sendgrid),
    (_is_resend, resend),
    (_is_mailchimp, mailchimp),
)
