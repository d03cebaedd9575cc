"""Addresses."""

from django.urls import include, path

from goodstanding.web import door

handler400 = "goodstanding.web.views.errors.bad_request"

urlpatterns = [
    path("in/<str:token>/", door.receive, name="door"),
    path("", include("goodstanding.web.urls")),
]
