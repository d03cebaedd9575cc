"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _


def interface(request: HttpRequest) -> dict[str, Any]:
    """The member, their merchants, and the sentence that stands under every interpretation and draft."""
    return {
        "member": getattr(request, "member", None),
        "merchant": getattr(request, "merchant", None),
        "memberships": getattr(request, "memberships", ()),
        "disclaimer": _("仅供参考，不构成律师建议"),
    }
