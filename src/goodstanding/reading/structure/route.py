"""Feedback reports, bounces, DMARC and TLS reports, automatic replies."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..fold import fold
from ..result import Kind
from ..text.message import Mail
from ..text.visible import is_complaint

#: RFC 5965 and successors: feedback types by which somebody complains.
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "virus", "other", "complaint"})
_AGGREGATE_NAME = re.compile(r"^[^!]+![^!]+!\d{6,}!\d{6,}[^/]*\.(?:xml|zip|gz|json)", re.I)
_AGGREGATE_SUBJECT = re.compile(
    r"report domain:.*submitter:|dmarc aggregate report|smtp tls report|tls-?rpt|report-id: ?<?\S+"
)
_FAILURE_SUBJECT = re.compile(r"dmarc (?:forensic|failure) report|fw: ?dmarc failure")
_BOUNCE_SUBJECT = re.compile(
    r"undeliver\w+|delivery status notification|mail delivery (?:failed|system|failure|subsystem)|returned mail|failure notice|delivery (?:has )?failed|"
    r"unzustellbar|nicht zustellbar|non remis|échec de (?:la )?remise|no se puede entregar|mancata consegna|mancato recapito|onbestelbaar|niet afgeleverd|nie dostarczono|配信不能|配信エラー|退信|投递失败"
)
_BOUNCE_SENDER = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon|mdaemon|bounce[s]?)@")
_REPLY_SUBJECT = re.compile(
    r"^\W*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|answer)|out of (?:the )?office|ooo\b|autoreply|automatische antwort|abwesenheits\w*|abwesend|réponse automatique|absence|absente? du bureau|"
    r"respuesta automática|fuera de la oficina|risposta automatica|fuori sede|automatisch antwoord|afwezig\w*|autoodpowiedź|odpowiedź automatyczna|自動(?:返信|応答)|不在|自动(?:回复|答复)|自動回覆|resposta automática)"
)


@dataclass(frozen=True)
class Route:
    """The kind that the form proves. ``form`` names it; ``report`` has a feedback report's fields, lower-case names."""

    kind: Kind
    form: str
    report: dict[str, tuple[str, ...]] = field(default_factory=dict)
    speaks: bool = False  # somebody complains by machine: a feedback report


def route(mail: Mail) -> Route | None:
    """The route of a machine-written mail, or None: then it has to be read."""
    if (text := mail.reports.get("message/feedback-report")) is not None:
        return _feedback(text)
    if is_complaint(mail):
        return Route("spam_complaint_report", "complaint_mail", speaks=True)
    subject = fold(mail.subject)
    report_type = mail.root.params.get("report-type", "").lower()
    if report_type == "tlsrpt" or _is_aggregate(mail, subject):
        return Route("not_a_notice", "aggregate_report")
    if _FAILURE_SUBJECT.search(subject):
        return Route("not_a_notice", "failure_report")
    if report_type == "delivery-status" or "message/delivery-status" in mail.reports:
        return Route("not_a_notice", "bounce")
    if report_type == "disposition-notification" or "message/disposition-notification" in mail.reports:
        return Route("not_a_notice", "receipt")
    sender = mail.sender.lower()
    address = re.search(r"[\w.+-]{1,64}@", sender)
    if mail.root.get("x-failed-recipients") or (
        address and _BOUNCE_SENDER.match(address[0]) and _BOUNCE_SUBJECT.search(subject)
    ):
        return Route("not_a_notice", "bounce")
    if _is_auto_reply(mail, subject):
        return Route("not_a_notice", "auto_reply")
    return None


def _feedback(text: str) -> Route:
    report: dict[str, tuple[str, ...]] = {}
    for line in re.sub(r"\r?\n[ \t]+", " ", text[:60_000]).splitlines():
        name, separator, value = line.partition(":")
        if separator and len(name) < 60:
            key = name.strip().lower()
            report[key] = (*report.get(key, ()), value.strip()[:500])
    kind = (report.get("feedback-type") or report.get("abuse-type") or ("",))[0].lower()
    if kind in _COMPLAINTS:
        return Route("spam_complaint_report", f"feedback.{kind}", report, speaks=True)
    return Route("not_a_notice", f"feedback.{kind or 'unknown'}", report, speaks=True)


def _is_aggregate(mail: Mail, subject: str) -> bool:
    names = [item.name for item in mail.attachments]
    types = {item.media_type for item in mail.attachments}
    if any("tlsrpt" in media for media in types) or any(_AGGREGATE_NAME.match(name) for name in names):
        return True
    packed = any(name.lower().endswith((".zip", ".gz", ".xml")) for name in names) or bool(
        types & {"application/zip", "application/gzip", "application/x-zip-compressed"}
    )
    return packed and _AGGREGATE_SUBJECT.search(subject) is not None


def _is_auto_reply(mail: Mail, subject: str) -> bool:
    root = mail.root
    if (
        root.get("auto-submitted").lower().startswith("auto-replied")
        or root.get("x-autoreply")
        or root.get("x-autorespond")
    ):
        return True
    return root.get("precedence").lower() == "auto_reply" or _REPLY_SUBJECT.search(subject) is not None
