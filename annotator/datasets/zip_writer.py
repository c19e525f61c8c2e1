"""A zip whose bytes depend on its contents alone, with a manifest of what lies in it."""

import hashlib
import json
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

# The zip format's earliest date: a file's time says nothing that the manifest needs.
_EPOCH = (1980, 1, 1, 0, 0, 0)


class DatasetZip:
    """Write files one by one; on leaving, add manifest.json with every file's SHA-256 and size.

    Nothing but the file that is being written is held in memory.
    """

    def __init__(self, path: Path, *, about: dict[str, Any]) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._about = about
        self._files: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write("manifest.json", _json({**self._about, "files": self._files}), zipfile.ZIP_DEFLATED)
        self._zip.close()

    def add_picture(self, name: str, content: bytes) -> None:
        """Add bytes that are compressed already."""
        self._add(name, content, zipfile.ZIP_STORED)

    def add_json(self, name: str, document: Any) -> None:
        self._add(name, _json(document), zipfile.ZIP_DEFLATED)

    def add_text(self, name: str, text: str) -> None:
        self._add(name, text.encode(), zipfile.ZIP_DEFLATED)

    def _add(self, name: str, content: bytes, compression: int) -> None:
        if name in self._files:
            raise ValueError(f"{name} is in the zip already")
        self._files[name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        self._write(name, content, compression)

    def _write(self, name: str, content: bytes, compression: int) -> None:
        info = zipfile.ZipInfo(name, _EPOCH)
        info.compress_type = compression
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, content)


def _json(document: Any) -> bytes:
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False).encode()
