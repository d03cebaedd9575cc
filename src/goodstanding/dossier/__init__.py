"""What a case holds, as values: its facts with their sources, checklist, contradictions, deadlines.

Read from rows and knowledge, decided by reckoning; changes nothing. The verbs act on it, the pages show it.
"""

from .checks import Finding, checklist, contradictions, held
from .clocks import clocks
from .facts import case_facts, exhibit_labels, ledger, order_of

__all__ = [
    "Finding",
    "case_facts",
    "checklist",
    "clocks",
    "contradictions",
    "exhibit_labels",
    "held",
    "ledger",
    "order_of",
]
