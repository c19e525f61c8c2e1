from django.apps import AppConfig


class ReaderstudiesConfig(AppConfig):
    name = "annotator.readerstudies"
    label = "readerstudies"
