"""Where originals, derived frames, thumbnails, exported releases and more lie: folders of DATA_DIR, or an S3 bucket.

The database, uploads that wait and files under temporary names stay on this machine's disk either way.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config
from django.core.exceptions import ImproperlyConfigured

from annotator.config.settings.base import DATA_DIR

STORES = ("originals", "frames", "quarantine", "thumbnails", "beside", "sources", "releases", "models")
# Drafts of what goes to a bucket wait here; those of local folders lie in the folder itself, to be renamed.
STAGING_DIR = DATA_DIR / "staging"


def folder_stores(root: Path) -> dict[str, dict[str, Any]]:
    """STORAGES with a folder a store under `root`."""
    return _with_django_s_own(
        {
            store: {
                "BACKEND": "annotator.imaging.store.local_folder.LocalFolder",
                "OPTIONS": {"location": str(root / store)},
            }
            for store in STORES
        }
    )


def bucket_stores(
    url: str, *, endpoint: str = "", region: str = "", path_style: bool = False
) -> dict[str, dict[str, Any]]:
    """STORAGES in one bucket, a prefix a store; the keys come from AWS's own variables or the machine's role.

    Parameters
    ----------
    url : s3://bucket or s3://bucket/prefix.
    endpoint : the address of a server that isn't Amazon's.
    path_style : the bucket in the path instead of the host's name, as most such servers want it.

    Raises
    ------
    ImproperlyConfigured : another kind of address.
    """
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise ImproperlyConfigured(f"STORAGE_URL is {url!r}; s3://bucket or s3://bucket/prefix is understood, or none.")
    prefix = parts.path.strip("/")
    # A bucket that doesn't answer must not hold a web process: a reader waits for seconds, never for a minute.
    client_config = Config(
        connect_timeout=float(os.environ.get("S3_CONNECT_SECONDS", "3")),
        read_timeout=float(os.environ.get("S3_READ_SECONDS", "20")),
        retries={"mode": "standard", "total_max_attempts": 2},
        max_pool_connections=32,
        s3={"addressing_style": "path" if path_style else "auto"},
        # Servers that aren't Amazon's often don't know the newer checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return _with_django_s_own(
        {
            store: {
                "BACKEND": "annotator.imaging.store.bucket.Bucket",
                "OPTIONS": {
                    "bucket_name": parts.netloc,
                    "location": f"{prefix}/{store}" if prefix else store,
                    "endpoint_url": endpoint or None,
                    "region_name": region or None,
                    "client_config": client_config,
                },
            }
            for store in STORES
        }
    )


def _with_django_s_own(stores: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(DATA_DIR / "media")},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        **stores,
    }


_url = os.environ.get("STORAGE_URL", "")
if _url:
    _endpoint = os.environ.get("S3_ENDPOINT_URL", "")
    STORAGES = bucket_stores(
        _url,
        endpoint=_endpoint,
        region=os.environ.get("S3_REGION", ""),
        path_style=os.environ.get("S3_PATH_STYLE", "1" if _endpoint else "0") == "1",
    )
else:
    STORAGES = folder_stores(DATA_DIR)
