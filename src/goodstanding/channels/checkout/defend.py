"""What a dispute accepts as proof, a check of the answer, and the answer itself. Nothing here accepts a dispute.

Evidence is provided (PUT), which sends nothing, and then submitted (POST), after which nothing can be changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from goodstanding.contract import Bundle, Http, Receipt, Reference, Refused, Requirement, Unavailable, Violation

from .api import PROVIDE, Account, identifier
from .config import Config
from .evidence import KIND_OF, KINDS, Plan, notes, plan, violations
from .read import dispute
from .vocabulary import OPEN, SENT

_MAYBE_DONE = ("timeout", "unreachable", "unreadable_answer")
_EVIDENCE = {kind: tuple(ours for ours, theirs in KIND_OF.items() if theirs == kind) for kind in KINDS}
_EVIDENCE["additional_evidence"] = (
    "ev.rebuttal",
    "ev.order_record",
    "ev.product_page",
    "ev.avs_match",
    "ev.three_ds",
    "ev.device_ip",
)


def requirements(reference: Reference, config: Config, http: Http) -> Iterable[Requirement]:
    """The dispute's own ``relevant_evidence``: Checkout.com asks to follow it, since it changes with time."""
    found = dispute(Account(config, http), reference.value)
    if found.get("status") not in OPEN:
        return []
    return [
        Requirement(
            code=code,
            need="any_of" if code != "additional_evidence" and code in _EVIDENCE else "helpful",
            evidence=_EVIDENCE.get(code, ()),
        )
        for code in dict.fromkeys(_flat(found.get("relevant_evidence")))
    ]


def _flat(value: Any) -> Iterator[str]:
    """Words in a list, or in lists in a list: the description has both."""
    if isinstance(value, str) and 0 < len(value) <= 100:
        yield value
    elif isinstance(value, list):
        for item in value[:50]:
            yield from (
                _flat(item) if not isinstance(item, list) else (word for word in item[:50] if isinstance(word, str))
            )


def rehearse(bundle: Bundle, config: Config, http: Http) -> Iterable[Violation]:
    """Our own check, and whether the dispute still takes an answer. Nothing is provided before it is approved."""
    laid_out = plan(bundle)
    found = [*violations(bundle, laid_out), *notes(bundle)]
    if any(item.grade == "fatal" for item in found):
        return found
    account = Account(config, http)
    return [*found, *_not_answerable(dispute(account, bundle.case_ref), bundle), *_foreign(account, bundle, laid_out)]


def submit(bundle: Bundle, config: Config, http: Http) -> Receipt:
    """Upload, provide, submit. Final.

    A repeat after a failure uploads anew and provides the same fields again, which replaces them; whether it was submitted
    the dispute's status tells. Where the last answer is lost the dispute is read again; ``unknown`` means that this did not tell.
    """
    laid_out, account = plan(bundle), Account(config, http, PROVIDE)
    path = f"/disputes/{identifier(bundle.case_ref)}/evidence"
    for violation in (
        *violations(bundle, laid_out),
        *_not_answerable(dispute(account, bundle.case_ref), bundle),
        *_foreign(account, bundle, laid_out),
    ):
        raise Refused(violation.message, code=violation.code)
    files = {item.kind: account.upload(item.filename, item.media_type, item.content) for item in laid_out.uploads}
    account.put(path, laid_out.fields(files))
    trouble: Unavailable | None = None
    try:
        account.post(path)
    except Unavailable as error:
        if error.code not in _MAYBE_DONE and not error.code.startswith("http_5"):
            raise  # never carried out: no connection, or asked to slow down
        trouble = error
    status = _status(account, bundle.case_ref)
    if trouble and trouble.code.startswith("http_5") and status in OPEN:
        raise trouble  # Checkout.com said that it failed, and the dispute shows it: safe to try again later
    return _receipt(status, bundle.case_ref)


def _status(account: Account, case_ref: str) -> str:
    try:
        return str(dispute(account, case_ref).get("status") or "")[:80]
    except (Unavailable, Refused):
        return ""


def _not_answerable(found: dict[str, Any], bundle: Bundle) -> Iterator[Violation]:
    status = str(found.get("status"))[:80]
    if bundle.stage in ("pre_arbitration", "arbitration") or status.startswith("arbitration"):
        message = "arbitration may cost fees that a person has to accept: answer it at Checkout.com, with the downloaded package"
        yield Violation(code="by_hand_only", message=message)
    elif status not in OPEN:
        message = f"the dispute is {status}: Checkout.com takes no answer now"
        yield Violation(code="not_open", message=message, facts={"status": status})


def _foreign(account: Account, bundle: Bundle, laid_out: Plan) -> Iterator[Violation]:
    """Evidence provided by hand, or by an older package, that this one would not replace: it would go out unapproved."""
    ours = {f"{upload.kind}_file" for upload in laid_out.uploads} | {f"{kind}_text" for kind in laid_out.texts}
    try:
        there = account.get(f"/disputes/{identifier(bundle.case_ref)}/evidence")
    except Refused as refused:
        if refused.code == "resource_missing":  # nothing was provided yet
            return
        raise
    for name, value in there.items():
        if value and name.endswith(("_file", "_text")) and name not in ours:
            message = f"{name[:80]} was provided before and is no part of this package; remove it at Checkout.com, or add it here"
            yield Violation(code="foreign_evidence", message=message, subject=name[:80])


def _receipt(status: str, case_ref: str) -> Receipt:
    """``accepted`` only where the dispute itself shows that evidence went out. 204 alone proves nothing."""
    proven = status in SENT or status in ("won", "lost")
    return Receipt(
        state="accepted" if proven else "unknown", reference=case_ref, at=datetime.now(UTC), raw={"status": status}
    )
