"""EinsumFormula: the formula of a layer with a kernel, and the shapes that follow."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError

__all__ = ["EinsumFormula"]

Shape = tuple[int | None, ...]
FORMS = {
    "": r"([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)",
    "before": r"\.\.\.([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+)",
    "after": r"([a-zA-Z]+)\.\.\.,([a-zA-Z]+)->([a-zA-Z]+)\.\.\.",
}


class EinsumFormula(NamedTuple):
    """The letters of `"inputs,kernel->output"`.

    It has these attributes:

        inputs: Letters of the inputs.
        kernel: Letters of the kernel.
        output: Letters of the output.
        dots: Where axes are that have no letters: "before" the others, "after" them,
            or "" if there are none.
    """

    inputs: str
    kernel: str
    output: str
    dots: str

    @classmethod
    def read(cls, text: str) -> "EinsumFormula":
        """Returns the formula that a text says.

        Args:
            text: Such as `"abc,cd->abd"`.

        Raises:
            ArgumentTypeError: If it is no text.
            ArgumentError: If it has another form, or letters that do not fit.

        Example:
            >>> EinsumFormula.read("...x,xy->...y").dots
            'before'
        """
        if not isinstance(text, str):
            raise ArgumentTypeError(
                f"`equation` of `EinsumDense` must be a string. Received: {text!r}"
            )
        for dots, form in FORMS.items():
            found = re.fullmatch(form, text)
            if found:
                inputs, kernel, output = found.groups()
                made = cls(inputs, kernel, output, dots)
                for problem in made._problems():
                    raise ArgumentError(
                        f"Invalid einsum equation {text!r} of `EinsumDense`: {problem}."
                    )
                return made
        raise ArgumentError(
            f"Invalid einsum equation {text!r} of `EinsumDense`. Equations must be in "
            "the form [X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]...."
        )

    def _problems(self) -> Iterator[str]:
        for letter in self.output:
            if letter not in self.inputs + self.kernel:
                yield f"axis {letter!r} of the output is in neither operand"
            if self.output.count(letter) > 1:
                yield f"axis {letter!r} stands twice in the output"
        for letter in self.kernel:
            if letter not in self.inputs + self.output:
                yield f"axis {letter!r} of the kernel is in no other term"
        if self.dots != "before" and self.output[0] != self.inputs[0]:
            yield "the first axis of inputs and output must be the same, the batch"

    @property
    def named(self) -> str:
        """The letters of the output whose sizes a user tells."""
        return self.output if self.dots == "before" else self.output[1:]

    def sizes(self, input_shape: Any, told: Any) -> dict[str, int | None]:
        """Returns the size of each letter.

        Args:
            input_shape: Shape of the inputs.
            told: Sizes of the axes `named`, None for unknown.

        Raises:
            ShapeError: If sizes are missing or contradict each other.

        Example:
            >>> EinsumFormula.read("abc,cd->abd").sizes((2, 3, 4), (None, 6))
            {'a': 2, 'b': 3, 'c': 4, 'd': 6}
        """
        sizes: dict[str, int | None] = {}
        for letter, n in zip(self.inputs, self._lettered(input_shape), strict=True):
            held = sizes.setdefault(letter, n)
            if None not in (held, n) and held != n:
                raise ShapeError(
                    f"Axes {letter!r} of the inputs of `EinsumDense` must have one "
                    f"size. Received: input_shape={tuple(input_shape)}"
                )
        for letter, n in zip(self.named, told, strict=True):
            held = sizes.get(letter)
            if None not in (held, n) and held != n:
                raise ShapeError(
                    "Input shape and output shape do not match at shared dimension "
                    f"{letter!r} of `EinsumDense`. Input shape is {held}, and output "
                    f"shape is {n}."
                )
            sizes[letter] = n if held is None else held
        return sizes

    def _lettered(self, shape: Any) -> Shape:
        """Returns the sizes of those axes that have letters."""
        sizes: Shape = tuple(shape)
        count = len(self.inputs)
        if len(sizes) < count or (not self.dots and len(sizes) > count):
            least = "at least " if self.dots else ""
            raise ShapeError(
                f"Inputs of `EinsumDense` must have {least}{count} axes, "
                f"{self.inputs!r}. Received: input_shape={sizes}"
            )
        return sizes[-count:] if self.dots == "before" else sizes[:count]

    def output_shape(self, input_shape: Any, told: Any) -> Shape:
        """Returns the shape of the output.

        Args:
            input_shape: Shape of the inputs.
            told: Sizes of the axes `named`, None for unknown.

        Example:
            >>> EinsumFormula.read("...x,xy->...y").output_shape((2, 3, 4), (6,))
            (2, 3, 6)
        """
        sizes, count = self.sizes(input_shape, told), len(self.inputs)
        letters = tuple(sizes[letter] for letter in self.output)
        shape: Shape = tuple(input_shape)
        if self.dots == "after":
            return letters + shape[count:]
        return shape[: len(shape) - count] + letters

    def inner(self) -> int:
        """Returns over how many trailing axes a product of two matrices sums.

        That is 0 where the formula is no such product.

        Example:
            >>> EinsumFormula.read("abcd,cde->abe").inner()
            2
        """
        count = sum(letter not in self.output for letter in self.inputs)
        lead, inner = self.inputs[: -count or None], self.inputs[-count or None :]
        outer = self.kernel[count:]
        fits = (
            self.dots != "after"
            and self.kernel == inner + outer
            and self.output == lead + outer
            and len(set(self.inputs)) == len(self.inputs)
        )
        return count if count and outer and fits else 0
