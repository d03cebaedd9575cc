"""Does preflight say the right thing of labelled bundles? Beside it the PyPI package ``disputeguard``, on the codes it knows."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from goodstanding.pipeline.preflight import Target, preflight

from ._options import Options
from ._shares import of, shown

ROOT = Path(__file__).resolve().parents[2]
BUILDER = ROOT / "tests/bundles/build.py"
#: Our kinds of proof by disputeguard's slot; every kind that its description of the slot could mean.
SLOTS = {
    "avs_match": ("avs_match",),
    "cvv_match": ("cvv_match",),
    "customer_history": ("prior_transactions", "account_profile", "recurring_history", "device_ip"),
    "proof_of_delivery": (
        "delivery_full_address", "signature_pod", "pickup_ack", "tracking_partial", "digital_download", "usage_log",
    ),
    "customer_communication": ("customer_comm",),
    "listing_evidence": ("product_page", "order_record"),
    "policy_disclosure": ("policy_disclosed", "refund_policy"),
    "refund_evidence": ("refund_proof",),
    "transaction_distinction": ("distinct_orders",),
    "cancellation_evidence": ("no_cancel_request", "no_return", "refund_proof"),
}  # fmt: skip
#: What must be found for a label to have been seen and not guessed; beginnings of codes. Missing proof is in the checklist.
CAUSES = {
    "contradictory": ("agreement.", "reply.unproven", "reply.no_such_exhibit"),
    "wrong_city": ("agreement.city", "agreement.postcode"),
    "wrong_date_order": ("agreement.date",),
    "placeholder": ("reply.placeholder", "agreement.harm.placeholder"),
    "wrong_order": ("agreement.order_number",),
    "oversized": ("file.too_large", "package.too_large"),
    "too_many_pages": ("package.too_many_pages",),
    "wrong_language": ("reply.language",),
    "empty": ("package.no_exhibits", "reply.empty"),
}
_FAR = "2099-01-01"


@dataclass(frozen=True)
class Verdict:
    """What was said of one bundle. ``peer`` is disputeguard's word, "" for a code that it does not know."""

    bundle: Any
    passes: bool
    codes: tuple[str, ...]
    missing: tuple[str, ...]
    noted: bool
    peer: str = ""
    broke: str = ""

    @property
    def right(self) -> bool:
        if self.bundle.verdict == "strong":
            return self.passes
        if self.bundle.verdict == "weak":
            return not self.passes or self.noted
        return not self.passes and not self.broke

    @property
    def seen(self) -> bool:
        """Was it held back for what is wrong with it?"""
        if self.bundle.verdict == "missing_required":
            return bool(self.missing)
        fatal = [code for code in self.codes if code.endswith("(fatal)")]
        return any(code.startswith(CAUSES[self.bundle.verdict]) for code in fatal)

    @property
    def peer_passes(self) -> bool:
        """It calls nothing "ready" without a language model; "weak" is its best word then, and counts as passed."""
        return self.peer in ("ready", "weak")

    @property
    def peer_right(self) -> bool:
        if self.bundle.verdict == "weak":
            return True  # it never says "ready" without a model, so it warns of each
        return self.peer_passes == (self.bundle.verdict == "strong")


def builder() -> Any:
    """``tests/bundles/build.py`` as a module; tests are no package."""
    name = "bundles_build"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, BUILDER)
        if spec is None or spec.loader is None:
            raise SystemExit(f"{BUILDER} is missing: run this from a whole clone of the repository")
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


def judge(bundle: Any) -> Verdict:
    peer = _peer(bundle)
    try:
        done = preflight(bundle.package(), Target.of(bundle.target))
    except Exception as error:  # noqa: BLE001 - a crash is a figure too, and is printed
        return Verdict(
            bundle=bundle, passes=False, codes=(), missing=(), noted=False, peer=peer, broke=type(error).__name__
        )
    codes = tuple(dict.fromkeys(f"{item.code} ({item.grade})" for item in done.violations))
    missing = tuple(item.evidence for item in done.checklist.missing if item.need != "helpful")
    return Verdict(bundle, done.passes, codes, missing, bool(codes), peer)


def _peer(bundle: Any) -> str:
    """disputeguard's verdict, as it comes: rules alone, since no model is asked on either side."""
    try:
        from disputeguard import UnsupportedReasonCodeError, check_evidence
    except ImportError:
        return ""
    if bundle.network != "visa":
        return ""
    slots = {
        slot: "\n".join(text for kind, text in bundle.exhibits if kind in kinds).strip()
        for slot, kinds in SLOTS.items()
    }
    try:
        return str(check_evidence(reason_code=bundle.code, deadline=_FAR, evidence=slots).verdict)
    except UnsupportedReasonCodeError:
        return ""


def measure(options: Options) -> dict[str, Any]:
    bundles = builder().load()
    options.say(f"checking {len(bundles)} packages …")
    everything = [judge(bundle) for bundle in bundles]
    shared = [item for item in everything if item.peer]
    return {
        "n": len(everything),
        "all": _figures(everything),
        "networks": dict(Counter(item.bundle.network for item in everything)),
        "by_network": {
            network: of(item.right for item in everything if item.bundle.network == network)
            for network in dict.fromkeys(item.bundle.network for item in everything)
        },
        "peer": {
            "there": bool(shared),
            "n": len(shared),
            "codes": sorted({item.bundle.code for item in shared}),
            "ours": _figures(shared),
            "theirs": _peer_figures(shared),
        },
        "crashed": [f"{item.bundle.id}: {item.broke}" for item in everything if item.broke],
        "errors": [
            {
                "id": item.bundle.id, "verdict": item.bundle.verdict, "passes": item.passes, "codes": item.codes,
                "missing": item.missing,
            }
            for item in everything
            if not item.right or (item.bundle.verdict not in ("strong", "weak") and not item.seen)
        ],
    }  # fmt: skip


def _figures(some: list[Verdict]) -> dict[str, Any]:
    return {
        "accuracy": of(item.right for item in some),
        "strong_blocked": of(not item.passes for item in some if item.bundle.verdict == "strong"),
        "faulty_passed": of(item.passes for item in some if item.bundle.verdict not in ("strong", "weak")),
        "held_back_for_its_fault": of(item.seen for item in some if item.bundle.verdict not in ("strong", "weak")),
        "by_verdict": {
            verdict: of(item.right for item in some if item.bundle.verdict == verdict)
            for verdict in builder().VERDICTS
        },
    }  # fmt: skip


def _peer_figures(some: list[Verdict]) -> dict[str, Any]:
    return {
        "accuracy": of(item.peer_right for item in some),
        "strong_blocked": of(not item.peer_passes for item in some if item.bundle.verdict == "strong"),
        "faulty_passed": of(item.peer_passes for item in some if item.bundle.verdict not in ("strong", "weak")),
        "by_verdict": {
            verdict: of(item.peer_right for item in some if item.bundle.verdict == verdict)
            for verdict in builder().VERDICTS
        },
    }  # fmt: skip


def tables(figures: dict[str, Any], options: Options) -> Iterable[Table]:
    yield _verdicts(figures)
    yield _networks(figures)
    if options.errors:
        yield _errors(figures["errors"])


def _verdicts(figures: dict[str, Any]) -> Table:
    peer = figures["peer"]
    names = ", ".join(peer["codes"])
    title = f"Preflight of {figures['n']} labelled bundles; the last two columns are those of Visa {names} (n = {peer['n']})"
    table = Table(title=title if peer["there"] else "DISPUTEGUARD SKIPPED: not installed", title_justify="left")
    for head in ("label", "all: right", "same codes: goodstanding", "same codes: disputeguard, rules alone"):
        table.add_column(head)
    for verdict in figures["all"]["by_verdict"]:
        table.add_row(verdict, *(shown(part["by_verdict"][verdict]) for part in _columns(figures)))
    table.add_section()
    for name, key in (
        ("all right", "accuracy"), ("strong ones blocked", "strong_blocked"), ("faulty ones passed", "faulty_passed"),
    ):  # fmt: skip
        table.add_row(name, *(shown(part[key]) for part in _columns(figures)))
    held = [shown(part["held_back_for_its_fault"]) for part in _columns(figures)[:2]]
    table.add_row("held back for its own fault", *held, "not told")
    table.add_row("crashed", ", ".join(figures["crashed"]) or "0", "", "")
    return table


def _columns(figures: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return figures["all"], figures["peer"]["ours"], figures["peer"]["theirs"]


def _networks(figures: dict[str, Any]) -> Table:
    table = Table(title="By network", title_justify="left", show_header=False)
    for network, value in figures["by_network"].items():
        table.add_row(network, shown(value))
    return table


def _errors(errors: list[dict[str, Any]]) -> Table:
    table = Table(title="Bundles judged wrongly", title_justify="left")
    for head in ("id", "label", "passes", "violations", "missing"):
        table.add_column(head)
    for item in errors:
        table.add_row(
            item["id"], item["verdict"], "yes" if item["passes"] else "", "; ".join(item["codes"]), ", ".join(item["missing"])
        )  # fmt: skip
    return table
