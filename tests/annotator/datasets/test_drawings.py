"""The drawings are XML whatever people typed, and say the numbers that they were given."""

from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.datasets.balance import Balance
from annotator.datasets.balance_svg import balance_figures
from annotator.datasets.flow_chart import FlowChart, FlowCounts, FlowStep
from annotator.datasets.flow_svg import flow_svg
from tests.annotator.datasets.released_values import example_stack

counts = st.builds(FlowCounts, *[st.integers(0, 10**6)] * 3)
names = st.text(max_size=80)
charts = st.builds(
    FlowChart,
    counts,
    st.lists(st.builds(FlowStep, names, counts, counts), max_size=4).map(tuple),
    counts,
    st.lists(st.tuples(names, counts), max_size=5).map(tuple),
    st.lists(st.tuples(names, counts), max_size=4).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(charts)
def test_any_chart_is_a_drawing_that_stays_within_its_frame(chart: FlowChart) -> None:
    assert FlowChart.from_json(chart.to_json()) == chart
    drawn = ElementTree.fromstring(flow_svg(chart))
    width, height = float(drawn.attrib["width"]), float(drawn.attrib["height"])
    for box in drawn.findall("{http://www.w3.org/2000/svg}rect")[1:]:
        left, top = float(box.attrib["x"]), float(box.attrib["y"])
        assert left >= 0
        assert top >= 0
        assert left + float(box.attrib["width"]) <= width
        assert top + float(box.attrib["height"]) <= height


def test_the_chart_says_every_number_and_reason() -> None:
    chart = FlowChart(
        FlowCounts(13954, 16802, 60000),
        (FlowStep("<Foreign object> & marker", FlowCounts(13, 13, 52), FlowCounts(13941, 16789, 59948)),),
        FlowCounts(13941, 16789, 59948),
        groups=(("normal", FlowCounts(4609, 5129, 20000)),),
        splits=(("train", FlowCounts(4362, 4838, 19000)),),
    )
    drawn = flow_svg(chart)
    for said in ("16,802 studies", "13,954 patients", "13 studies", "&lt;Foreign object&gt; &amp; marker", "normal"):
        assert said in drawn
    assert "4,838 studies" in drawn


def test_figures_show_each_side_and_class() -> None:
    balance = Balance()
    for split, patient, category in (("train", "p1", "mass"), ("train", "p2", "mass"), ("test", "p3", "<odd & name>")):
        balance.add(example_stack(patient=patient, split=split, category=category))
    report = balance.report()
    assert report["class_weights"] == {"mass": 1.0}
    assert report["sizes_mm"]["train"]["mass"]["median"] == 12.0
    assert report["targets"]["train"]["head.bleed"] == {
        "positive": 2.0,
        "negative": 0.0,
        "left_out": 0.0,
        "prevalence": 1.0,
        "positive_weight": 0.0,
    }
    figures = balance_figures(report)
    assert {"classes", "sizes", "scanners", "locations", "targets"} <= figures.keys()
    for figure in figures.values():
        ElementTree.fromstring(figure)
    assert "&lt;odd &amp; name&gt;" in figures["classes"]
