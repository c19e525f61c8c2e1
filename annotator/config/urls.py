"""Every address of the product: pages for people, /api/v1 and /dicomweb for programs, /frames for the viewer."""

from django.urls import include, path

urlpatterns = [
    path("", include("frontend.pages.urls")),
    path("api/v1/", include("api.v1.urls")),
    path("dicomweb/", include("api.dicomweb.urls")),
    path("frames/", include("api.frames.urls")),
]

handler500 = "api.problems.server_error"
