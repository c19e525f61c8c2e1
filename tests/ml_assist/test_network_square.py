"""What a network draws comes back to the stored matrix exactly where it belongs."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ml_assist.inference.network_square import NetworkSquare, made_visible, square_of, stretched


@st.composite
def squares(draw: st.DrawFn) -> NetworkSquare:
    rows, columns = draw(st.integers(8, 300)), draw(st.integers(8, 300))
    height, width = draw(st.integers(4, rows)), draw(st.integers(4, columns))
    top, left = draw(st.integers(0, rows - height)), draw(st.integers(0, columns - width))
    return NetworkSquare(rows, columns, top, left, height, width, draw(st.sampled_from([32, 64, 160])))


@given(squares(), st.floats(0.25, 0.75), st.floats(0.25, 0.75), st.floats(0.3, 0.5))
@settings(max_examples=120)
def test_a_mask_that_goes_in_comes_out_where_it_was(square, across, down, part):
    middle = np.array([square.left + across * square.width, square.top + down * square.height])
    radius = part * min(square.height, square.width)
    rows, columns = np.mgrid[: square.rows, : square.columns] + 0.5
    mask = (np.hypot(columns - middle[0], rows - middle[1]) < radius).astype(np.uint8)
    mask[: square.top] = mask[square.top + square.height :] = 0
    mask[:, : square.left] = mask[:, square.left + square.width :] = 0
    back = square.out_of(square.mask_into(mask).astype(np.float32)) >= 0.5
    assert back.shape == mask.shape
    # Nowhere farther from the edge than the pixels of both matrices are wide.
    step = max(1.0, square.side / square.size)
    far = np.abs(np.hypot(columns - middle[0], rows - middle[1]) - radius) > 1.5 * step
    inside = (columns > square.left + 1.5 * step) & (columns < square.left + square.width - 1.5 * step)
    inside &= (rows > square.top + 1.5 * step) & (rows < square.top + square.height - 1.5 * step)
    assert np.array_equal(back[far & inside], mask[far & inside] > 0)
    outside = np.ones_like(back)
    outside[square.top : square.top + square.height, square.left : square.left + square.width] = False
    assert not back[outside].any()


@given(squares(), st.data())
@settings(max_examples=40)
def test_in_its_own_size_every_pixel_comes_back_as_it_was(square, data):
    own = NetworkSquare(
        *(getattr(square, n) for n in ("rows", "columns", "top", "left", "height", "width")), square.side
    )
    mask = np.random.default_rng(data.draw(st.integers(0, 99))).random((own.rows, own.columns)) < 0.4
    kept = np.zeros_like(mask)
    part = (slice(own.top, own.top + own.height), slice(own.left, own.left + own.width))
    kept[part] = mask[part]
    assert np.array_equal(own.out_of(own.mask_into(mask).astype(np.float32)) >= 0.5, kept)


@given(squares(), st.lists(st.tuples(st.floats(-50, 400), st.floats(-50, 400)), min_size=1, max_size=4))
@example(NetworkSquare(rows=8, columns=130, top=0, left=0, height=4, width=130, size=32), [(0.0, 0.0)])
@settings(max_examples=40)
def test_points_go_the_way_of_the_pixels_and_back(square, points):
    assert np.allclose(square.points_out_of(square.points_into(points)), points)
    corner = square.points_into([[square.left + square.width / 2, square.top + square.height / 2]])
    assert np.abs(corner - square.size / 2).max() <= square.size / square.side / 2 + 1e-9, "the part lies in the middle"
    assert NetworkSquare.from_json(square.to_json()) == square
    picture = np.zeros((square.rows, square.columns), np.uint8)
    picture[square.top : square.top + square.height, square.left : square.left + square.width] = 255
    seen = square.into(picture)
    # A part thinner than the square's pixels is half seen in two of them.
    rows, columns = np.nonzero(seen >= max(1, seen.max() / 2))
    found = [[columns.min(), rows.min()], [columns.max() + 1, rows.max() + 1]]
    ends = [[square.left, square.top], [square.left + square.width, square.top + square.height]]
    assert np.abs(square.points_into(ends) - found).max() <= 1, "where the points say, the pixels are"


def test_the_largest_piece_is_cut_out_and_values_are_stretched_between_percentiles():
    picture = np.zeros((100, 140), np.uint8)
    picture[20:80, 30:110] = np.linspace(60, 160, 80).astype(np.uint8)
    picture[5:12, 3:20] = 200
    square = square_of(picture, size=64, crop=True)
    assert (square.top, square.left, square.height, square.width) == (20, 30, 60, 80)
    whole = square_of(picture, size=64, crop=False)
    assert (whole.height, whole.width) == (100, 140)
    assert square_of(np.zeros((9, 7), np.uint8), size=32, crop=True).side == 9
    seen = square.into(picture)
    assert seen[:7].max() == 0, "filled up above"
    assert seen[32, 32] > 90
    wide = stretched(np.stack([picture, picture // 2], axis=-1))
    assert np.abs(wide[..., 0].astype(int) - wide[..., 1]).max() <= 4, "each channel by its own range"
    assert (wide.min(), wide.max()) == (0, 255)
    assert stretched(np.full((4, 4, 1), 9, np.uint8)).max() == 0


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 400), st.integers(1, 256))
def test_the_stretch_is_that_of_the_percentiles(seed, pixels, levels):
    plane = np.random.default_rng(seed).integers(0, levels, (1, pixels), dtype=np.uint8)
    low, high = np.percentile(plane, (1, 99))
    found = stretched(plane[..., None])[..., 0].astype(int)
    if high <= low:
        assert not found.any()
    else:
        wanted = np.clip(np.rint((plane - low) * (255 / (high - low))), 0, 255)
        # A half may be rounded either way: what learns from it counts in 32 bits.
        assert np.abs(found - wanted).max() <= 1


def test_calipers_are_painted_out_where_that_is_asked_for():
    picture = np.full((60, 60, 1), 80, np.uint8)
    picture[28:33, 30] = 255
    places = np.array([[30.5, 30.5]])
    painted = made_visible(picture, places, stretch=False, paint_out=True)
    assert painted.max() < 100
    assert np.array_equal(made_visible(picture, places, stretch=False, paint_out=False), picture)
