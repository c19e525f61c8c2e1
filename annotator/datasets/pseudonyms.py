"""Names for patients and readers that mean nothing outside this installation."""

import hashlib
import hmac

from django.conf import settings


def pseudonym(kind: str, identifier: str) -> str:
    """A stable name such as "patient-3f9a1c2b7d40", by HMAC-SHA-256 under the installation's secret key."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{kind}\0{identifier}".encode(), hashlib.sha256)
    return f"{kind}-{digest.hexdigest()[:12]}"


def patient_pseudonym(issuer: str, patient_id: str) -> str:
    """A patient's name in exports and releases."""
    return pseudonym("patient", f"{issuer}\0{patient_id}")
