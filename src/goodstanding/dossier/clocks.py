"""The clocks of a case: what the sender states, what a table gives where nothing is stated."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from goodstanding import knowledge
from goodstanding.contract import Due
from goodstanding.models import Case, Notice
from goodstanding.reckoning.deadlines import CaseFacts, Deadline, Event, OwnRule, Stated, Window, for_case

from .plans import services

#: Hours before the recipient's cut-off by which a package should have been reviewed.
REVIEW_HOURS = 24


def clocks(case: Case) -> tuple[Deadline, ...]:
    """Every deadline of the case, the earliest first."""
    notices = case.notices_in_order()
    newest = notices[-1] if notices else None
    return for_case(
        CaseFacts(
            stated=(*(_stated(notice) for notice in notices if _says_when(notice, case)), *_corrected(case)),
            windows=_windows(case),
            services=services(case),
            own=(OwnRule(purpose="review", hours=REVIEW_HOURS, source="merchant"),),
            events={
                "opened": Event(at=notices[0].delivery.received_at if notices else case.opened_at),
                "notice": Event(at=newest.happened_at if newest else case.opened_at),
                "received": Event(at=newest.delivery.received_at if newest else case.opened_at),
            },
        )
    )


def due_of(stored: dict[str, Any] | None) -> Due:
    """A stated deadline as it was kept with its notice; an empty one where none was."""
    stored = stored or {}
    return Due(
        at=datetime.fromisoformat(stored["at"]) if stored.get("at") else None,
        on=date.fromisoformat(stored["on"]) if stored.get("on") else None,
        zone=stored.get("zone", ""),
        raw=stored.get("raw", ""),
    )


def _says_when(notice: Notice, case: Case) -> bool:
    """Only what is said of the stage that the case is in counts: an inquiry's date ends with the inquiry."""
    return bool(notice.respond_by) and (notice.stage == case.stage or not notice.stage)


def _stated(notice: Notice) -> Stated:
    return Stated(
        due=due_of(notice.respond_by),
        received_at=notice.happened_at,
        source=f"notice:{notice.pk}",
    )


def _corrected(case: Case) -> tuple[Stated, ...]:
    """A member read the date themselves: as good as stated, until a later notice states another."""
    made = [item for item in case.corrections.order_by("pk") if item.values.get("deadline")]
    return tuple(
        Stated(
            due=Due(at=datetime.fromisoformat(item.values["deadline"]), raw=item.values["deadline"]),
            received_at=item.made_at,
            source=f"correction:{item.pk}",
        )
        for item in made
    )


def _windows(case: Case) -> tuple[Window, ...]:
    if case.kind != "chargeback":
        return ()
    days = knowledge.response_days(case.reason_scheme or case.network, case.reason_code)
    if days is None:
        return ()
    record = knowledge.reason(case.reason_scheme or case.network, case.reason_code)
    source = record.id if record else ""
    return (Window(purpose="answer", amount=days.value, unit="days", origin="network", source=source),)
