"""Writes wherever a project can, by its settings and around them."""

import sqlite3

from django.conf import settings
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import send_mail
from django.http import HttpRequest, JsonResponse
from django.urls import path

from headtohead.django import seam
from shop.models import Item


@seam
def counts() -> dict[str, int]:
    """How many there are in each database."""
    return {alias: Item.objects.using(alias).count() for alias in settings.DATABASES}


def other_counts() -> dict[str, int]:
    """The other variant of an experiment."""
    return {alias: len(Item.objects.using(alias)) for alias in settings.DATABASES}


def items(_: HttpRequest) -> JsonResponse:
    """How many there were, before this request left something everywhere."""
    found = counts()
    with_each = [Item(name="left by a request")]
    for alias in settings.DATABASES.keys() - {"replica"}:
        Item.objects.using(alias).filter(name="left by a request").delete()
        Item.objects.using(alias).bulk_create(with_each)
    for cache in caches.all():
        cache.set("item", 1)
    for alias in settings.CACHES:
        caches[alias].set("item", 1)
    default_storage.delete("left.txt")
    default_storage.save("left.txt", ContentFile(b"left"))
    send_mail("left", "left", "a@example.org", ["b@example.org"])
    refused = []
    for write in () if settings.OBEDIENT else (_file, _database):
        try:
            write()
        except PermissionError:
            refused.append(write.__name__)
    return JsonResponse({"items": min(found.values()) > 0, "refused": refused})


def _file() -> None:
    (settings.PRECIOUS / "left.txt").write_text("left")


def _database() -> None:
    sqlite3.connect(settings.PRECIOUS / "db.sqlite3").execute("DELETE FROM shop_item")


urlpatterns = [path("items/", items)]
