"""What is known of networks, gateways, senders and laws, and how notices are answered: dated, cited, read from files.

``python -m goodstanding.knowledge`` checks every file.
"""

from .fact import Fact, Unconfirmed, fact, is_confirmed
from .load import KnowledgeError, load, version
from .lookup import (
    checklist_items,
    code_group,
    cooling_off,
    evidence,
    family,
    family_of,
    kind,
    obligations,
    playbook_for,
    programme,
    reason,
    record,
    response_days,
    rule_version,
    sender_for_domain,
)
from .store import Knowledge, PlaybookFiles, knowledge

__all__ = [
    "Fact", "Knowledge", "KnowledgeError", "PlaybookFiles", "Unconfirmed", "checklist_items", "code_group", "cooling_off", "evidence",
    "fact", "family", "family_of", "is_confirmed", "kind", "knowledge", "load", "obligations", "playbook_for", "programme", "reason",
    "record", "response_days", "rule_version", "sender_for_domain", "version",
]  # fmt: skip
