"""Which pictures may show who the patient is, by what their header says."""

from annotator.imaging.headers.dicom_values import raw_value, text
from annotator.imaging.headers.parsing import ParsedInstance

# By how their SOP Class UID begins: what prints its own screen into the picture.
ULTRASOUND = ("1.2.840.10008.5.1.4.1.1.3", "1.2.840.10008.5.1.4.1.1.6")
SECONDARY_CAPTURE = ("1.2.840.10008.5.1.4.1.1.7",)
ULTRASOUND_MODALITIES = ("US", "IVUS", "BDUS", "EC")
# Documents that were scanned, films that were digitised.
CAPTURED_MODALITIES = ("DOC", "SC", "FID", "OT")
# Values of Image Type by which consoles name copies of their screens.
SCREEN_WORDS = ("SCREEN", "CAPTURE", "PRINT", "SECONDARY CAPTURE")


def may_show_text(parsed: ParsedInstance) -> bool:
    """Whether a person must look at this picture before anybody else does.

    Only Burned In Annotation (0028,0301) of NO lets an ultrasound picture, a capture of a screen, paper or film, or a
    colour picture through; YES keeps any picture back, and Recognizable Visual Features of YES does too.

    Source: DICOM PS3.3 C.7.6.1 (Burned In Annotation), C.8.6.1 (Conversion Type), PS3.15 E.3.1 (Clean Pixel Data).
    """
    dataset = parsed.dataset
    stated = text(dataset, "BurnedInAnnotation").upper()
    if stated == "YES" or text(dataset, "RecognizableVisualFeatures").upper() == "YES":
        return True
    if stated == "NO":
        return False
    kept_back = ULTRASOUND + SECONDARY_CAPTURE
    if any(parsed.sop_class_uid == uid or parsed.sop_class_uid.startswith(f"{uid}.") for uid in kept_back):
        return True
    if parsed.series.modality in ULTRASOUND_MODALITIES + CAPTURED_MODALITIES:
        return True
    if raw_value(dataset, "ConversionType") is not None or _is_of_a_screen(text(dataset, "ImageType")):
        return True
    # Colour in a CT or MR is a report, a fusion or a copy of a screen; scanners themselves send grey.
    return parsed.picture.samples_per_pixel == 3 or parsed.picture.photometric_interpretation == "PALETTE COLOR"


def _is_of_a_screen(image_type: str) -> bool:
    values = image_type.upper().split("\\")
    return any(word in value for value in values for word in SCREEN_WORDS)
