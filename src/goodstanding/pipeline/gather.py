"""Ask what we hold, and what the sources know, for proof."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.utils import timezone

from goodstanding.audit import kinds, record
from goodstanding.contract import AdapterError, Order, Reference, Requirement
from goodstanding.dossier import order_of
from goodstanding.models import Case, Evidence, File, acting_for

from . import orders, outside
from .plugged import channel_of, config_of


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
    _ask_requirements(merchant_id, case_id)


def _match(case: Case) -> None:
    found = orders.match(case)
    if found is None:
        return
    if len(found.orders) > 1:
        if case.order_match.get("candidates") != [order.pk for order in found.orders]:
            case.order_match = {
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
    case.order_match = {"by": found.by, "value": found.value}
    case.save(update_fields=["order", "store", "order_match", "updated_at"])
    record(kinds.ORDER_MATCHED, case, number=case.order.number, by=found.by)


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
