"""Exhibits: uploading, describing, withdrawing, looking at."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from goodstanding import knowledge
from goodstanding.models import Case, Evidence
from goodstanding.pipeline import evidence as verbs
from goodstanding.pipeline.refusals import Refusal
from goodstanding.web.forms.evidence import DescriptionForm
from goodstanding.web.scope import MerchantRequest, merchant_page

from .case import case_of

#: What a browser may show by itself; everything else is downloaded.
_SHOWN = ("application/pdf", "image/jpeg", "image/png", "image/webp", "image/gif", "text/plain")


@require_POST
@merchant_page("work")
def create(request: MerchantRequest, number: int) -> HttpResponseBase:
    """Take one or several files; each is kept or refused by itself."""
    case = case_of(request, number)
    kind = request.POST.get("kind", "")
    kind = kind if knowledge.evidence(kind) else ""
    refused = []
    files = request.FILES.getlist("file")
    if not files:
        refused.append(_("没有收到文件，请重新选择。"))
    for file in files[:50]:
        try:
            verbs.add(case, request.member, file.name or "", file.read(), kind)
        except Refusal as refusal:
            refused.append(f"{file.name}：{refusal}")
    if wants_json(request):
        return JsonResponse({"message": "\n".join(refused)}, status=422 if refused else 201)
    for text in refused:
        messages.error(request, text)
    if len(files) > len(refused):
        messages.success(request, _("已收下文件，系统正在读取。"))
    return redirect("case", request.merchant.slug, number)


@require_POST
@merchant_page("work")
def change(request: MerchantRequest, number: int, pk: int) -> HttpResponseBase:
    """Say what an exhibit is and when that was."""
    case = case_of(request, number)
    form = DescriptionForm(request.POST)
    evidence = _of(case, pk)
    if form.is_valid():
        data = form.cleaned_data
        try:
            verbs.describe(evidence, request.member, data["kind"], data["title"], data["proves_at"])
            messages.success(request, _("证据说明已保存"))
        except Refusal as refusal:
            messages.error(request, str(refusal))
    else:
        messages.error(request, " ".join(str(text) for errors in form.errors.values() for text in errors))
    return redirect("case", request.merchant.slug, number)


@require_POST
@merchant_page("work")
def withdraw(request: MerchantRequest, number: int, pk: int) -> HttpResponseBase:
    case = case_of(request, number)
    try:
        verbs.withdraw(_of(case, pk), request.member)
        messages.success(request, _("证据已撤下，不会进入材料包；原件仍保留。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("case", request.merchant.slug, number)


@require_GET
@merchant_page()
def file(request: MerchantRequest, number: int, pk: int) -> HttpResponseBase:
    """The file as it was given. What a browser could run is only ever downloaded."""
    case = case_of(request, number)
    evidence = get_object_or_404(case.evidence.select_related("file"), pk=pk)
    inline = evidence.media_type in _SHOWN
    return sent(evidence.file.read(), evidence.media_type if inline else "application/octet-stream",
                evidence.filename or f"{evidence.pk}", inline=inline)  # fmt: skip


def sent(content: bytes, media_type: str, filename: str, *, inline: bool) -> HttpResponse:
    """Bytes as a response that a browser takes at its word."""
    from django.utils.http import content_disposition_header

    if media_type == "text/plain":
        media_type = "text/plain; charset=utf-8"
    response = HttpResponse(content, content_type=media_type)
    name = "".join(c for c in filename if c.isprintable())[-150:] or "file"
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _of(case: Case, pk: int) -> Evidence:
    if pk >= 2**63:
        raise PermissionDenied
    return get_object_or_404(case.evidence.filter(withdrawn_at__isnull=True).select_related("file"), pk=pk)
