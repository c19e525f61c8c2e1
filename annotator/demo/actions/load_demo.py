"""Fill an empty installation with people, pictures and a worklist, through the same actions that people use."""

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

from django.utils import timezone

from annotator.accounts.errors import RoomError
from annotator.accounts.models import User
from annotator.assist.actions.allow_anatomy import allow_anatomy
from annotator.assist.model_queries import model_lines_for
from annotator.cases.actions.install_hangings import install_shipped_hangings
from annotator.cases.models import Case
from annotator.demo import head_ct, thyroid_ultrasound, tomosynthesis
from annotator.demo.actions.make_people import make_people
from annotator.demo.head_ct import write_head_ct
from annotator.demo.pydicom_files import bundled_study_uids, copy_pydicom_files
from annotator.demo.thyroid_ultrasound import write_thyroid_ultrasound
from annotator.demo.tomosynthesis import write_tomosynthesis
from annotator.imaging.actions.ingest_paths import IntakeSummary, ingest_paths
from annotator.jobs.actions.run_job import run_job
from annotator.jobs.models import Job, JobState
from annotator.labels.actions.install_schemas import install_shipped_schemas
from annotator.readerstudies.actions.assign_cases import assign_cases
from annotator.readerstudies.models import Assignment

DUE_IN_DAYS = 14
SOURCE = "demo content"
CALIPER_WORK = "assist.find_calipers"
POLL_SECONDS = 0.25

Say = Callable[[str], None]


class DemoNotLoadedError(RoomError):
    """The demo could not be made ready; what is there stays, and running it again goes on."""


@dataclass(frozen=True)
class DemoSummary:
    """What this run did; `already_there` means that it changed nothing."""

    already_there: bool
    ingested: int = 0
    quarantined: int = 0
    assigned: int = 0
    seconds: float = 0.0


def demo_study_uids() -> list[str]:
    """The demo's studies in the order in which the radiologist reads them."""
    made = (head_ct.STUDY, tomosynthesis.STUDY, thyroid_ultrasound.STUDY, thyroid_ultrasound.CINE_STUDY)
    return [*(str(study.uid) for study in made), *bundled_study_uids()]


def load_demo(*, in_this_process: bool = True, wait_seconds: float = 120, say: Say = lambda _text: None) -> DemoSummary:
    """Make people, install label schemas, ingest the phantoms and pydicom's files, and assign their cases.

    Run again it changes nothing, whatever people have done to the assignments meanwhile; after a crash it goes on.

    Parameters
    ----------
    in_this_process : make frames and cases and look for calipers here; else wait for a worker to do it.
    wait_seconds : for the worker.

    Raises
    ------
    DemoNotLoadedError : no worker made the cases in time, or a file of the demo was refused.
    """
    started = time.monotonic()
    radiologist, _manager, admin = make_people()
    install_shipped_schemas()
    install_shipped_hangings()
    wanted = demo_study_uids()
    if _is_loaded(wanted):
        return DemoSummary(already_there=True, seconds=time.monotonic() - started)
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        say("Making phantoms")
        _write_files(Path(folder))
        say("Taking them in")
        summary = ingest_paths(admin, [folder], derive=in_this_process, source=SOURCE)
        _check(summary)
    # Originals were copied by their content, so the temporary folder may go before frames are derived.
    cases = _cases(wanted) if in_this_process else _wait_for_cases(wanted, wait_seconds)
    if len(cases) < len(wanted):
        raise DemoNotLoadedError(f"Only {len(cases)} of {len(wanted)} demo cases were made; see the jobs page for why.")
    if in_this_process:
        say("Looking for calipers")
        for job_id in Job.objects.filter(kind=CALIPER_WORK, state=JobState.QUEUED).values_list("pk", flat=True):
            run_job(job_id)
    _let_models_look(admin)
    assigned = _assign(admin, radiologist, cases)
    return DemoSummary(
        already_there=False,
        ingested=summary.ingested,
        quarantined=summary.quarantined,
        assigned=assigned,
        seconds=time.monotonic() - started,
    )


def _let_models_look(admin: User) -> None:
    """The networks learned from breasts, the phantom is a thyroid: allowed here, with the note on each suggestion."""
    for line in model_lines_for(admin):
        if line.active is not None and line.active.modality == "US":
            allow_anatomy(admin, line.name, "THYROID", allowed=True, reason="Demo: a phantom, nobody's thyroid.")


def _write_files(folder: Path) -> None:
    copy_pydicom_files(folder / "pydicom")
    makers = (write_tomosynthesis, write_head_ct, write_thyroid_ultrasound)
    # Spawned, not forked: this process has a database connection and threads.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for task in [pool.submit(maker, folder / maker.__module__.rpartition(".")[2]) for maker in makers]:
            task.result()


def _check(summary: IntakeSummary) -> None:
    if summary.quarantined:
        raise DemoNotLoadedError(
            f"{summary.quarantined} of the demo's files were refused; the quarantine page says why. An installation "
            "that holds another version's demo keeps it: start with an empty DATA_DIR."
        )


def _cases(study_uids: list[str]) -> list[Case]:
    """One case a study, in the order of the studies; those that are not made yet are missing."""
    by_study = {
        case.study.study_instance_uid: case
        for case in Case.objects.filter(study__study_instance_uid__in=study_uids).select_related("study")
    }
    return [by_study[uid] for uid in study_uids if uid in by_study]


def _is_loaded(study_uids: list[str]) -> bool:
    cases = _cases(study_uids)
    return len(cases) == len(study_uids) and Assignment.objects.filter(case__in=cases).exists()


def _wait_for_cases(study_uids: list[str], seconds: float) -> list[Case]:
    until = time.monotonic() + seconds
    while len(cases := _cases(study_uids)) < len(study_uids):
        if time.monotonic() > until:
            raise DemoNotLoadedError(
                f"No worker made the demo's cases within {seconds:.0f} seconds. Start one, or load with --now."
            )
        time.sleep(POLL_SECONDS)
    return cases


def _assign(admin: User, radiologist: User, cases: list[Case]) -> int:
    due = timezone.localdate() + timedelta(days=DUE_IN_DAYS)
    missing = [case.pk for case in cases if not Assignment.objects.filter(case=case, reader=radiologist).exists()]
    return len(assign_cases(admin, missing, [radiologist.pk], due_date=due)) if missing else 0
