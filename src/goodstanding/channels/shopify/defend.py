"""What a dispute accepts as proof, a check of the answer, and the answer itself. Nothing here accepts a dispute.

On the due date Shopify sends to the bank whatever evidence it then holds. So nothing is put there before a person has
approved it: a rehearsal only reads. And handing over early freezes: ``submitEvidence`` is the end of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from goodstanding.contract import Bundle, Http, Receipt, Reference, Refused, Requirement, Unavailable, Violation

from . import documents
from .api import Shop
from .config import Config
from .evidence import FILE_SLOTS, Plan, is_ours, notes, plan, violations
from .parse import number
from .read import gid
from .requirements import of_dispute
from .vocabulary import OPEN

#: Failures after which the final request may have been carried out all the same.
_MAYBE_DONE = ("timeout", "unreachable", "unreadable_answer", "server_error")


def requirements(reference: Reference, config: Config, http: Http) -> Iterable[Requirement]:
    """Shopify demands no particular proof; it has fields. See ``requirements.py``."""
    return list(of_dispute(_dispute(Shop(config, http), reference.value)))


def rehearse(bundle: Bundle, config: Config, http: Http) -> Iterable[Violation]:
    """Our own check, and whether the dispute still takes an answer. Nothing is uploaded: Shopify would send it on the due date."""
    laid_out = plan(bundle)
    found = [*violations(bundle, laid_out), *notes(bundle)]
    if any(item.grade == "fatal" for item in found):
        return found
    return [*found, *_not_answerable(_dispute(Shop(config, http), bundle.case_ref), laid_out)]


def submit(bundle: Bundle, config: Config, http: Http) -> Receipt:
    """Upload the files, then attach them, set the texts and submit in one mutation. Final.

    A repeat finds the files of the first attempt by their names and uploads them no second time, and finds submitted
    evidence submitted. Where the last answer is lost the evidence is read again; ``unknown`` means that this did not tell.
    """
    laid_out, shop = plan(bundle), Shop(config, http)
    dispute = _dispute(shop, bundle.case_ref)
    for violation in (*violations(bundle, laid_out), *_not_answerable(dispute, laid_out)):
        raise Refused(violation.message, code=violation.code)
    files = _uploaded(shop, bundle.case_ref, dispute, laid_out)
    values = {"id": _evidence(dispute)["id"], "input": laid_out.input(files) | _detached(dispute, laid_out)}
    return _sent(shop, bundle.case_ref, values)


def _sent(shop: Shop, case_ref: str, values: dict[str, Any]) -> Receipt:
    try:
        answer = shop.graphql(documents.ANSWER, values).get("disputeEvidenceUpdate")
    except Unavailable as trouble:
        failed_there = trouble.code == "server_error" or trouble.code.startswith("http_5")
        if not failed_there and trouble.code not in _MAYBE_DONE:
            raise  # never carried out: no connection, or asked to slow down
        submitted = _seen(shop, case_ref)
        if submitted is False and failed_there:
            raise  # Shopify said that it failed, and the evidence shows it: safe to try again later
        return _receipt(submitted is True, case_ref, "read again")
    answer = answer if isinstance(answer, dict) else {}
    if errors := answer.get("userErrors"):
        raise _user_error(errors)
    evidence = answer.get("disputeEvidence")
    return _receipt(isinstance(evidence, dict) and evidence.get("submitted") is True, case_ref, "answered")


def _user_error(errors: Any) -> Refused:
    """HTTP 200, ``data``, and yet a refusal: ``EVIDENCE_PAST_DUE_DATE``, ``TOO_LARGE`` …"""
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    code = str(first.get("code") or "user_error")[:60]
    field = ".".join(str(part) for part in first.get("field") or [])[:100]
    where = f", field {field}" if field else ""
    return Refused(
        f"Shopify did not take the evidence ({code}{where}): {str(first.get('message'))[:200]}", code=code.lower()
    )


def _seen(shop: Shop, case_ref: str) -> bool | None:
    """Is the evidence submitted? None where that cannot be read."""
    try:
        return _evidence(_dispute(shop, case_ref)).get("submitted") is True
    except (Unavailable, Refused):
        return None


def _uploaded(shop: Shop, case_ref: str, dispute: dict[str, Any], laid_out: Plan) -> dict[str, str]:
    """GraphQL ids of the plan's files by slot, uploading those that are not there yet."""
    there = _files_there(dispute)
    numbers = {}
    for upload in laid_out.uploads:
        if (upload.filename, len(upload.content)) not in there:
            numbers[upload.slot] = shop.upload(
                number(case_ref, "dispute"), upload.document_type, upload.filename, upload.media_type, upload.content
            )
    if numbers:
        there = _files_there(_dispute(shop, case_ref))
    found = {upload.slot: there.get((upload.filename, len(upload.content)), "") for upload in laid_out.uploads}
    # Should Shopify not list what it just took, its id follows from its number.
    return {slot: file_id or gid(numbers[slot], "ShopifyPaymentsDisputeFileUpload") for slot, file_id in found.items()}


def _files_there(dispute: dict[str, Any]) -> dict[tuple[str, int], str]:
    files = _evidence(dispute).get("disputeFileUploads")
    return {
        (str(item.get("originalFileName")), item["fileSize"]): str(item["id"])
        for item in (files if isinstance(files, list) else [])
        if isinstance(item, dict) and isinstance(item.get("fileSize"), int) and item.get("id")
    }


def _detached(dispute: dict[str, Any], laid_out: Plan) -> dict[str, Any]:
    """Files of an older package of ours in slots that this one leaves empty: what goes out is what was approved."""
    filled = {upload.slot for upload in laid_out.uploads}
    attached = {slot: _evidence(dispute).get(slot) for slot in FILE_SLOTS if slot not in filled}
    return {
        slot: {"id": item["id"], "destroy": True}
        for slot, item in attached.items()
        if isinstance(item, dict) and is_ours(item.get("originalFileName"))
    }


def _dispute(shop: Shop, case_ref: str) -> dict[str, Any]:
    wanted = gid(case_ref)
    found = shop.graphql(documents.WITH_EVIDENCE, {"id": wanted}).get("dispute")
    if found is None:
        raise Refused(f"Shopify knows no dispute {case_ref} in this shop", code="resource_missing")
    if not isinstance(found, dict) or found.get("id") != wanted or not _evidence(found).get("id"):
        raise Unavailable(
            f"Shopify answered with something else than dispute {case_ref}; try again", code="unreadable_answer"
        )
    return found


def _evidence(dispute: dict[str, Any]) -> dict[str, Any]:
    found = dispute.get("disputeEvidence")
    return found if isinstance(found, dict) else {}


def _not_answerable(dispute: dict[str, Any], laid_out: Plan) -> Iterator[Violation]:
    status = str(dispute.get("status"))
    if _evidence(dispute).get("submitted") is True:
        yield Violation(
            code="already_submitted",
            message="evidence was submitted already, by a person or by Shopify on the due date; it is frozen",
        )
    elif status.lower() not in OPEN:
        yield Violation(
            code="not_open", message=f"the dispute is {status}: Shopify takes no answer now", facts={"status": status}
        )
    filled = {upload.slot for upload in laid_out.uploads}
    for slot in FILE_SLOTS:
        item = _evidence(dispute).get(slot)
        if slot not in filled and isinstance(item, dict) and not is_ours(item.get("originalFileName")):
            name = str(item.get("originalFileName"))[:100]
            yield Violation(
                code="foreign_file",
                message=f"{name} is attached in Shopify and is no part of this package; remove it there, or add it here, or the bank gets it unapproved",
                subject=slot,
                facts={"filename": name},
            )


def _receipt(proven: bool, case_ref: str, how: str) -> Receipt:
    """``accepted`` only where Shopify itself says that the evidence is submitted."""
    return Receipt(
        state="accepted" if proven else "unknown",
        reference=case_ref,
        at=datetime.now(UTC),
        raw={"submitted": "true" if proven else "not proven", "told_by": how},
    )
