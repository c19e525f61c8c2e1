"""Which cases a label schema is meant for. Pure."""

from typing import Any


def schema_fits(definition: dict[str, Any], *, modality: str, body_part: str = "") -> bool:
    """Whether a schema is meant for a case of this modality and body part.

    Parameters
    ----------
    definition : of a schema; without "body_parts" it is meant for all of them.
    body_part : DICOM's Body Part Examined; empty when not known, and then it excludes nothing.
    """
    if modality not in definition["modalities"]:
        return False
    return not body_part or body_part.upper() in definition.get("body_parts", [body_part.upper()])
