"""Answering a dispute: what Acme accepts as proof, a dry run, and the act of handing over."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from goodstanding.contract import Bundle, Http, Receipt, Reference, Refused, Requirement, Unavailable, Violation

from .config import Config
from .read import call

#: Acme's evidence slots and the proof of ours that fits.
SLOTS = {
    "delivery": ("ev.delivery_full_address", "ev.signature_pod"),
    "refund": ("ev.refund_proof",),
    "communication": ("ev.customer_comm",),
    "other": (),
}


def requirements(reference: Reference, config: Config, http: Http) -> Iterable[Requirement]:
    """What this dispute accepts, in Acme's codes."""
    wanted = call(config, http, "GET", f"/disputes/{reference.value}/requirements")
    for item in wanted.get("requirements", []):
        code = str(item.get("slot", ""))
        yield Requirement(
            code=code, need="required" if item.get("required") is True else "helpful", evidence=SLOTS.get(code, ())
        )


def rehearse(bundle: Bundle, config: Config, http: Http) -> Iterable[Violation]:
    """Ask Acme to check the package without taking it."""
    checked = call(config, http, "POST", f"/disputes/{bundle.case_ref}/evidence?dry_run=true", json=_body(bundle))
    for problem in checked.get("problems", []):
        yield Violation(code=str(problem.get("code", "")), message=str(problem.get("message", "")))


def submit(bundle: Bundle, config: Config, http: Http) -> Receipt:
    """Hand the package over, once. Where the answer is lost the receipt is ``unknown``: ask before trying again."""
    if not config.api_key:
        raise Refused(
            "this connection has no key; download the package and upload it in Acme's back office", code="no_key"
        )
    try:
        taken = call(
            config,
            http,
            "POST",
            f"/disputes/{bundle.case_ref}/evidence",
            json=_body(bundle) | {"idempotency_key": bundle.digest},
        )
    except Unavailable as error:
        if error.code == "busy":
            raise
        return Receipt(state="unknown", raw={"error": str(error)})
    # HTTP 200 alone proves nothing.
    if taken.get("accepted") is not True:
        raise Refused(f"Acme did not take the package: {str(taken.get('message', ''))[:200]}", code="not_accepted")
    return Receipt(state="accepted", reference=str(taken.get("receipt", "")))


def _body(bundle: Bundle) -> dict[str, object]:
    return {
        "text": bundle.reply_text,
        "files": [
            {
                "slot": next((slot for slot, kinds in SLOTS.items() if exhibit.kind in kinds), "other"),
                "name": exhibit.filename,
                "type": exhibit.media_type,
                "content": base64.b64encode(exhibit.content).decode(),
            }
            for exhibit in bundle.exhibits
        ],
    }
