"""What a dispute accepts as proof, a dry run of the answer, and the answer itself.

Nothing here accepts a dispute (``/close``), and nothing acknowledges a fee.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from goodstanding.contract import (
    Bundle,
    Http,
    Reader,
    Receipt,
    Reference,
    Refused,
    Requirement,
    Unavailable,
    Unreadable,
    Violation,
)

from . import vocabulary
from .api import get, identifier, post, upload
from .config import Config
from .evidence import FILE_SLOTS, LONG_TEXTS, Plan, Upload, fitting_plan, plan, violations
from .requirements import of_dispute

_TOO_MANY_PAGES = "dispute_evidence_page_limit_exceeded"
_ABOUT_THE_KEY = ("no_key", "key_malformed", "key_invalid", "permission_missing")
#: Failures after which the final request may have been carried out all the same.
_MAYBE_DONE = ("timeout", "unreachable", "unreadable_answer")
_FEE = "a compliance dispute: answering costs about 500 USD, which a person has to accept in the Stripe dashboard first"
_SENT = ("warning_under_review", "under_review", "appeal_under_review", "won", "lost")


def requirements(reference: Reference, config: Config, http: Http) -> Iterable[Requirement]:
    """Stripe demands no particular proof; it has fields, and for some disputes more is asked. See ``requirements.py``."""
    return of_dispute(_dispute(reference.value, config, http))


def rehearse(bundle: Bundle, config: Config, http: Http) -> Iterable[Violation]:
    """Stage the evidence without sending it; Stripe then checks it, pages included.

    Staged evidence can be replaced until it is sent. From here on Stripe's Smart Disputes no longer sends by itself.
    """
    laid_out = fitting_plan(bundle)
    if found := list(violations(bundle, laid_out)):
        return found
    dispute = _dispute(bundle.case_ref, config, http)
    if found := list(_not_answerable(dispute, bundle)):
        return found
    try:
        _stage(bundle, laid_out, dispute, config, http)
    except Refused as refused:
        if refused.code in _ABOUT_THE_KEY:
            raise
        return [Violation(code=refused.code, message=str(refused))]
    return []


def submit(bundle: Bundle, config: Config, http: Http) -> Receipt:
    """Upload, stage, and send to the bank. Final: Stripe takes one answer for each stage.

    Every request carries a key derived from the package, so that a repeat of the same package is one act at Stripe. Where
    the last answer is lost the dispute is read again; ``unknown`` means that not even this told what became of it.
    """
    laid_out = fitting_plan(bundle)
    dispute = _dispute(bundle.case_ref, config, http)
    for violation in (*violations(bundle, laid_out), *_not_answerable(dispute, bundle)):
        raise Refused(violation.message, code=violation.code)
    staged, evidence = _stage(bundle, laid_out, dispute, config, http)
    path = f"/v1/disputes/{identifier(bundle.case_ref)}"
    answer = _send(path, {"evidence": evidence, "submit": True}, _submissions(staged), bundle, config, http)
    return _receipt(answer, bundle.case_ref, _submissions(staged))


def _send(path: str, values: dict[str, Any], before: int, bundle: Bundle, config: Config, http: Http) -> dict[str, Any]:
    """The final request. It carries the evidence again, so that what goes out is this package whatever was staged meanwhile.

    If its answer is lost: look; if nothing went out, repeat once under the same key, which Stripe carries out at most once.
    """
    once = _once(bundle, "send", values)
    try:
        return post(path, values, config, http, once=once)
    except Unavailable as trouble:
        if trouble.code not in _MAYBE_DONE and not trouble.code.startswith("http_5"):
            raise
        failed_there = trouble.code.startswith("http_5")
        seen = _seen(path, config, http)
        if seen is None or _was_sent(seen, before):
            return seen or {}
        if failed_there:
            raise  # Stripe said that it failed, and the dispute shows that nothing was sent: safe to try again later
    try:
        return post(path, values, config, http, once=once)
    except (Unavailable, Refused):
        return _seen(path, config, http) or {}


def _seen(path: str, config: Config, http: Http) -> dict[str, Any] | None:
    try:
        return get(path, {}, config, http)
    except (Unavailable, Refused):
        return None


def _stage(
    bundle: Bundle, laid_out: Plan, dispute: dict[str, Any], config: Config, http: Http
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Stage the plan; if it has too many pages, the document without the copies in the slots. Stripe's answer, and what was staged."""
    try:
        return _stage_once(bundle, laid_out, dispute, config, http)
    except Refused as refused:
        small = plan(bundle, slots=False)
        if refused.code != _TOO_MANY_PAGES or not small.uploads or len(small.uploads) == len(laid_out.uploads):
            raise
    return _stage_once(bundle, small, dispute, config, http)


def _stage_once(
    bundle: Bundle, laid_out: Plan, dispute: dict[str, Any], config: Config, http: Http
) -> tuple[dict[str, Any], dict[str, Any]]:
    evidence = laid_out.evidence({item.slot: _upload(bundle, item, config, http) for item in laid_out.uploads})
    values: dict[str, Any] = {"evidence": evidence, "submit": False}
    if not laid_out.appeal:
        evidence |= {field: "" for field in _staged_before(dispute) if field not in evidence}
        values["intended_submission_method"] = "manual"
    # The key knows what is staged now: staging A, then B, then A again must stage A again.
    once = _once(bundle, "stage", [values, dispute.get("evidence")])
    return post(f"/v1/disputes/{identifier(bundle.case_ref)}", values, config, http, once=once), evidence


def _staged_before(dispute: dict[str, Any]) -> Iterator[str]:
    """Files and long texts that are staged already, by an older package or by hand: what goes out is what was approved, no more.

    Short fields stay: Stripe fills some in itself from the payment.
    """
    evidence = dispute.get("evidence")
    for field in (*FILE_SLOTS, *LONG_TEXTS):
        if isinstance(evidence, dict) and evidence.get(field):
            yield field


def _upload(bundle: Bundle, item: Upload, config: Config, http: Http) -> str:
    once = _once(bundle, "file", [item.slot, item.filename, hashlib.sha256(item.content).hexdigest()])
    return upload(item.filename, item.media_type, item.content, config, http, once=once)


def _once(bundle: Bundle, act: str, values: Any) -> str:
    """The idempotency key of one act on one package. Stripe refuses a key that comes with other values, so they are part of it."""
    said = json.dumps([bundle.case_ref, bundle.digest, act, values], sort_keys=True, default=str)
    return "goodstanding-" + hashlib.sha256(said.encode(errors="replace")).hexdigest()


def _dispute(case_ref: str, config: Config, http: Http) -> dict[str, Any]:
    answer = get(f"/v1/disputes/{identifier(case_ref)}", {}, config, http)
    if answer.get("object") != "dispute" or answer.get("id") != case_ref:
        raise Unavailable(
            f"Stripe answered with something else than dispute {case_ref}; try again", code="unreadable_answer"
        )
    return answer


def _not_answerable(dispute: dict[str, Any], bundle: Bundle) -> Iterator[Violation]:
    status = str(dispute.get("status"))
    read = Reader(dispute)
    if status not in vocabulary.OPEN:
        yield Violation(
            code="not_open", message=f"the dispute is {status}: Stripe takes no answer now", facts={"status": status}
        )
    elif (status == "appeal_needs_response") != (bundle.stage == "appeal"):
        yield Violation(
            code="wrong_stage",
            message=f"the dispute is {status}, the package answers stage {bundle.stage or '?'}; build it anew",
        )
    if read.has("evidence_details.due_by") and read.integer("evidence_details.due_by") <= 0:
        yield Violation(code="no_answer_possible", message="the bank takes no answer to this dispute (due_by is 0)")
    for scheme in ("visa", "mastercard"):
        if (
            read.text(f"evidence_details.enhanced_eligibility.{scheme}_compliance.status", "")
            == "requires_fee_acknowledgement"
        ):
            yield Violation(code="fee_acknowledgement", message=_FEE, facts={"scheme": scheme})


def _submissions(dispute: dict[str, Any]) -> int:
    try:
        return Reader(dispute).integer("evidence_details.submission_count", 0)
    except Unreadable:
        return 0


def _was_sent(answer: dict[str, Any], before: int) -> bool:
    return answer.get("status") in _SENT or _submissions(answer) > before


def _receipt(answer: dict[str, Any], case_ref: str, before: int) -> Receipt:
    """``accepted`` only where the dispute itself shows that evidence went out."""
    proven = answer.get("object") == "dispute" and answer.get("id") == case_ref and _was_sent(answer, before)
    raw = {
        "status": str(answer.get("status", "")),
        "submission_count": str(_submissions(answer)),
        "submissions_before": str(before),
    }
    return Receipt(state="accepted" if proven else "unknown", reference=case_ref, at=datetime.now(UTC), raw=raw)
