"""The merchant's own settings, and its stores."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goodstanding.audit import record
from goodstanding.audit.kinds import SETTINGS_CHANGED
from goodstanding.models import Merchant
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
    return TemplateResponse(request, "settings/merchant.html", {"form": form}, status=422 if form.errors else 200)


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
