"""Static files: Vite's output is served as it is; renaming its chunks would break their imports."""

from annotator.config.settings.base import BASE_DIR, DATA_DIR

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "static", BASE_DIR / "frontend" / "styles"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# Their names hold a hash of what is in them, so browsers need never ask again.
WHITENOISE_IMMUTABLE_FILE_TEST = rf"^{STATIC_URL}viewer/assets/"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "static_url_prefix": "viewer",
        "manifest_path": BASE_DIR / "frontend" / "static" / "viewer" / "manifest.json",
    }
}
