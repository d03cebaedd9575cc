"""A member's own calendar feed and absences; and the feed itself, which its secret address opens."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from goodstanding.models import Absence
from goodstanding.pipeline import absences, calendar
from goodstanding.pipeline.refusals import Refusal
from goodstanding.queries.own import deputies_of, own_page
from goodstanding.web.forms.own import AbsenceForm
from goodstanding.web.scope import MerchantRequest, merchant_page


@require_GET
@merchant_page()
def show(request: MerchantRequest) -> HttpResponseBase:
    return _page(request, AbsenceForm(deputies_of(request.member)))


@require_POST
@merchant_page()
def subscribe(request: MerchantRequest) -> HttpResponseBase:
    """A fresh address, shown on this answer only; the older one ends."""
    address = request.build_absolute_uri(calendar.open(request.member))
    answer = _page(request, AbsenceForm(deputies_of(request.member)), address=address)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@merchant_page()
def unsubscribe(request: MerchantRequest) -> HttpResponseBase:
    calendar.revoke(request.member)
    messages.success(request, _("订阅地址已失效。"))
    return redirect("own", request.merchant.slug)


@require_POST
@merchant_page()
def away(request: MerchantRequest) -> HttpResponseBase:
    form = AbsenceForm(deputies_of(request.member), request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            absences.set(request.member, data["starts_at"], data["ends_at"], form.chosen(), by=request.member)
            messages.success(request, _("已登记。"))
            return redirect("own", request.merchant.slug)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return _page(request, form, status=422)


@require_POST
@merchant_page()
def back(request: MerchantRequest, pk: int) -> HttpResponseBase:
    """Not away after all."""
    if pk >= 2**63:
        raise Http404
    rows = Absence.objects.filter(merchant=request.merchant, member=request.member)
    absences.remove(get_object_or_404(rows.select_related("member__user"), pk=pk), by=request.member)
    messages.success(request, _("已取消。"))
    return redirect("own", request.merchant.slug)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """The calendar behind a secret address: no sign-in, since calendar programs cannot."""
    found = calendar.feed(token)
    if found is None:
        raise Http404
    answer = HttpResponse(found, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Disposition"] = 'inline; filename="goodstanding.ics"'
    return answer


def _page(request: MerchantRequest, form: AbsenceForm, *, address: str = "", status: int = 200) -> TemplateResponse:
    context = {"page": own_page(request.member, timezone.now()), "form": form, "address": address}
    return TemplateResponse(request, "own.html", context, status=status)
