"""Who belongs to the merchant, and how one comes in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodstanding.models import Invitation, Member, Role, User
from goodstanding.pipeline import people
from goodstanding.pipeline.refusals import Refusal
from goodstanding.web.forms.fields import posted
from goodstanding.web.forms.settings import InvitationForm, JoinForm
from goodstanding.web.scope import MerchantRequest, merchant_page


@require_GET
@merchant_page()
def index(request: MerchantRequest) -> HttpResponseBase:
    return TemplateResponse(request, "settings/people.html", _context(request, InvitationForm()))


@never_cache
@require_POST
@merchant_page("manage")
def invite(request: MerchantRequest) -> HttpResponseBase:
    """The link is shown on this one page and nowhere else."""
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            invitation, token = people.invite(request.member, form.cleaned_data["email"], form.cleaned_data["role"])
            link = request.build_absolute_uri(reverse("invitation", args=[token]))
            context = {**_context(request, InvitationForm()), "invitation": invitation, "link": link}
            return TemplateResponse(request, "settings/people.html", context)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return TemplateResponse(request, "settings/people.html", _context(request, form), status=422)


@require_POST
@merchant_page("manage")
def change_role(request: MerchantRequest, pk: int) -> HttpResponseBase:
    try:
        people.change_role(request.member, _member(request, pk), request.POST.get("role", ""))
        messages.success(request, _("角色已更新"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("people", request.merchant.slug)


@require_POST
@merchant_page("manage")
def remove(request: MerchantRequest, pk: int) -> HttpResponseBase:
    try:
        people.remove(request.member, _member(request, pk))
        messages.success(request, _("已移除，此人做过的事仍留在记录里。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("people", request.merchant.slug)


@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponseBase:
    """Join with the link: as the person signed in, or as a new one who sets a password here."""
    invitation = people.look_up(token) if len(token) < 200 else None
    if invitation is None or not invitation.is_open:
        return render(request, "invitation.html", {"invitation": None}, status=404)
    if request.user.is_authenticated:
        return _join(request, token, invitation, request.user)
    if User.objects.filter(email__iexact=invitation.email).exists():
        messages.info(request, _("请先用 %(email)s 登录，再接受邀请。") % {"email": invitation.email})
        return redirect(f"{reverse('account_login')}?next={reverse('invitation', args=[token])}")
    form = JoinForm(posted(request)[0], email=invitation.email)
    if request.method == "POST" and form.is_valid():
        user = User.objects.create_user(invitation.email, form.cleaned_data["password"], name=form.cleaned_data["name"])
        response = _join(request, token, invitation, user)
        login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return response
    context = {"invitation": invitation, "form": form}
    return render(request, "invitation.html", context, status=422 if form.errors else 200)


def _join(request: HttpRequest, token: str, invitation: Invitation, user: User) -> HttpResponseBase:
    if request.method != "POST":
        return render(request, "invitation.html", {"invitation": invitation, "form": None})
    try:
        people.accept(user, token)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return render(request, "invitation.html", {"invitation": invitation, "form": None}, status=409)
    messages.success(request, _("已加入 %(name)s") % {"name": invitation.merchant.name})
    return redirect("inbox", invitation.merchant.slug)


def _context(request: MerchantRequest, form: InvitationForm) -> dict[str, object]:
    members = Member.objects.filter(merchant=request.merchant, left_at__isnull=True)
    invitations = Invitation.objects.filter(merchant=request.merchant, accepted_at__isnull=True)
    return {
        "form": form,
        "members": members.select_related("user").order_by("joined_at"),
        "invitations": [item for item in invitations.order_by("-invited_at")[:50] if item.is_open],
        "roles": Role.choices,
    }


def _member(request: MerchantRequest, pk: int) -> Member:
    if pk >= 2**63:
        raise Http404
    rows = Member.objects.filter(merchant=request.merchant, left_at__isnull=True).select_related("user", "merchant")
    return get_object_or_404(rows, pk=pk)
