"""Shapes of a head, as signed distances in millimetres (negative inside), and their Hounsfield units.

Coordinates are LPS: x to the patient's left, y to the back, z up, the origin in the middle of the head. A
slice is asked for with x and y as arrays (rows, columns) and one z.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.floating[Any]]

AIR, FAT, SKIN, MUSCLE = -1000.0, -85.0, 35.0, 55.0
CSF, WHITE, GREY, CEREBELLUM = 6.0, 27.5, 37.5, 36.0
TABLE, DIPLOE, PETROUS = 1300.0, 650.0, 1150.0
PARENCHYMAL_BLEED, SUBDURAL_BLEED, OEDEMA, SCALP_BLEED, FALX = 72.0, 66.0, 17.0, 58.0, 48.0


def ellipsoid(x: Image, y: Image, z: float, axes: tuple[float, float, float]) -> Image:
    """Signed distance in mm to an ellipsoid round the origin, first order (Taubin), negative inside."""
    a, b, c = axes
    radius = np.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2) + 1e-6
    slope = np.sqrt((x / a**2) ** 2 + (y / b**2) ** 2 + (z / c**2) ** 2) + 1e-6
    return (radius - 1) * radius / slope


def blob(
    x: Image, y: Image, z: float, centre: tuple[float, float, float], axes: tuple[float, float, float], turn: float = 0
) -> Image:
    """Signed distance to an ellipsoid elsewhere, turned by `turn` degrees in the slice."""
    cosine, sine = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    across, down = x - centre[0], y - centre[1]
    return ellipsoid(across * cosine + down * sine, down * cosine - across * sine, z - centre[2], axes)


def fade(distance: Image, width: float = 0.4) -> Image:
    """1 inside, 0 outside, linear over `width` mm: what a scanner's pixel does at an edge."""
    return np.clip(0.5 - distance / width, 0, 1)


def lay(values: Image, cover: Image, hounsfield: Image | float) -> None:
    """Lay a structure over what is there, in place."""
    values += cover * (hounsfield - values)


def ventricles(x: Image, y: Image, z: float) -> Image:
    """Signed distance to the nearest ventricle; the left lateral ventricle is squeezed by the bleed."""
    parts = []
    for side, squeeze in ((-1.0, 1.0), (1.0, 0.7)):
        parts += [
            blob(x, y, z, (side * 9, -30, 8), (5.5 * squeeze, 16, 9), side * -22),  # frontal horn
            blob(x, y, z, (side * 11, 2, 20), (5.5 * squeeze, 30, 8), side * 10),  # body
            blob(x, y, z, (side * 22, 34, 10), (6.5 * squeeze, 15, 11), side * -14),  # atrium and occipital horn
            blob(x, y, z, (side * 31, 6, -22), (3.0 * squeeze, 11, 4), side * -20),  # temporal horn
        ]
    parts.append(blob(x, y, z, (0, -2, -2), (2.2, 13, 11)))  # third
    parts.append(blob(x, y, z, (0, 42, -42), (6.5, 5, 11)))  # fourth
    return np.minimum.reduce(parts)


def cisterns(x: Image, y: Image, z: float) -> Image:
    """Signed distance to the basal cisterns and the Sylvian fissures."""
    parts = [
        blob(x, y, z, (0, -14, -24), (13, 8, 7)),  # suprasellar
        blob(x, y, z, (0, 31, -12), (11, 4, 7)),  # quadrigeminal
        blob(x, y, z, (0, 64, -58), (12, 7, 10)),  # great cistern
        blob(x, y, z, (0, 8, -50), (16, 4, 12)),  # before the pons
    ]
    for side in (-1.0, 1.0):
        effaced = 0.45 if side > 0 else 1.0
        parts.append(blob(x, y, z, (side * 47, -17, -2), (13, 2.0 * effaced, 22), side * 14))
        parts.append(blob(x, y, z, (side * 14, 8, -30), (3.0, 14, 6), side * 30))  # round the brain stem
    return np.minimum.reduce(parts)


def deep_grey(x: Image, y: Image, z: float) -> Image:
    """Signed distance to the thalamus, the lentiform and the caudate nucleus of both sides."""
    parts = []
    for side in (-1.0, 1.0):
        parts += [
            blob(x, y, z, (side * 11, 10, 3), (8, 13, 10), side * -25),
            blob(x, y, z, (side * 25, -9, 2), (7, 16, 10), side * 12),
            blob(x, y, z, (side * 15, -26, 8), (5, 9, 11), side * -20),
        ]
    return np.minimum.reduce(parts)


def cavity(x: Image, y: Image, z: float, inner: Image) -> Image:
    """Signed distance to the inside of the skull: the vault above, the fossae of the base below."""
    if z >= -16:
        return inner
    depth = -16 - z
    # The floor of the anterior fossa rises to the front, and the roofs of the orbits into it.
    anterior = -96 + depth * 4.4 - 9 * np.cos(x / 11)
    middle = np.minimum(
        blob(x, y, z, (-42, -15, -14), (33, 35, 36)),
        blob(x, y, z, (42, -15, -14), (33, 35, 36)),
    )
    posterior = blob(x, y, z, (0, 40, -22), (58, 42, 46))
    stem = blob(x, y, z, (0, 18, -40), (19, 24, 44))
    front = np.maximum(inner, anterior - y)
    return np.maximum(inner, np.minimum.reduce([front, middle, posterior, stem]))


def face(values: Image, x: Image, y: Image, z: float, grain: Image) -> None:
    """The face before and below the base: orbits with globes, air in the sinuses, petrous and mastoid bone."""
    for side in (-1.0, 1.0):
        orbit = blob(x, y, z, (side * 30, -62, -36), (18, 24, 15), side * -14)
        lay(values, fade(np.abs(orbit) - 1.2), 900.0)
        lay(values, fade(orbit + 1.2), FAT)
        nerve = blob(x, y, z, (side * 23, -52, -36), (1.8, 20, 2.5), side * -18)
        lay(values, fade(np.maximum(nerve, orbit + 2)), GREY)
        for place in (-13.0, 13.0):
            muscle = blob(x, y, z, (side * 29 + place * 0.85, -58, -36), (2.0, 16, 5), side * -14 - place * 0.7)
            lay(values, fade(np.maximum(muscle, orbit + 1.6)), MUSCLE)
        globe = blob(x, y, z, (side * 32, -75, -36), (12, 12, 12))
        lay(values, fade(globe), 45.0)
        lay(values, fade(globe + 1.5), 12.0)
        lay(values, fade(blob(x, y, z, (side * 32, -83.5, -36), (4.5, 2, 4.5))), 85.0)
        cells = blob(x, y, z, (side * 52, 30, -54), (9, 13, 13), side * 20)
        lay(values, fade(cells), np.where(grain > 0.1, 700.0, -750.0).astype(np.float32))
        canal = blob(x, y, z, (side * 56, 8, -54), (14, 3, 4), side * -10)
        lay(values, fade(canal), AIR)
        fat = blob(x, y, z, (side * 44, -44, -62), (13, 22, 22), side * -30)
        lay(values, fade(fat, 3), FAT)
        masseter = blob(x, y, z, (side * 50, -38, -66), (5, 20, 24), side * -14)
        lay(values, fade(masseter, 1), MUSCLE)
        antrum = blob(x, y, z, (side * 25, -60, -68), (16, 19, 18), side * -20)
        lay(values, fade(np.abs(antrum) - 0.8), 900.0)
        lay(values, fade(antrum + 0.8), AIR)
        arch = np.abs(blob(x, y, z, (0, -20, -58), (66, 62, 40))) - 2.2
        if abs(z + 58) < 5:
            lay(values, fade(np.maximum(arch, np.maximum(40 - side * x, y - 6))), 1000.0)
        lay(values, fade(blob(x, y, z, (side * 49, 0, -64), (7, 5, 9))), 1100.0)  # condyle of the mandible
        carotid = blob(x, y, z, (side * 24, 4, -64), (3, 3, 9))
        lay(values, fade(carotid), 42.0)
    nose = blob(x, y, z, (0, -62, -64), (9, 26, 18))
    lay(values, fade(nose), np.where(np.abs(x - 0.8) < 0.9, 250.0, np.where(np.abs(x) > 5.5, 40.0, AIR)).astype("f4"))
    ethmoid = blob(x, y, z, (0, -60, -40), (11, 26, 14))
    lay(values, fade(np.abs(ethmoid) - 0.8), 600.0)
    septa = np.where(np.abs(np.sin(x * 0.45)) * np.abs(np.sin(y * 0.35)) < 0.12, 250.0, AIR).astype(np.float32)
    lay(values, fade(ethmoid + 0.8), septa)
    sphenoid = blob(x, y, z, (0, -26, -46), (15, 12, 11))
    lay(values, fade(np.abs(sphenoid) - 0.9), 800.0)
    lay(values, fade(np.maximum(sphenoid + 0.9, 0.5 - np.abs(x + 1.5))), AIR)


def petrous(values: Image, x: Image, y: Image, z: float) -> None:
    """The petrous ridges, which point from the ears to the middle."""
    for side in (-1.0, 1.0):
        ridge = blob(x, y, z, (side * 37, 13, -47), (27, 8, 10), side * -28)
        lay(values, fade(ridge), PETROUS)
        lay(values, fade(blob(x, y, z, (side * 40, 11, -46), (4, 1.2, 4), side * 20)), 100.0)
