"""The work behind ``goodstanding replay``."""

from __future__ import annotations

from goodstanding import jobs
from goodstanding.models import Delivery, Merchant, acting_for, as_clock
from goodstanding.pipeline import replay

from . import codes
from .output import as_json, complain, console


def run(delivery_id: int, *, json_wanted: bool) -> int:
    """Find whose delivery it is, run it again here, and say how it went."""
    with as_clock():
        merchants = list(Merchant.objects.values_list("pk", flat=True))
    for merchant_id in merchants:
        with acting_for(merchant_id):
            found = Delivery.objects.filter(pk=delivery_id).exists()
        if found:
            replay.replay(merchant_id, delivery_id)
            jobs.work_until_idle()
            return _report(merchant_id, delivery_id, json_wanted=json_wanted)
    complain(f"没有编号为 {delivery_id} 的来件", json_wanted=json_wanted, code="not_found")
    return codes.USAGE


def _report(merchant_id: int, delivery_id: int, *, json_wanted: bool) -> int:
    with acting_for(merchant_id):
        delivery = Delivery.objects.get(pk=delivery_id)
        steps = [
            {
                "stage": step.stage,
                "attempts": step.attempts,
                "error": step.error,
                "finished": step.finished_at is not None,
            }
            for step in delivery.steps.all()
        ]
    if json_wanted:
        as_json({"delivery": delivery_id, "trust": delivery.trust, "problem": delivery.problem, "steps": steps})
    else:
        console.print(f"来件 {delivery_id}：{delivery.get_trust_display()} {delivery.problem}", markup=False)
        for step in steps:
            console.print(f"  {'✓' if step['finished'] else '✗'} {step['stage']} {step['error']}", markup=False)
    failed = bool(delivery.problem) or any(not step["finished"] for step in steps)
    return codes.ATTENTION if failed else codes.OK
