"""What a dispute accepts as proof, a check of the package against it, and the defence itself.

Nothing here accepts a dispute (``acceptDispute``).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from goodstanding.contract import (
    Bundle,
    Http,
    Receipt,
    Reference,
    Refused,
    Requirement,
    Unavailable,
    Unreadable,
    Violation,
)

from .api import dispute_call
from .config import Config
from .documents import ANY_PROOF, EVIDENCE, Defence, Document, chosen, defences, plan, violations

_ID = re.compile(r"[A-Za-z0-9]{1,64}")
#: Failures after which the final request may have been carried out all the same.
_MAYBE_DONE = ("timeout", "unreachable", "unreadable_answer")


def requirements(reference: Reference, config: Config, http: Http) -> Iterable[Requirement]:
    """The document types of all defence reasons that Adyen offers for this dispute, merged.

    The reasons are alternatives: a type is ``required`` only where every reason requires it, ``any_of`` where some do. A
    type that none of our kinds stands for is filled by the whole document, so any proof will do.
    """
    offered = _offered(reference.value, config, http)
    codes = dict.fromkeys(wanted.code for defence in offered for wanted in defence.documents)
    return [_merged(code, offered) for code in codes]


def rehearse(bundle: Bundle, config: Config, http: Http) -> Iterable[Violation]:
    """Check the package against what Adyen asks for this dispute now. Adyen has no dry run: nothing is supplied."""
    defence = chosen(bundle, _offered(bundle.case_ref, config, http))
    if isinstance(defence, Violation):
        return [defence]
    return list(violations(bundle, defence, plan(bundle, defence)))


def submit(bundle: Bundle, config: Config, http: Http) -> Receipt:
    """Supply the documents, see that they suffice, and send the defence. Final: Adyen takes one for each stage.

    Documents that lie there already, of an older package or put in by hand, are removed first: Adyen refuses documents
    under several reasons, and what goes out is what was approved. ``unknown`` where the last answer was lost: Adyen has
    no call that tells how a dispute stands; its ``INFORMATION_SUPPLIED`` webhook does.
    """
    offered = _offered(bundle.case_ref, config, http)
    defence = chosen(bundle, offered)
    if isinstance(defence, Violation):
        raise Refused(defence.message, code=defence.code)
    files = plan(bundle, defence)
    for violation in violations(bundle, defence, files):
        raise Refused(violation.message, code=violation.code)
    _clear(bundle, offered, config, http)
    _supply(bundle, files, config, http)
    _satisfied(bundle, defence, config, http)
    return _defend(bundle, defence, config, http)


def _offered(case_ref: str, config: Config, http: Http) -> list[Defence]:
    if not _ID.fullmatch(case_ref):
        raise Refused(f"{case_ref[:60]!r} is no Adyen dispute reference", code="bad_identifier")
    answer = dispute_call("retrieveApplicableDefenseReasons", case_ref, {}, config, http)
    try:
        return defences(answer)
    except Unreadable as error:
        raise Unavailable(f"Adyen's defence reasons are not understood: {error}", code="unreadable_answer") from None


def _merged(code: str, offered: list[Defence]) -> Requirement:
    levels = {defence.code: wanted.level for defence in offered for wanted in defence.documents if wanted.code == code}
    demanded = [level in ("Required", "AlternativeRequired") for level in levels.values()]
    if all(demanded) and len(levels) == len(offered):
        need = "required"
    elif any(demanded) or "OneOrMore" in levels.values():
        need = "any_of"
    else:
        need = "helpful"
    label = "; ".join(f"{reason}: {level or '?'}" for reason, level in levels.items())
    return Requirement(code=code, need=need, evidence=EVIDENCE.get(code, ANY_PROOF), label=label)


def _clear(bundle: Bundle, offered: list[Defence], config: Config, http: Http) -> None:
    there = dict.fromkeys(wanted.code for defence in offered for wanted in defence.documents if wanted.there)
    for code in there:
        values = {"defenseDocumentType": code}
        dispute_call("deleteDisputeDefenseDocument", bundle.case_ref, values, config, http)


def _supply(bundle: Bundle, files: tuple[Document, ...], config: Config, http: Http) -> None:
    documents = [
        {
            "content": base64.b64encode(file.content).decode(),
            "contentType": file.media_type,
            "defenseDocumentTypeCode": file.type,
        }
        for file in files
    ]
    dispute_call("supplyDefenseDocument", bundle.case_ref, {"defenseDocuments": documents}, config, http)


def _satisfied(bundle: Bundle, defence: Defence, config: Config, http: Http) -> None:
    """Ask again: only what Adyen itself says that it holds is sent on."""
    now = next((item for item in _offered(bundle.case_ref, config, http) if item.code == defence.code), None)
    demanded = [item.code for item in defence.documents if item.level in ("Required", "AlternativeRequired")]
    held = {item.code for item in now.documents if item.there} if now else set()
    absent = [code for code in demanded if code not in held]
    if now is None or absent:
        raise Refused(
            f"Adyen does not show {', '.join(absent) or defence.code} after the upload; nothing was sent to the bank, check the case in Adyen",
            code="not_satisfied",
        )


def _defend(bundle: Bundle, defence: Defence, config: Config, http: Http) -> Receipt:
    raw = {"defense_reason": defence.code}
    once = "goodstanding-" + hashlib.sha256(f"{bundle.case_ref}:{bundle.digest}".encode(errors="replace")).hexdigest()
    try:
        dispute_call("defendDispute", bundle.case_ref, {"defenseReasonCode": defence.code}, config, http, once=once)
    except Unavailable as trouble:
        if trouble.code not in _MAYBE_DONE and not trouble.code.startswith("http_5"):
            raise
        return Receipt(state="unknown", reference=bundle.case_ref, raw={**raw, "error": str(trouble)[:200]})
    return Receipt(state="accepted", reference=bundle.case_ref, at=datetime.now(UTC), raw=raw)
