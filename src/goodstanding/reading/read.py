"""From bytes to a reading. Total: whatever the bytes are, the answer is a reading."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .authenticity import Sender, Verdict, judge, sender_of
from .authenticity.claims import by_name
from .authenticity.dkim_here import Answerer, verified_domains
from .authenticity.judge import Case
from .authenticity.lookalike import imitated
from .authenticity.sender import sender_in
from .classify import Decision, Head, decide, decisive, score
from .classify.rules import Setting
from .fields import Known, extract
from .fold import fold
from .language import READ, detect
from .limits import MAX_READ
from .ocr import Ocr
from .organisations import AUTHORITATIVE, PUBLIC, Organisation, mentions, organisational, owners, public_body_country
from .pdf import pdf_text, picture_lines
from .result import Ground, Issuer, Kind, Reading, ground
from .signals import mail_signals, text_signals
from .structure import Route, route
from .text import Mail, Visible, open_mail, visible_text
from .text.charset import decode
from .text.mime import Part
from .text.visible import of_plain, tidy
from .webhook import ParseChannel, incoming_of, of_answer

_SUSPICIOUS = frozenset({"instructions_to_machine", "asks_odd_payment", "asks_credentials"})
_LOOKS_LIKE_MAIL = re.compile(
    rb"^(?:From [^\n]{1,200}\n)?(?:received|return-path|delivered-to|dkim-signature|mime-version|message-id|authentication-results|x-[\w-]+|arc-[\w-]+)\s*:",
    re.I,
)
_CUES_FROM = 12_000  # characters of an attached letter that are read with the mail


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What a caller may lend: each is optional, each must be bounded and must not raise."""

    head: Head | None = None
    ocr: Ocr | None = None
    dns: Answerer | None = None
    parse_channel: ParseChannel | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)


def read(
    raw: bytes,
    *,
    media_type: str = "message/rfc822",
    receivers: tuple[str, ...] = (),
    received_at: datetime | None = None,
    headers: Iterable[tuple[str, str]] = (),
    enclosed: bool = False,
    tools: Tools | None = None,
) -> Reading:
    """Read one thing that arrived.

    ``receivers`` are the merchant's own receiving hosts, whose results are believed. ``received_at`` (aware) dates relative
    and yearless dates; a mail's own Date header stands in for it. ``enclosed``: the mail was attached to another one, so its
    trace headers prove nothing. Offline; never raises; two seconds at most for text of any size.
    """
    lent = tools or Tools()
    base = media_type.split(";")[0].strip().lower()
    if base == "application/json" or (base.endswith("+json")):
        return _read_json(raw, received_at, headers, lent)
    if base == "application/pdf" or raw[:5] == b"%PDF-":
        return _read_pdf(raw, received_at, lent)
    if base.startswith("image/"):
        return _read_picture(raw, received_at, lent)
    if base in ("application/xml", "text/xml", "application/gzip", "application/zip", "application/x-gzip"):
        return _machine_file(base)
    if base.startswith("text/") and not _LOOKS_LIKE_MAIL.match(raw[:400].lstrip(b"\xef\xbb\xbf\r\n")):
        return _read_text(raw, base, received_at, lent)
    return _read_mail(raw, receivers, received_at, lent, enclosed=enclosed)


def _read_json(raw: bytes, received_at: datetime | None, headers: Iterable[tuple[str, str]], lent: Tools) -> Reading:
    incoming = incoming_of(raw, received_at, headers)
    answer = lent.parse_channel(incoming, lent.secrets) if lent.parse_channel else None
    if answer is None:
        return Reading(
            text="",
            authority="unverified",
            authority_reasons=(ground("no_sender"),),
            needs_human=("unknown_event",),
            media_type="application/json",
        )
    return of_answer(answer, incoming)


def _machine_file(base: str) -> Reading:
    """A DMARC or TLS report as a file of its own: data for mail health, nobody complains."""
    return Reading(text="", authority="n/a", authority_reasons=(ground("nothing_claimed"),), media_type=base)


def _read_text(raw: bytes, base: str, received_at: datetime | None, lent: Tools) -> Reading:
    text = decode(raw[:1_000_000])
    if base == "text/html":
        mail = open_mail(b"Content-Type: text/html; charset=utf-8\r\n\r\n" + text.encode("utf-8", "replace"))
        visible = visible_text(mail)
    else:
        visible = of_plain(text)
    return _letter(visible, received_at, lent, base, ())


def _read_pdf(raw: bytes, received_at: datetime | None, lent: Tools) -> Reading:
    found = pdf_text(raw, lent.ocr)
    visible = Visible()
    visible.append("attachment", tidy(found.text))
    visible.set_aside("hidden", found.weak)
    return _letter(visible, received_at, lent, "application/pdf", found.problems)


def _read_picture(raw: bytes, received_at: datetime | None, lent: Tools) -> Reading:
    visible = Visible()
    needs: tuple[str, ...] = ("no_text",)
    if lent.ocr is not None:
        text, weak = picture_lines(raw, lent.ocr)
        visible.append("attachment", tidy(text))
        visible.set_aside("hidden", "\n".join(weak))
        needs = (*(("weak_ocr",) if weak else ()), *(() if text.strip() else ("no_text",)))
    return _letter(visible, received_at, lent, "image", needs)


def _letter(
    visible: Visible, received_at: datetime | None, lent: Tools, base: str, problems: tuple[str, ...]
) -> Reading:
    """Words without a mail around them: a paste, a letter, a scan. Nothing vouches for them."""
    inner = sender_in(visible.inner_from) if visible.inner_from else Sender()
    language = detect(visible.text)
    trade, organisation = _trade(inner, visible.text, forwarded=True)
    decision = _decide(visible.text, language, Setting(trade=trade, forwarded=True), lent)
    if visible.forwarded:
        verdict = judge(Case(Part((), b""), decision.kind, visible.text, inner=inner, forwarded=True))
    elif decision.kind == "not_a_notice":
        verdict = Verdict("n/a", (ground("nothing_claimed"),), organisation, inner)
    else:
        verdict = Verdict("unverified", (ground("no_sender"),), organisation, inner)
    signals = (*(ground(kind) for kind in visible.invisible), *text_signals(visible.text))
    return _assemble(visible, language, decision, verdict, organisation, signals, received_at, inner, base, problems)


def _read_mail(
    raw: bytes, receivers: tuple[str, ...], received_at: datetime | None, lent: Tools, *, enclosed: bool
) -> Reading:
    mail = open_mail(raw)
    visible = visible_text(mail)
    problems = list(_attachments(mail, visible, lent))
    sender = sender_of(mail.root)
    inner = _inner_sender(visible)
    speaker = inner if inner is not None else sender
    language = detect(visible.text)
    routed = route(mail)
    trade, organisation = _trade(speaker, visible.text, forwarded=inner is not None)
    setting = Setting(
        trade=trade,
        subject=visible.text[: visible.segments[0].end]
        if visible.segments and visible.segments[0].kind == "subject"
        else "",
        bulk=bool(mail.root.get("list-unsubscribe")) or mail.root.get("precedence").lower() in ("bulk", "list"),
        discussion=mail.root.get("precedence").lower() == "list"
        or bool(mail.root.get("x-mailman-version") or mail.root.get("x-beenthere")),
        forwarded=inner is not None,
    )
    decision = _decide(visible.text, language, setting, lent)
    if routed is not None:
        decision = _routed(routed, decision)
    verify: Callable[[], tuple[str, ...]] | None = None
    if (dns := lent.dns) is not None and not enclosed:
        verify = lambda: verified_domains(raw, dns)  # noqa: E731 - asked at most once, and only where nothing else decided
    case = Case(
        mail.root,
        decision.kind,
        visible.text,
        () if enclosed else receivers,
        inner,
        inner is not None,
        verify,
        report=routed is not None and routed.speaks,
    )
    verdict = judge(case)
    decision = _after_verdict(decision, verdict, routed)
    signals = mail_signals(mail, visible, sender, visible.text)
    return _assemble(
        visible,
        language,
        decision,
        verdict,
        organisation,
        signals,
        received_at or mail.sent_at,
        speaker,
        "message/rfc822",
        tuple(problems),
    )


def _inner_sender(visible: Visible) -> Sender | None:
    if not visible.forwarded:
        return None
    if visible.inner_headers is not None and not visible.inner_from:
        return sender_of(visible.inner_headers)
    return sender_in(visible.inner_from) if visible.inner_from else Sender()


def _attachments(mail: Mail, visible: Visible, lent: Tools) -> Iterable[str]:
    """Letters in PDFs count as text; pictures only with an OCR engine and only where the mail itself says little."""
    taken = 0
    for item in mail.attachments:
        name = item.name.lower()
        is_pdf = item.media_type == "application/pdf" or name.endswith(".pdf")
        if is_pdf and taken < 3:
            taken += 1
            found = pdf_text(item.data(30_000_000), lent.ocr)
            visible.append("attachment", tidy(found.text)[:_CUES_FROM], item.name)
            yield from (problem for problem in found.problems if problem == "weak_ocr")
        elif item.media_type.startswith("image/") and lent.ocr is not None and taken < 3 and len(visible.text) < 400:
            taken += 1
            text, weak = picture_lines(item.data(15_000_000), lent.ocr)
            visible.append("attachment", tidy(text)[:_CUES_FROM], item.name)
            if weak:
                yield "weak_ocr"
        elif item.media_type == "text/plain" and taken < 3 and len(visible.text) < 400:
            taken += 1
            visible.append(
                "attachment",
                tidy(decode(item.data(200_000), item.part.params.get("charset", "")))[:_CUES_FROM],
                item.name,
            )


def _trade(sender: Sender, text: str, *, forwarded: bool) -> tuple[str, Organisation | None]:
    """The trade of who speaks, by domain, name, imitation, then letterhead."""
    owned = owners(sender.local, sender.domain) if sender.domain and not sender.free else ()
    named = by_name(sender)
    if named and (not owned or named.organisation in owned):
        return named.organisation.type, named.organisation
    if owned:
        best = _by_text(owned, text)
        return best.type, best
    if sender.domain and not sender.free and (like := imitated(sender.domain)) and like[0] != "other_ending":
        return like[1].type, like[1]
    if sender.domain and public_body_country(sender.domain):
        return "authority", _letterhead(text, PUBLIC)
    head = _letterhead(text, AUTHORITATIVE | {"association"}) if not sender.free or forwarded else None
    if head is not None and head.type in PUBLIC | {"association"}:
        return head.type, head
    if sender.free:
        return "person", None
    return "", head


def _by_text(owned: tuple[Organisation, ...], text: str) -> Organisation:
    """Of several organisations on one domain, the one the text names."""
    if len(owned) == 1:
        return owned[0]
    sample = text[:6_000]
    counts = dict.fromkeys((item.id for item in owned), 0)
    for mention in mentions(sample, fold(sample)):
        if mention.organisation.id in counts:
            counts[mention.organisation.id] += 2 if mention.strong else 1
    return max(owned, key=lambda item: counts[item.id])


def _letterhead(text: str, types: frozenset[str]) -> Organisation | None:
    """An organisation named at the start of a line near the top or the end: how letters say who writes."""
    sample = text[:MAX_READ]
    folded = fold(sample)
    best: tuple[int, Organisation] | None = None
    for mention in mentions(sample, folded):
        if mention.organisation.type not in types or not mention.strong:
            continue
        line = folded.rfind("\n", 0, mention.start) + 1
        near = mention.start < 500 or len(folded) - mention.start < 400
        lead = folded[line : mention.start].strip(" *#-|\t")
        if near and len(lead) <= 14 and (best is None or mention.start < best[0]):
            best = (mention.start, mention.organisation)
    return best[1] if best else None


def _decide(text: str, language: str, setting: Setting, lent: Tools) -> Decision:
    rules = score(text, language, setting)
    head = lent.head(text[:MAX_READ], language) if lent.head and not decisive(rules) else None
    return decide(rules, head)


def _routed(routed: Route, decision: Decision) -> Decision:
    """The form decides; the words no longer need a person."""
    return Decision(routed.kind, (), {**decision.scores, routed.kind: 20.0}, decision.flags | {f"form.{routed.form}"})


def _after_verdict(decision: Decision, verdict: Verdict, routed: Route | None) -> Decision:
    """A proven institution's mail whose kind is weakly seen still goes to a person; forms never do."""
    _ = verdict
    return decision if routed is None else Decision(decision.kind, (), decision.scores, decision.flags)


def _assemble(
    visible: Visible,
    language: str,
    decision: Decision,
    verdict: Verdict,
    organisation: Organisation | None,
    signals: tuple[Ground, ...],
    received: datetime | None,
    speaker: Sender,
    base: str,
    problems: tuple[str, ...],
) -> Reading:
    claimed = verdict.organisation or organisation
    known = Known(decision.kind, language, claimed, received, speaker.domain, speaker.display)
    got = extract(visible.text, known)
    routed = any(flag.startswith("form.") for flag in decision.flags)
    needs = [
        *decision.needs_human,
        *got.needs,
        *(
            item
            for item in (*problems, *visible.problems)
            if item in ("too_large", "too_many_parts", "weak_ocr", "unreadable", "no_text")
        ),
    ]
    if not routed and visible.text.strip() and language not in READ:
        needs.append("unknown_language")
    if not visible.text.strip() and not routed:
        needs.append("no_text")
    codes = {item.code for item in signals}
    if (
        codes & _SUSPICIOUS
        and verdict.authority != "genuine"
        and (decision.kind != "not_a_notice" or "instructions_to_machine" in codes)
    ):
        needs.append("suspicious")
    return Reading(
        text=visible.text,
        segments=tuple(visible.segments),
        language=language,
        kind=decision.kind,
        stage=stage_of(decision.kind, visible.text),
        authority=verdict.authority,
        authority_reasons=verdict.reasons,
        issuer=_issuer(verdict, organisation, speaker, decision.kind),
        fields=got.fields,
        deadline=got.deadline,
        needs_human=tuple(dict.fromkeys("too_large" if item == "too_many_parts" else item for item in needs)),
        signals=signals,
        scores=decision.scores,
        subject=visible.text[: visible.segments[0].end]
        if visible.segments and visible.segments[0].kind == "subject"
        else "",
        sender=speaker.address,
        sent_at=received,
        links=tuple(visible.links),
        media_type=base,
    )


def _issuer(verdict: Verdict, organisation: Organisation | None, speaker: Sender, kind: Kind) -> Issuer | None:
    found = verdict.organisation or organisation
    if found is not None and kind != "consumer_complaint":
        return Issuer(id=found.id, name=found.name)
    if speaker.display:
        return Issuer(name=speaker.display)
    if speaker.domain:
        return Issuer(name=speaker.address if speaker.free else organisational(speaker.domain))
    return None


_PRE_ARBITRATION = re.compile(
    r"pre-?arb|second chargeback|zweite rückbuchung|pré-?arbitrage|prearbitra|pre-?arbitrat|预仲裁|二次拒付|仲裁前|再チャージバック"
)
_ARBITRATION = re.compile(r"\barbitration\b|schiedsverfahren|\barbitrage\b|arbitraje|arbitrato|仲裁")


def stage_of(kind: str, text: str) -> str:
    """The step of a dispute, in the contract's words; "" for kinds that have none."""
    flat = fold(text[:MAX_READ])
    if kind == "pre_dispute_alert":
        return (
            "inquiry"
            if re.search(
                r"inquiry|enquiry|retrieval|request for information|copy request|anfrage|beleganforderung|demande|solicitud|richiesta|verzoek|zapytani|照会|リトリーバル|调单|查询",
                flat,
            )
            else "alert"
        )
    if kind == "chargeback":
        if _PRE_ARBITRATION.search(flat):
            return "pre_arbitration"
        return "arbitration" if _ARBITRATION.search(flat) else "dispute"
    return "dispute" if kind == "refund_dispute" else ""
