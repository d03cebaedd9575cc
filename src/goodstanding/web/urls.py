"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_GET

from .views import (
    case,
    confirmation,
    connections,
    deliveries,
    evidence,
    home,
    inbox,
    notices,
    orders,
    outcome,
    package,
    people,
    profile,
    reply,
    settings,
    translation,
)

in_case: list[URLPattern | URLResolver] = [
    path("", case.show, name="case"),
    path("progress/", case.progress, name="case_progress"),
    path("owner/", case.assign, name="case_owner"),
    path("confirmation/", confirmation.create, name="case_confirmation"),
    path("evidence/", evidence.create, name="evidence_add"),
    path("evidence/<int:pk>/", evidence.change, name="evidence"),
    path("evidence/<int:pk>/withdrawal/", evidence.withdraw, name="evidence_withdraw"),
    path("evidence/<int:pk>/file/", evidence.file, name="evidence_file"),
    path("reply/", reply.save, name="reply"),
    path("reply/<int:version>/", reply.version, name="reply_version"),
    path("packages/<int:package>/document.pdf", package.document, name="package_document"),
    path("packages/<int:package>/package.zip", package.archive, name="package_archive"),
    path("packages/<int:package>/approval/", package.approval, name="approval"),
    path("packages/<int:package>/submission/", package.submission, name="submission"),
    path("packages/<int:package>/sending/", package.sent_by_hand, name="sent_by_hand"),
    path("outcome/", outcome.create, name="outcome"),
    path("end/", outcome.settle, name="settle"),
    path("translation/", translation.agree, name="case_translation"),
]

in_merchant: list[URLPattern | URLResolver] = [
    path("", inbox.show, name="inbox"),
    path("owner/", inbox.assign, name="inbox_owner"),
    path("cases/<int:number>/", include(in_case)),
    path("notices/new/", notices.new, name="notice_new"),
    path("deliveries/", deliveries.index, name="deliveries"),
    path("deliveries/<int:pk>/", deliveries.show, name="delivery"),
    path("deliveries/<int:pk>/body", deliveries.body, name="delivery_body"),
    path("connections/", connections.index, name="connections"),
    path("connections/new/<slug:plugin>/", connections.new, name="connection_new"),
    path("connections/<int:pk>/", connections.show, name="connection"),
    path("connections/<int:pk>/settings/", connections.change, name="connection_change"),
    path("connections/<int:pk>/check/", connections.check, name="connection_check"),
    path("connections/<int:pk>/drill/", connections.drill, name="connection_drill"),
    path("connections/<int:pk>/disable/", connections.disable, name="connection_disable"),
    path("orders/", orders.index, name="orders"),
    path("orders/import/", orders.upload, name="orders_upload"),
    path("orders/import/<str:digest>/", orders.mapping, name="orders_mapping"),
    path("orders/<int:pk>/", orders.show, name="order"),
    path("settings/", settings.merchant, name="settings"),
    path("settings/stores/", settings.stores, name="stores"),
    path("settings/stores/<int:pk>/", settings.store, name="store"),
    path("settings/translation/", translation.settings, name="translation"),
    path("settings/corrections.jsonl", settings.corrections, name="corrections"),
    path("people/", people.index, name="people"),
    path("people/invitations/", people.invite, name="people_invite"),
    path("people/<int:pk>/role/", people.change_role, name="people_role"),
    path("people/<int:pk>/removal/", people.remove, name="people_remove"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", require_GET(home.healthz), name="healthz"),
    path("language/", home.language, name="language"),
    path("m/<slug:slug>/", include(in_merchant)),
    path("profile/", profile.show, name="profile"),
    path("invitations/<str:token>/", people.accept, name="invitation"),
    path("accounts/", include("allauth.urls")),
]
