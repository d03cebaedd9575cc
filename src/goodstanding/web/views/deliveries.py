"""What came through the door and was not believed, and what could not be read."""

from __future__ import annotations

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from goodstanding.models import Delivery
from goodstanding.queries.deliveries import TABS, deliveries, refusal_codes
from goodstanding.queries.original import original
from goodstanding.web.scope import MerchantRequest, merchant_page

from .evidence import sent


@require_GET
@merchant_page()
def index(request: MerchantRequest) -> HttpResponseBase:
    tab = request.GET.get("tab", TABS[0])
    page = deliveries(request.merchant, tab if tab in TABS else TABS[0], request.GET.get("before", ""))
    return TemplateResponse(request, "deliveries.html", {"page": page})


@require_GET
@merchant_page()
def show(request: MerchantRequest, pk: int) -> HttpResponseBase:
    delivery = _of(request, pk)
    notice = delivery.notices.select_related("case").first()
    context = {
        "delivery": delivery,
        "notice": notice,
        "item": original(delivery, notice),
        "steps": delivery.steps.all(),
        "code": refusal_codes(request.merchant, [pk]).get(pk, ""),
    }
    return TemplateResponse(request, "delivery.html", context)


@require_GET
@merchant_page()
def body(request: MerchantRequest, pk: int) -> HttpResponseBase:
    """The bytes, as they came; never shown as a page."""
    delivery = _of(request, pk)
    name = delivery.filename or f"delivery-{delivery.pk}.{'eml' if delivery.origin == 'mail' else 'txt'}"
    return sent(bytes(delivery.body), "application/octet-stream", name, inline=False)


def _of(request: MerchantRequest, pk: int) -> Delivery:
    if pk >= 2**63:
        raise Http404
    return get_object_or_404(Delivery.objects.filter(merchant=request.merchant).select_related("connection"), pk=pk)
