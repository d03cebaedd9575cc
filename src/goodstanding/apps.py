"""The one Django app."""

from django.apps import AppConfig


class GoodStandingConfig(AppConfig):
    name = "goodstanding"
    verbose_name = "GoodStanding"
    default_auto_field = "django.db.models.BigAutoField"
