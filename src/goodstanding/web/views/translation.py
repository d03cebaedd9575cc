"""The optional outside model: its settings, and a person's yes to one notice."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goodstanding.models import Merchant
from goodstanding.pipeline import llm
from goodstanding.pipeline.refusals import Refusal
from goodstanding.queries.case import CasePage, case_page
from goodstanding.web.forms.fields import posted
from goodstanding.web.forms.translation import TranslationForm
from goodstanding.web.scope import MerchantRequest, merchant_page

#: Suggestions that the correction form has a field for, by the form's own names.
TAKEN = ("reason_code", "network", "amount", "currency", "order_id", "complainant")


def panel(merchant: Merchant, page: CasePage) -> dict[str, Any]:
    """What the case page says about the outside model: off, to be asked, asked, or answered."""
    if page.letter is None:
        return {"previews": (), "translation_on": False}
    config = llm.config_for(merchant.pk)
    return {"previews": llm.previews(page.letter, config), "translation_on": config.enabled}


def taken(page: CasePage, wanted: str) -> dict[str, str]:
    """Values of the suggestions, to fill the correction form with; a person still looks and confirms."""
    if page.translation is None or wanted != str(page.translation.pk):
        return {}
    return {item["name"]: item["value"] for item in page.translation.suggestions if item["name"] in TAKEN}


@require_http_methods(["GET", "POST"])
@merchant_page(post="connect")
def settings(request: MerchantRequest) -> HttpResponseBase:
    config = llm.config_for(request.merchant.pk)
    form = TranslationForm(config, posted(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            llm.configure(request.merchant, request.member, form.cleaned_data)
            messages.success(request, _("设置已保存"))
            return redirect("translation", request.merchant.slug)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "config": config}
    return TemplateResponse(request, "settings/translation.html", context, status=422 if form.errors else 200)


@require_POST
@merchant_page("work")
def agree(request: MerchantRequest, number: int) -> HttpResponseBase:
    """Send exactly what was shown."""
    from .case import case_of

    case = case_of(request, number)
    letter = case_page(case).letter
    if letter is None:
        raise Http404
    try:
        llm.agree(letter, case, request.member, request.POST.getlist("digest")[:10])
        messages.success(request, _("已发送，译文出来后会显示在原文旁边。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("case", request.merchant.slug, number)
