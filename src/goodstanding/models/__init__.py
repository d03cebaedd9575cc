"""Tables, one noun a file: invariants and querysets, no outside world."""

from .audit_event import AuditEvent
from .case import Case, Waiting
from .connection import Connection, PluginType
from .correction import Correction
from .deadline import Deadline
from .delivery import Delivery, ProcessingStep, Trust
from .evidence import Evidence
from .file import File
from .interpretation import Interpretation
from .member import ABILITIES, Invitation, Member, Role, digest_of
from .merchant import Merchant
from .notice import Notice
from .order import ColumnMapping, Order, OrderReference
from .package import Approval, Outcome, Package, Submission
from .reply import Reply
from .rule import Rule
from .sealed import SealBroken, seal, unseal
from .store import Store
from .tenancy import OfMerchant, acting_for, as_clock, at_the_door, holding_invitation, signed_in
from .user import User

__all__ = [
    "ABILITIES", "Approval", "AuditEvent", "Case", "ColumnMapping", "Connection", "Correction", "Deadline", "Delivery",
    "Evidence", "File", "Interpretation", "Invitation", "Member", "Merchant", "Notice", "OfMerchant", "Order",
    "OrderReference", "Outcome", "Package", "PluginType", "ProcessingStep", "Reply", "Role", "Rule", "SealBroken", "Store",
    "Submission", "Trust", "User", "Waiting", "acting_for", "as_clock", "at_the_door", "digest_of", "holding_invitation",
    "seal", "signed_in", "unseal",
]  # fmt: skip
