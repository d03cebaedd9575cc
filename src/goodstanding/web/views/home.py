"""The way in: to the merchant last worked in, or to a choice of them."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from goodstanding.web.language import COOKIE
from goodstanding.web.scope import MerchantRequest, signed_in_page


@signed_in_page
def home(request: MerchantRequest) -> HttpResponseBase:
    """One membership leads straight to its inbox; several to the last used; none says what to do."""
    slugs = [item.merchant.slug for item in request.memberships]
    last = request.session.get("merchant")
    if last in slugs and "choose" not in request.GET:
        return redirect("inbox", slug=last)
    if len(slugs) == 1:
        return redirect("inbox", slug=slugs[0])
    return render(request, "merchants.html")


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_POST
def language(request: HttpRequest) -> HttpResponseBase:
    """Switch the interface language, for the person or for this browser."""
    chosen = "en" if request.POST.get("language") == "en" else "zh-hans"
    if request.user.is_authenticated:
        user = request.user
        user.language = chosen
        user.save(update_fields=["language"])
    response = redirect(_back(request))
    response.set_cookie(COOKIE, chosen, max_age=365 * 86400, samesite="Lax")
    return response


def _back(request: HttpRequest) -> str:
    """The page that was left, if it is one of ours."""
    came = urlsplit(request.headers.get("Referer", ""))
    path = came.path + (f"?{came.query}" if came.query else "")
    same = came.netloc == request.get_host()
    return path if same and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "/"
