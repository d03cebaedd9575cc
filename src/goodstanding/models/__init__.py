"""Tables, one noun a file: invariants and querysets, no outside world."""

from .audit_event import AuditEvent
from .capture import Capture, Parcel
from .case import Case, Waiting
from .connection import Connection, PluginType
from .correction import Correction
from .deadline import Deadline
from .decision import Decision, Overlay
from .delivery import Delivery, ProcessingStep, Trust
from .evidence import Evidence
from .file import File
from .interpretation import Interpretation
from .member import ABILITIES, Invitation, Member, Role, digest_of
from .merchant import Merchant
from .notice import Notice
from .notification import Absence, Link, Notification
from .order import ColumnMapping, Order, OrderReference
from .package import Approval, Outcome, Package, Submission
from .reply import Reply
from .rule import Rule
from .sealed import SealBroken, seal, unseal
from .service import ExchangeRate, Pause, ServiceLevel
from .store import Store
from .tenancy import OfMerchant, acting_for, as_clock, at_the_door, holding_invitation, signed_in
from .translation import Translation
from .user import User

__all__ = [
    "ABILITIES", "Absence", "Approval", "AuditEvent", "Capture", "Case", "ColumnMapping", "Connection", "Correction",
    "Deadline", "Decision", "Delivery", "Evidence", "ExchangeRate", "File", "Interpretation", "Invitation", "Link",
    "Member", "Merchant", "Notice", "Notification", "OfMerchant", "Order", "OrderReference", "Outcome", "Overlay",
    "Package", "Parcel", "Pause", "PluginType", "ProcessingStep", "Reply", "Role", "Rule", "SealBroken",
    "ServiceLevel", "Store", "Submission", "Translation", "Trust", "User", "Waiting", "acting_for", "as_clock", "at_the_door",
    "digest_of", "holding_invitation", "seal", "signed_in", "unseal",
]  # fmt: skip
