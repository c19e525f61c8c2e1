"""The table beside pictures, and which files belong to which."""

import pytest

from annotator.imaging.errors import QuarantineError
from annotator.imaging.wrapping.companions import Companions, default_patient_id
from annotator.imaging.wrapping.details import DetailsError, PictureDetails
from annotator.imaging.wrapping.tables import read_table


def details(*lines: str, picture: str = "a.png", encoding: str = "utf-8") -> PictureDetails:
    table = read_table("\n".join(lines).encode(encoding), name="t.csv")
    return Companions([picture], [table]).details_of(picture)


def test_every_column_is_read():
    found = details(
        "file,patient_id,patient_name,patient_sex,patient_birth_date,study,study_date,study_description,"
        "series_description,modality,body_part,laterality,view,pixel_spacing_row_mm,pixel_spacing_column_mm,mask",
        "a.png,P1,Doe^Jane,female,1970-02-03,first,20260102,Breast,Still,us,breast,both,cc,0.1,0.2,m.png|n.png",
    )
    assert found == PictureDetails(
        patient_id="P1",
        patient_name="Doe^Jane",
        patient_sex="F",
        patient_birth_date="19700203",
        study="first",
        study_date="20260102",
        study_description="Breast",
        series_description="Still",
        modality="US",
        body_part="BREAST",
        laterality="B",
        view="CC",
        spacing=(0.1, 0.2),
        masks=("m.png", "n.png"),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_headers_are_read_in_any_case_with_any_delimiter(encoding, delimiter, ending):
    lines = [delimiter.join(["FILE", "Patient ID", "BI-RADS"]), delimiter.join(["a.png", "Müller", "4"])]
    table = read_table(ending.join(lines).encode(encoding), name="t.csv")
    assert Companions(["a.png"], [table]).details_of("a.png").patient_id == "Müller"


def test_commas_in_numbers_are_understood_where_semicolons_divide():
    found = details("file;pixel_spacing_row_mm;pixel_spacing_column_mm", "a.png;0,25;0,5")
    assert found.spacing == (0.25, 0.5)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("laterality", "up"),
        ("modality", "PHOTO"),
        ("patient_sex", "x"),
        ("study_date", "31/12/2020"),
        ("patient_id", "a\\b"),
        ("patient_id", "x" * 65),
        ("body_part", "brêast"),
    ],
)
def test_a_value_that_can_not_be_is_said_with_table_line_and_column(column, value):
    with pytest.raises(QuarantineError, match=rf"^t\.csv, line 3: {column} "):
        details(f"file,{column}", "", f"a.png,{value}")


@pytest.mark.parametrize("sizes", ["0.1,", ",0.1", "0,0.1", "-1,1", "nan,1", "wide,1", "101,1"])
def test_a_pixel_size_that_can_not_be_is_refused(sizes):
    with pytest.raises(QuarantineError, match="line 2"):
        details("file,pixel_spacing_row_mm,pixel_spacing_column_mm", f"a.png,{sizes}")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"ID,Case\na,2", "lacks the column 'file'"),
        (b"", "lacks the column 'file'"),
        (b"file,FILE\na,b", "two columns for file"),
        ("file,patient_id\na.png,Müller".encode("latin-1"), r"isn't UTF-8 \(line 2\)"),
        (b'file,patient_id\n"a' + b"x" * 200_000, "can't be read|field larger"),
    ],
)
def test_what_is_no_table_of_pictures_is_refused_in_words(content, words):
    with pytest.raises(QuarantineError, match=words):
        read_table(content, name="t.csv")


def test_two_rows_for_one_picture_stop_it():
    with pytest.raises(QuarantineError, match=r"t\.csv, line 2 and t\.csv, line 3"):
        details("file,patient_id", "a.png,P1", "a.png,P2")


def test_rows_without_a_file_and_files_that_did_not_come_are_remarked():
    table = read_table(b"file,patient_id\n,P\nb.png,P\na.png,P", name="t.csv")
    said = Companions(["a.png"], [table]).remarks_on(table)
    assert said == "Not used: line 2: names no file; line 3: b.png did not come along."


def test_the_nearest_table_counts():
    far = read_table(b"file,patient_id\nx/a.png,FAR", name="set/t.csv")
    near = read_table(b"file,patient_id\na.png,NEAR", name="set/x/t.csv")
    assert Companions(["set/x/a.png"], [far, near]).details_of("set/x/a.png").patient_id == "NEAR"


def test_a_bare_name_is_found_below_where_it_is_the_only_one():
    table = read_table(b"file,patient_id\na.png,P\nb.png,Q", name="set/t.csv")
    found = Companions(["set/x/a.png", "set/x/b.png", "set/y/b.png"], [table])
    assert found.details_of("set/x/a.png").patient_id == "P"
    assert found.details_of("set/x/b.png").patient_id == "x"


def test_a_path_that_climbs_out_names_nothing_outside():
    table = read_table(b"file,patient_id\n../../etc/a.png,EVIL", name="set/t.csv")
    assert Companions(["set/a.png"], [table]).details_of("set/a.png").patient_id == "set"


@pytest.mark.parametrize(
    ("picture", "mask"),
    [
        ("d/case1.png", "d/case1_tumor.png"),
        ("d/case1.png", "d/case1_mask.png"),
        ("d/case1.png", "d/case1-mask-2.png"),
        ("d/case1.jpg", "d/case1_segmentation.tif"),
        ("images/a.png", "masks/a.png"),
        ("images/a.png", "masks/mask_a.png"),
        ("images/v.nii.gz", "labels/v.nii.gz"),
        ("z.zip!images/a.png", "z.zip!masks/a.png"),
    ],
)
def test_masks_are_told_by_their_names(picture, mask):
    found = Companions([picture, mask], ())
    assert found.picture_of_mask(mask) == picture
    assert found.picture_of_mask(picture) is None


@pytest.mark.parametrize("names", [("a_mask.png",), ("x/a.png", "y/z/a_mask.png"), ("a.png", "b.png")])
def test_a_name_alone_makes_no_mask(names):
    assert all(Companions(names, ()).picture_of_mask(name) is None for name in names)


@pytest.mark.parametrize(
    ("path", "patient"),
    [
        ("patient 7/a.png", "patient 7"),
        ("images/a.nii.gz", "a"),
        ("a.png", "a"),
        ("set.zip/a.png", "a"),
        ("x" * 80 + "/a.png", "x" * 64),
    ],
)
def test_without_a_row_the_folder_or_the_name_says_whose_it_is(path, patient):
    assert default_patient_id(path) == patient


def test_details_errors_are_not_lost_for_rows_that_stand_alone():
    (row,) = read_table(b"file,laterality\na.png,up", name="t.csv").rows
    with pytest.raises(DetailsError, match="laterality 'up'"):
        row.details(default_patient_id="x")
