"""A made-up catalogue: patients with plausible names, studies of a few modalities, series, stacks and instances.

Rows only, no files: what is listed and searched is rows. Patients and studies are written through the models, so that a
new column has its default; series, stacks and instances are copied inside PostgreSQL from one template row each. The
tables of frames stay empty: neither the catalogue nor QIDO-RS reads them for a list.
"""

import random
from datetime import date, timedelta
from typing import Any

from django.db import connection, models

from annotator.accounts.models import Role, User
from annotator.imaging.catalogue.name_keys import fold_name
from annotator.imaging.catalogue.search_text import search_text
from annotator.imaging.models import Collection, Instance, Patient, Series, Stack, Study, Tag

_FAMILIES = (
    "Abe Adams Almeida Andersson Bauer Becker Bianchi Brown Chen Costa Dąbrowski Díaz Doe Dubois Eriksson Fernández "
    "Fischer García Gómez Großmann Haddad Hansen Hernández Hoffmann Horvát Ivanov Jansen Johansson Jović Kaya Khan Kim "
    "Kowalski Kumar Larsen Lee Lefèvre López Maier Marques Martin Mehta Meyer Moreau Müller Nakamura Nguyễn Nielsen "
    "Novák Okafor Olsen Patel Pérez Petrov Popescu Reyes Ricci Rossi Roux Sánchez Santos Sato Schäfer Schmidt Şahin "
    "Silva Singh Smith Sokolov Suzuki Tanaka Thomas Tremblay Varga Vega Virtanen Wang Weber Wójcik Yamada Yılmaz Zhang"
)
_GIVEN = (
    "Aisha Ana Anders Anna Åsa Ben Carlos Chloé Clara Daniel Elena Elif Emma Eva Fatima Felix Gabriel Greta Hana Hugo "
    "Ida Igor Inés Ingrid Jan Jérôme João José Julia Jürgen Karin Lars Lena León Lucía Luka Łukasz Maria Marta Mehmet "
    "Mei Mia Mohammed Nadia Nina Noah Olga Oskar Paul Pedro Petra Rachel Ravi Rosa Sara Sofía Søren Tarō Tomás Ursula "
    "Viktor Vera Wei Wenjie Xavier Yara Yuki Zoë"
)
# Modality, body part, descriptions, and how often of a hundred; a study with several has the first as its own.
KINDS = (
    ("CT", "HEAD", ("CT head", "CT Schädel nativ", "CT head with contrast"), 22),
    ("CT", "CHEST", ("CT chest", "CT Thorax KM", "CT chest low dose"), 20),
    ("CT", "ABDOMEN", ("CT abdomen pelvis", "CT Abdomen"), 10),
    ("MG", "BREAST", ("Screening mammography", "Tomosynthesis 4 views", "Diagnostic mammogram left"), 22),
    ("US", "THYROID", ("US thyroid", "Sonographie Schilddrüse"), 10),
    ("US", "BREAST", ("US breast bilateral", "US breast right targeted"), 10),
    ("MR", "BRAIN", ("MRI brain", "MR Kopf"), 6),
)
TAGS = ("teaching", "second look", "motion", "incidental finding", "biopsy proven", "excluded")
SERIES_A_STUDY, INSTANCES_A_SERIES = (1, 1, 2, 2, 3), 3
FIRST_DAY, DAYS = date(2008, 1, 1), 6500
_BATCH = 2000


def fill(studies: int, *, seed: int = 7) -> User:
    """Write a catalogue of so many studies into empty tables; returns a data manager who may see it."""
    chance = random.Random(seed)
    person = User.objects.create_user("manager", password=None, role=Role.DATA_MANAGER)
    patients = _patients(max(1, studies * 6 // 10), chance)
    _studies(studies, patients, chance)
    _series()
    _instances()
    _labels(person, chance, studies)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return person


def _patients(number: int, chance: random.Random) -> list[Patient]:
    made, families, given = [], _FAMILIES.split(), _GIVEN.split()
    for index in range(number):
        name = f"{chance.choice(families)}^{chance.choice(given)}"
        made.append(
            Patient(
                patient_id=f"PID{index:07d}",
                name=name,
                name_key=fold_name(name),
                sex=chance.choice("FM"),
                birth_date=f"{FIRST_DAY - timedelta(days=chance.randrange(30000)):%Y%m%d}",
            )
        )
    return Patient.objects.bulk_create(made, batch_size=_BATCH)


def _studies(number: int, patients: list[Patient], chance: random.Random) -> None:
    kinds = chance.choices(KINDS, weights=[kind[3] for kind in KINDS], k=number)
    made = []
    for index, (modality, part, descriptions, _) in enumerate(kinds):
        patient = patients[index] if index < len(patients) else chance.choice(patients)
        day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
        series = chance.choice(SERIES_A_STUDY)
        reported = series > 2
        study = Study(
            patient=patient,
            patient_key=patient.name_key,
            study_instance_uid=f"1.2.826.0.1.3680043.8.498.{index + 1}",
            study_date=f"{day:%Y%m%d}",
            study_time=f"{chance.randrange(7, 20):02d}{chance.randrange(60):02d}00",
            description=chance.choice(descriptions),
            accession_number=f"A{10_000_000 + index}",
            modalities=f"{modality}\\SR" if reported else modality,
            body_parts=part,
            series_count=series,
            instance_count=series * INSTANCES_A_SERIES,
            ready_count=series * INSTANCES_A_SERIES,
            frame_count=series * INSTANCES_A_SERIES,
            review_count=1 if modality == "US" and chance.random() < 0.002 else 0,
            doubt_count=1 if modality == "MG" and chance.random() < 0.003 else 0,
        )
        words = [patient.name_key, patient.patient_id, study.description, study.accession_number, study.modalities]
        study.search_text = search_text([*words, part, study.study_instance_uid])
        made.append(study)
    Study.objects.bulk_create(made, batch_size=_BATCH)


def _series() -> None:
    template = Series(
        study=Study.objects.order_by("pk")[0], series_instance_uid="template", modality="CT", description="Series"
    )
    _copy(
        template,
        {
            "study_id": "s.id",
            "series_instance_uid": "s.study_instance_uid || '.' || n",
            "modality": "CASE WHEN n > 2 THEN 'SR' ELSE split_part(s.modalities, '\\', 1) END",
            "series_number": "n",
            "body_part": "s.body_parts",
        },
        "imaging_study s CROSS JOIN LATERAL generate_series(1, s.series_count) n",
    )


def _instances() -> None:
    series = Series.objects.order_by("pk")[0]
    values = {"series_id": "s.id", "key": "substr(md5(s.id::text), 1, 22)", "grouping": "'512x512'"}
    _copy(Stack(series=series, kind="volume", grouping="template", key="template"), values, "imaging_series s")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imaging_study s SET cover_id = first.stack FROM (SELECT e.study_id, min(k.id) AS stack "
            "FROM imaging_stack k JOIN imaging_series e ON e.id = k.series_id GROUP BY e.study_id) first "
            "WHERE first.study_id = s.id"
        )
    template = Instance(
        series=series,
        stack=Stack.objects.order_by("pk")[0],
        sop_instance_uid="template",
        sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        sha256="template",
        source_sha256="template",
        byte_size=524_288,
        state="ready",
        rows=512,
        columns=512,
        number_of_frames=1,
        samples_per_pixel=1,
        photometric_interpretation="MONOCHROME2",
        bits_allocated=16,
        bits_stored=12,
        pixel_representation=0,
        header={"00080060": {"vr": "CS", "Value": ["CT"]}, "00280010": {"vr": "US", "Value": [512]}},
    )
    name = "e.series_instance_uid || '.' || n"
    sha256 = f"md5({name}) || md5({name} || 'x')"
    _copy(
        template,
        {
            "series_id": "e.id",
            "stack_id": "k.id",
            "sop_instance_uid": name,
            "sha256": sha256,
            "source_sha256": sha256,
            "instance_number": "n",
        },
        "imaging_series e JOIN imaging_stack k ON k.series_id = e.id "
        f"CROSS JOIN generate_series(1, {INSTANCES_A_SERIES}) n",
    )


def _copy(template: models.Model, values: dict[str, str], source: str) -> None:
    """Write a row of a template's table for each row of a source; columns not among the values are the template's."""
    template.save()
    table = template._meta.db_table
    columns = [field.column for field in template._meta.concrete_fields if not field.primary_key]
    selected = ", ".join(f"({values[name]})" if name in values else f'template."{name}"' for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {selected} FROM {table} template, {source} WHERE template.id = %s",
            [template.pk],
        )
    template.delete()


def _labels(person: User, chance: random.Random, studies: int) -> None:
    """Tags on one study in twenty, and a collection of a hundredth of them."""
    ids = list(Study.objects.values_list("pk", flat=True))
    tags = Tag.objects.bulk_create([Tag(name=name) for name in TAGS])
    tagged: Any = Study.tags.through
    tagged.objects.bulk_create(
        [tagged(study_id=pk, tag_id=chance.choice(tags).pk) for pk in chance.sample(ids, studies // 20)],
        batch_size=_BATCH,
    )
    collection = Collection.objects.create(name="Teaching file", created_by=person)
    collected: Any = Collection.studies.through
    collected.objects.bulk_create(
        [collected(study_id=pk, collection_id=collection.pk) for pk in chance.sample(ids, max(1, studies // 100))],
        batch_size=_BATCH,
    )
