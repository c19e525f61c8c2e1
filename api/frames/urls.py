"""Addresses of frames for the viewer. The middleware answers them first; these names are for building addresses."""

from django.urls import URLPattern, URLResolver, path

from api.frames.views import frame_bytes, frame_overlay, frame_rendered

urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:key>", frame_bytes, name="frame"),
    path("<str:key>/overlays/<int:number>", frame_overlay, name="frame-overlay"),
    path("<str:key>/rendered", frame_rendered, name="frame-rendered"),
]
