"""The address in an approval's message: signed, once, for one person; it leads to the package, where the decision is made."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from goodstanding.models import User, acting_for
from goodstanding.pipeline import links
from goodstanding.pipeline.refusals import Refusal

from ..scope import signed_in_page


@never_cache
@require_GET
@signed_in_page
def show(request: HttpRequest, token: str) -> HttpResponseBase:
    """Spend the link and go to the package on its case's page; what is wrong with it is said on the way home."""
    try:
        link = links.for_user(token[:200], cast("User", request.user))
        with acting_for(link.merchant_id):
            case = links.spend(link).case
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("home")
    return redirect(f"{reverse('case', args=[link.member.merchant.slug, case.number])}#package")
