"""A store in an S3 bucket: spans by range requests over connections that stay open, whole objects or none.

What can't be reached is said in words and quickly: a reader's request fails, and never holds its web process.
"""

import io
import os
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, cast

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError, IncompleteReadError, ResponseStreamingError
from django.conf import settings
from django.utils.deconstruct import deconstructible
from storages.backends.s3 import S3Storage
from urllib3.exceptions import HTTPError

from annotator.accounts.errors import UnavailableError

# What one request fetches ahead for the small reads of a header.
AHEAD_BYTES = 128 << 10
UPLOADS_AT_ONCE = 8
# Larger objects go up in parts, so that a lost connection costs one part.
PARTS_ABOVE_BYTES = 64 << 20
# After a failure to connect nobody else waits for the same time-out for a while.
DOWN_SECONDS = 5.0
TRIES = 2
MISSING = ("404", "NoSuchKey", "NotFound")


class StoreUnreachableError(UnavailableError):
    """The bucket doesn't answer, doesn't exist, or doesn't let us in."""


@deconstructible(path="annotator.imaging.store.bucket.Bucket")
class Bucket(S3Storage):
    """django-storages' S3 storage, with what the pipeline asks beyond it (see filing.ByteStore)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._shared: Any = None
        self._shared_by = 0
        self._lock = Lock()
        self._down_until = 0.0

    @property
    def staging(self) -> Path:
        return Path(settings.STAGING_DIR)

    def read_span(self, name: str, offset: int, length: int) -> bytes:
        if length <= 0:
            return b""
        return self._ranged(name, offset, length)[0]

    def open_ranges(self, name: str) -> BinaryIO:
        return cast(BinaryIO, io.BufferedReader(_Ranges(self, name), AHEAD_BYTES))

    def pieces(self, name: str, chunk_bytes: int) -> Iterator[bytes]:
        with self._asking(name) as client:
            body = client.get_object(Bucket=self.bucket_name, Key=self._key(name))["Body"]
            yield from body.iter_chunks(chunk_bytes)

    def holds(self, name: str) -> bool:
        try:
            self.byte_size(name)
        except FileNotFoundError:
            return False
        return True

    def byte_size(self, name: str) -> int:
        with self._asking(name) as client:
            return int(client.head_object(Bucket=self.bucket_name, Key=self._key(name))["ContentLength"])

    def forget(self, name: str) -> None:
        with self._asking(name) as client:
            client.delete_object(Bucket=self.bucket_name, Key=self._key(name))

    @contextmanager
    def as_file(self, name: str) -> Iterator[Path]:
        """The whole object in one request: whoever decodes all frames reads all of it anyway."""
        self.staging.mkdir(parents=True, exist_ok=True)
        path = self.staging / uuid.uuid4().hex
        try:
            with self._asking(name) as client, path.open("wb") as target:
                body = client.get_object(Bucket=self.bucket_name, Key=self._key(name))["Body"]
                shutil.copyfileobj(body, target, 1 << 20)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def settle(self, drafts: Sequence[Path]) -> None:
        """Nothing can be done ahead of the upload."""

    def adopt(self, drafts: Sequence[tuple[Path, str]]) -> None:
        """Upload, several at once; an object is there when its upload has ended and not before."""
        if len(drafts) > 1:
            with ThreadPoolExecutor(min(UPLOADS_AT_ONCE, len(drafts))) as pool:
                list(pool.map(self._upload, drafts))
        else:
            for only in drafts:
                self._upload(only)
        for draft, _ in drafts:
            draft.unlink(missing_ok=True)

    def _upload(self, draft: tuple[Path, str]) -> None:
        path, name = draft
        with self._asking(name) as client:
            if path.stat().st_size > PARTS_ABOVE_BYTES:
                transfer = TransferConfig(multipart_threshold=PARTS_ABOVE_BYTES, max_concurrency=4)
                client.upload_file(str(path), self.bucket_name, self._key(name), Config=transfer)
            else:
                with path.open("rb") as body:
                    client.put_object(Bucket=self.bucket_name, Key=self._key(name), Body=body)

    def _ranged(self, name: str, offset: int, length: int) -> tuple[bytes, int]:
        """(bytes, size of the whole object); fewer bytes than asked for, or none, at the object's end."""
        for attempt in range(1, TRIES + 1):
            with self._asking(name, last=attempt == TRIES) as client:
                try:
                    answer = client.get_object(
                        Bucket=self.bucket_name, Key=self._key(name), Range=f"bytes={offset}-{offset + length - 1}"
                    )
                except ClientError as error:
                    if error.response.get("Error", {}).get("Code") in ("InvalidRange", "416"):
                        return b"", self.byte_size(name)
                    raise
                content: bytes = answer["Body"].read()
                return content, int(answer["ContentRange"].rpartition("/")[2])
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _asking(self, name: str, *, last: bool = True) -> Iterator[Any]:
        """The client, its errors in our words; a reading cut short is swallowed unless it was the last try."""
        if time.monotonic() < self._down_until:
            raise StoreUnreachableError(self._unreachable("it did not answer a moment ago"))
        try:
            yield self._client()
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in MISSING:
                raise FileNotFoundError(2, "No such object in the bucket", self._key(name)) from error
            raise StoreUnreachableError(self._unreachable(f"it answers {code}")) from error
        except (HTTPError, IncompleteReadError, ResponseStreamingError) as error:
            if last:
                raise StoreUnreachableError(self._unreachable(type(error).__name__)) from error
        except (BotoCoreError, Boto3Error) as error:
            self._down_until = time.monotonic() + DOWN_SECONDS
            raise StoreUnreachableError(self._unreachable(type(error).__name__)) from error

    def _unreachable(self, why: str) -> str:
        return (
            f"The picture store, bucket {self.bucket_name}, can't be used now ({why}). "
            "Try again in a moment; an administrator checks STORAGE_URL, the keys and the network."
        )

    def _client(self) -> Any:
        """One client a process, which its threads share: making one takes longer than many requests."""
        if self._shared is None or self._shared_by != os.getpid():
            with self._lock:
                if self._shared is None or self._shared_by != os.getpid():
                    self._shared = self._create_session().client(
                        "s3",
                        region_name=self.region_name,
                        use_ssl=self.use_ssl,
                        endpoint_url=self.endpoint_url,
                        config=self.client_config,
                        verify=self.verify,
                    )
                    self._shared_by = os.getpid()
        return self._shared

    def _key(self, name: str) -> str:
        return f"{self.location}/{name}" if self.location else name


class _Ranges(io.RawIOBase):
    """An object as a file that is read by ranges; the size is learnt with the first of them."""

    def __init__(self, bucket: Bucket, name: str) -> None:
        self._bucket = bucket
        self._name = name
        self._position = 0
        self._size: int | None = None
        # What isn't there is said when it is opened, as with a file.
        self._first, self._size = bucket._ranged(name, 0, AHEAD_BYTES)

    @property
    def name(self) -> str:
        """pydicom asks a file for it."""
        return self._name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size or 0}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readall(self) -> bytes:
        rest = bytearray(max(0, (self._size or 0) - self._position))
        self.readinto(rest)
        return bytes(rest)

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), (self._size or 0) - self._position)
        if wanted <= 0:
            return 0
        begin, end = self._position, self._position + wanted
        content = (
            self._first[begin:end] if end <= len(self._first) else self._bucket.read_span(self._name, begin, wanted)
        )
        buffer[: len(content)] = content
        self._position += len(content)
        return len(content)
