"""What a dispute accepts as proof, a check of the answer, and the answer itself. Nothing here accepts a dispute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from goodstanding.contract import Bundle, Http, Receipt, Reference, Refused, Requirement, Unavailable, Violation

from .api import Account
from .config import Config
from .evidence import OTHER, SLOT_OF, SLOTS, challenge, notes, plan, violations
from .vocabulary import AUTO_ACCEPTED, OPEN, WAITING

#: Failures after which the challenge may have been carried out all the same.
_MAYBE_DONE = ("timeout", "unreachable", "unreadable_answer")
_EVIDENCE = {slot: tuple(ours for ours, theirs in SLOT_OF.items() if theirs == slot) for slot in SLOTS}
_EVIDENCE[OTHER] = ("ev.rebuttal", "ev.timeline", "ev.product_page", "ev.usage_log", "ev.three_ds", "ev.quality_proof")


def requirements(reference: Reference, config: Config, http: Http) -> Iterable[Requirement]:
    """Airwallex asks for at least one document of a recommended type; it does not say by reason which.

    None where it waits for nothing, or accepts by itself.
    """
    found = Account(config, http).dispute(reference.value)
    if list(_not_answerable(found)):
        return []
    return [Requirement(code=slot, need="any_of", evidence=_EVIDENCE[slot]) for slot in SLOTS]


def rehearse(bundle: Bundle, config: Config, http: Http) -> Iterable[Violation]:
    """Our own check, and whether the dispute still takes an answer. Nothing is uploaded before it is approved."""
    found = [*violations(plan(bundle)), *notes(bundle)]
    if any(item.grade == "fatal" for item in found):
        return found
    return [*found, *_not_answerable(Account(config, http).dispute(bundle.case_ref))]


def submit(bundle: Bundle, config: Config, http: Http) -> Receipt:
    """Upload the files, then challenge with them. Final.

    A repeat carries the same ``request_id``. Where the last answer is lost the dispute is read again; ``unknown`` means
    that this did not tell.
    """
    uploads, account = plan(bundle), Account(config, http)
    dispute = account.dispute(bundle.case_ref)
    for violation in (*violations(uploads), *_not_answerable(dispute)):
        raise Refused(violation.message, code=violation.code)
    file_ids = {item.digest: account.upload(item.filename, item.media_type, item.content) for item in uploads}
    return _sent(account, bundle, challenge(bundle, file_ids))


def _sent(account: Account, bundle: Bundle, values: dict[str, Any]) -> Receipt:
    try:
        answer = account.challenge(bundle.case_ref, values)
        status = str(answer.get("status")) if answer.get("id") == bundle.case_ref else ""
    except Unavailable as trouble:
        failed_there = trouble.code.startswith("http_5")
        if not failed_there and trouble.code not in _MAYBE_DONE:
            raise  # never carried out: no connection, or asked to slow down
        status = _status(account, bundle.case_ref)
        if failed_there and status == OPEN:
            raise  # Airwallex said that it failed, and the dispute shows it: safe to try again later
    return Receipt(
        # Accepted, won or lost says nothing of a challenge; only these show that one was taken.
        state="accepted" if status in ("CHALLENGED", "PENDING_DECISION") else "unknown",
        reference=bundle.case_ref,
        at=datetime.now(UTC),
        raw={"status": status[:60], "request_id": str(values["request_id"])},
    )


def _status(account: Account, case_ref: str) -> str:
    try:
        return str(account.dispute(case_ref).get("status"))
    except (Unavailable, Refused):
        return ""


def _not_answerable(dispute: dict[str, Any]) -> Iterator[Violation]:
    status, stage = str(dispute.get("status"))[:60], str(dispute.get("stage"))[:60]
    if stage in AUTO_ACCEPTED:
        yield Violation(
            code="accepted_by_gateway",
            message="Airwallex accepts pre-arbitrations on your behalf and takes no answer; ask its support",
            facts={"stage": stage},
        )
    elif status != OPEN:
        code = "already_submitted" if status in WAITING else "not_open"
        yield Violation(
            code=code, message=f"the dispute is {status}: Airwallex takes no answer now", facts={"status": status}
        )
