"""Putting dots together: what a slip is made of, against the same done with arrays."""

import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hardware.printer.dots import (
    INK,
    Dots,
    blank,
    enlarged,
    from_grey,
    from_modules,
    from_packed,
    put,
    raster_of,
    stacked,
    stamp,
    turned,
)

Array = NDArray[np.bool_]


@st.composite
def arrays(draw: st.DrawFn, most: int = 40) -> Array:
    height, width = draw(st.integers(1, most)), draw(st.integers(1, most))
    return np.random.default_rng(draw(st.integers(0, 2**32))).random((height, width)) < 0.5


def dots_of(array: Array) -> Dots:
    return from_modules(array.tolist(), 1)


def array_of(dots: Dots) -> Array:
    return np.array(dots, bool)


@given(arrays())
def test_modules_and_packed_rows_become_the_same_dots(array: Array) -> None:
    dots = dots_of(array)
    assert np.array_equal(array_of(dots), array)
    raster = raster_of(dots)
    assert (raster.width, raster.height) == (array.shape[1], array.shape[0])
    assert raster.packed == np.packbits(array, axis=1).tobytes()
    again = array_of(from_packed(raster.packed, 8 * raster.stride, raster.height))
    assert np.array_equal(again[:, : raster.width], array)


@given(arrays(), arrays(60), st.integers(-50, 50), st.integers(-50, 50))
def test_a_stamp_adds_dots_and_what_leaves_the_paper_is_left_out(
    mark: Array, paper: Array, left: int, top: int
) -> None:
    large = np.zeros((200, 200), bool)
    large[70 : 70 + paper.shape[0], 70 : 70 + paper.shape[1]] = paper
    large[70 + top : 70 + top + mark.shape[0], 70 + left : 70 + left + mark.shape[1]] |= mark
    dots = dots_of(paper)
    stamp(dots, dots_of(mark), left, top)
    assert np.array_equal(array_of(dots), large[70 : 70 + paper.shape[0], 70 : 70 + paper.shape[1]])


def test_what_is_put_covers_what_was_there() -> None:
    paper = dots_of(np.ones((4, 4), bool))
    put(paper, blank(2, 2), 1, 1)
    assert array_of(paper).sum() == 12


@given(st.lists(arrays(), max_size=4), st.integers(0, 5), st.integers(0, 100))
def test_pictures_are_stacked_up_to_a_bound_with_an_edge_around_them(parts: list[Array], edge: int, most: int) -> None:
    wide = 40
    padded = [np.pad(part, ((0, 0), (0, wide - part.shape[1]))) for part in parts]
    body = np.vstack([np.zeros((0, wide), bool), *padded])[:most]
    found = stacked([dots_of(part) for part in padded], wide, edge=edge, most=most)
    assert found.size == (wide + 2 * edge, len(body) + 2 * edge)
    if len(body) + 2 * edge:
        assert np.array_equal(array_of(found), np.pad(body, edge))


@given(arrays(12), st.integers(1, 4), st.integers(1, 4))
def test_a_dot_becomes_a_block_and_rows_become_columns(array: Array, across: int, down: int) -> None:
    assert np.array_equal(
        array_of(enlarged(dots_of(array), across, down)), np.kron(array, np.ones((down, across), bool))
    )
    assert np.array_equal(array_of(turned(dots_of(array))), array.T)


def test_a_letter_s_pixel_is_a_dot_from_one_grey_on() -> None:
    assert array_of(from_grey(bytes((0, INK - 1, INK, 255)), 4, 1)).tolist() == [[False, False, True, True]]


def test_a_slip_is_drawn_without_numpy() -> None:
    program = (
        "import sys\n"
        "from hardware.printer import NOTO, render\n"
        "from hardware.printer.sample import sample_slip\n"
        "raster = render(sample_slip('zh_Hant'), fonts=NOTO, language='zh_Hant')\n"
        "raster.job(), raster.svg(), raster.png()\n"
        "sys.exit('numpy' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
