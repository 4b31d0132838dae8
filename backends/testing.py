"""The conformance suite: what every backend must compute, compared with NumPy.

For the author of a backend; it needs nothing but NumPy. In one call:

    from kerasish.backends.testing import check_backend
    check_backend(MyBackend())

or, with a test for each kernel:

    @pytest.mark.parametrize("case", cases(), ids=str)
    def test_kernel(case):
        check_case(MyBackend(), case)
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from kerasish.backends.base.backend import Backend
from kerasish.backends.testing_cases import TABLE
from kerasish.core.errors import BackendError

__all__ = [
    "Case",
    "cases",
    "check_backend",
    "check_case",
    "has_dtype",
    "unchecked_kernels",
]

TOLERANCE = {"float64": 1e-12, "float32": 1e-5, "float16": 1e-2}
DTYPES = {
    "float": ("float32", "float64", "float16"),
    "number": ("float32", "float64", "int32", "int64"),
    "integer": ("int32", "int64", "uint8"),
    "any": ("float32", "float64", "int32", "bool"),
    "bits": ("int32", "uint8", "bool"),
    "own": ("",),
}
# What is no computation, binds other kernels, or is drawn at random and tested where
# that is specified.
PLUMBING = {
    "aligned",
    "arange",
    "asarray",
    "attends",
    "cast",
    "compile_chain",
    "compiles",
    "description",
    "dropout",
    "dropout_by",
    "dtype",
    "dtype_name",
    "feeding",
    "fetch",
    "from_numpy",
    "is_array",
    "is_float",
    "is_settled",
    "is_signed",
    "lower",
    "lower_chain",
    "on_device",
    "random_bits",
    "random_halves",
    "random_integers",
    "random_normal",
    "random_uniform",
    "range_of",
    "record",
    "recurrent_space",
    "resident",
    "round_key",
    "running",
    "synchronize",
    "to_numpy",
    "trim",
    "write",
}


@dataclass(frozen=True)
class Case:
    """One call of a kernel in one dtype, and what it must give."""

    kernel: str
    dtype: str
    arguments: tuple[Any, ...]
    reference: Any

    def __str__(self) -> str:
        shapes = [
            "x".join(map(str, a.shape)) if isinstance(a, np.ndarray) else repr(a)
            for a in self.arguments
        ]
        return f"{self.kernel}-{self.dtype or 'own'}-{','.join(shapes)}"


def cases() -> list[Case]:
    """Returns all cases, to run with `check_case`.

    Example:
        >>> str(cases()[0])
        'add-float32-2x3,2x3'
    """
    return [
        Case(kernel, dtype, arguments, reference)
        for kernel, kind, arguments, reference in TABLE
        for dtype in DTYPES[kind]
    ]


def check_backend(backend: Backend) -> None:
    """Runs every kernel of a backend against NumPy, over dtypes and shapes.

    Dtypes that the backend does not have are left out.

    Args:
        backend: The backend.

    Raises:
        BackendError: If a kernel is wrong; the message names each.

    Example:
        >>> from kerasish.backends import get_backend
        >>> check_backend(get_backend("numpy"))
    """
    faults = []
    for case in cases():
        try:
            check_case(backend, case)
        except BackendError as error:
            faults.append(str(error))
    if faults:
        raise BackendError("\n".join(faults))


def check_case(backend: Backend, case: Case) -> None:
    """Checks one kernel in one dtype.

    Args:
        backend: The backend.
        case: One of `cases()`.

    Raises:
        BackendError: If the kernel fails, or its result has another shape, dtype or
            value than it must.
    """
    if case.dtype and not has_dtype(backend, case.dtype):
        return
    hosts = [_in_dtype(a, case.dtype) for a in case.arguments]
    given = [backend.from_numpy(a) if _is_data(a) else a for a in hosts]
    try:
        found = getattr(backend, case.kernel)(*given)
    except Exception as error:
        raise BackendError(f"{case} raised {type(error).__name__}: {error}") from error
    with np.errstate(all="ignore"):
        expected = case.reference(*(_exact(a) for a in hosts))
    pair = isinstance(found, tuple)
    for y, e in zip(
        found if pair else (found,), expected if pair else (expected,), strict=True
    ):
        _compare(backend, case, y, np.asarray(e))


def has_dtype(backend: Backend, dtype: str) -> bool:
    """Returns whether a backend's array namespace has a dtype."""
    try:
        backend.dtype(dtype)
    except (BackendError, TypeError):
        return False
    return True


def unchecked_kernels(backend: Backend) -> list[str]:
    """Returns the public kernels of a backend that have no case.

    Example:
        >>> from kerasish.backends import get_backend
        >>> "exp" in unchecked_kernels(get_backend("numpy"))
        False
    """
    known = {row[0] for row in TABLE} | PLUMBING
    public = (n for n in dir(backend) if not n.startswith("_"))
    return [n for n in public if callable(getattr(backend, n)) and n not in known]


def _compare(backend: Backend, case: Case, y: Any, expected: np.ndarray) -> None:
    if not backend.is_array(y):
        raise BackendError(f"{case} returned no array but {type(y).__name__}.")
    name = backend.dtype_name(y)
    wanted = _result_dtype(case.dtype, expected)
    if wanted and name != wanted:
        raise BackendError(f"{case} must have dtype {wanted}. Received: {name}")
    host = backend.to_numpy(y)
    if host.shape != expected.shape:
        raise BackendError(
            f"{case} must have shape {expected.shape}. Received: {host.shape}"
        )
    tolerance = TOLERANCE.get(case.dtype or "float64", 0.0)
    exact = host.dtype.kind not in "fc"
    near = np.isclose(
        host,
        expected,
        rtol=0.0 if exact else tolerance,
        atol=0.0 if exact else tolerance,
        equal_nan=True,
    )
    if not near.all():
        raise BackendError(f"{case} must be {expected.tolist()}. Received: {host!r}")


def _result_dtype(dtype: str, expected: np.ndarray) -> str | None:
    """Floats keep the dtype under test; other kinds are as the reference has them."""
    if expected.dtype.kind == "f":
        return dtype if "float" in dtype else None
    return "bool" if expected.dtype.kind == "b" else None


def _is_data(x: Any) -> bool:
    return isinstance(x, np.ndarray)


def _in_dtype(x: Any, dtype: str) -> Any:
    """Arrays of float64 stand for the dtype under test; others keep their own."""
    if not _is_data(x) or x.dtype != np.float64 or not dtype:
        return x
    if "float" not in dtype:
        x = np.round(np.abs(x) * 2) if dtype in ("uint8", "bool") else np.round(x * 2)
    return x.astype(dtype)


def _exact(x: Any) -> Any:
    half = _is_data(x) and x.dtype.kind == "f"
    return x.astype("float64") if half else x
