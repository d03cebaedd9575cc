"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from goodstanding.models import Member
from goodstanding.web.scope import memberships_of


def interface(request: HttpRequest) -> dict[str, Any]:
    """The member, their merchants, and the sentence that stands under every interpretation and draft."""
    memberships = getattr(request, "memberships", None)
    if memberships is None:
        memberships = _of_the_person(request)
    return {
        "member": getattr(request, "member", None),
        "merchant": getattr(request, "merchant", None),
        "memberships": memberships,
        "disclaimer": _("仅供参考，不构成律师建议"),
    }


def _of_the_person(request: HttpRequest) -> list[Member]:
    """The ways back from the account's own pages, which know no merchant."""
    user = getattr(request, "user", None)
    if not request.path.startswith("/accounts/") or user is None or user.pk is None:
        return []
    return memberships_of(user.pk)
