"""What the decider ruled, as a person reports it."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from goodstanding.contract import Money
from goodstanding.pipeline import outcome
from goodstanding.pipeline.refusals import Refusal
from goodstanding.web.forms.case import OutcomeForm, SettleForm
from goodstanding.web.scope import MerchantRequest, merchant_page

from .case import case_of, context_of


@require_POST
@merchant_page("work")
def create(request: MerchantRequest, number: int) -> HttpResponseBase:
    case = case_of(request, number)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        context = context_of(request, case, outcome_form=form, open_outcome=True)
        return TemplateResponse(request, "case/page.html", context, status=422)
    data = form.cleaned_data
    currency = case.currency or request.merchant.currency
    amount = Money(data["amount"], currency) if data["amount"] is not None else None
    try:
        outcome.record(case, request.member, data["result"], data["decided_at"], amount)
        messages.success(request, _("结果已记录"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("case", request.merchant.slug, number)


@require_POST
@merchant_page("work")
def settle(request: MerchantRequest, number: int) -> HttpResponseBase:
    """Close a case that needs no answer."""
    case = case_of(request, number)
    form = SettleForm(request.POST)
    if not form.is_valid():
        context = context_of(request, case, settle_form=form, open_settle=True)
        return TemplateResponse(request, "case/page.html", context, status=422)
    try:
        outcome.settle(case, request.member, form.cleaned_data["reason"])
        messages.success(request, _("案件已结束"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("case", request.merchant.slug, number)
