"""The inbox."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from goodstanding.models import Waiting
from goodstanding.queries.inbox import ALL, TABS, Filters, inbox
from goodstanding.web import labels
from goodstanding.web.assignment import hand_over
from goodstanding.web.forms.fields import numbers_in
from goodstanding.web.scope import MerchantRequest, merchant_page


@require_GET
@merchant_page()
def show(request: MerchantRequest) -> HttpResponseBase:
    filters = Filters.of(request.GET.dict())
    page = inbox(request.merchant, request.member, filters)
    words = {**{item.value: item.label for item in Waiting}, ALL: _("全部"), "open": _("未结")}
    context = {
        "page": page,
        "filters": filters,
        "tabs": [(name, words[name], page.counts.get(name, 0)) for name in TABS],
        "kinds": labels.kind_choices(),
        "families": labels.family_choices(),
    }
    template = "parts/inbox_rows.html" if "rows" in request.GET and request.headers.get("HX-Request") else "inbox.html"
    return TemplateResponse(request, template, context)


@require_POST
@merchant_page("work")
def assign(request: MerchantRequest) -> HttpResponseBase:
    """Hand several cases to a member, or to nobody."""
    owner = None
    if given := request.POST.get("owner", ""):
        members = request.merchant.members.filter(left_at__isnull=True)
        owner = get_object_or_404(members, pk=int(given)) if given.isdecimal() and len(given) < 18 else None
    cases = request.merchant.cases.filter(number__in=numbers_in(request.POST.getlist("case")))
    count = sum(hand_over(case, request.member, owner) for case in cases.select_related("owner__user"))
    messages.success(
        request, ngettext("已更新 %(n)d 个案件的负责人", "已更新 %(n)d 个案件的负责人", count) % {"n": count}
    )
    return redirect(_back(request))


def _back(request: MerchantRequest) -> str:
    from django.urls import reverse

    query = request.POST.get("back", "")
    return reverse("inbox", args=[request.merchant.slug]) + (query if query.startswith("?") else "")
