"""The whole product with its pictures in a bucket: files come in, a reader's frame and a program's instance go out."""

import urllib.request
import uuid
from pathlib import Path

import boto3

from tests.builders import ct_series
from tests.fixtures.product import StartReadingRoom
from tests.fixtures.stores import REGION

KEYS = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing"}


def test_files_come_in_and_are_shown_with_every_byte_in_a_bucket(
    start_reading_room: StartReadingRoom, s3_server: str, tmp_path: Path
) -> None:
    bucket = f"pictures-{uuid.uuid4().hex[:12]}"
    client = boto3.client(
        "s3",
        endpoint_url=s3_server,
        region_name=REGION,
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
    )
    client.create_bucket(Bucket=bucket)
    paths = ct_series(tmp_path, slices=3)
    where = {"STORAGE_URL": f"s3://{bucket}/room", "S3_ENDPOINT_URL": s3_server, "S3_REGION": REGION, **KEYS}
    with start_reading_room(environment=where) as room:
        printed = room.manage("ingest", str(tmp_path))
        assert printed.strip().endswith("ingested 3, already there 0, quarantined 0")
        # The worker derives the frames.
        assert {state for _, state, _ in room.wait_for_jobs()} == {"done"}
        found = room.python("""
from annotator.imaging.models import Frame
from annotator.imaging.store.frame_tokens import issue_token
from rest_framework.authtoken.models import Token
from annotator.accounts.models import User
frame = Frame.objects.select_related("instance__series__study", "instance__stack").first()
instance = frame.instance
result = {
    "key": frame.key, "frame_token": issue_token(instance.stack.key, person_id=1).token,
    "token": Token.objects.create(user=User.objects.get(username="data_manager")).key,
    "sha256": instance.sha256, "length": frame.derived_length,
    "path": f"/dicomweb/studies/{instance.series.study}/series/{instance.series}/instances/{instance}",
}
""")
        frame = {"X-Frame-Token": found["frame_token"]}
        assert len(_fetch(room.base_url, f"/frames/{found['key']}", **frame)) == found["length"]
        picture = _fetch(room.base_url, f"/frames/{found['key']}/rendered", **frame)
        assert picture[:2] == b"\xff\xd8"
        original = _fetch(
            room.base_url,
            found["path"],
            Accept="application/dicom; transfer-syntax=*",
            Authorization=f"Token {found['token']}",
        )
        assert original in [path.read_bytes() for path in paths]
        kept = [item["Key"] for item in client.list_objects_v2(Bucket=bucket)["Contents"]]
        assert sum(key.endswith(".dcm") for key in kept) == 3
        assert f"room/originals/{found['sha256'][:2]}/{found['sha256']}.dcm" in kept
        on_disk = [path for path in room.data_dir.rglob("*") if path.suffix in (".dcm", ".frames")]
        assert on_disk == []
        assert list((room.data_dir / "staging").glob("*")) == []


def _fetch(base: str, address: str, **headers: str) -> bytes:
    request = urllib.request.Request(base + address, headers={name.replace("_", "-"): v for name, v in headers.items()})
    with urllib.request.urlopen(request, timeout=30) as answer:
        content: bytes = answer.read()
    return content
