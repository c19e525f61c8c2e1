"""Release content that hypothesis makes, and a small release by hand."""

from hypothesis import strategies as st

from annotator.datasets.released import (
    ReleasedAnswer,
    ReleasedFinding,
    ReleasedFrame,
    ReleasedMark,
    ReleasedStack,
    ReleasedTarget,
)
from annotator.imaging.frame_description import FrameGeometry, UltrasoundRegion

_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_number = st.floats(-5000, 5000, allow_nan=False)
_places = st.integers(0, 300)
_readers = st.lists(_words, max_size=3).map(tuple)

geometries = st.builds(
    FrameGeometry,
    position=st.none() | st.tuples(_number, _number, _number),
    orientation=st.none() | st.tuples(*[_number] * 6),
    spacing=st.none() | st.tuples(_number, _number),
    slice_thickness=st.none() | _number,
    regions=st.lists(
        st.builds(UltrasoundRegion, _places, _places, _places, _places, st.none() | _number, _number, st.booleans()),
        max_size=2,
    ).map(tuple),
)
frames = st.builds(
    ReleasedFrame, _places, _words, _words, _words, _places, _places, _places, geometries, pixel_hash=_words
)
marks = st.builds(
    ReleasedMark,
    id=_words,
    kind=st.sampled_from(["box", "mask", "point"]),
    points=st.lists(st.tuples(_number, _number), max_size=4).map(tuple),
    mask=st.none() | st.fixed_dictionaries({"runs": st.lists(st.integers(0, 99), max_size=4)}),
    label=_words,
    category=_words,
    finding=st.none() | _words,
    reader=_words,
    provenance=_words,
    model=st.none() | _words,
    place=_places,
    first_place=_places,
    last_place=_places,
    submitted=st.booleans(),
    readers=_readers,
    agreement=st.none() | st.floats(0, 1),
    lengths_mm=st.none() | st.lists(_number, max_size=2).map(tuple),
    longest_mm=st.none() | _number,
    area_mm2=st.none() | _number,
    calibration=st.none() | _words,
)
findings = st.builds(ReleasedFinding, _words, _words, _places, _words, _words, _readers)
targets = st.builds(
    ReleasedTarget,
    st.sampled_from(["case", "finding", "breast", "slices"]),
    st.none() | _words,
    st.sampled_from(["", "L", "R"]),
    st.none() | _places,
    st.none() | _places,
)
answers = st.builds(
    ReleasedAnswer,
    id=_words,
    schema=_words,
    target=targets,
    reader=_words,
    answers=st.dictionaries(_words, _words | st.booleans() | _number | st.lists(_words, max_size=2), max_size=3),
    score=st.dictionaries(_words, _words, max_size=2),
    override=st.none() | st.dictionaries(_words, _words, max_size=2),
    submitted=st.booleans(),
    readers=_readers,
    tied=_readers,
    targets=st.dictionaries(_words, st.none() | st.sampled_from([0.0, 0.5, 1.0]), max_size=2),
)
stacks = st.builds(
    ReleasedStack,
    *[_words] * 14,
    frames=st.lists(frames, max_size=3).map(tuple),
    marks=st.lists(marks, max_size=2).map(tuple),
    findings=st.lists(findings, max_size=2).map(tuple),
    answers=st.lists(answers, max_size=2).map(tuple),
)


def example_stack(*, patient: str = "p1", split: str = "train", category: str = "mass") -> ReleasedStack:
    """A CT of two slices with one box of 12 mm on the second, and an answer about the case."""
    slices = tuple(
        ReleasedFrame(
            place=place,
            frame_key=f"{patient}.{place}",
            sop_instance_uid=f"1.2.{place}",
            sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
            frame_number=1,
            columns=90,
            rows=60,
            geometry=FrameGeometry(spacing=(1.0, 1.0), spacing_source="PixelSpacing"),
            pixel_hash=f"{place}" * 64,
        )
        for place in range(2)
    )
    box = ReleasedMark(
        id=f"{patient}-box",
        kind="box",
        points=((3.0, 4.0), (15.0, 14.0)),
        mask=None,
        label="",
        category=category,
        finding=None,
        reader="reader-a",
        provenance="drawn",
        model=None,
        place=1,
        first_place=1,
        last_place=1,
        longest_mm=12.0,
    )
    said = ReleasedAnswer(
        id=f"{patient}-answer",
        schema="head@1",
        target=ReleasedTarget("case"),
        reader="reader-a",
        answers={"bleed": "present"},
        score={},
        targets={"bleed": 1.0},
    )
    return ReleasedStack(
        patient=patient,
        split=split,
        study_uid=f"1.2.{patient}",
        series_uid=f"1.2.{patient}.1",
        stack_key=f"stack-{patient}",
        case=f"case-{patient}",
        kind="volume",
        modality="CT",
        body_part="HEAD",
        laterality="",
        view="",
        manufacturer="Maker",
        manufacturer_model="Scanner 1",
        site="",
        frames=slices,
        marks=(box,),
        answers=(said,),
    )
