"""What the tests of DICOMweb share: files taken in as ingest does, addresses, and an independent multipart parser."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import HTTP
from pathlib import Path
from typing import Any

import pydicom
from rest_framework.authtoken.models import Token

from annotator.accounts.models import User
from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import Instance

BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"


@dataclass(frozen=True)
class Served:
    """An instance that was taken in, and its file."""

    path: Path
    dataset: pydicom.Dataset

    @property
    def uids(self) -> tuple[str, str, str]:
        study, series, instance = (
            str(self.dataset[name].value) for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
        )
        return study, series, instance

    @property
    def study(self) -> str:
        return f"/dicomweb/studies/{self.uids[0]}"

    @property
    def series(self) -> str:
        return f"{self.study}/series/{self.uids[1]}"

    @property
    def address(self) -> str:
        return f"{self.series}/instances/{self.uids[2]}"

    @property
    def row(self) -> Instance:
        return Instance.objects.get(sop_instance_uid=self.uids[2])


def take_in(path: Path, *, ready: bool = True) -> Served:
    """Ingest a file, and derive its frames unless it shall stay received."""
    ingest_paths(None, [path], derive=ready)
    return Served(path, pydicom.dcmread(path))


def bundled(name: str, *, ready: bool = True) -> Served:
    """A file that pydicom ships, taken in."""
    return take_in(BUNDLED / f"{name}.dcm", ready=ready)


def token_of(role: str) -> str:
    return Token.objects.create(user=User.objects.create_user(f"a-{role}", role=role)).key


def parts_of(response: Any) -> list[Message]:
    """The parts of an answer, read by Python's parser of e-mails."""
    head = f"Content-Type: {response['Content-Type']}\r\n\r\n".encode()
    message = message_from_bytes(head + body_of(response), policy=HTTP)
    assert message.is_multipart(), message.defects
    assert not message.defects
    return list(message.iter_parts())  # type: ignore[attr-defined]


def bytes_of(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def body_of(response: Any) -> bytes:
    """The whole body, streamed or not."""
    return b"".join(response.streaming_content) if response.streaming else response.content
