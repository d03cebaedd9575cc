"""The words that we intend to send."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from goodstanding.pipeline import reply as verbs
from goodstanding.pipeline.refusals import Refusal
from goodstanding.queries.case import compared
from goodstanding.web.scope import MerchantRequest, merchant_page

from .case import case_of, context_of


@require_POST
@merchant_page("work")
def save(request: MerchantRequest, number: int) -> HttpResponseBase:
    """A new version. What is refused stays on the screen."""
    case = case_of(request, number)
    text = request.POST.get("text", "")
    seen = request.POST.get("version", "")
    newest = case.replies.first()
    if newest and seen and seen != str(newest.version):
        messages.error(
            request, _("别人刚保存了第 %(n)d 版。你的文字还在下面，请对照后再保存。") % {"n": newest.version}
        )
        context = context_of(request, case, reply_text=text, open_reply=True)
        return TemplateResponse(request, "case/page.html", context, status=409)
    try:
        kept = verbs.save(case, request.member, text)
        messages.success(request, _("已保存为第 %(n)d 版，正在重新生成材料包。") % {"n": kept.version})
    except Refusal as refusal:
        messages.error(request, str(refusal))
        context = context_of(request, case, reply_text=text, open_reply=True)
        return TemplateResponse(request, "case/page.html", context, status=422)
    return redirect("case", request.merchant.slug, number)


@require_GET
@merchant_page()
def version(request: MerchantRequest, number: int, version: int) -> HttpResponseBase:
    """One version, and what it changed."""
    case = case_of(request, number)
    if version >= 2**31:
        version = 0
    reply = get_object_or_404(case.replies.select_related("author__user"), version=version)
    before = case.replies.filter(version__lt=version).first()
    changes = compared(before.text if before else "", reply.text)
    return TemplateResponse(
        request, "case/version.html", {"case": case, "reply": reply, "before": before, "changes": changes}
    )
