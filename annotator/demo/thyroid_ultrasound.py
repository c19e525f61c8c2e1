"""A thyroid ultrasound phantom: transverse and longitudinal stills with calipers burned in, and a cine sweep.

Echoes are made as a scanner makes them: random scatterers, weighted by how strongly each tissue scatters,
blurred by a pulse that is longer across the beam than along it, their envelope compressed logarithmically.
Lateral position `u` and depth `d` are millimetres from the top left corner of the picture of tissue.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit

from annotator.demo.dicom_files import MadeStudy, save
from annotator.demo.ultrasound_object import CalibratedRegion, ultrasound_image

Image = NDArray[np.float32]
Plane = Literal["transverse", "longitudinal"]

ROWS, COLUMNS = 640, 800
# The picture of tissue within the screen.
LEFT, TOP, WIDTH, HEIGHT = 110, 44, 580, 560
MM_PER_PIXEL = 0.065
DYNAMIC_RANGE_DB = 58.0
CINE_FRAMES, CINE_FRAME_MS, CINE_SCALE = 30, 60.0, 0.6
YELLOW = (255, 220, 90)
GREY = (170, 175, 180)

STUDY = MadeStudy(
    "demo thyroid ultrasound",
    "DEMO-US-001",
    "Demo^Thyroid",
    sex="F",
    birth_date="19720509",
    description="Ultrasound thyroid",
    date="20260109",
    time="134500",
)
CINE_STUDY = MadeStudy(
    "demo thyroid cine",
    "DEMO-US-001",
    "Demo^Thyroid",
    sex="F",
    birth_date="19720509",
    description="Ultrasound thyroid, sweep",
    date="20260109",
    time="135200",
)


@dataclass(frozen=True)
class Nodule:
    """The nodule in one plane: its centre and half axes in mm, turned by `turn` degrees."""

    u: float
    d: float
    half_length: float
    half_height: float
    turn: float


NODULES: dict[Plane, Nodule] = {
    "transverse": Nodule(18.5, 18.0, 6.1, 5.2, 8),
    "longitudinal": Nodule(20.5, 17.4, 8.4, 5.0, -6),
}
_REGION = CalibratedRegion(LEFT, TOP, LEFT + WIDTH - 1, TOP + HEIGHT - 1, MM_PER_PIXEL)


def calipers(plane: Plane) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The two measures burned in: pairs of pixel indices (column, row); a cross's centre is at index + 0.5."""
    nodule = NODULES[plane]
    turn = np.radians(nodule.turn)
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    centre = np.array([nodule.u, nodule.d])
    measures = []
    for axis, half in ((along, nodule.half_length), (across, nodule.half_height)):
        ends = [centre - axis * half, centre + axis * half]
        first, second = (np.floor(end / MM_PER_PIXEL).astype(int) + np.array([LEFT, TOP]) for end in ends)
        measures.append(((int(first[0]), int(first[1])), (int(second[0]), int(second[1]))))
    return measures


def length_mm(measure: tuple[tuple[int, int], tuple[int, int]]) -> float:
    """Length of a burned-in measure by the region's calibration."""
    (column, row), (other_column, other_row) = measure
    return float(np.hypot(other_column - column, other_row - row)) * MM_PER_PIXEL


def _ellipse(u: Image, d: Image, centre: tuple[float, float], axes: tuple[float, float], turn: float = 0) -> Image:
    """Signed distance in mm, first order, negative inside."""
    cosine, sine = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    along = (u - centre[0]) * cosine + (d - centre[1]) * sine
    across = (d - centre[1]) * cosine - (u - centre[0]) * sine
    radius = np.hypot(along / axes[0], across / axes[1]) + 1e-6
    slope = np.hypot(along / axes[0] ** 2, across / axes[1] ** 2) + 1e-6
    return ((radius - 1) * radius / slope).astype(np.float32)


def _cover(distance: Image, width: float = 0.35) -> Image:
    return np.clip(0.5 - distance / width, 0, 1).astype(np.float32)


def _smooth(random: np.random.Generator, shape: tuple[int, ...], sigma: tuple[float, float]) -> Image:
    """Smooth noise of deviation 1; sigma across and down in pixels."""
    noise = cv2.GaussianBlur(random.standard_normal(shape).astype(np.float32), (0, 0), sigmaX=sigma[0], sigmaY=sigma[1])
    return (noise / noise.std()).astype(np.float32)


class _Echoes:
    """Scattering strength in dB, what is reflected by surfaces, and what lies in shadow, of one picture."""

    def __init__(self, shape: tuple[int, int], mm_per_pixel: float, seed: int) -> None:
        self.mm = mm_per_pixel
        random = np.random.default_rng(seed)
        rows, columns = shape
        self.u, self.d = (
            grid.astype(np.float32)
            for grid in np.meshgrid((np.arange(columns) + 0.5) * mm_per_pixel, (np.arange(rows) + 0.5) * mm_per_pixel)
        )
        pixels = 1 / mm_per_pixel
        self.u += 0.40 * _smooth(random, shape, (3.5 * pixels, 2.5 * pixels))
        self.d += 0.28 * _smooth(random, shape, (3.5 * pixels, 3.0 * pixels))
        self.wave = _smooth(random, shape, (5 * pixels, 2.5 * pixels))
        self.fine = _smooth(random, shape, (1.2 * pixels, 0.5 * pixels))
        self.fibres = _smooth(random, shape, (3.2 * pixels, 0.16 * pixels))
        self.level = np.full(shape, -30.0, np.float32)
        self.surface = np.full(shape, -90.0, np.float32)
        self.gain = np.zeros(shape, np.float32)

    def lay(self, distance: Image, level: Image | float, width: float = 0.35) -> None:
        cover = _cover(distance, width)
        self.level += cover * (level - self.level)

    def line(self, distance: Image, level: Image | float, half_width: float = 0.16) -> None:
        """A reflecting surface where `distance` is 0; brighter where it lies across the beam."""
        np.maximum(self.surface, level - 6 * (distance / half_width) ** 2, out=self.surface)

    def facing(self, distance: Image, level: float, half_width: float = 0.16) -> None:
        """A surface that reflects only where the beam meets it at right angles."""
        down, across = np.gradient(distance)
        facing = np.abs(down) / (np.hypot(down, across) + 1e-6)
        self.line(distance, (level - 26 * (1 - facing)).astype(np.float32), half_width)

    def behind(self, distance: Image, decibels: float, fade_mm: float = 0.5) -> None:
        """Change everything deeper than a structure: a shadow (negative) or enhancement (positive)."""
        started = np.cumsum(_cover(distance), axis=0) * self.mm
        within = np.clip(started / fade_mm, 0, 1)
        smooth = cv2.GaussianBlur(within.astype(np.float32), (0, 0), sigmaX=0.35 / self.mm, sigmaY=0.1 / self.mm)
        self.gain += decibels * smooth * (1 - _cover(distance))


def _near_field(echoes: _Echoes) -> None:
    """Skin, fat under it and the strap muscles, which lie over the gland in both planes."""
    d = echoes.d + 0.5 * echoes.wave
    echoes.lay(1.4 - d, -27.0 + 2 * echoes.fine)
    echoes.lay(d - 1.4, -13.0)
    echoes.line(d - 1.5, -8.0, 0.14)
    echoes.line(np.where(d < 4.6, echoes.fibres * 0.8, 9.0).astype(np.float32), -22.0, 0.22)
    echoes.line(d - 4.7, -11.0, 0.15)
    muscle = np.maximum(4.9 - d, d - 9.4)
    echoes.lay(muscle, -33.0 + 3.2 * echoes.fibres)
    echoes.line(d - 7.1, -19.0, 0.12)
    echoes.line(d - 9.4, -10.0, 0.16)


def _gland(echoes: _Echoes, lobe: Image) -> None:
    """The lobe with its capsule, fine and a little uneven."""
    echoes.lay(lobe, -17.5 + 1.0 * echoes.fine + 0.8 * echoes.wave)
    echoes.facing(lobe, -7.0, 0.17)


def _nodule(echoes: _Echoes, nodule: Nodule, seed: int, shrink: float = 1.0) -> None:
    """Solid, hypoechoic, with a lobulated margin and punctate foci; `shrink` is for planes off its middle."""
    if shrink <= 0.05:
        return
    random = np.random.default_rng(seed)
    u, d = echoes.u, echoes.d
    angle = np.arctan2(d - nodule.d, u - nodule.u)
    lobulated = sum(random.uniform(0.12, 0.3) * np.cos(k * angle + random.uniform(0, 6)) for k in (3, 5, 6, 8))
    axes = (nodule.half_length * shrink, nodule.half_height * shrink)
    shape = (_ellipse(u, d, (nodule.u, nodule.d), axes, nodule.turn) + lobulated).astype(np.float32)
    echoes.lay(shape, -28.5 + 1.6 * echoes.fine, 0.5)
    echoes.facing(shape, -24.0, 0.14)
    echoes.behind(shape, 2.5)
    for _ in range(9):
        away, direction = random.uniform(0, 0.7), random.uniform(0, 2 * np.pi)
        place = (nodule.u + away * axes[0] * np.cos(direction), nodule.d + away * axes[1] * np.sin(direction))
        echoes.line(np.hypot((u - place[0]) * 0.75, (d - place[1]) * 1.4).astype(np.float32), -5.0, 0.13)
    for side in (-1, 1):  # refraction at the edges
        edge = np.abs(u - nodule.u - side * axes[0] * 0.98)
        echoes.gain -= (4.0 * np.exp(-((edge / 0.35) ** 2)) * (d > nodule.d)).astype(np.float32)


def _spine(echoes: _Echoes, bone: Image) -> None:
    """The front of a vertebra: a bright surface with a shadow."""
    echoes.line(bone, -6.0, 0.28)
    echoes.behind((bone * -1 - 0.3).astype(np.float32) * -1, 0.0)
    echoes.gain -= (30 * np.clip((bone - 0.4) / 1.2, 0, 1)).astype(np.float32)


def _transverse(echoes: _Echoes, sweep: float = 0.0, pulse: float = 0.0) -> None:
    """The right lobe between the carotid artery (left of the picture) and the trachea (right)."""
    u, d = echoes.u, echoes.d
    _near_field(echoes)
    sternomastoid = _ellipse(u, d, (1.5, 8.6), (9.5, 3.4), 8)
    echoes.lay(sternomastoid, -34.0 + 3.5 * echoes.fibres)
    echoes.facing(sternomastoid, -12.0)
    echoes.lay(9.6 - d, -24.0 + 1.5 * echoes.fine + echoes.wave)
    longus = _ellipse(u, d, (15, 30.0), (11, 3.6), -6)
    echoes.lay(longus, -34.0 + 3.2 * echoes.fibres)
    echoes.facing(longus, -13.0)
    lobe = _ellipse(u, d, (18.3, 17.9), (11.6, 8.3), 4)
    isthmus = np.maximum(np.abs(d - 12.9 - 0.01 * (u - 26) ** 2) - 1.7, 22 - u)
    _gland(echoes, np.minimum(lobe, isthmus).astype(np.float32))
    _nodule(echoes, NODULES["transverse"], 31, float(np.sqrt(max(0.0, 1 - (sweep / 8.4) ** 2))))
    artery = _ellipse(u, d, (4.4, 19.6), (3.3 + pulse, 3.2 + pulse))
    vein = _ellipse(u, d, (-0.6, 14.0), (4.4, 1.9 - pulse * 2), 20)
    for vessel in (artery, vein):
        echoes.lay(vessel - 0.5, -24.0)
        echoes.lay(vessel, -62.0)
        echoes.facing(vessel - 0.15, -8.0, 0.17)
        echoes.behind(vessel, 4.0)
    trachea = _ellipse(u, d, (40.0, 25.2), (10.6, 10.2))
    echoes.lay(trachea, -36.0)
    air = trachea + 1.5
    echoes.facing(air.astype(np.float32), -1.0, 0.3)
    for bounce in (1, 2, 3, 4):  # reverberation between the air and the probe's side of the ring
        echoes.facing((air + 1.9 * bounce).astype(np.float32), -9.0 - 7.0 * bounce, 0.35)
    echoes.gain -= (22 * np.clip((-air - 0.3) / 1.0, 0, 1)).astype(np.float32)
    echoes.behind(air.astype(np.float32), -26.0)
    _spine(echoes, (d - 34.0 - 0.010 * (u - 16) ** 2 + 0.25 * echoes.wave).astype(np.float32))


def _longitudinal(echoes: _Echoes) -> None:
    """The right lobe along the neck, head to the left of the picture."""
    u, d = echoes.u, echoes.d
    _near_field(echoes)
    echoes.lay(9.6 - d, -24.0 + 1.5 * echoes.fine + echoes.wave)
    echoes.lay((26.6 - d).astype(np.float32), -34.0 + 3.6 * echoes.fibres)
    echoes.line((d - 26.6 + 0.3 * echoes.wave).astype(np.float32), -13.0, 0.16)
    lobe = _ellipse(u, d, (19.5, 17.5), (21.0, 7.6), -2)
    _gland(echoes, lobe)
    _nodule(echoes, NODULES["longitudinal"], 32)
    vessel = _ellipse(u, d, (31.5, 22.2), (2.2, 0.55), -12)
    echoes.lay(vessel, -58.0)
    echoes.facing(vessel, -15.0, 0.12)
    vertebrae = d - 32.6 - 1.1 * np.abs(np.sin(np.pi * (u - 3) / 15.0)) ** 3 + 0.2 * echoes.wave
    _spine(echoes, vertebrae.astype(np.float32))


def _scatterers(random: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.complex64]:
    return (random.standard_normal(shape) + 1j * random.standard_normal(shape)).astype(np.complex64)


def _picture(echoes: _Echoes, scatterers: NDArray[np.complex64]) -> NDArray[np.uint8]:
    """Envelope of the blurred scatterers, compressed to grey.

    Deviations of the pulse: 0.075 mm along the beam; across it 0.15 mm at the focus (18 mm), 0.28 mm at the skin.
    """
    surfaces = 10 ** (echoes.surface / 20)
    strength = 10 ** (echoes.level / 20) + 0.42 * surfaces
    off_focus = np.clip(np.abs(echoes.d - 18) / 18, 0, 1)
    power = np.zeros_like(strength)
    for look in (scatterers, scatterers[::-1, ::-1], scatterers[:, ::-1]):  # steered three ways and compounded
        parts = []
        for part, steady in ((look.real, 0.05 * surfaces), (look.imag, 0.0)):
            echo = part * strength + steady
            narrow, wide = (
                cv2.GaussianBlur(echo, (0, 0), sigmaX=across / echoes.mm, sigmaY=0.075 / echoes.mm)
                for across in (0.15, 0.28)
            )
            parts.append(narrow * (1 - off_focus) + wide * off_focus)
        power += parts[0] ** 2 + parts[1] ** 2
    speckle_gain = (4 * np.pi * 0.075 * 0.2 / echoes.mm**2) ** 0.5
    envelope = np.sqrt(power / 3) * speckle_gain
    decibels = 20 * np.log10(envelope + 1e-5) + echoes.gain + 1.0 * echoes.wave - 0.10 * np.clip(echoes.d - 22, 0, None)
    grey = (decibels + DYNAMIC_RANGE_DB - 9) / DYNAMIC_RANGE_DB
    return np.rint(255 * np.clip(grey, 0, 1) ** 1.15).astype(np.uint8)


def _text(screen: NDArray[np.uint8], text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    cv2.putText(screen, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv2.LINE_AA)


def _cross(screen: NDArray[np.uint8], at: tuple[int, int], arm: int, colour: tuple[int, int, int]) -> None:
    column, row = at
    screen[row, column - arm : column + arm + 1] = colour
    screen[row - arm : row + arm + 1, column] = colour


def _screen(tissue: NDArray[np.uint8], plane: Plane) -> NDArray[np.uint8]:
    """The scanner's screen round the picture: scales, settings, the calipers and their legend."""
    screen = np.zeros((ROWS, COLUMNS, 3), np.uint8)
    screen[TOP : TOP + HEIGHT, LEFT : LEFT + WIDTH] = tissue[:, :, None]
    bar = np.linspace(255, 0, 200).astype(np.uint8)
    screen[TOP + 20 : TOP + 220, 20:32] = bar[:, None, None]
    _text(screen, "L12  Thyroid", (16, 20), GREY)
    _text(screen, "MI 0.9  TIS 0.1", (640, 20), GREY)
    for line, text in enumerate(("12 MHz", "Gn 52", "DR 58", "3.6 cm")):
        _text(screen, text, (16, TOP + 250 + 20 * line), GREY)
    for millimetre in range(0, int(HEIGHT * MM_PER_PIXEL) + 1, 5):
        row = TOP + round(millimetre / MM_PER_PIXEL)
        length = 10 if millimetre % 10 == 0 else 5
        screen[row, LEFT + WIDTH + 6 : LEFT + WIDTH + 6 + length] = GREY
        if millimetre and millimetre % 10 == 0:
            _text(screen, str(millimetre // 10), (LEFT + WIDTH + 22, row + 5), GREY)
    focus = TOP + round(18 / MM_PER_PIXEL)
    cv2.fillPoly(
        screen,
        [np.array([[LEFT + WIDTH + 58, focus], [LEFT + WIDTH + 66, focus - 5], [LEFT + WIDTH + 66, focus + 5]])],
        GREY,
    )
    cv2.circle(screen, (LEFT - 12, TOP + 8), 5, GREY, 1, cv2.LINE_AA)
    name = "RT LOBE TRANS" if plane == "transverse" else "RT LOBE LONG"
    _text(screen, name, (LEFT + 12, TOP + HEIGHT - 12), (225, 225, 225))
    for number, measure in enumerate(calipers(plane), start=1):
        first, second = (np.array(end) for end in measure)
        for share in np.arange(0.06, 0.95, 0.045):  # the dotted line between a pair
            column, row = np.rint(first + (second - first) * share).astype(int)
            screen[row, column] = YELLOW
        for end in measure:
            _cross(screen, end, 6, YELLOW)
        _text(screen, str(number), (measure[1][0] + 9, measure[1][1] + 4), YELLOW)
        row = ROWS - 40 + 18 * number
        _cross(screen, (LEFT + 318, row - 4), 4, YELLOW)
        _text(screen, f"{number}  D {length_mm(measure) / 10:.2f} cm", (LEFT + 330, row), YELLOW)
    return screen


def make_still(plane: Plane, *, seed: int = 17) -> NDArray[np.uint8]:
    """One still as the scanner saved it, (640, 800, 3) RGB."""
    shape = (HEIGHT, WIDTH)
    echoes = _Echoes(shape, MM_PER_PIXEL, seed + (plane == "longitudinal"))
    if plane == "transverse":
        _transverse(echoes)
    else:
        _longitudinal(echoes)
    scatterers = _scatterers(np.random.default_rng([seed, plane == "longitudinal"]), shape)
    return _screen(_picture(echoes, scatterers), plane)


def make_cine(*, seed: int = 23) -> list[NDArray[np.uint8]]:
    """A transverse sweep through the nodule while the artery beats: 30 frames, each grey, without a screen round it."""
    shape = (round(HEIGHT * CINE_SCALE), round(WIDTH * CINE_SCALE))
    random = np.random.default_rng(seed)
    scatterers = _scatterers(random, shape)
    frames = []
    for index in range(CINE_FRAMES):
        kept = 0.88
        scatterers = (kept * scatterers + (1 - kept**2) ** 0.5 * _scatterers(random, shape)).astype(np.complex64)
        echoes = _Echoes(shape, MM_PER_PIXEL / CINE_SCALE, seed)
        sweep = -10 + 20 * index / (CINE_FRAMES - 1)
        beat = max(0.0, float(np.sin(2 * np.pi * index * CINE_FRAME_MS / 850))) ** 2
        _transverse(echoes, sweep, 0.35 * beat)
        frames.append(_picture(echoes, scatterers))
    return frames


def write_thyroid_ultrasound(folder: Path, *, seed: int = 17) -> list[Path]:
    """Write the pair as Ultrasound Image Storage and the cine as Ultrasound Multi-frame; return the three paths."""
    planes: tuple[Plane, ...] = ("transverse", "longitudinal")
    paths = []
    for number, plane in enumerate(planes, start=1):
        made = ultrasound_image(
            STUDY,
            [make_still(plane, seed=seed)],
            number=number,
            series_description="Right lobe",
            view=plane,
            laterality="R",
            regions=[_REGION],
            syntax=ExplicitVRLittleEndian,
        )
        paths.append(save(made, folder / f"thyroid-{plane}.dcm"))
    frames = make_cine(seed=seed + 6)
    rows, columns = frames[0].shape
    cine = ultrasound_image(
        CINE_STUDY,
        frames,
        series_description="Right lobe, sweep",
        view="transverse",
        laterality="R",
        regions=[CalibratedRegion(0, 0, columns - 1, rows - 1, MM_PER_PIXEL / CINE_SCALE)],
        frame_time_ms=CINE_FRAME_MS,
        syntax=JPEGBaseline8Bit,
    )
    paths.append(save(cine, folder / "thyroid-cine.dcm"))
    return paths
