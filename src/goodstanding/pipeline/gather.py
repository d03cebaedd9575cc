"""Ask what we hold, and what the sources know, for proof."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from goodstanding.audit import kinds, record
from goodstanding.contract import AdapterError, Finding, Order, Reference, Requirement
from goodstanding.dossier import order_of
from goodstanding.models import Case, Connection, Evidence, File, Parcel, acting_for
from goodstanding.reckoning import harm

from . import orders, outside, parcels, sources
from .plugged import channel_of, config_of

_ASK_AGAIN = timedelta(days=1)


def gather(merchant_id: int, case_id: int) -> None:
    """Match the order, keep what it shows as an exhibit, and ask the channel what it accepts."""
    with acting_for(merchant_id):
        case = (
            Case.objects.select_for_update(of=("self",))
            .select_related("connection", "merchant", "order", "store")
            .get(pk=case_id)
        )
        if case.order is None:
            _match(case)
        if case.order is not None:
            _keep_order_record(case)
    _ask_sources(merchant_id, case_id)
    _ask_requirements(merchant_id, case_id)


def _ask_sources(merchant_id: int, case_id: int) -> None:
    """Ask each connected source for what it has on the case's references; one that fails shows on its connection."""
    with acting_for(merchant_id):
        case = Case.objects.select_related("order").get(pk=case_id)
        if case.settled_at or case.drill:
            return
        references = _references(case)
        due = [item for item in sources.connected(merchant_id) if _to_ask(case, item, references)]
        able = [(item, source, config_of(item, source)) for item in due if (source := sources.source_of(item)).find]
    for connection, source, config in able:
        found: list[Finding] = []
        with sources.reported(merchant_id, connection.pk) as ran, outside.client() as http:
            found.extend(source.find(references, config, http) if source.find else ())
            ran.append(True)
        with acting_for(merchant_id):
            case = (
                Case.objects.select_for_update(of=("self",))
                .select_related("connection", "merchant", "order", "store")
                .get(pk=case_id)
            )
            _keep_findings(case, source.name, found)
            if ran:
                _asked(case, connection, references)
    with acting_for(merchant_id):
        case = (
            Case.objects.select_for_update(of=("self",))
            .select_related("connection", "merchant", "order", "store")
            .get(pk=case_id)
        )
        for parcel in Parcel.objects.filter(merchant_id=merchant_id, order=case.order) if case.order else ():
            parcels.exhibit(case, parcel)


def _references(case: Case) -> tuple[Reference, ...]:
    """All names by which the case, its order and its buyer are known."""
    found = dict.fromkeys(case.reference_values())
    order = order_of(case)
    if order is not None:
        found |= dict.fromkeys((Reference(type="order", value=order.number), *order.references))
        found |= dict.fromkeys(
            Reference(type="tracking", value=item.tracking_number, system=item.carrier)
            for item in order.shipments
            if item.tracking_number
        )
    if number := str(case.facts.get("order_number") or ""):
        found[Reference(type="order", value=number)] = None
    email = (order.buyer_email if order else "") or str(case.facts.get("buyer_email") or "")
    if email:
        found[Reference(type="customer", value=email)] = None
    return tuple(item for item in found if item.value)


def _digest(references: tuple[Reference, ...]) -> str:
    return hashlib.sha256(repr(sorted((item.type, item.value) for item in references)).encode()).hexdigest()[:16]


def _to_ask(case: Case, connection: Connection, references: tuple[Reference, ...]) -> bool:
    """Not asked about these references within a day: a person's edits run the stages again and again."""
    asked = case.order_match.get("asked", {}).get(str(connection.pk))
    if not references or not asked:
        return bool(references)
    return asked["of"] != _digest(references) or datetime.fromisoformat(asked["at"]) < timezone.now() - _ASK_AGAIN


def _asked(case: Case, connection: Connection, references: tuple[Reference, ...]) -> None:
    asked = {**case.order_match.get("asked", {})}
    asked[str(connection.pk)] = {"of": _digest(references), "at": timezone.now().isoformat()}
    case.order_match = {**case.order_match, "asked": asked}
    case.save(update_fields=["order_match", "updated_at"])


def _keep_findings(case: Case, source: str, found: list[Finding]) -> None:
    """Orders among the orders, files as exhibits; the same file is one exhibit however often it is found."""
    told = [item.order for item in found if item.order is not None]
    if told:
        orders.keep(case.merchant_id, source, told)
        if case.order is None:
            _match(case)
        if case.order is not None:
            case.order.refresh_from_db()
            _keep_order_record(case)
    for item in found:
        if item.content:
            _keep_finding(case, source, item)


def _keep_finding(case: Case, source: str, item: Finding) -> None:
    text = str(item.facts.get("text", "")).replace("\x00", "�")
    file = File.keep(case.merchant, item.content, item.media_type)
    evidence, made = Evidence.objects.get_or_create(
        case=case,
        file=file,
        kind=item.kind,
        defaults={
            "merchant_id": case.merchant_id,
            "title": item.title[:200],
            "filename": item.filename[:255],
            "media_type": item.media_type,
            "proves_at": item.proves_at,
            "origin": source[:120],
            "text": text,
            "facts": {name: value for name, value in item.facts.items() if name not in ("text", "sha256")},
            "harms": [
                {"grade": harmed.grade, "code": harmed.code, "quote": harmed.quote, "message_zh": harmed.message_zh}
                for harmed in harm.find("", item.kind, text)
            ],
        },
    )
    if made:
        record(kinds.EVIDENCE_GATHERED, case, title=evidence.title, origin=evidence.origin)


def _match(case: Case) -> None:
    found = orders.match(case)
    if found is None:
        return
    if not found.sure:
        if case.order_match.get("candidates") != [order.pk for order in found.orders]:
            case.order_match = {
                **_kept(case),
                "by": found.by,
                "value": found.value,
                "candidates": [order.pk for order in found.orders],
            }
            case.needs_human = sorted({*case.needs_human, "several_orders"})
            case.save(update_fields=["order_match", "needs_human", "updated_at"])
            record(kinds.ORDER_AMBIGUOUS, case, count=len(found.orders))
        return
    case.order = found.orders[0]
    case.store = case.store or case.order.store
    case.order_match = {**_kept(case), "by": found.by, "value": found.value}
    case.needs_human = [item for item in case.needs_human if item != "several_orders"]
    case.save(update_fields=["order", "store", "order_match", "needs_human", "updated_at"])
    record(kinds.ORDER_MATCHED, case, number=case.order.number, by=found.by)


def _kept(case: Case) -> dict[str, Any]:
    """What stays when the match changes: whom we asked."""
    return {name: value for name, value in case.order_match.items() if name == "asked"}


def _keep_order_record(case: Case) -> None:
    """The order as the shop's own export tells it, set as text: what was bought, by whom, for how much, where to."""
    order = order_of(case)
    if order is None:
        return
    content = order_record(order).encode()
    file = File.keep(case.merchant, content, "text/plain")
    _, made = Evidence.objects.get_or_create(
        case=case,
        file=file,
        kind="ev.order_record",
        defaults={
            "merchant_id": case.merchant_id,
            "title": f"Order record {order.number}",
            "filename": f"order-{order.number}.txt",
            "media_type": "text/plain",
            "proves_at": order.ordered_at,
            "origin": "order",
            "text": content.decode(),
        },
    )
    if made:
        Evidence.objects.filter(case=case, kind="ev.order_record", origin="order").exclude(file=file).update(
            withdrawn_at=timezone.now()
        )
        record(kinds.EVIDENCE_GATHERED, case, title=f"Order record {order.number}", origin="order")


def order_record(order: Order) -> str:
    """The order as lines of text; only what the source gave."""
    lines = [
        ("Order number", order.number),
        ("Ordered", _moment(order.ordered_at)),
        ("Paid", _moment(order.paid_at)),
        ("Total", str(order.total) if order.total else ""),
        ("Refunded", str(order.refunded) if order.refunded else ""),
        ("Buyer", order.buyer_name),
        ("E-mail", order.buyer_email),
        ("IP address of the order", order.buyer_ip),
        ("Shipping address", order.shipping_address),
        ("Billing address", order.billing_address),
        *(
            ("Item", _item(line.title, f"{line.quantity.normalize():f}", line.sku, str(line.price or "")))
            for line in order.lines
        ),
        *(("Payment reference", item.value) for item in order.references if item.type in ("payment", "charge", "arn")),
    ]
    for parcel in order.shipments:
        lines += [
            ("Carrier", parcel.carrier),
            ("Tracking number", parcel.tracking_number),
            ("Shipped", _moment(parcel.shipped_at)),
            ("Delivered", _moment(parcel.delivered_at)),
            ("Delivered to", parcel.delivered_to),
            ("Signed by", parcel.signed_by),
        ]
    return "\n".join(f"{name}: {value}" for name, value in lines if value) + "\n"


def _item(title: str, quantity: str, sku: str, price: str) -> str:
    return f"{title} × {quantity}" + (f" ({sku})" if sku else "") + (f", {price}" if price else "")


def _moment(at: datetime | None) -> str:
    return at.isoformat(sep=" ", timespec="minutes") if at else ""


def _ask_requirements(merchant_id: int, case_id: int) -> None:
    """What the recipient accepts for this very dispute. A channel that cannot be asked, or does not answer, blocks nothing."""
    with acting_for(merchant_id):
        case = Case.objects.select_related("connection").get(pk=case_id)
        channel = channel_of(case.connection)
        if channel.requirements is None or case.settled_at:
            return
        config = config_of(case.connection, channel)
    reference = Reference(type="case", value=case.case_ref, system=channel.name)
    try:
        with outside.client() as http:
            found: list[Requirement] = list(channel.requirements(reference, config, http))
    except AdapterError:
        return
    with acting_for(merchant_id):
        case = Case.objects.select_for_update().get(pk=case_id)
        rows = [{**asdict(item), "evidence": list(item.evidence)} for item in found]
        if case.requirements != rows:
            case.requirements = rows
            case.save(update_fields=["requirements", "updated_at"])
