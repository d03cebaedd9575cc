"""The checklist: what counts as complete, merged with what the recipient asks for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.contract import Requirement
from goodstanding.reckoning.checklist import NEEDS, Count, Held, Need, checklist

NEEDED = [
    Need(evidence="ev.order_record", need="required", label="订单记录", source="visa.13.1"),
    Need(evidence="ev.signature_pod", need="any_of", label="签收证明"),
    Need(evidence="ev.delivery_full_address", need="any_of", label="妥投证明"),
    Need(evidence="ev.customer_comm", need="helpful", label="沟通记录"),
    Need(evidence="ev.avs_match", need="required", networks=("mastercard",)),
    Need(evidence="ev.timeline", need="helpful", stages=("pre_arbitration",)),
]
VISA = {"network": "visa", "reason": "13.1", "stage": "dispute", "channel": "adyen"}


def states(found):
    return {item.evidence: item.state for item in found.items}


def test_states_and_counts():
    found = checklist(NEEDED, [Held(id="A", kind="ev.signature_pod")], **VISA)
    assert states(found) == {
        "ev.order_record": "missing",
        "ev.signature_pod": "present",
        "ev.delivery_full_address": "alternative",
        "ev.customer_comm": "missing",
    }
    assert not found.complete
    assert (found.required, found.any_of, found.helpful) == (
        Count(met=0, total=1),
        Count(met=1, total=1),
        Count(met=0, total=1),
    )
    assert checklist(
        NEEDED, [Held(id="A", kind="ev.signature_pod"), Held(id="B", kind="ev.order_record")], **VISA
    ).complete


def test_an_unknown_network_leaves_nothing_out():
    assert "ev.avs_match" in states(checklist(NEEDED, []))


def test_unusable_proof_does_not_count_and_is_named():
    found = checklist(NEEDED, [Held(id="A", kind="ev.order_record", sound=False)], **VISA)
    assert states(found)["ev.order_record"] == "missing"
    assert found.unusable == ("A",)


def test_the_recipients_own_demands_are_merged():
    demands = [
        Requirement(code="DefenseMaterial", need="required", evidence=("ev.customer_comm",), label="Chat"),
        Requirement(code="AlternativeDoc", need="required", evidence=("ev.pickup_ack", "ev.tracking_partial")),
        Requirement(code="Mystery", need="required"),
    ]
    found = checklist(NEEDED, [Held(id="P", kind="ev.pickup_ack")], requirements=demands, **VISA)
    items = {item.evidence: item for item in found.items}
    assert (items["ev.customer_comm"].need, items["ev.customer_comm"].code) == ("required", "DefenseMaterial")
    assert items["ev.tracking_partial"].state == "alternative"
    assert (items["adyen:Mystery"].state, items["adyen:Mystery"].need) == ("missing", "required")


def test_the_last_moment_to_make_it_stands_beside_what_is_missing_only():
    when = datetime(2026, 11, 20, tzinfo=UTC)
    moments = {"ev.signature_pod": when, "ev.order_record": when}
    found = checklist(NEEDED, [Held(id="B", kind="ev.order_record")], make_by=moments, **VISA)
    assert {item.evidence: item.make_by for item in found.items if item.make_by} == {"ev.signature_pod": when}


def test_an_unknown_need_is_refused():
    with pytest.raises(ValueError, match="urgent"):
        checklist([Need(evidence="x", need="urgent")], [])


kinds = st.sampled_from([f"ev.{letter}" for letter in "abcdef"])
needs = st.lists(
    st.builds(Need, evidence=kinds, need=st.sampled_from(NEEDS), group=st.sampled_from(["", "g"])), max_size=8
)
demands = st.lists(
    st.builds(
        Requirement,
        code=st.sampled_from("XYZ"),
        need=st.sampled_from(NEEDS),
        evidence=st.lists(kinds, max_size=2).map(tuple),
    ),
    max_size=4,
)


@settings(max_examples=500, deadline=None)
@given(needs, demands, st.lists(kinds, max_size=6), kinds)
def test_more_proof_never_makes_a_checklist_worse_and_all_of_it_completes_what_we_know(wanted, asked, have, more):
    before = checklist(wanted, [Held(id=kind, kind=kind) for kind in have], requirements=asked, channel="c")
    after = checklist(wanted, [Held(id=kind, kind=kind) for kind in [*have, more]], requirements=asked, channel="c")
    assert len(after.missing) <= len(before.missing)
    assert after.complete or not before.complete
    every = [Held(id=f"ev.{letter}", kind=f"ev.{letter}") for letter in "abcdef"]
    full = checklist(wanted, every, requirements=asked, channel="c")
    assert all(item.evidence.startswith("c:") for item in full.missing)
