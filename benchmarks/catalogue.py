"""How fast a long catalogue pages and is searched, on the page and over QIDO-RS, and with how many queries.

Run it as `python -m benchmarks.catalogue --studies 100000`. It starts a PostgreSQL of its own, fills it with made-up
rows (see catalogue_rows.py) and asks the whole Django stack in this process, signed in, from the first middleware to
the last byte of the answer; the web server and the network are left out. Rounds are interleaved: every question is
asked once before any is asked again. Prints tables and asserts nothing.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

Question = tuple[str, str]


def pages(studies: int, collection: int, name: str) -> list[Question]:
    """Addresses of the catalogue."""
    last = studies // 25
    return [
        ("first page", "/studies/"),
        ("a hundred a page", "/studies/?size=100"),
        ("page in the middle", f"/studies/?page={last // 2}"),
        ("last page", f"/studies/?page={last}"),
        ("oldest first, a quarter on", f"/studies/?order=oldest&page={last // 4}"),
        ("by patient", "/studies/?order=patient"),
        ("by patient, in the middle", f"/studies/?order=patient&page={last // 2}"),
        ("a frequent word", "/studies/?q=head"),
        ("a surname and a word", "/studies/?q=schafer+thorax"),
        ("whole name", f"/studies/?q={name}"),
        ("accession number", "/studies/?q=A10000042"),
        ("two letters", "/studies/?q=yu"),
        ("no such word", "/studies/?q=xyzzy"),
        ("modality, body part", "/studies/?modality=US&body_part=BREAST"),
        ("a month of one modality", "/studies/?modality=MG&since=2019-03-01&until=2019-03-31"),
        ("tag", "/studies/?tag=teaching"),
        ("collection and word", f"/studies/?collection={collection}&q=breast"),
        ("needs a look", "/studies/?state=look"),
        ("not ready", "/studies/?state=waiting"),
        ("frequent word, in the middle", f"/studies/?q=ct&page={last // 4}"),
    ]


def searches(studies: int, name: str) -> list[Question]:
    """Addresses of QIDO-RS, a page of 50 each."""
    root = "/dicomweb/studies?limit=50"
    return [
        ("QIDO all studies", root),
        ("QIDO in the middle", f"{root}&offset={studies // 2}"),
        ("QIDO family name*", f"{root}&PatientName=Schäfer*"),
        ("QIDO *part of a name*", f"{root}&PatientName=*wenj*"),
        ("QIDO fuzzy name", f"{root}&PatientName={name}&fuzzymatching=true"),
        ("QIDO patient id", f"{root}&PatientID=PID0000042"),
        ("QIDO accession", f"{root}&AccessionNumber=A10000042"),
        ("QIDO a month", f"{root}&StudyDate=20190301-20190331"),
        ("QIDO modality", f"{root}&ModalitiesInStudy=MG"),
        ("QIDO modality and year", f"{root}&ModalitiesInStudy=US&StudyDate=20200101-20201231"),
        ("QIDO *description*", f"{root}&StudyDescription=*Thorax*"),
        ("QIDO no such name", f"{root}&PatientName=Xyzzy*"),
        ("QIDO includefield", f"{root}&includefield=StudyDescription,NumberOfStudyRelatedInstances"),
        ("QIDO series of a modality", "/dicomweb/series?limit=50&Modality=MR"),
        ("QIDO series of a study", "/dicomweb/studies/1.2.826.0.1.3680043.8.498.42/series?limit=50"),
        ("QIDO instances of a study", "/dicomweb/studies/1.2.826.0.1.3680043.8.498.42/instances?limit=50"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--explain", metavar="ADDRESS", help="print the queries of one address with their plans")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from tools.backing_services import running_postgres

    with running_postgres() as database, tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DATABASE_URL=database,
            DATA_DIR=folder,
            DJANGO_SETTINGS_MODULE="annotator.config.settings",
            LOG_LEVEL="WARNING",
            ALLOWED_HOSTS="testserver",
        )
        import django

        django.setup()
        _measure(options)


def _measure(options: argparse.Namespace) -> None:
    from django.core.management import call_command
    from django.test import Client

    from annotator.imaging.models import Collection, Instance, Patient, Series
    from benchmarks.catalogue_rows import fill

    call_command("migrate", verbosity=0)
    begin = time.perf_counter()
    person = fill(options.studies)
    counts = f"{Patient.objects.count():,} patients, {Series.objects.count():,} series, {Instance.objects.count():,}"
    print(f"{options.studies:,} studies, {counts} instances; written in {time.perf_counter() - begin:.0f} s\n")
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    if options.explain:
        _explain(client, options.explain)
        return
    name = Patient.objects.order_by("pk")[0].name_key.replace(" ", "+")
    questions = pages(options.studies, Collection.objects.get().pk, name)
    asked = [*questions, *searches(options.studies, name)]
    times = _ask(client, asked, options.rounds)
    print(f"{'question':32} {'status':>6} {'rows':>6} {'queries':>7} {'p50 ms':>8} {'p95 ms':>8} {'worst':>8}")
    for what, address in asked:
        status, rows, queries = _look_once(client, address)
        spent = sorted(times[address])
        p95 = statistics.quantiles(spent, n=20, method="inclusive")[18] if len(spent) > 1 else spent[0]
        print(
            f"{what:32} {status:6} {rows:>6} {queries:7d} {statistics.median(spent):8.1f} {p95:8.1f} {spent[-1]:8.1f}"
        )
    for group, part in (("catalogue", questions), ("QIDO-RS", asked[len(questions) :])):
        every = sorted(spent for _, address in part for spent in times[address])
        p95 = statistics.quantiles(every, n=20, method="inclusive")[18]
        print(f"{group}: p50 {statistics.median(every):.1f} ms, p95 {p95:.1f} ms")


def _ask(client: Any, asked: list[Question], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {address: [] for _, address in asked}
    for number in range(rounds + 2):
        for _, address in asked:
            begin = time.perf_counter()
            client.get(address)
            if number >= 2:  # two rounds to warm up
                times[address].append((time.perf_counter() - begin) * 1000)
    return times


def _look_once(client: Any, address: str) -> tuple[int, str, int]:
    """Status, how many rows came, how many queries it took."""
    import json

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    rows = "-"
    if answer.headers.get("Content-Type", "").startswith("application/dicom+json") and answer.content:
        rows = str(len(json.loads(answer.content)))
    elif address.startswith("/studies/"):
        rows = str(answer.content.count(b"data-open"))
    return answer.status_code, rows, len(captured)


def _explain(client: Any, address: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    for query in captured.captured_queries:
        print(f"\n{query['time']} s  {query['sql'][:1500]}")
        if query["sql"].startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + query["sql"])
                for (line,) in cursor.fetchall():
                    print("   ", line[:200])


if __name__ == "__main__":
    main()
