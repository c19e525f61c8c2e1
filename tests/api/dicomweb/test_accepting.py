"""Accept headers as they are written in the wild."""

import pytest
from django.test import RequestFactory

from api.dicomweb.accepting import MediaRange, accepted, parse_ranges


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("", []),
        ("*/*", [MediaRange("*/*")]),
        ("image/jpeg", [MediaRange("image/jpeg", False)]),
        ("IMAGE/JPEG ; Q=0.5", [MediaRange("image/jpeg", False, "", 0.5)]),
        ('multipart/related; type="image/jp2"', [MediaRange("image/jp2", True)]),
        ("multipart/related;type=image/jp2;transfer-syntax=*", [MediaRange("image/jp2", True, "*")]),
        ('multipart/related; type="image/jp2; transfer-syntax=1.2.3"', [MediaRange("image/jp2", True, "1.2.3")]),
        ('multipart/related; transfer-syntax=1.2; type="*/*"', [MediaRange("*/*", True, "1.2")]),
        ("multipart/related", [MediaRange("*/*", True)]),
        ("multipart/*", [MediaRange("*/*", True)]),
        ('a/b; x="1,2;3", c/d', [MediaRange("a/b", False), MediaRange("c/d", False)]),
        ('a/b; x="say \\"no\\", please"', [MediaRange("a/b", False)]),
        ("nonsense, a/b;q=oops", [MediaRange("a/b", False)]),
        (",,;", []),
    ],
)
def test_ranges_are_read(text: str, ranges: list[MediaRange]) -> None:
    assert parse_ranges(text) == ranges


def test_quoted_values_are_unquoted() -> None:
    (found,) = parse_ranges('a/b; x="say \\"no\\", please"; Boundary=abc')
    assert found.parameters == {"x": 'say "no", please', "boundary": "abc"}


def names(header: str, query: str = "") -> list[str]:
    return [one.name for one in accepted(RequestFactory().get(f"/?{query}", headers={"Accept": header}))]


def test_the_most_wanted_comes_first_and_the_address_before_the_header() -> None:
    assert names("a/a;q=0.1, b/b, c/c;q=0.5, d/d;q=0") == ["b/b", "c/c", "a/a"]
    assert names("a/a", "accept=b/b;q=0.1") == ["b/b", "a/a"]
    assert names("", "accept=application/dicom%2Bjson") == names("", "accept=application/dicom+json")
    assert names("") == ["*/*"]
    assert names("a/a;q=0") == []


@pytest.mark.parametrize(
    ("name", "media_type", "takes"),
    [
        ("*/*", "image/jpeg", True),
        ("image/*", "image/jpeg", True),
        ("image/*", "imagery/jpeg", False),
        ("image/jpeg", "image/jpeg", True),
        ("image/jp", "image/jpeg", False),
    ],
)
def test_a_range_takes_its_family(name: str, media_type: str, takes: bool) -> None:
    assert MediaRange(name).takes(media_type) is takes
