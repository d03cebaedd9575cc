"""One's own name, language and time zone."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from goodstanding.models import User
from goodstanding.web.forms.fields import posted
from goodstanding.web.forms.settings import ProfileForm
from goodstanding.web.scope import MerchantRequest, signed_in_page


@require_http_methods(["GET", "POST"])
@signed_in_page
def show(request: MerchantRequest) -> HttpResponseBase:
    user = cast("User", request.user)
    form = ProfileForm(posted(request)[0], instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        with override(saved.language):
            messages.success(request, _("已保存"))
        return redirect("profile")
    return render(request, "profile.html", {"form": form}, status=422 if form.errors else 200)
