"""Django REST framework and its OpenAPI description."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "api.meant_session.MeantSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "PAGE_SIZE": 100,
    "EXCEPTION_HANDLER": "api.problems.problem_response",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Reading Room",
    "DESCRIPTION": "Annotating and reviewing radiology images. For research use.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "FindingKind": "annotator.annotations.models.FindingKind",
        "MarkKind": "annotator.annotations.models.MarkKind",
        "JobState": "annotator.jobs.models.JobState",
        "AssignmentState": "annotator.readerstudies.models.AssignmentState",
        "StudyState": "annotator.readerstudies.models.StudyState",
        "LateralityVerdict": "annotator.imaging.models.LateralityVerdict",
        "TextVerdict": "annotator.imaging.models.TextVerdict",
        "ReviewVerdict": "annotator.readerstudies.models.Verdict",
    },
}
