"""How long calipers and an outline take on one picture, warm, as a worker makes them; and from click to contour.

Run it as `python benchmarks/assist.py`, on a quiet machine; `--cores 2` holds torch and this process to so many.
Without --clicks it needs no product: pictures are the thyroid phantom's, the networks those that come with the product,
or those in --models. `--batch N` sends N pictures through the inference thread as a worker does (without reading
frames and filing results), on the device that a worker would take, then once more with networks that answer at once:
what is left is what the processor does, and bounds what a faster device can give. With
`--clicks ADDRESS --user NAME --case ID` (the password in the variable PASSWORD) it asks a running product for outlines,
each from other ends, so that none is filed. It prints a table and asserts nothing.
"""

import argparse
import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")

TARGETS = {"detect and segment": 600.0, "click to contour": 1000.0}


def milliseconds(function: Callable[[], object], rounds: int, *, warm: int = 3) -> list[float]:
    """Times of calls, the first few left out."""
    times = []
    for _ in range(warm + rounds):
        begin = time.perf_counter()
        function()
        times.append((time.perf_counter() - begin) * 1000)
    return times[warm:]


def told(what: str, times: list[float]) -> None:
    target = f"   target {TARGETS[what]:.0f}" if what in TARGETS else ""
    worst = quantiles(times, n=20)[-1]
    print(f"{what:<36}{median(times):>10.0f}{worst:>10.0f}{target}", flush=True)


def networks(folder: Path | None, device: Any = None) -> tuple[Any, Any]:
    """The newest caliper network and the newest guided U-Net, loaded; None for what isn't there."""
    from ml_assist.inference.caliper_network import CaliperNetwork
    from ml_assist.inference.segmenter import Segmenter
    from ml_assist.shipped_models import SHIPPED, shipped_models

    finder, segmenter = None, None
    for one in shipped_models(folder or SHIPPED):
        if one.card["task"] == "segmentation" and one.card["config"]["guidance"]:
            segmenter = Segmenter(one.card, one.weights, device=device)
        elif one.card["task"] == "calipers":
            finder = CaliperNetwork(one.card, one.weights, device=device)
    return finder, segmenter


def one_picture(picture: NDArray[np.uint8], rounds: int, folder: Path | None) -> None:
    from ml_assist.guidance.caliper_axes import measured_lesions
    from ml_assist.guidance.guide import Hint, guide_of
    from ml_assist.inference.calipers import find_calipers
    from ml_assist.inference.mask_outline import outline_of_probability

    finder, segmenter = networks(folder)
    find: Callable[[NDArray[np.uint8]], Any] = finder.find if finder else find_calipers
    rows, columns = picture.shape[:2]
    grey = picture.mean(axis=2).astype(np.uint8)[..., None] if picture.ndim == 3 else picture[..., None]

    def segment(hint: Hint) -> object:
        outlined = segmenter.outline(grey, hint)
        return outline_of_probability(outlined.probability, near=guide_of(hint, rows=rows, columns=columns))

    def hints() -> list[Hint]:
        found = [(one.column, one.row) for one in find(picture)]
        return [Hint("calipers", lesion.points) for lesion in measured_lesions(found)] if len(found) > 1 else []

    known = hints() or [Hint("extremes", ((columns * 0.3, rows * 0.5), (columns * 0.6, rows * 0.5)))]
    print(f"\nA picture of {columns}x{rows}; calipers by {'the network' if finder else 'matching'}")
    print(f"{'ms':<36}{'median':>10}{'95 %':>10}")
    told("calipers", milliseconds(lambda: find(picture), rounds))
    if segmenter is None:
        print("No guided network comes with the product yet: --models FOLDER names one.")
        return
    told("one outline", milliseconds(lambda: segment(known[0]), rounds))
    told("detect and segment", milliseconds(lambda: [segment(one) for one in (hints() or known)[:1]], rounds))


class _Instant:
    """A network that answers at once what it answered last, for each shape."""

    def __init__(self, network: Any) -> None:
        self._network, self._answers = network, {}

    def __call__(self, taken: Any) -> Any:
        shape = tuple(taken.shape[1:])
        if shape not in self._answers:
            self._answers[shape] = self._network(taken[:1])
        return self._answers[shape].expand(len(taken), -1, -1, -1)


def batch(picture: NDArray[np.uint8], count: int, threads: int, folder: Path | None) -> None:
    """Calipers, then an outline round them, on many pictures at once."""
    from concurrent.futures import ThreadPoolExecutor

    import cv2
    import torch

    from ml_assist.guidance.guide import Hint, guide_of
    from ml_assist.guidance.measured_hints import FoundCaliper, measured_hints
    from ml_assist.inference.drawing import _batches_of
    from ml_assist.inference.loaded_models import inference_devices, inference_engines
    from ml_assist.inference.mask_outline import outline_of_probability

    device = inference_devices()[0]
    engine = inference_engines()[device]
    finder, segmenter = networks(folder, device)
    rows, columns = picture.shape[:2]
    random = np.random.default_rng(1)
    pictures = [np.roll(picture, int(random.integers(-20, 20)), axis=1) for _ in range(16)]

    def work(at: int) -> object:
        shown = pictures[at % len(pictures)]
        found = engine.ask("calipers", finder.find_many, shown, urgent=False).result()
        hints = (
            measured_hints([FoundCaliper((one.column, one.row), one.score) for one in found]) if len(found) > 1 else []
        )
        hint = hints[0].hint if hints else Hint("box", ((columns * 0.3, rows * 0.3), (columns * 0.6, rows * 0.6)))
        near = guide_of(hint, rows=rows, columns=columns, aspects=segmenter.config.axis_aspects)
        grey = np.asarray(cv2.cvtColor(shown, cv2.COLOR_RGB2GRAY))
        prepared = segmenter.prepared(grey[..., None], hint)
        drawn = engine.ask("segment", _batches_of(segmenter), prepared, urgent=False).result()
        return outline_of_probability(segmenter.outlined(prepared, drawn).probability, near=near)

    def told_rate(what: str, behind: str = "") -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, range(threads)))
            begin, worked = time.perf_counter(), time.process_time()
            list(pool.map(work, range(count)))
            rate = count / (time.perf_counter() - begin)
            spent = (time.process_time() - worked) * 1000 / count
        print(f"{what:<36}{rate:>10.0f}   processor {spent:.1f} ms each{behind}", flush=True)

    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "processor"
    print(f"\n{count} pictures of {columns}x{rows}, {threads} threads, {name}")
    told_rate("pictures a second", ", target on an H100 300 a second")
    for one in (finder, segmenter):
        one._network = _Instant(one._network)
    told_rate("the same, networks at once")


def clicks(address: str, user: str, case: str, rounds: int) -> None:
    """Through HTTP, the broker and a worker; from other ends each time."""
    session = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar := CookieJar()))

    def ask(path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        token = next((one.value for one in jar if one.name == "csrftoken"), "") or ""
        head = {"Content-Type": "application/json", "X-CSRFToken": token, "Referer": address}
        data = None if body is None else json.dumps(body).encode()
        with session.open(urllib.request.Request(f"{address}/api/v1/{path}", data, head), timeout=60) as answer:
            said: dict[str, Any] = json.load(answer)
        return said

    session.open(f"{address}/sign-in/").read()
    ask("auth/session", {"username": user, "password": os.environ["PASSWORD"]})
    stack = ask(f"cases/{case}/manifest")["stacks"][0]
    frame = stack["frames"][0]["key"]
    random = np.random.default_rng(3)

    def click() -> None:
        column, row = (float(one) for one in random.uniform(200, 400, 2))
        hint = {"kind": "extremes", "points": [[column, row], [column + 90, row + 60]]}
        said = ask(f"cases/{case}/outlines", {"frame": frame, "hint": hint})
        while said.get("state") == "waiting":
            said = ask(f"outlines/{said['id']}")

    print(f"\n{'ms':<36}{'median':>10}{'95 %':>10}")
    told("click to contour", milliseconds(click, rounds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--models", type=Path, help="a folder as ml_assist/shipped")
    parser.add_argument("--batch", type=int, metavar="N", help="so many pictures at once")
    parser.add_argument("--threads", type=int, default=16, help="of a worker's pool, for --batch")
    parser.add_argument("--clicks", metavar="ADDRESS", help="of a running product")
    parser.add_argument("--user", default="radiologist")
    parser.add_argument("--case", help="an ultrasound case of that reader")
    arguments = parser.parse_args()
    if arguments.clicks:
        clicks(arguments.clicks.rstrip("/"), arguments.user, arguments.case, arguments.rounds)
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: arguments.cores])
    import django
    import torch

    django.setup()
    torch.set_num_threads(arguments.cores)
    from annotator.demo.thyroid_ultrasound import make_still

    if arguments.batch:
        batch(make_still("transverse")[100:548, 150:650], arguments.batch, arguments.threads, arguments.models)
    else:
        one_picture(make_still("transverse"), arguments.rounds, arguments.models)


if __name__ == "__main__":
    main()
