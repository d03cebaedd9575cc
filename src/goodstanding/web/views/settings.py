"""The merchant's own settings, and its stores."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goodstanding.audit import record
from goodstanding.audit.kinds import CORRECTIONS_EXPORTED, SETTINGS_CHANGED
from goodstanding.models import Merchant
from goodstanding.queries.corrections import examples
from goodstanding.web.forms.fields import posted
from goodstanding.web.forms.settings import MerchantForm, StoreForm
from goodstanding.web.scope import MerchantRequest, merchant_page


@require_http_methods(["GET", "POST"])
@merchant_page(post="manage")
def merchant(request: MerchantRequest) -> HttpResponseBase:
    own = Merchant.objects.get(pk=request.merchant.pk)
    form = MerchantForm(posted(request)[0], instance=own)
    if request.method == "POST" and form.is_valid():
        form.save()
        if form.changed_data:
            fields = ", ".join(str(form[name].label) for name in form.changed_data)
            record(SETTINGS_CHANGED, own, actor=request.member, fields=fields)
        messages.success(request, _("设置已保存"))
        return redirect("settings", own.slug)
    context = {"form": form, "corrections": own.corrections.count()}
    return TemplateResponse(request, "settings/merchant.html", context, status=422 if form.errors else 200)


@require_POST
@merchant_page("manage")
def corrections(request: MerchantRequest) -> HttpResponseBase:
    """What people set right, one JSON object a line."""
    rows = [json.dumps(row, ensure_ascii=False) for row in examples(request.merchant)]
    record(CORRECTIONS_EXPORTED, request.merchant, actor=request.member, count=len(rows))
    response = HttpResponse("".join(f"{row}\n" for row in rows), content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="corrections-{request.merchant.slug}.jsonl"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@merchant_page(post="manage")
def stores(request: MerchantRequest) -> HttpResponseBase:
    form = StoreForm(posted(request)[0])
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        made.merchant = request.merchant
        made.save()
        record(SETTINGS_CHANGED, request.merchant, actor=request.member, fields=f"{_('店铺')} {made.name}")
        messages.success(request, _("店铺已添加"))
        return redirect("stores", request.merchant.slug)
    context = {"form": form, "stores": request.merchant.stores.order_by("pk")}
    return TemplateResponse(request, "settings/stores.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@merchant_page(post="manage")
def store(request: MerchantRequest, pk: int) -> HttpResponseBase:
    if pk >= 2**63:
        raise Http404
    own = get_object_or_404(request.merchant.stores, pk=pk)
    form = StoreForm(posted(request)[0], instance=own)
    if request.method == "POST" and form.is_valid():
        form.save()
        record(SETTINGS_CHANGED, request.merchant, actor=request.member, fields=f"{_('店铺')} {own.name}")
        messages.success(request, _("店铺已保存"))
        return redirect("stores", request.merchant.slug)
    context = {"form": form, "store": own}
    return TemplateResponse(request, "settings/store.html", context, status=422 if form.errors else 200)
