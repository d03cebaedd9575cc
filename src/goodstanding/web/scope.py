"""Whose rows a request may see: the membership is looked up first, everything after it runs as that merchant."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse

from goodstanding.models import Member, Merchant, acting_for, signed_in

View = Callable[..., HttpResponseBase]


class MerchantRequest(HttpRequest):
    """A request inside a merchant: ``member`` is who acts, ``memberships`` where else they belong."""

    merchant: Merchant
    member: Member
    memberships: list[Member]


def memberships_of(user_id: int) -> list[Member]:
    """Where a user belongs, by the merchants' names."""
    with signed_in(user_id):
        return list(
            Member.objects.filter(user_id=user_id, left_at__isnull=True)
            .select_related("merchant", "user")
            .order_by("merchant__name", "pk")
        )


def merchant_page(ability: str = "", *, post: str = "") -> Callable[[View], View]:
    """A page under ``/m/<slug>/``: signed in, a member of that merchant, and able to do it.

    ``ability`` is asked for always, ``post`` for everything but looking. The view runs, and its template renders, in one
    transaction that sees only that merchant. A merchant that one does not belong to does not exist: 404.
    """

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def page(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            mine = cast("MerchantRequest", request)
            mine.memberships = memberships_of(cast("int", request.user.pk))
            member = next((item for item in mine.memberships if item.merchant.slug == slug), None)
            if member is None:
                raise Http404
            mine.member, mine.merchant = member, member.merchant
            needed = ability if request.method in ("GET", "HEAD") else post or ability
            if needed and not member.may(needed):
                raise PermissionDenied(needed)
            request.session["merchant"] = slug
            with acting_for(member.merchant_id):
                response = view(mine, *args, **kwargs)
                if isinstance(response, TemplateResponse):
                    response.render()
                return response

        return page

    return decorate


def signed_in_page(view: View) -> View:
    """A page of the person, outside any merchant."""

    @login_required
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        cast("MerchantRequest", request).memberships = memberships_of(cast("int", request.user.pk))
        return view(request, *args, **kwargs)

    return page
