"""What the seller says when asked."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from goodstanding.pipeline import answers
from goodstanding.pipeline.refusals import Refusal
from goodstanding.web.scope import MerchantRequest, merchant_page

from .case import case_of, context_of

_MOST = 100


@require_POST
@merchant_page("work")
def save(request: MerchantRequest, number: int) -> HttpResponseBase:
    """Answers by the key of the fact, each in a field ``a_<key>``. What is refused stays on the screen."""
    case = case_of(request, number)
    names = [name for name in request.POST if name.startswith("a_")][:_MOST]
    given = {name[2:]: request.POST[name].replace("\r\n", "\n") for name in names}
    try:
        answers.answer(case, request.member, given)
        messages.success(request, _("已保存。答复里用得上的会自动写进去。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        context = context_of(request, case, given_answers=given)
        return TemplateResponse(request, "case/page.html", context, status=422)
    return redirect("case", request.merchant.slug, number)
