"""One row of every table that belongs to a merchant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.cast import Cast, connection

from goodstanding.audit import kinds, record
from goodstanding.models import (
    Absence,
    Approval,
    Capture,
    Case,
    ColumnMapping,
    Correction,
    Deadline,
    Decision,
    Delivery,
    Evidence,
    ExchangeRate,
    File,
    Interpretation,
    Invitation,
    Link,
    Notice,
    Notification,
    Order,
    OrderReference,
    Outcome,
    Overlay,
    Package,
    Parcel,
    Pause,
    ProcessingStep,
    Reply,
    Rule,
    ServiceLevel,
    Store,
    Submission,
    Translation,
    acting_for,
)

NOW = datetime(2026, 11, 10, 8, tzinfo=UTC)

#: The tables that :func:`fill` writes to: a new model has to be added here, or a test says so.
ROWS = tuple(
    f"goodstanding_{name}"
    for name in (
        "approval", "auditevent", "case", "columnmapping", "connection", "correction", "deadline", "delivery", "evidence",
        "file", "interpretation", "invitation", "member", "merchant", "notice", "order", "orderreference", "outcome",
        "package", "processingstep", "reply", "rule", "store", "submission", "absence", "capture", "decision",
        "exchangerate", "link", "notification", "overlay", "parcel", "pause", "servicelevel", "translation",
    )
)  # fmt: skip


def fill(people: Cast) -> dict[str, int]:
    """A row of every table, of Alice's merchant; table → id."""
    of = {"merchant": people.merchant}
    opened = connection(people.merchant)
    with acting_for(people.merchant.pk):
        store = Store.objects.create(**of, name="Shop")
        delivery = Delivery.objects.create(
            **of, connection=opened, origin="webhook", body=b"{}", digest="0" * 64, received_at=NOW
        )
        case = Case.objects.create(
            **of, number=1, connection=opened, case_ref="D-1", kind="chargeback", opened_at=NOW, last_event_at=NOW
        )
        notice = Notice.objects.create(
            **of, delivery=delivery, connection=opened, case=case, event_ref="e", kind="chargeback", case_ref="D-1"
        )
        file = File.keep(people.merchant, b"bytes", "text/plain")
        reply = Reply.objects.create(**of, case=case, version=1, language="en", text="Dear Sirs")
        package = Package.objects.create(
            **of, case=case, number=1, reply=reply, digest="1" * 64, manifest={"a": 1}, exhibits=[{"id": 1}], document=file,
            archive=file, pages=1,
        )  # fmt: skip
        order = Order.objects.create(**of, source="orders", number="GS-1", data={}, digest="2" * 64)
        made = [
            people.merchant,
            people.alice,
            opened,
            store,
            delivery,
            case,
            notice,
            file,
            reply,
            package,
            order,
            OrderReference.objects.create(**of, order=order, type="payment", value="pay_1"),
            ColumnMapping.objects.create(**of, header_digest="3" * 64, mapping={}),
            ProcessingStep.objects.create(**of, delivery=delivery, stage="identify", started_at=NOW),
            Interpretation.objects.create(**of, case=case, notice=notice, knowledge_version="v"),
            Deadline.objects.create(
                **of, case=case, purpose="answer", at=NOW, zone="UTC", origin="stated", reason={"a": 1}
            ),
            Evidence.objects.create(
                **of, case=case, kind="ev.order_record", title="t", file=file, media_type="text/plain", origin="order"
            ),
            Approval.objects.create(**of, package=package, member=people.bob, yes=True, digest=package.digest),
            Submission.objects.create(**of, package=package, member=people.bob, way="hand"),
            Outcome.objects.create(**of, case=case, result="won", decided_at=NOW),
            Correction.objects.create(
                **of, delivery=delivery, case=case, member=people.alice, values={"kind": "chargeback"}
            ),
            Rule.objects.create(**of, name="r", text="…"),
            Invitation.make(people.alice, "new@example.com", "agent")[0],
            record(kinds.CASE_OPENED, case, case_ref="D-1"),
            Absence.objects.create(**of, member=people.bob, starts_at=NOW, ends_at=NOW + timedelta(days=2)),
            Capture.objects.create(
                **of,
                kind="ev.refund_policy",
                url="https://shop.example/refunds",
                content=file,
                captured_at=NOW,
                seen_at=NOW,
            ),
            Decision.objects.create(**of, case=case, member=people.alice, choice="fight"),
            ExchangeRate.objects.create(**of, currency="USD", day=NOW.date(), per_euro="1.08"),
            Link.objects.create(**of, member=people.bob, purpose="calendar", token_digest="4" * 64),
            Notification.objects.create(**of, case=case, member=people.bob, kind="case_new", key="k", at=NOW),
            Overlay.objects.create(**of, playbook="chargeback.fraud", language="en", text="Dear Sirs"),
            Parcel.objects.create(**of, number="1Z999AA10123456784"),
            Pause.objects.create(**of, case=case, started_at=NOW),
            Translation.objects.create(**of, notice=notice, member=people.alice, provider="p", model="m"),
            ServiceLevel.objects.create(**of, purpose="first_draft", hours=24),
        ]
    return {row._meta.db_table: row.pk for row in made}
