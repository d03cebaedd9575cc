"""Everything that can happen, declared once; and the one call that writes it down."""

from .kinds import KINDS, AuditKind
from .record import record

__all__ = ["KINDS", "AuditKind", "record"]
