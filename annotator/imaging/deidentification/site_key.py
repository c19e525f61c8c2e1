"""Everything that comes of the site's secret key: new UIDs, shifts of dates, pseudonyms, and the sealing of identities.

The same key gives the same answers in every process and every year; without it none of them can be worked out.
"""

import base64
import hashlib
import hmac
import json
import uuid
from dataclasses import asdict, dataclass
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from annotator.imaging.deidentification.errors import DeidentificationError

MIN_KEY_CHARACTERS = 32
# Without I, L, O and U, which are misread or spell words (Crockford's base 32).
READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PSEUDONYM_CHARACTERS = 10
# Dates go back by one to ten years: never into the future, and never by a round year.
LEAST_DAYS, MOST_DAYS = 366, 3652


@dataclass(frozen=True)
class PatientIdentity:
    """Who a patient is, as the sender's header says; Patient ID and issuer tell patients apart."""

    patient_id: str
    issuer: str = ""
    name: str = ""
    birth_date: str = ""
    sex: str = ""


class SiteKey:
    """The secret key of one site.

    Raises
    ------
    DeidentificationError : shorter than 32 characters.
    """

    def __init__(self, secret: str) -> None:
        if len(secret) < MIN_KEY_CHARACTERS:
            raise DeidentificationError(
                f"The de-identification key has {len(secret)} characters; at least {MIN_KEY_CHARACTERS} are needed. "
                "Set DEIDENTIFICATION_KEY, or unset it to have one made."
            )
        self._secret = secret.encode()
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"reading-room key map").derive(self._secret)
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def uid(self, original: str) -> str:
        """The UID that stands for another: below 2.25, as UUIDs are written (PS3.5 B.2)."""
        return f"2.25.{uuid.UUID(bytes=self._digest('uid', original)[:16], version=4).int}"

    def days(self, patient_id: str, issuer: str) -> int:
        """By how many days a patient's dates go back: 366 to 3652, the same for all of the patient's files."""
        number = int.from_bytes(self._digest("days", patient_id, issuer)[:8], "big")
        return LEAST_DAYS + number % (MOST_DAYS - LEAST_DAYS + 1)

    def pseudonym(self, patient_id: str, issuer: str) -> str:
        """A patient's name in this installation, such as "RR-7K3QX9MD2H": 50 bits."""
        number = int.from_bytes(self._digest("pseudonym", patient_id, issuer)[:8], "big")
        letters = [READABLE[number >> 5 * place & 31] for place in range(PSEUDONYM_CHARACTERS)]
        return f"RR-{''.join(letters)}"

    def lookup(self, patient_id: str, issuer: str) -> str:
        """What finds a patient's row without telling who it is: 64 digits that begin with those of the ID alone."""
        return self.lookup_of_id(patient_id) + self._digest("lookup", patient_id, issuer).hex()[:32]

    def lookup_of_id(self, patient_id: str) -> str:
        """The first half of `lookup`: the same for all issuers of a Patient ID."""
        return self._digest("lookup of id", patient_id).hex()[:32]

    def label(self, kind: str, text: str) -> str:
        """Twelve hexadecimal digits that stand for a text, for labels that must be the same each time."""
        return self._digest(f"label {kind}", text).hex()[:12]

    def seal(self, identity: PatientIdentity) -> bytes:
        """The identity, encrypted and signed (Fernet: AES-128-CBC, HMAC-SHA-256)."""
        return self._fernet.encrypt(json.dumps(asdict(identity)).encode())

    def unseal(self, sealed: bytes) -> PatientIdentity:
        """The identity that was sealed.

        Raises
        ------
        DeidentificationError : it was sealed under another key, or changed since.
        """
        return PatientIdentity(**json.loads(self.unseal_text(sealed)))

    def seal_text(self, text: str) -> bytes:
        """A text, encrypted and signed."""
        return self._fernet.encrypt(text.encode("utf-8", "surrogateescape"))

    def unseal_text(self, sealed: bytes) -> str:
        """The text that was sealed.

        Raises
        ------
        DeidentificationError : as unseal.
        """
        try:
            return self._fernet.decrypt(bytes(sealed)).decode("utf-8", "surrogateescape")
        except InvalidToken as error:
            raise DeidentificationError(
                "This identity was sealed under another key. Start with the DEIDENTIFICATION_KEY of that time."
            ) from error

    def _digest(self, purpose: str, *parts: str) -> bytes:
        message = "\0".join((purpose, *parts)).encode("utf-8", "surrogateescape")
        return hmac.new(self._secret, message, hashlib.sha256).digest()


@cache
def _key_of(secret: str) -> SiteKey:
    return SiteKey(secret)


def site_key() -> SiteKey:
    """The key of the settings.

    Raises
    ------
    DeidentificationError : there is none, or it is too short.
    """
    if not settings.DEIDENTIFICATION_KEY:
        raise DeidentificationError("There is no de-identification key: set DEIDENTIFY=1 or DEIDENTIFICATION_KEY.")
    return _key_of(settings.DEIDENTIFICATION_KEY)
