"""How long windowing alone takes, beside a memory copy of what it makes.

Run it as `python benchmarks/windowing.py`; it takes half a minute. Frames are taken in turn from more memory than any
cache holds, as a server meets them: each is read once and shown once. A copy of the 8-bit output reads a byte and
writes a byte a pixel; a window reads two and writes one, so that 1.5 is what memory allows. The last rows show the same
frame again and again, from the processor's own cache. It prints a table and asserts nothing.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")

from annotator.imaging.frame_description import FrameGrey, LookupTable, Window  # noqa: E402
from annotator.imaging.pixels.windowing import grey_from_stored, window_values  # noqa: E402

SHAPES = {"CT 512x512": (512, 512), "tomosynthesis 2457x1890": (2457, 1890)}
# More than the last cache of any processor at hand.
BYTES_IN_TURN = 300_000_000
TARGET = 2.0

Frame = NDArray[Any]


def milliseconds(function: Callable[[Frame], object], frames: list[Frame], rounds: int) -> float:
    """Median time of a call, frames in turn."""
    times = []
    for turn in range(rounds * len(frames)):
        frame = frames[turn % len(frames)]
        begin = time.perf_counter()
        function(frame)
        times.append(time.perf_counter() - begin)
    return median(times) * 1000


def frames_of(shape: tuple[int, int], kind: str, count: int) -> list[Frame]:
    """Different frames that have all been written to, so that no page is met for the first time."""
    first = np.random.default_rng(13).normal(500, 150, shape).clip(0, 4000).astype(kind)
    return [np.asarray(first + np.array(place % 100, first.dtype)) for place in range(count)]


def by_numpy(frame: Frame) -> Frame:
    """What one writes first: float64 and np.clip."""
    return np.clip((frame.astype(np.float64) - 300) / 400 * 255, 0, 255).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    window, sigmoid = Window(500, 400), Window(500, 400, function="SIGMOID")
    curve = FrameGrey(voi_lut=LookupTable(0, 12, tuple(range(4096))))
    ways: dict[str, Callable[[Frame], object]] = {
        "linear window": lambda frame: window_values(frame, window, slope=1.0, intercept=-10.0),
        "sigmoid window": lambda frame: grey_from_stored(frame, FrameGrey(), sigmoid),
        "VOI table": lambda frame: grey_from_stored(frame, curve, None),
        "numpy, float64": by_numpy,
    }
    print(f"| frame | way | ms | copy of the output, ms | ratio (linear: <= {TARGET:g}) |")
    print("|---|---|---|---|---|")
    for name, shape in SHAPES.items():
        in_turn = max(4, BYTES_IN_TURN // (3 * shape[0] * shape[1]))
        for kind in ("int16", "uint16"):
            for count, where in ((in_turn, ""), (1, ", from cache")):
                frames = frames_of(shape, kind, count)
                outputs = [np.ones(shape, np.uint8) for _ in range(count)]
                rounds = options.rounds if count > 1 else 100
                copied = milliseconds(lambda output: output.copy(), outputs, rounds)
                for way, function in ways.items():
                    if count == 1 and way != "linear window":
                        continue
                    function(frames[0])
                    taken = milliseconds(function, frames, rounds)
                    ratio = f"{taken / copied:.1f}"
                    print(f"| {name}, {kind}{where} | {way} | {taken:.3f} | {copied:.3f} | {ratio} |", flush=True)


if __name__ == "__main__":
    main()
