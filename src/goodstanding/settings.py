"""Settings of the Django application. What differs between installations comes from the environment.

GOODSTANDING_HOME    data folder (default ./.data)
DATABASE_URL         a PostgreSQL of your own; unset: the embedded one
GOODSTANDING_ROLE    "owner" connects as the owner of the tables, for migrations only
GOODSTANDING_HOSTS   host names that the pages answer to, comma separated (default: localhost)
GOODSTANDING_ORIGIN  the public address, e.g. https://notices.example.com; unset: http, this machine only
GOODSTANDING_DEBUG   "1" shows details of errors; never on a public machine
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from csp.constants import NONE, SELF

from goodstanding import database
from goodstanding.home import home, secret

BASE_DIR = Path(__file__).resolve().parent
HOME = home()

SECRET_KEY = secret("django", lambda: secrets.token_urlsafe(48))
#: Keys that seal credentials, newest first; see goodstanding.models.sealed.
KEY_RING = os.environ.get("GOODSTANDING_KEY_RING") or secret(
    "keyring", lambda: "1:" + base64.urlsafe_b64encode(os.urandom(32)).decode()
)
DEBUG = os.environ.get("GOODSTANDING_DEBUG") == "1"
ORIGIN = os.environ.get("GOODSTANDING_ORIGIN", "").rstrip("/")
ALLOWED_HOSTS = [
    *filter(None, os.environ.get("GOODSTANDING_HOSTS", "").split(",")),
    *([ORIGIN.split("://", 1)[1].split("/")[0].split(":")[0]] if "://" in ORIGIN else []),
    "localhost",
    "127.0.0.1",
    "[::1]",
    "testserver",
]
SECURE = ORIGIN.startswith("https://")

INSTALLED_APPS = [
    "goodstanding",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "goodstanding.web.language.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "goodstanding.urls"
WSGI_APPLICATION = "goodstanding.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "goodstanding.web.context.interface",
            ],
            "builtins": ["goodstanding.web.templatetags.words"],
        },
    }
]

_urls = database.urls(HOME)
DATABASES = {
    "default": {
        **database.django_database(_urls.owner if os.environ.get("GOODSTANDING_ROLE") == "owner" else _urls.app),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES = {"goodstanding": "goodstanding.migrations"}

AUTH_USER_MODEL = "goodstanding.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "goodstanding.web.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"  # one joins by invitation, which has gone to the address
ACCOUNT_SESSION_REMEMBER = True
MFA_TOTP_ISSUER = "GoodStanding"

AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("GOODSTANDING_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("GOODSTANDING_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("GOODSTANDING_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("GOODSTANDING_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("GOODSTANDING_SMTP_TLS", "1") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("GOODSTANDING_SMTP_FROM", "goodstanding@localhost")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "goodstanding.web.assets.DigestedNames"},
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 86400
CSRF_COOKIE_SECURE = SECURE
CSRF_TRUSTED_ORIGINS = [ORIGIN] if ORIGIN else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF, "'unsafe-inline'"],  # ECharts and Tabler set style attributes
        "script-src": [SELF],
        "object-src": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

#: The door takes bodies up to this size; uploads of proof likewise, in bytes.
DOOR_MAX_BYTES = int(os.environ.get("GOODSTANDING_DOOR_MAX_BYTES", str(30 * 1024 * 1024)))
UPLOAD_MAX_BYTES = int(os.environ.get("GOODSTANDING_UPLOAD_MAX_BYTES", str(30 * 1024 * 1024)))
DATA_UPLOAD_MAX_MEMORY_SIZE = DOOR_MAX_BYTES + 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_BYTES

PROCRASTINATE_IMPORT_PATHS = ["goodstanding.jobs"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"goodstanding": {"level": "INFO"}, "procrastinate": {"level": "WARNING"}},
}
SILENCED_SYSTEM_CHECKS: list[str] = ["axes.W006", "auth.W004"]  # the e-mail address is unique in lower case
