"""A person says how a notice should be read."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from goodstanding.pipeline import confirm
from goodstanding.pipeline.refusals import Refusal
from goodstanding.web.forms.case import ConfirmationForm
from goodstanding.web.scope import MerchantRequest, merchant_page

from .case import case_of, context_of


@require_POST
@merchant_page("work")
def create(request: MerchantRequest, number: int) -> HttpResponseBase:
    case = case_of(request, number)
    form = ConfirmationForm.of(case, request.POST)
    if not form.is_valid():
        context = context_of(request, case, confirmation_form=form, open_confirmation=True)
        return TemplateResponse(request, "case/page.html", context, status=422)
    try:
        confirm.confirm(case, request.member, form.corrections())
        messages.success(request, _("已确认，系统正在据此重新整理案件。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("case", request.merchant.slug, number)
