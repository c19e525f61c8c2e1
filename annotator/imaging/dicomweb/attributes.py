"""The attributes that a search may match, and to which level each attribute belongs.

Source: DICOM PS3.18 tables 10.6.1-5 and 10.6.3-3 to 10.6.3-5, PS3.4 C.6.
"""

from dataclasses import dataclass
from typing import Any, Literal

from pydicom.datadict import tag_for_keyword

Level = Literal["study", "series", "instance"]
Matching = Literal["text", "name", "uid", "date", "time", "number", "modalities", "classes"]

# How a level reaches the rows above it.
PREFIXES: dict[Level, dict[Level, str]] = {
    "study": {"study": ""},
    "series": {"study": "study__", "series": ""},
    "instance": {"study": "series__study__", "series": "series__", "instance": ""},
}


@dataclass(frozen=True)
class Attribute:
    """An attribute that can be matched.

    Attributes
    ----------
    tag : eight hexadecimal digits; of an attribute inside a sequence both tags with a dot between.
    lookup : from the row of its level.
    folded : for names, the column of the folded name.
    in_words : whether the study's words, which an index searches for parts, hold this value too.
    """

    tag: str
    keyword: str
    level: Level
    lookup: str
    matching: Matching = "text"
    folded: str = ""
    in_words: bool = False


MATCHED = (
    Attribute("0020000D", "StudyInstanceUID", "study", "study_instance_uid", "uid"),
    Attribute("00080020", "StudyDate", "study", "study_date", "date"),
    Attribute("00080030", "StudyTime", "study", "study_time", "time"),
    Attribute("00080050", "AccessionNumber", "study", "accession_number", in_words=True),
    Attribute("00080061", "ModalitiesInStudy", "study", "series__modality", "modalities"),
    Attribute("00080062", "SOPClassesInStudy", "study", "series__instances__sop_class_uid", "classes"),
    Attribute("00080090", "ReferringPhysicianName", "study", "referring_physician", "name", "referring_key"),
    Attribute("00081030", "StudyDescription", "study", "description", in_words=True),
    Attribute("00100010", "PatientName", "study", "patient__name", "name", "patient__name_key"),
    Attribute("00100020", "PatientID", "study", "patient__patient_id", in_words=True),
    Attribute("00100021", "IssuerOfPatientID", "study", "patient__issuer"),
    Attribute("00100030", "PatientBirthDate", "study", "patient__birth_date", "date"),
    Attribute("00100040", "PatientSex", "study", "patient__sex"),
    Attribute("00200010", "StudyID", "study", "study_id"),
    Attribute("0020000E", "SeriesInstanceUID", "series", "series_instance_uid", "uid"),
    Attribute("00080060", "Modality", "series", "modality"),
    Attribute("00200011", "SeriesNumber", "series", "series_number", "number"),
    Attribute("0008103E", "SeriesDescription", "series", "description"),
    Attribute("00180015", "BodyPartExamined", "series", "body_part"),
    Attribute("00400244", "PerformedProcedureStepStartDate", "series", "performed_date", "date"),
    Attribute("00400245", "PerformedProcedureStepStartTime", "series", "performed_time", "time"),
    Attribute(
        "00400275.00400009",
        "RequestAttributesSequence.ScheduledProcedureStepID",
        "series",
        "scheduled_step_id",
    ),
    Attribute(
        "00400275.00401001",
        "RequestAttributesSequence.RequestedProcedureID",
        "series",
        "requested_procedure_id",
    ),
    Attribute("00080018", "SOPInstanceUID", "instance", "sop_instance_uid", "uid"),
    Attribute("00080016", "SOPClassUID", "instance", "sop_class_uid", "uid"),
    Attribute("00200013", "InstanceNumber", "instance", "instance_number", "number"),
)


def _tags(keywords: str) -> frozenset[str]:
    return frozenset(f"{tag:08X}" for keyword in keywords.split() if (tag := tag_for_keyword(keyword)) is not None)


# Attributes of the headers that belong to patient and study, and to the series: PS3.3 C.7.1 to C.7.3, C.7.5. What is
# in neither list belongs to the instance, and a search of studies or series never answers it.
OF_THE_STUDY = _tags(
    "SpecificCharacterSet TimezoneOffsetFromUTC StudyDate StudyTime AccessionNumber IssuerOfAccessionNumberSequence "
    "ReferringPhysicianName ReferringPhysicianIdentificationSequence ConsultingPhysicianName StudyDescription "
    "ProcedureCodeSequence NameOfPhysiciansReadingStudy PhysiciansOfRecord AdmittingDiagnosesDescription "
    "AdmittingDiagnosesCodeSequence ReferencedStudySequence ReferencedPatientSequence PatientName PatientID "
    "IssuerOfPatientID IssuerOfPatientIDQualifiersSequence TypeOfPatientID PatientBirthDate PatientBirthTime "
    "PatientSex OtherPatientIDsSequence OtherPatientIDs OtherPatientNames PatientAge PatientSize PatientWeight "
    "PatientSizeCodeSequence PatientBodyMassIndex EthnicGroup EthnicGroups Occupation AdditionalPatientHistory "
    "PatientComments PatientSpeciesDescription PatientBreedDescription ResponsiblePerson ResponsiblePersonRole "
    "ResponsibleOrganization MedicalAlerts Allergies SmokingStatus PregnancyStatus LastMenstrualDate "
    "PatientSexNeutered PatientState AdmissionID ServiceEpisodeID ReasonForVisit "
    "PatientIdentityRemoved DeidentificationMethod DeidentificationMethodCodeSequence "
    "LongitudinalTemporalInformationModified StudyInstanceUID StudyID RequestingService "
    "RequestedProcedureDescription RequestedProcedureCodeSequence"
)
OF_THE_SERIES = _tags(
    "SeriesDate SeriesTime Modality SeriesDescription SeriesDescriptionCodeSequence SeriesInstanceUID SeriesNumber "
    "Laterality BodyPartExamined ProtocolName PatientPosition PerformingPhysicianName OperatorsName "
    "ReferencedPerformedProcedureStepSequence PerformedProcedureStepStartDate PerformedProcedureStepStartTime "
    "PerformedProcedureStepEndDate PerformedProcedureStepEndTime PerformedProcedureStepID "
    "PerformedProcedureStepDescription PerformedProtocolCodeSequence RequestAttributesSequence "
    "CommentsOnThePerformedProcedureStep SmallestPixelValueInSeries LargestPixelValueInSeries Manufacturer "
    "InstitutionName InstitutionAddress InstitutionalDepartmentName StationName ManufacturerModelName "
    "DeviceSerialNumber SoftwareVersions DeviceUID GantryID FrameOfReferenceUID PositionReferenceIndicator "
    "PresentationIntentType AnatomicRegionSequence TreatmentSessionUID"
)


def attributes_at(level: Level) -> dict[str, tuple[Attribute, str]]:
    """What a search at a level can match: (attribute, lookup from that level's rows) by tag, and by keyword."""
    found = {}
    for attribute in MATCHED:
        if attribute.level in PREFIXES[level]:
            prefix = PREFIXES[level][attribute.level]
            found[attribute.tag] = found[attribute.keyword.lower()] = (attribute, prefix)
    return found


def header_attributes(header: dict[str, Any], level: Level, wanted: frozenset[str] | None) -> dict[str, Any]:
    """The elements of an instance's header that a search at a level answers; None: all of them.

    Bulk data stay out: PS3.18 10.6.3.3 has them in the metadata only.
    """
    allowed = {"study": OF_THE_STUDY, "series": OF_THE_STUDY | OF_THE_SERIES, "instance": None}[level]
    return {
        tag: element
        for tag, element in header.items()
        if (wanted is None or tag in wanted) and (allowed is None or tag in allowed) and "BulkDataURI" not in element
    }
