"""EinsumDense: a dense layer along any axes, which a formula names."""

import copy
import math
from typing import Any

from kerasish import activations, constraints, initializers, ops, regularizers
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.initializers import VarianceScaling
from kerasish.layers.base import InputSpec, Layer
from kerasish.layers.core.einsum_formula import EinsumFormula, Shape

__all__ = ["EinsumDense"]

LATER = ("lora_rank", "lora_alpha", "gptq_unpacked_column_size", "quantization_config")


class EinsumDense(Layer):
    """Computes `activation(einsum(equation, inputs, kernel) + bias)`.

    Formulas that join the last axes of the inputs to the first of the kernel, such as
    `"abc,cde->abde"`, are computed as one product of two matrices.

    Args:
        equation: Formula of the form `"ab,bc->ac"`, `"...ab,bc->...ac"` or
            `"ab...,bc->ac..."`.
        output_shape: Sizes of the lettered axes of the output, without the batch axis
            unless the dots stand for it; None for those that the inputs tell.
        activation: Name or function, none by default.
        bias_axes: Letters of the axes of the output along which the bias varies; there
            is none by default.
        kernel_initializer: First values of the kernel. Where they depend on fans, the
            axes that are summed over are the inputs.
        bias_initializer: First values of the bias.
        kernel_regularizer: Penalty on the kernel.
        bias_regularizer: Penalty on the bias.
        kernel_constraint: What the kernel is projected onto after each step.
        bias_constraint: What the bias is projected onto after each step.
        **kwargs: Arguments of `Layer`.

    Input shape: As the formula says.

    Output shape: As the formula says.

    Raises:
        ArgumentError: If the formula cannot be read or an argument does not fit it.

    Example:
        >>> layer = EinsumDense("abc,cd->abd", (None, 6), bias_axes="d")
        >>> layer(np.ones((2, 3, 4))).shape
        (2, 3, 6)
    """

    def __init__(
        self,
        equation: str,
        output_shape: Any,
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        for name in LATER:
            if kwargs.pop(name, None) is not None:
                raise ArgumentError(f"`EinsumDense` does not support `{name}`.")
        super().__init__(**kwargs)
        self._formula = EinsumFormula.read(equation)
        self.equation = equation
        self.partial_output_shape = _sizes(output_shape, self._formula)
        self.bias_axes = bias_axes
        self._check_bias_axes()
        self.activation = activations.get(activation)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape: Any) -> None:
        """Makes the kernel and the bias, of the sizes of their letters."""
        formula = self._formula
        sizes = formula.sizes(input_shape, self.partial_output_shape)
        shape = self._known("kernel", formula.kernel, sizes)
        self._kernel = self.add_weight(
            name="kernel",
            shape=shape,
            initializer=self._with_fans(),
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.bias_axes is not None:
            self.bias = self.add_weight(
                name="bias",
                shape=self._bias_shape(sizes, len(input_shape)),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.input_spec = InputSpec(ndim=len(input_shape), axes=self._fixed_axes(sizes))

    @property
    def kernel(self) -> Any:
        """The kernel, whose axes are those of the formula's second term."""
        return self._kernel

    def call(self, inputs: Any, training: Any = None) -> Any:
        """Computes the outputs."""
        inner = self._formula.inner()
        if inner:
            y = self._product(inputs, inner)
        else:
            y = ops.einsum(self.equation, inputs, self._kernel)
            if self.bias is not None:
                y = ops.add(y, self.bias)
        return y if self.activation is None else self.activation(y)

    def _product(self, x: Any, inner: int) -> Any:
        """Multiplies two matrices: one product, whose bias a plan adds on the way."""
        lead, kernel = x.shape[:-inner], self._kernel
        outer = kernel.shape[inner:]
        rows, size = math.prod(lead), math.prod(kernel.shape[:inner])
        y = ops.matmul(
            x if len(x.shape) == 2 else ops.reshape(x, (rows, size)),
            kernel if len(kernel.shape) == 2 else ops.reshape(kernel, (size, -1)),
        )
        shape, bias = (*lead, *outer), self.bias
        along = bias is not None and tuple(bias.shape) == tuple(outer)
        if along:
            y = ops.add(y, bias if len(outer) == 1 else ops.reshape(bias, (-1,)))
        y = y if len(shape) == 2 else ops.reshape(y, shape)
        return y if along or bias is None else ops.add(y, bias)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Returns the sizes of the output's letters."""
        return self._formula.output_shape(input_shape, self.partial_output_shape)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "output_shape": self.partial_output_shape,
            "equation": self.equation,
            "activation": activations.serialize(self.activation),
            "bias_axes": self.bias_axes,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }

    def _check_bias_axes(self) -> None:
        axes, output = self.bias_axes, self._formula.output
        if axes is None:
            return
        wrong = not isinstance(axes, str) or not axes
        for letter in () if wrong else axes:
            if letter not in output:
                raise ArgumentError(
                    f"Bias dimension {letter!r} was requested, but is not part of the "
                    f"output spec {output!r} of `EinsumDense`."
                )
        if wrong:
            raise ArgumentError(
                f"`bias_axes` of `EinsumDense` must be letters of {output!r}, or None. "
                f"Received: bias_axes={axes!r}"
            )

    def _known(self, what: str, letters: str, sizes: Any) -> tuple[int, ...]:
        shape = tuple(sizes[letter] for letter in letters)
        if None in shape:
            raise ShapeError(
                f"The sizes of the {what} of `EinsumDense` {self.name!r} must be known "
                f"when it is built. Received: {dict(zip(letters, shape, strict=True))}"
            )
        return shape

    def _bias_shape(self, sizes: Any, ndim: int) -> tuple[int, ...]:
        """Returns 1 for axes without a bias behind the first that has one."""
        formula, axes = self._formula, self.bias_axes or ""
        first = min(formula.output.index(letter) for letter in axes)
        letters = formula.output[first:]
        wide = {c: sizes[c] if c in axes else 1 for c in letters}
        rest = ndim - len(formula.inputs) if formula.dots == "after" else 0
        return (*self._known("bias", letters, wide), *(1,) * rest)

    def _fixed_axes(self, sizes: Any) -> dict[int, int]:
        """Returns the axes of the inputs that the kernel has too, from the last."""
        formula = self._formula
        if formula.dots == "after":
            places = enumerate(formula.inputs)
        else:
            places = enumerate(formula.inputs, start=-len(formula.inputs))
        return {i: sizes[c] for i, c in places if c in formula.kernel}

    def _with_fans(self) -> Any:
        """Returns the initializer, told which axes of the kernel are inputs."""
        made = self.kernel_initializer
        if isinstance(made, VarianceScaling) and made.input_axes is None:
            made = copy.copy(made)
            kept = [letter in self._formula.output for letter in self._formula.kernel]
            made.input_axes = [i for i, out in enumerate(kept) if not out]
            made.output_axes = [i for i, out in enumerate(kept) if out]
        return made


def _sizes(given: Any, formula: EinsumFormula) -> Shape:
    single = given is None or hasattr(given, "__index__")
    sizes = (given,) if single else tuple(given)
    if given is None or len(sizes) != len(formula.named):
        raise ArgumentError(
            f"`output_shape` of `EinsumDense` must hold {len(formula.named)} sizes, of "
            f"the axes {formula.named!r}. Received: output_shape={given}"
        )
    for n in sizes:
        if n is not None and (not hasattr(n, "__index__") or n is True or n < 1):
            raise ArgumentError(
                "Sizes in `output_shape` of `EinsumDense` must be positive integers or "
                f"None. Received: output_shape={given}"
            )
    return tuple(None if n is None else int(n) for n in sizes)
