"""What adapters and core say to each other. Imports nothing of ours."""

from .bundle import Bundle, Exhibit, Limits, Receipt, Requirement, Violation
from .channel import Channel, Grant, Http, Permission, Submit
from .errors import AdapterError, Refused, Unavailable, Unreadable, Untrusted
from .incoming import Answer, Incoming
from .money import Money, exponent
from .notice import (
    RULINGS,
    STAGES,
    Due,
    Letter,
    Parsed,
    ParsedNotice,
    Party,
    Pointer,
    Reason,
    Reference,
    Ruling,
)
from .notifier import Message, Notifier
from .reader import Reader
from .settings import Setting, setting, settings_of
from .source import PARCEL_STATES, Finding, Ocr, Order, OrderLine, ParcelEvent, ParcelNews, Shipment, Source

__all__ = [
    "PARCEL_STATES", "RULINGS", "STAGES", "AdapterError", "Answer", "Bundle", "Channel", "Due", "Exhibit", "Finding", "Grant", "Http",
    "Incoming", "Letter", "Limits", "Message", "Money", "Notifier", "Ocr", "Order", "OrderLine", "ParcelEvent", "ParcelNews", "Parsed", "ParsedNotice", "Party",
    "Permission", "Pointer", "Reader", "Reason", "Receipt", "Reference", "Refused", "Requirement", "Ruling", "Setting",
    "Shipment", "Source", "Submit", "Unavailable", "Unreadable", "Untrusted", "Violation", "exponent", "setting", "settings_of",
]  # fmt: skip
