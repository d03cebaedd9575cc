"""Addresses."""

from django.urls import include, path

from goodstanding.web import door

urlpatterns = [
    path("in/<str:token>/", door.receive, name="door"),
    path("", include("goodstanding.web.urls")),
]
