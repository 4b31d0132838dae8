"""Complex numbers: their parts, angle and conjugate.

Gradients are plain transposes without conjugation, as in JAX: what a real loss gives
to real operands is the same under every convention.
"""

from typing import Any

from kerasish.autodiff import (
    TensorSpec,
    defvjp,
    keep,
    op,
    primitive,
    promote_float,
)
from kerasish.backends import current
from kerasish.core.dtypes import is_complex_dtype, result_type
from kerasish.core.errors import ShapeError
from kerasish.ops import specs
from kerasish.ops.arithmetic import multiply, negative
from kerasish.ops.broadcasting import unbroadcast
from kerasish.ops.conversion import cast, converted
from kerasish.ops.creation import zeros_like
from kerasish.ops.extremes import arctan2
from kerasish.ops.movement import stack, unstack
from kerasish.ops.trigonometry import cos, sin

__all__ = [
    "angle",
    "conj",
    "conjugate",
    "imag",
    "polar",
    "real",
    "view_as_complex",
    "view_as_real",
]

PARTS = {"complex64": "float32", "complex128": "float64"}


def _part_spec(x: TensorSpec) -> TensorSpec:
    return TensorSpec(x.shape, PARTS[x.dtype])


def _joined_spec(real: TensorSpec, imag: TensorSpec) -> TensorSpec:
    shape = specs.broadcast_shapes(real.shape, imag.shape)
    return TensorSpec(shape, "complex128" if real.dtype == "float64" else "complex64")


def _full_floats(*dtypes: Any) -> tuple[str, ...]:
    name = result_type(*dtypes, "float32")
    return (name,) * len(dtypes)


@primitive(spec=_part_spec, cast=keep)
def _real(x: Any) -> Any:
    return current().real(x)


@primitive(spec=_part_spec, cast=keep)
def _imag(x: Any) -> Any:
    return current().imag(x)


@primitive(spec=_joined_spec, cast=_full_floats)
def _complex(real: Any, imag: Any) -> Any:
    return current().join_complex(real, imag)


@primitive(spec=specs.same, cast=keep)
def _conj(x: Any) -> Any:
    return current().conj(x)


defvjp(_real, lambda g, y, x: _complex(g, zeros_like(g)))
defvjp(_imag, lambda g, y, x: _complex(zeros_like(g), negative(g)))
defvjp(
    _complex,
    lambda g, y, real, imag: unbroadcast(_real(g), real),
    lambda g, y, real, imag: unbroadcast(negative(_imag(g)), imag),
)
defvjp(_conj, lambda g, y, x: _conj(g))


@op
def real(x: Any) -> Any:
    """Returns the real part; real numbers as they are.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a real dtype.

    Example:
        >>> real([1 + 2j]).tolist()
        [1.0]
    """
    x = converted(x)
    return _real(x) if is_complex_dtype(x.dtype) else x


@op
def imag(x: Any) -> Any:
    """Returns the imaginary part; zero of real numbers.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a real dtype.

    Example:
        >>> imag([1 + 2j]).tolist()
        [2.0]
    """
    x = converted(x)
    return _imag(x) if is_complex_dtype(x.dtype) else zeros_like(x)


@op
def conj(x: Any) -> Any:
    """Returns the complex conjugate; real numbers as they are.

    Args:
        x: Tensor.

    Returns:
        Tensor like `x`.

    Example:
        >>> conj([1 + 2j]).tolist()
        [(1-2j)]
    """
    x = converted(x)
    return _conj(x) if is_complex_dtype(x.dtype) else x


@op
def conjugate(x: Any) -> Any:
    """Returns the complex conjugate; another name of `conj`.

    Args:
        x: Tensor.

    Example:
        >>> conjugate([1 + 2j]).tolist()
        [(1-2j)]
    """
    return conj(x)


@op
def angle(x: Any) -> Any:
    """Returns the angle of complex numbers; 0 or pi for real ones.

    Args:
        x: Tensor.

    Returns:
        Tensor of the shape of `x` and a float dtype, in radians.

    Example:
        >>> angle([1j]).item() > 1.57
        True
    """
    x = converted(x)
    if not is_complex_dtype(x.dtype):
        x = cast(x, promote_float(x.dtype)[0])
    return arctan2(imag(x), real(x))


@op
def polar(abs_: Any, angle: Any) -> Any:
    """Makes complex numbers of absolute values and angles.

    Args:
        abs_: Float tensor.
        angle: Float tensor that broadcasts with it, in radians.

    Returns:
        Complex tensor of the broadcast shape.

    Example:
        >>> polar(2.0, 0.0).item()
        (2+0j)
    """
    return _complex(multiply(abs_, cos(angle)), multiply(abs_, sin(angle)))


@op
def view_as_complex(x: Any) -> Any:
    """Makes complex numbers of a last axis that holds real and imaginary parts.

    Args:
        x: Tensor whose last axis has size 2.

    Returns:
        Complex tensor without that axis.

    Raises:
        ShapeError: If the last axis has another size.

    Example:
        >>> view_as_complex([[1.0, 2.0]]).tolist()
        [(1+2j)]
    """
    x = converted(x)
    if not x.shape or x.shape[-1] != 2:
        raise ShapeError(
            "`x` of `view_as_complex` must have a last axis of size 2. "
            f"Received: shape={tuple(x.shape)}"
        )
    return _complex(*unstack(x, axis=-1))


@op
def view_as_real(x: Any) -> Any:
    """Returns real and imaginary parts along a new last axis.

    Args:
        x: Complex tensor.

    Returns:
        Float tensor with a last axis of size 2.

    Example:
        >>> view_as_real([1 + 2j]).tolist()
        [[1.0, 2.0]]
    """
    return stack([real(x), imag(x)], axis=-1)
