"""Take a notice through everything that needs no person, a transaction for each stage."""

from __future__ import annotations

from collections.abc import Callable

from goodstanding.models import Notice, acting_for

from . import assemble, attach, draft, gather, interpret, route, schedule
from .steps import step

#: In this order. Each does its own transactions and changes nothing the second time.
STAGES: tuple[tuple[str, Callable[[int, int], object]], ...] = (
    ("interpret", interpret.interpret),
    ("schedule", schedule.schedule),
    ("route", route.route),
    ("gather", gather.gather),
    ("draft", draft.draft),
    ("assemble", assemble.assemble),
)


def advance(merchant_id: int, notice_id: int) -> None:
    """Attach the notice and run the stages for its case."""
    with acting_for(merchant_id):
        delivery_id = Notice.objects.values_list("delivery_id", flat=True).get(pk=notice_id)
    with step(merchant_id, delivery_id, "attach"):
        case_id = attach.attach(merchant_id, notice_id)
    for name, stage in STAGES:
        with step(merchant_id, delivery_id, name):
            stage(merchant_id, case_id)


def continue_case(merchant_id: int, case_id: int) -> None:
    """Run the stages again after a person changed what the case rests on."""
    for _, stage in STAGES:
        stage(merchant_id, case_id)
