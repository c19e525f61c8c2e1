from django.apps import AppConfig


class LabelsConfig(AppConfig):
    name = "annotator.labels"
    label = "labels"
