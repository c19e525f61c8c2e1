"""A header as rows."""

from frontend.pages.header_table import LONGEST_VALUE, header_rows


def test_names_numbers_and_sequences_become_rows_in_the_order_of_their_tags() -> None:
    header = {
        "00280010": {"vr": "US", "Value": [512]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Doe^Jane"}]},
        "00280030": {"vr": "DS", "Value": [0.5, 0.6]},
        "00081140": {"vr": "SQ", "Value": [{"00081150": {"vr": "UI", "Value": ["1.2"]}}]},
        "00200060": {"vr": "CS"},
    }
    rows = [(row.tag, row.name, row.value, row.depth) for row in header_rows(header)]
    assert rows == [
        ("(0008,1140)", "Referenced Image Sequence", "1 item", 0),
        ("(0008,1150)", "Referenced SOP Class UID", "1.2", 1),
        ("(0010,0010)", "Patient's Name", "Doe^Jane", 0),
        ("(0020,0060)", "Laterality", "", 0),
        ("(0028,0010)", "Rows", "512", 0),
        ("(0028,0030)", "Pixel Spacing", "0.5\\0.6", 0),
    ]


def test_private_elements_binary_data_and_very_long_values_do_not_break_the_table() -> None:
    header = {
        "00091001": {"vr": "LO", "Value": ["maker's own"]},
        "7FE00010": {"vr": "OW", "BulkDataURI": "x"},
        "00104000": {"vr": "LT", "Value": ["a" * (LONGEST_VALUE + 1)]},
    }
    by_tag = {row.tag: row for row in header_rows(header)}
    assert by_tag["(0009,1001)"].name == "Private"
    assert by_tag["(7FE0,0010)"].value == "binary data"
    assert by_tag["(0010,4000)"].value.endswith("(301 characters)")
