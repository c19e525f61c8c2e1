"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, path

from frontend.pages import health

urlpatterns: list[URLPattern | URLResolver] = [path("health", health.health, name="health")]
