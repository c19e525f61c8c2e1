"""A tomosynthesis phantom of four views: a spiculated mass on the left, a distortion on the right.

Half-size frames (1228 x 945, 12 bits stored) of a compressed breast: parenchyma as power-law noise, a skin line, the
pectoral muscle in the oblique views. What lies in another plane than the frame's is blurred along the sweep
of the tube, as a reconstruction from few projections shows it.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from annotator.demo.dicom_files import MadeStudy, save
from annotator.demo.tomosynthesis_object import ViewName, tomosynthesis_volume

Image = NDArray[np.float32]

ROWS, COLUMNS, FRAMES = 1228, 945, 24
SPACING_MM = 0.2
SLICE_MM = 2.0
WINDOW = (1750.0, 1800.0)
VIEWS: tuple[ViewName, ...] = ("LCC", "RCC", "LMLO", "RMLO")

STUDY = MadeStudy(
    "demo tomosynthesis",
    "DEMO-DBT-001",
    "Demo^Breast",
    sex="F",
    birth_date="19660822",
    description="Screening tomosynthesis, four views",
    date="20260107",
    time="083000",
)


@dataclass(frozen=True)
class Lesion:
    """Where a lesion lies, drawn with the chest wall on the left: mm from the wall and from the top, and its frame."""

    from_wall_mm: float
    from_top_mm: float
    frame: int
    radius_mm: float
    kind: str


# The mass lies in the upper outer quadrant of the left breast, the distortion in the right one.
LESIONS: dict[ViewName, Lesion] = {
    "LCC": Lesion(52, 92, 14, 7.0, "mass"),
    "LMLO": Lesion(60, 98, 9, 7.0, "mass"),
    "RCC": Lesion(54, 138, 10, 9.0, "distortion"),
    "RMLO": Lesion(58, 150, 15, 9.0, "distortion"),
}


def lesion_centre(view: ViewName) -> tuple[float, float, int]:
    """Column, row (SCOORD, stored matrix) and 1-based frame number of the view's lesion."""
    lesion = LESIONS[view]
    column = lesion.from_wall_mm / SPACING_MM
    return (column if view[0] == "L" else COLUMNS - column), lesion.from_top_mm / SPACING_MM, lesion.frame


def _power_law(random: np.random.Generator, rows: int, columns: int, exponent: float) -> Image:
    """Noise whose amplitude falls with frequency to the power -exponent/2, mean 0, deviation 1: parenchyma.

    Source: Burgess 1999, the power spectrum of mammograms falls with the third power of frequency.
    """
    frequency = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :])
    frequency[0, 0] = 1
    amplitude = frequency ** (-exponent / 2)
    amplitude[0, 0] = 0
    phase = random.standard_normal(amplitude.shape) + 1j * random.standard_normal(amplitude.shape)
    noise = np.fft.irfft2(amplitude * phase, s=(rows, columns)).astype(np.float32)
    return noise / noise.std()


def _breast(view: ViewName, random: np.random.Generator) -> Image:
    """Distance in mm from the skin, positive inside; the wall's edge and, when oblique, the axilla are no skin."""
    t = np.linspace(0, 1, 240)
    if view.endswith("MLO"):
        # The axilla is wide, the breast hangs down to the nipple at six tenths, below it is the fold.
        top = -5 + 256 * t
        depth = 84 + 48 * np.exp(-(((t - 0.60) / 0.25) ** 2)) - 66 * np.clip((t - 0.80) / 0.2, 0, 1) ** 1.7
        nipple = 0.60
    else:
        top = 24 + 198 * t
        depth = 118 * np.clip(1 - ((t - 0.5) / 0.5) ** 2, 0, 1) ** 0.44
        nipple = 0.5
    for wave in range(1, 4):
        depth = depth + random.normal(0, 1.2 / wave) * np.sin(2 * np.pi * wave * t) * np.clip(depth / 60, 0, 1)
    depth = depth + 3.6 * np.exp(-(((t - nipple) / 0.019) ** 4))
    margin = 400
    corners = np.stack([depth, top], axis=1) / SPACING_MM
    outline = np.concatenate([[[-margin, corners[0, 1]]], corners, [[-margin, corners[-1, 1]]]]) + margin
    inside = np.zeros((ROWS + 2 * margin, COLUMNS + margin), np.uint8)
    cv2.fillPoly(inside, [np.rint(outline).astype(np.int32)], 1)
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    smooth = cv2.GaussianBlur(distance, (0, 0), 2.0)
    return (smooth[margin:-margin, margin:] * SPACING_MM).astype(np.float32)


def _pectoral(wall: Image, top: Image) -> Image:
    """Cover (0 to 1) of the pectoral muscle: a triangle at the top of the chest wall with a slightly convex edge."""
    edge = 62 * (1 - top / 165) + 6 * np.sin(np.pi * np.clip(top / 165, 0, 1))
    return np.clip((edge - wall) / 2.0, 0, 1).astype(np.float32)


def _strands(field: Image, half_width: float) -> Image:
    """Thin curved lines (0 to 1) where smooth noise changes its sign: ligaments and ducts."""
    down, across = np.gradient(field)
    distance = np.abs(field) / (np.hypot(down, across) + 1e-3)
    return np.exp(-((distance / half_width) ** 2)).astype(np.float32)


def _layer(random: np.random.Generator, gland: Image) -> Image:
    """One plane's parenchyma in stored values over fat, made at half resolution."""
    rows, columns = ROWS // 2 + 1, COLUMNS // 2 + 1
    clouds = _power_law(random, rows, columns, 3.0)
    fine = _power_law(random, rows, columns, 2.2)
    white = random.standard_normal((rows, columns)).astype(np.float32)
    lines = _strands(cv2.GaussianBlur(white, (0, 0), sigmaX=24, sigmaY=8).astype(np.float32), 1.0)
    small = cv2.resize(gland, (columns, rows), interpolation=cv2.INTER_AREA)
    dense = 1 / (1 + np.exp(-(2.6 * small - 1.5 + 1.15 * clouds) * 2.2))
    values = 760 * dense + 100 * fine * (0.35 + dense) + 150 * lines * (0.25 + 0.75 * np.clip(small * 1.4, 0, 1))
    return cv2.resize(values.astype(np.float32), (COLUMNS, ROWS), interpolation=cv2.INTER_LINEAR)


def _along_sweep(image: Image, frames_away: float) -> Image:
    """Blur as a plane so many frames away is blurred: along the sweep (the rows of the picture), a little across."""
    along = 0.27 * abs(frames_away) * SLICE_MM / SPACING_MM
    if along < 1:
        return image
    return cv2.GaussianBlur(image, (0, 0), sigmaX=0.4 * along, sigmaY=along).astype(np.float32)


def _spicules(lesion: Lesion, random: np.random.Generator, *, number: int, reach: tuple[float, float]) -> Image:
    """Thin lines that run out from the lesion, 0 to 1, fading towards their ends."""
    lines = np.zeros((ROWS, COLUMNS), np.float32)
    centre = np.array([lesion.from_wall_mm, lesion.from_top_mm]) / SPACING_MM
    steps = np.linspace(0, 1, 24)
    for angle in np.linspace(0, 2 * np.pi, number, endpoint=False) + random.normal(0, 0.18, number):
        heading = angle + random.normal(0, 0.25) * steps
        length = random.uniform(*reach) / SPACING_MM
        points = centre + np.stack([np.cos(heading), np.sin(heading)], axis=1) * (steps * length)[:, None]
        fixed = np.rint((points - 0.5) * 16).astype(int)  # four fractional bits, pixel centres at whole numbers
        for index in range(len(steps) - 1):
            start, end = fixed[index].tolist(), fixed[index + 1].tolist()
            cv2.line(lines, start, end, float((1 - steps[index]) ** 0.8), 2 if index < 9 else 1, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(lines, (0, 0), 0.8).astype(np.float32)


def _lesion_in_focus(lesion: Lesion, wall: Image, top: Image, random: np.random.Generator) -> Image:
    """What the lesion adds to stored values in its own plane."""
    across, down = wall - lesion.from_wall_mm, top - lesion.from_top_mm
    radius, angle = np.hypot(across, down), np.arctan2(down, across)
    if lesion.kind == "mass":
        edge = np.full_like(radius, lesion.radius_mm)
        for wave in (2, 3, 5, 7, 11):
            edge += random.normal(0, 0.75 / wave**0.5) * np.cos(wave * angle + random.uniform(0, 6))
        body = 1 / (1 + np.exp(np.clip((radius - edge) / 0.7, -30, 30)))
        lines = _spicules(lesion, random, number=26, reach=(13, 25))
        grain = cv2.GaussianBlur(random.standard_normal(radius.shape).astype(np.float32), (0, 0), 5)
        return (body * (540 + 900 * grain) + 390 * np.maximum(lines - body, 0)).astype(np.float32)
    # A distortion has no body: lines that meet, and fat drawn in between them.
    lines = _spicules(lesion, random, number=22, reach=(15, 27))
    pulled_in = np.exp(-((radius / lesion.radius_mm) ** 2))
    return (270 * lines * (1 - 0.6 * pulled_in) + 35 * pulled_in * np.cos(11 * angle)).astype(np.float32)


def make_view(view: ViewName, *, seed: int = 5) -> list[NDArray[np.uint16]]:
    """The 24 frames of one view, each (1228, 945), 12 bits stored, air 0; in the stored orientation.

    The chest wall lies at the left edge of a left breast and at the right edge of a right one.
    """
    random = np.random.default_rng([seed, VIEWS.index(view)])
    wall, top = np.meshgrid(
        ((np.arange(COLUMNS) + 0.5) * SPACING_MM).astype(np.float32),
        ((np.arange(ROWS) + 0.5) * SPACING_MM).astype(np.float32),
    )
    skin = _breast(view, random)
    muscle = _pectoral(wall, top) if view.endswith("MLO") else np.zeros_like(skin)
    nipple_top = 148.0 if view.endswith("MLO") else 121.0
    gland = np.exp(-(((wall - 62) / 40) ** 2) - ((top - nipple_top + 8) / 48) ** 2)
    gland = (gland * np.clip((skin - 4) / 12, 0, 1) * (1 - muscle)).astype(np.float32)
    layers = [_layer(random, gland) for _ in range(1 + (FRAMES + 2) // 3)]
    elsewhere = _along_sweep(np.mean(layers, axis=0).astype(np.float32), 4)
    lesion = LESIONS[view]
    focus = _lesion_in_focus(lesion, wall, top, random)
    inside = np.clip(skin / 0.4, 0, 1)
    fat = 1180 + 160 * np.clip(skin / 10, 0, 1)
    rim = 420 * np.exp(-(((skin - 0.9) / 0.75) ** 2))
    fibres = cv2.GaussianBlur(random.standard_normal((ROWS, COLUMNS)).astype(np.float32), (0, 0), sigmaX=4, sigmaY=26)
    base = fat + rim + muscle * (620 + 900 * fibres)
    frames = []
    for index in range(FRAMES):
        lower, part = divmod(index, 3)
        weight = part / 3
        sharp = (1 - weight) * layers[lower] + weight * layers[lower + 1]
        away = index + 1 - lesion.frame
        shown = focus if away == 0 else _along_sweep(focus, away) * 0.93 ** abs(away)
        values = base + (1 - 0.75 * muscle) * (0.62 * sharp + 0.38 * elsewhere) + shown
        noise = cv2.GaussianBlur(random.standard_normal((ROWS, COLUMNS)).astype(np.float32), (0, 0), 0.6)
        values = (values + noise * (26 / noise.std())) * inside
        stored = np.clip(values, 0, 4095).astype(np.uint16)
        frames.append(stored if view[0] == "L" else np.ascontiguousarray(stored[:, ::-1]))
    return frames


def write_tomosynthesis(folder: Path, *, seed: int = 5) -> list[Path]:
    """Write the four views as Breast Tomosynthesis Image Storage (JPEG-LS lossless) and return their paths."""
    return [
        save(
            tomosynthesis_volume(
                STUDY,
                make_view(view, seed=seed),
                view=view,
                spacing=SPACING_MM,
                slice_spacing=SLICE_MM,
                window=WINDOW,
                series=number,
            ),
            folder / f"{view.lower()}.dcm",
        )
        for number, view in enumerate(VIEWS, start=1)
    ]
