"""Formulas of layers with a kernel."""

import numpy as np
import pytest

from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.layers.core.einsum_formula import EinsumFormula

READ = {
    "ab,bc->ac": ("ab", "bc", "ac", ""),
    "...x,xy->...y": ("x", "xy", "y", "before"),
    "ab...,bc->ac...": ("ab", "bc", "ac", "after"),
    "AB,BC->AC": ("AB", "BC", "AC", ""),
}


@pytest.mark.parametrize("text", READ)
def test_terms_are_read(text):
    assert EinsumFormula.read(text) == READ[text]


INNER = {
    "ab,bc->ac": 1,
    "abc,cde->abde": 1,
    "abcd,cde->abe": 2,
    "abcd,bcde->ae": 3,
    "...ab,bc->...ac": 1,
    "...xz,xzy->...y": 2,
    "ab...,bc->ac...": 0,
    "abc,dc->abd": 0,
    "abc,acd->abd": 0,
    "abc,cd->adb": 0,
    "abc,cd->ad": 0,
    "abcd,dce->abe": 0,
    "abc,c->ab": 0,
    "ab,cd->abcd": 0,
    "aab,bc->ac": 0,
}


@pytest.mark.parametrize("text", INNER)
def test_products_of_matrices_are_found(text):
    assert EinsumFormula.read(text).inner() == INNER[text]


SHAPES = [
    ("ab,bc->ac", (None, 3), (6,), (None, 6)),
    ("abc,cd->abd", (2, None, 4), (None, 6), (2, None, 6)),
    ("abc,cd->abd", (2, 3, 4), (None, 6), (2, 3, 6)),
    ("abc,cd->abd", (2, None, 4), (3, 6), (2, 3, 6)),
    ("...x,xy->...y", (2, None, 4), (6,), (2, None, 6)),
    ("...x,xy->...y", (4,), (6,), (6,)),
    ("...ab,bc->...ac", (7, 2, 3), (None, 5), (7, 2, 5)),
    ("ab...,bc->ac...", (2, 3, 4, 5), (6,), (2, 6, 4, 5)),
    ("abc,cd->adb", (2, 3, 4), (6, 3), (2, 6, 3)),
]


@pytest.mark.parametrize(("text", "shape", "told", "expected"), SHAPES)
def test_shapes_follow(text, shape, told, expected):
    formula = EinsumFormula.read(text)
    assert formula.output_shape(shape, told) == expected
    if None not in (*shape, *expected):
        sizes = formula.sizes(shape, told)
        kernel = np.ones([sizes[c] for c in formula.kernel])
        assert np.einsum(text, np.ones(shape), kernel).shape == expected


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("x...,xy->y...", "the same, the batch"),
        ("ab,bc,cd->ad", "Equations must be in the form"),
        ("ab->a", "Equations must be in the form"),
        ("ab, bc -> ac", "Equations must be in the form"),
        ("ab,bc->", "Equations must be in the form"),
        ("ab,bc->ad", "'d' of the output is in neither"),
        ("ab,bc->acc", "'c' stands twice"),
        ("ab,bd->a", "'d' of the kernel is in no other"),
        ("ab,bc->ca", "the same, the batch"),
    ],
)
def test_wrong_formulas_are_told(text, match):
    with pytest.raises(ArgumentError, match=match) as caught:
        EinsumFormula.read(text)
    assert repr(text) in str(caught.value)


def test_a_formula_is_a_string():
    with pytest.raises(ArgumentTypeError, match="must be a string. Received: 3"):
        EinsumFormula.read(3)


@pytest.mark.parametrize(
    ("text", "shape", "told", "match"),
    [
        ("ab,bc->ac", (2, 3, 4), (6,), r"must have 2 axes, 'ab'. .*\(2, 3, 4\)"),
        ("ab,bc->ac", (2,), (6,), "must have 2 axes"),
        ("...ab,bc->...ac", (3,), (None, 6), "must have at least 2 axes"),
        ("abc,cd->abd", (2, 3, 4), (5, 6), "'b' of .*Input shape is 3, .* shape is 5"),
        ("aab,bc->ac", (2, 3, 4), (6,), "Axes 'a' of the inputs .* one size"),
    ],
)
def test_sizes_must_agree(text, shape, told, match):
    with pytest.raises(ShapeError, match=match):
        EinsumFormula.read(text).sizes(shape, told)
