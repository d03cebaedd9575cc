"""The shapes of the knowledge files: what a record may say, and in which words."""

from .common import Confirmation, Named, Record, SourceNote, Text
from .evidence import EvidenceItem, EvidenceRecord, FileRule, Retention, WritingRule
from .gateways import GatewayCodes, GatewayNote, GatewayProfile, GatewayReason, GatewayRecord
from .kinds import FactKey, Family, Kind, ReasonCategory, Unfamilied
from .law import CoolingOff, Obligation
from .playbooks import ExhibitNeed, Playbook, Question
from .programmes import MailRule, Programme, ProgrammeRecord
from .reasons import CodeGroup, EvidenceNeed, Flow, NetworkRecord, NetworkRule, ReasonCode
from .senders import Sender, SenderRecord

__all__ = [
    "CodeGroup", "Confirmation", "CoolingOff", "EvidenceItem", "EvidenceNeed", "EvidenceRecord", "ExhibitNeed", "FactKey",
    "Family", "FileRule", "Flow", "GatewayCodes", "GatewayNote", "GatewayProfile", "GatewayReason", "GatewayRecord", "Kind",
    "MailRule", "Named", "NetworkRecord", "NetworkRule", "Obligation", "Playbook", "Programme", "ProgrammeRecord", "Question",
    "ReasonCategory", "ReasonCode", "Record", "Retention", "Sender", "SenderRecord", "SourceNote", "Text", "Unfamilied",
    "WritingRule",
]  # fmt: skip
