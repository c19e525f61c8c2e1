"""A head CT phantom: trauma with a fracture, a subdural and an intraparenchymal bleed, in Hounsfield units.

Not a patient and not an atlas: sizes, places and densities are those of a textbook adult, the cortex is
folded by smooth noise.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from annotator.demo.ct_object import ct_slice
from annotator.demo.dicom_files import MadeStudy, save
from annotator.demo.head_anatomy import (
    AIR,
    CEREBELLUM,
    CSF,
    DIPLOE,
    FALX,
    FAT,
    GREY,
    MUSCLE,
    OEDEMA,
    PARENCHYMAL_BLEED,
    SCALP_BLEED,
    SKIN,
    SUBDURAL_BLEED,
    TABLE,
    WHITE,
    Image,
    blob,
    cavity,
    cisterns,
    deep_grey,
    ellipsoid,
    face,
    fade,
    lay,
    petrous,
    ventricles,
)

SIZE = 512
SLICES = 40
SPACING_MM = 0.45
SLICE_MM = 4.0  # 40 slices from the foramen magnum to above the vertex
LOWEST_MM = -66.0
NOISE_HU = 4.0

STUDY = MadeStudy(
    "demo head ct",
    "DEMO-CT-001",
    "Demo^Head",
    sex="M",
    birth_date="19540317",
    description="CT head without contrast",
    date="20260105",
    time="101500",
)


@dataclass(frozen=True)
class HeadSlice:
    """One slice in Hounsfield units and where its structures are, each mask (rows, columns)."""

    hounsfield: Image
    parenchymal_bleed: NDArray[np.bool_]
    subdural_bleed: NDArray[np.bool_]
    oedema: NDArray[np.bool_]
    csf: NDArray[np.bool_]
    white: NDArray[np.bool_]
    grey: NDArray[np.bool_]
    bone: NDArray[np.bool_]
    fracture: NDArray[np.bool_]


class _Folds:
    """Smooth noise over the whole head: the folds of the cortex, irregular edges, the grain of the diploe."""

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        grid = SIZE // 4
        self.cortex = self._smooth(random, grid, (1.2, 2.3, 2.3))
        self.edges = self._smooth(random, grid, (3.0, 7.0, 7.0))
        self.clots = self._smooth(random, grid, (1.5, 3.0, 3.0))
        self.grain = self._smooth(random, grid, (0.0, 0.7, 0.7))

    @staticmethod
    def _smooth(random: np.random.Generator, grid: int, sigma: tuple[float, float, float]) -> Image:
        noise = random.standard_normal((SLICES, grid, grid)).astype(np.float32)
        smooth = ndimage.gaussian_filter(noise, sigma, mode="wrap")
        return smooth / smooth.std()

    @staticmethod
    def at(field: Image, index: int) -> Image:
        """One slice of a field at full size."""
        return cv2.resize(field[index], (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)


class _Head:
    """Everything about one slice that several structures need."""

    def __init__(self, index: int, folds: _Folds) -> None:
        self.index, self.folds = index, folds
        self.z = LOWEST_MM + index * SLICE_MM
        line = (np.arange(SIZE, dtype=np.float32) - (SIZE - 1) / 2) * np.float32(SPACING_MM)
        self.x, self.y = np.meshgrid(line, line)
        # The head narrows to the front; below the brow it hardly tapers any more.
        narrowed = self.x / (1 + 0.0009 * self.y)
        outline_z = self.z if self.z > -24 else -24 + (self.z + 24) * 0.35
        irregular = folds.at(folds.edges, index) * 0.5
        self.scalp = ellipsoid(narrowed, self.y, outline_z, (79, 97, 83)) + irregular * 0.5
        self.outer = ellipsoid(narrowed, self.y, outline_z, (73, 90.5, 77)) + irregular * 0.6
        thickness = 4.8 + irregular + 1.8 * np.clip(np.abs(self.y) / 90, 0, 1)
        self.inner = self.outer + thickness
        self.cavity = cavity(self.x, self.y, self.z, self.inner)
        self.shift = self._shift()

    def _shift(self) -> Image:
        """How far structures are pushed to the right (mm), fading towards the right side of the skull."""
        level = np.exp(-((self.z - 14) ** 2) / (2 * 24.0**2))
        along = np.exp(-((self.y + 6) ** 2) / (2 * 38.0**2))
        fading = np.clip(1 - np.clip(-self.x, 0, None) / 62, 0, 1) * np.clip(1 - np.clip(self.x, 0, None) / 90, 0, 1)
        return (5.5 * level * along * fading).astype(np.float32)


def _bone(head: _Head) -> tuple[Image, Image]:
    """Cover and Hounsfield units of the vault and of the base."""
    shell = np.maximum(head.outer, -head.inner)
    from_table = np.minimum(-head.outer, head.inner)
    grain = head.folds.at(head.folds.grain, head.index)
    diploe = np.clip(DIPLOE + 170 * grain, 250, 1000)
    inside = np.clip((from_table - 1.5) / 0.8, 0, 1)
    hounsfield = TABLE + inside * (diploe - TABLE)
    base = np.maximum(np.abs(head.cavity + 1.0) - 2.4, head.inner)
    if head.z < -16:
        # The vault ends where the face begins.
        shell = np.maximum(shell, min(130.0, (-24 - head.z) * 3.2) - 96 - head.y)
        cover = np.maximum(fade(shell), fade(np.where(head.cavity > -0.5, base, 9)))
    else:
        cover = fade(shell)
    return cover, hounsfield.astype(np.float32)


def _fracture(head: _Head) -> Image:
    """Cover of the line through the left parietal bone, and 0 where there is none."""
    if not -8 <= head.z <= 44:
        return np.zeros_like(head.x)
    at = 14 + 0.32 * (head.z - 18) + 1.6 * np.sin(head.z / 5)  # y of the line wanders from slice to slice
    oblique = (head.y - at) + 0.35 * (head.x - 68) + 0.7 * np.sin(head.x * 0.9)
    line = np.maximum(np.abs(oblique) - 0.75, -(head.x - 40))
    return fade(np.maximum(line, np.maximum(head.outer - 0.3, -head.inner - 0.3)))


def _subdural(head: _Head) -> Image:
    """Signed distance to the crescent between the left hemisphere and the skull."""
    spread = np.exp(-(((head.y + 4) / 52) ** 4)) * np.exp(-(((head.z - 20) / 31) ** 4))
    clot = head.folds.at(head.folds.clots, head.index) * 0.5
    thickness = np.where(head.x > 6, 9.5 * spread * np.clip((head.x - 6) / 22, 0, 1), 0) + clot * spread
    inner_edge = head.inner + 1.0 + thickness
    return np.where(thickness > 1.4, np.maximum(head.inner + 0.6, -inner_edge), 200).astype(np.float32)


def _brain(head: _Head) -> tuple[Image, dict[str, Image]]:
    """Hounsfield units inside the skull, and the covers of what a test or a reader asks for."""
    x, y, z = head.x + head.shift, head.y, head.z
    subdural = _subdural(head)
    surface = np.maximum(head.cavity + 1.8, -(subdural - 0.8))
    depth = -surface  # mm below the brain's surface
    infratentorial = blob(head.x, y, z, (0, 42, -46), (55, 40, 32)) if z < -18 else np.full_like(x, 9)
    # Sulci: where smooth noise changes its sign, as wide as the depth allows.
    folds = head.folds.at(head.folds.cortex, head.index)
    down, across = np.gradient(folds, SPACING_MM)
    to_sulcus = np.abs(folds) / (np.hypot(down, across) + 0.03)
    squeezed = np.where(x > 0, 0.55, 1.0)
    half_width = np.clip(1.25 * squeezed * (1 - depth / 20), -1, 1.25)
    if z < -18:
        half_width = np.where(infratentorial < 0, -1, half_width)
    sulci = to_sulcus - half_width
    midline = np.abs(x + 0.35 * folds) - np.where(depth < 26, 1.1, -1)
    callosum = blob(x, y, z, (0, -2, 16), (30, 36, 12))
    fissure = np.where((callosum < 0) | ((z < -12) & (y > -30)) | (z < -24) | (infratentorial < 2), 9, midline)
    in_ventricle = ventricles(x, y, z)
    csf = np.minimum.reduce([sulci, fissure, in_ventricle, cisterns(x, y, z)])
    csf_cover = np.maximum(fade(csf, 0.9), fade(depth, 0.6))
    outside = (csf_cover > 0.5).astype(np.uint8)
    ribbon = cv2.distanceTransform(1 - (outside & (in_ventricle > 1.5)).astype(np.uint8), cv2.DIST_L2, 5) * SPACING_MM
    cortex = np.clip((4.6 + 0.8 * head.folds.at(head.folds.clots, head.index) - ribbon) / 1.5, 0, 1)
    grey = np.maximum(cortex, fade(deep_grey(x, y, z), 1.2))
    values = (WHITE + grey * (GREY - WHITE)).astype(np.float32)
    if z < -18:
        folia = 1.2 * np.sin(6.28 * np.hypot(head.x * 0.75, y - 30) / 4.2)
        lay(values, fade(infratentorial, 1.5), (CEREBELLUM + folia - 3).astype(np.float32))
    clot = head.folds.at(head.folds.clots, head.index)
    bleed = blob(head.x, y, z, (33, -24, 14), (15, 20, 17), 18) + 1.7 * clot
    oedema = blob(head.x, y, z, (33, -22, 14), (24, 29, 24), 18) + 3.0 * clot
    oedema_cover = fade(oedema, 5) * (1 - 0.65 * cortex)
    lay(values, oedema_cover, OEDEMA)
    lay(values, csf_cover * (1 - 0.6 * fade(oedema, 5)), CSF)
    falx = np.abs(head.x + 0.45 * head.shift) - 0.75
    falx = np.maximum(falx, np.where((callosum < 4) | (z < 0), 9, 0))
    lay(values, fade(falx, 0.5) * (np.abs(y) > 18 - max(0.0, z - 40)), FALX)
    if -16 < z < 6:
        lay(values, fade(blob(x, y, z, (0, 24, -3), (2.4, 2.4, 4))), 140.0)  # pineal calcification
    for side in (-1.0, 1.0):
        lay(values, fade(blob(x, y, z, (side * 21, 30, 8), (3, 5, 4), side * -14)), 95.0)  # choroid plexus
    grainy = 3.0 * head.folds.at(head.folds.grain, head.index)
    lay(values, fade(bleed, 1.2), (PARENCHYMAL_BLEED + grainy).astype(np.float32))
    lay(values, fade(subdural, 0.9), SUBDURAL_BLEED)
    covers = {
        "bleed": fade(bleed, 1.2),
        "subdural": fade(subdural, 0.9),
        "oedema": oedema_cover * (fade(bleed - 2) < 0.01),
        "csf": csf_cover,
        "grey": grey,
        "ventricles": fade(in_ventricle + 1.5),
        "depth": depth,
    }
    return values, covers


def _holder(values: Image, head: _Head) -> None:
    """The head rest: a thin shell with foam behind the head."""
    rest = ellipsoid(head.x, head.y + 4, 0, (96, 111, 500))
    below = np.clip((head.y - 30) / 4, 0, 1)
    lay(values, fade(np.abs(rest) - 1.2) * below, -250.0)
    lay(values, fade(np.maximum(rest + 1.2, -(head.scalp - 1.0))) * below, -960.0)


def make_slice(index: int, *, seed: int = 11, folds: _Folds | None = None) -> HeadSlice:
    """One slice of the phantom with its truth.

    Parameters
    ----------
    index : 0 (lowest) to 39.
    folds : the noise shared by all slices of one seed; made when it is not given.
    """
    head = _Head(index, folds or _Folds(seed))
    values = np.full((SIZE, SIZE), AIR, np.float32)
    _holder(values, head)
    swelling = 6.0 * np.exp(-((head.y - 16) ** 2) / (2 * 17.0**2) - (head.z - 16) ** 2 / (2 * 15.0**2)) * (head.x > 0)
    skin = head.scalp - swelling
    lay(values, fade(skin), SKIN)
    lay(values, fade(skin + 2.0), FAT)
    lay(values, fade(np.maximum(skin + 3.2, 1.5 - swelling), 1.5), SCALP_BLEED)
    temporal = blob(head.x, head.y, head.z, (0, -12, -22), (77, 40, 36))
    lay(values, fade(np.maximum(temporal, head.scalp + 3)), MUSCLE)
    if head.z < -40:
        nape = np.maximum(head.scalp + 4.5, 40 - head.y)
        lay(values, fade(nape), MUSCLE)
    lay(values, fade(head.inner + 0.3), MUSCLE if head.z < -16 else CSF)
    bone_cover, bone = _bone(head)
    brain, covers = _brain(head)
    inside = fade(head.cavity)
    lay(values, bone_cover, bone)
    if head.z < -16:
        face(values, head.x, head.y, head.z, head.folds.at(head.folds.grain, index))
    lay(values, inside * (1 - bone_cover), brain)
    if head.z < -16:
        petrous(values, head.x, head.y, head.z)
    fracture = _fracture(head)
    lay(values, fracture, 45.0)
    values = cv2.GaussianBlur(values, (0, 0), 0.75).astype(np.float32)
    random = np.random.default_rng([seed, index])
    noise = cv2.GaussianBlur(random.standard_normal((SIZE, SIZE)).astype(np.float32), (0, 0), 0.7)
    noise *= np.where(values < -500, 0.9, 1.0) * NOISE_HU / noise.std()
    solid = (inside > 0.99) & (bone_cover < 0.01)
    supratentorial = solid & (covers["depth"] > 8) & (head.z > -12)
    clean = supratentorial & (covers["csf"] < 0.01) & (covers["oedema"] < 0.05) & (covers["bleed"] < 0.01)
    return HeadSlice(
        hounsfield=np.maximum(values + noise, -1024).astype(np.float32),
        parenchymal_bleed=solid & (covers["bleed"] > 0.5),
        subdural_bleed=solid & (covers["subdural"] > 0.5),
        oedema=solid & (covers["oedema"] > 0.6),
        csf=solid & (covers["ventricles"] > 0.99) & (values < 25),
        white=clean & (covers["grey"] < 0.01),
        grey=clean & (covers["grey"] > 0.99),
        bone=(bone_cover > 0.5) & (fracture < 0.1),
        fracture=fracture > 0.5,
    )


def write_head_ct(folder: Path, *, seed: int = 11) -> list[Path]:
    """Write the 40 slices as CT Image Storage, lowest first, and return their paths."""
    folds = _Folds(seed)
    corner = -(SIZE - 1) / 2 * SPACING_MM
    paths = []
    for index in range(SLICES):
        made = ct_slice(
            STUDY,
            make_slice(index, seed=seed, folds=folds).hounsfield,
            number=index + 1,
            position=(corner, corner, LOWEST_MM + index * SLICE_MM),
            spacing=SPACING_MM,
            slice_thickness=SLICE_MM,
            series=2,
            series_description="Head 4.0 mm",
            windows=(("BRAIN", 40, 80), ("SUBDURAL", 75, 215), ("BONE", 600, 2800)),
        )
        paths.append(save(made, folder / f"head-{index + 1:03d}.dcm"))
    return paths
