from django.apps import AppConfig


class ImagingConfig(AppConfig):
    name = "annotator.imaging"
    label = "imaging"
