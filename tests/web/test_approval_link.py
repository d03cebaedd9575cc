"""The link in a message: asks for sign-in, is for one person, and opens once."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.cast import cast
from tests.web.stage import a_case

from goodstanding.models import File, Package, Reply, acting_for
from goodstanding.pipeline import links

pytestmark = pytest.mark.django_db


def test_it_leads_its_person_to_the_package_once() -> None:
    people = cast()
    case = a_case(people)
    with acting_for(people.merchant.pk):
        reply = Reply.objects.create(merchant=people.merchant, case=case, version=99, language="en", text="Dear Sirs")
        file = File.keep(people.merchant, b"x", "application/pdf")
        package = Package.objects.create(
            merchant=people.merchant, case=case, number=99, reply=reply, digest="1" * 64, manifest={}, document=file,
            archive=file, pages=1,
        )  # fmt: skip
        token = links.make(people.bob, links.APPROVAL, package_id=package.pk)
    address = f"/approvals/{token}/"

    assert "/accounts/login/" in Client().get(address)["Location"]
    other = Client()
    other.force_login(people.mallory.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert other.get(address)["Location"] == "/"

    bob = Client()
    bob.force_login(people.bob.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert bob.get(address)["Location"] == f"/m/{people.merchant.slug}/cases/{case.number}/#package"
    assert bob.get(address)["Location"] == "/"  # spent
    assert bob.get("/approvals/nonsense/")["Location"] == "/"
