"""How fast is the viewer, and how much memory does it take? One table, a row a question, with the target beside it.

    .venv/bin/python -m benchmarks.viewer [--rounds 3] [--only first-picture,next-case,...]
    .venv/bin/python -m benchmarks.viewer --quick

Cases: CTs of 300 and of 1,000 slices, four views of tomosynthesis of 60 frames of 2457 x 1890, a cine of 65 frames in
colour, ten CTs of 100 slices. `--quick` makes them small and runs one round: to see that it runs, not to be quoted.

Needs the built front end (`make demo` builds it) and Chromium. Software WebGL, no GPU; the web server runs on loopback
on the same cores as the browser. Memory is what the operating system calls resident of the tab's process, after a
garbage collection, in a browser that is asked as little as can be (bare_chromium.py); the process that puts pages on
the screen stands beside it. Prints a table; asserts nothing. Dragging among 500 marks: benchmarks/viewer_marks.py.
"""

import argparse
import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser

from annotator.demo.tomosynthesis_object import ViewName
from benchmarks import viewer_measures as measure
from benchmarks.phantom_dicom import make_cine, make_ct, make_tomosynthesis
from benchmarks.viewer_product import chromium, running_product

VIEWS: tuple[ViewName, ...] = ("RCC", "LCC", "RMLO", "LMLO")
STEPS_A_SECOND = 30
ROW = "BENCHMARK-ROW-{:02d}"
QUESTIONS = ("first-picture", "next-case", "scrolling", "memory", "ten-cases", "first-load")


@dataclass(frozen=True)
class Sizes:
    """How large the cases are: slices, frames."""

    ct: int
    large_ct: int
    tomosynthesis: int
    cine: int
    row: int
    cases: int


WHOLE = Sizes(ct=300, large_ct=1000, tomosynthesis=60, cine=65, row=100, cases=10)
QUICK = Sizes(ct=40, large_ct=80, tomosynthesis=3, cine=10, row=12, cases=3)


def make_views(folder: Path, frames: int) -> None:
    for view in VIEWS:
        make_tomosynthesis(folder, frames, view)


def cases_of(sizes: Sizes, questions: Sequence[str]) -> dict[str, Callable[[Path], object]]:
    """The cases that the questions need, by Patient ID, in the order of the worklist."""
    makers: dict[str, Callable[[Path], object]] = {}

    def ct(patient: str, slices: int) -> None:
        makers[patient] = partial(make_ct, slices=slices, name=patient.removeprefix("BENCHMARK-").lower())

    asks = set(questions)
    if asks & {"first-picture", "next-case", "scrolling", "first-load"}:
        ct("BENCHMARK-CT", sizes.ct)
    if "next-case" in asks:
        ct("BENCHMARK-CT-2", sizes.ct)
    if asks & {"first-picture", "next-case", "scrolling"}:
        makers["BENCHMARK-DBT"] = partial(make_views, frames=sizes.tomosynthesis)
    if asks & {"first-picture", "next-case"}:
        makers["BENCHMARK-CINE"] = partial(make_cine, frames=sizes.cine)
    if "memory" in asks:
        ct("BENCHMARK-LARGE", sizes.large_ct)
    if "ten-cases" in asks:
        # One more, so that the last one too has something to load ahead.
        for number in range(sizes.cases + 1):
            ct(ROW.format(number), sizes.row)
    return makers


class Report:
    """Rows of the table, each printed as soon as it is known."""

    def __init__(self) -> None:
        print(f"| {'':66} | {'median':>9} | {'worst':>9} | {'target':>14} |\n|{'---|' * 4}", flush=True)

    def times(self, what: str, values: Sequence[float], target: str, unit: str = "ms") -> None:
        """Times, of which less is better."""
        self.row(what, f"{statistics.median(values):.0f} {unit}", f"{max(values):.0f} {unit}", target)

    def row(self, what: str, median: str, worst: str, target: str) -> None:
        print(f"| {what:66} | {median:>9} | {worst:>9} | {target:>14} |", flush=True)


def ask(
    browser: Browser, address: str, cases: dict[str, str], *, questions: Sequence[str], sizes: Sizes, rounds: int
) -> None:
    """Measure what is asked for and print it."""
    report = Report()
    if "first-load" in questions:
        loaded = measure.first_load(browser, address, cases["BENCHMARK-CT"])
        kinds = ", ".join(f"{kind} {size:.0f}" for kind, size in sorted(loaded.items()))
        report.row(f"first load, as sent, kB ({kinds})", f"{sum(loaded.values()):.0f}", "", "< 3000")
    if "first-picture" in questions:
        _first_pictures(report, browser, address, cases, sizes, rounds)
    if "next-case" in questions:
        for patient, what in (("BENCHMARK-CT", "CT"), ("BENCHMARK-CT-2", "four views"), ("BENCHMARK-DBT", "cine")):
            window = measure.QUARTERS_WINDOW if patient == "BENCHMARK-CT-2" else measure.WINDOW
            taken = [measure.next_case(browser, address, cases[patient], window) for _ in range(rounds)]
            report.times(f"next case loaded ahead, {what}: from the key to its picture", taken, "< 300 ms")
    if "scrolling" in questions:
        _scrolling(report, browser, address, cases, rounds)
    if "memory" in questions:
        found = measure.memory_after_loading(address, cases["BENCHMARK-LARGE"])
        what = f"memory of the tab, CT of {sizes.large_ct} slices (drawing process {_drawing(found)} MB)"
        report.row(what, f"{found.get('renderer', 0):.0f} MB", "", "< 1500 MB")
    if "ten-cases" in questions:
        steps = measure.memory_in_a_row(address, cases[ROW.format(0)], sizes.cases)
        tab = [one.get("renderer", 0) for one in steps]
        print("  " + ", ".join(f"{value:.0f}" for value in tab) + " MB, case after case")
        what = (
            f"memory after {sizes.cases} cases in a row, against the first (drawing process {_drawing(steps[-1])} MB)"
        )
        report.row(
            what, f"{100 * (tab[-1] / tab[0] - 1):+.0f} %", f"{100 * (max(tab) / tab[0] - 1):+.0f} %", "<= +10 %"
        )


def _drawing(found: dict[str, float]) -> str:
    return f"{max((size for kind, size in found.items() if kind.lower() == 'gpu'), default=0):.0f}"


def _first_pictures(
    report: Report, browser: Browser, address: str, cases: dict[str, str], sizes: Sizes, rounds: int
) -> None:
    opened = [measure.first_picture(browser, address, cases["BENCHMARK-CT"]) for _ in range(rounds)]
    cold, warm, everything = zip(*opened, strict=True)
    report.times(f"first picture, CT of {sizes.ct} slices, nothing cached", cold, "< 1000 ms")
    report.times("  after a reload", warm, "")
    report.times("  all slices", everything, "")
    views = [measure.every_pane(browser, address, cases["BENCHMARK-DBT"]) for _ in range(rounds)]
    report.times(
        f"four views of {sizes.tomosynthesis} frames: one picture in each pane", [v[1] for v in views], "< 2500 ms"
    )
    report.times("  the first of them", [v[0] for v in views], "")
    cine = [measure.every_pane(browser, address, cases["BENCHMARK-CINE"]) for _ in range(rounds)]
    report.times(f"first picture, cine of {sizes.cine} frames", [v[0] for v in cine], "< 1000 ms")


def _scrolling(report: Report, browser: Browser, address: str, cases: dict[str, str], rounds: int) -> None:
    runs = [measure.scroll(browser, address, cases["BENCHMARK-CT"], STEPS_A_SECOND) for _ in range(rounds)]
    dropped, _, steps, size = zip(*runs, strict=True)
    what = f"pictures dropped of {steps[0]}, CT, {STEPS_A_SECOND} steps a second, pane {size[0]}"
    report.row(what, f"{statistics.median(dropped):.0f}", f"{max(dropped)}", "0")
    delays = [delay for run in runs for delay in run[1]]
    late = measure.percentile(delays, 0.95)
    report.row("  key to picture (worst: 95 %)", f"{statistics.median(delays):.0f} ms", f"{late:.0f} ms", "")
    for patient, kind, alone, cached, target in (
        ("BENCHMARK-CT", "CT", True, True, ">= 25"),
        ("BENCHMARK-DBT", "tomosynthesis", True, True, ">= 15"),
        ("BENCHMARK-DBT", "tomosynthesis while it loads", True, False, ""),
        ("BENCHMARK-DBT", "tomosynthesis 2x2", False, True, ""),
    ):
        through = [
            measure.step_through(browser, address, cases[patient], alone=alone, cached=cached) for _ in range(rounds)
        ]
        speeds = [run[0] for run in through]
        what = f"steps a second, {kind}, pane {through[0][3]}, level {through[0][2]}"
        report.row(what, f"{statistics.median(speeds):.1f}", f"{min(speeds):.1f}", target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(QUESTIONS), help="some of " + ", ".join(QUESTIONS))
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    questions = [word.strip() for word in options.only.split(",")]
    if unknown := set(questions) - set(QUESTIONS):
        parser.error(f"--only knows {', '.join(QUESTIONS)}, not {', '.join(sorted(unknown))}.")
    sizes, rounds = (QUICK, 1) if options.quick else (WHOLE, options.rounds)
    with running_product(cases_of(sizes, questions)) as (address, cases), chromium() as browser:
        print(f"{rounds} rounds, load average {os.getloadavg()[0]:.1f}", flush=True)
        ask(browser, address, cases, questions=questions, sizes=sizes, rounds=rounds)


if __name__ == "__main__":
    main()
