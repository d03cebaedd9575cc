"""The web application, for gunicorn: the door, and behind it the pages."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.settings")
_pages = get_wsgi_application()

from goodstanding.web import door  # noqa: E402 - needs what the line above sets up

application = door.before(_pages)
