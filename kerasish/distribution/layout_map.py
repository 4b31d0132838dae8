"""LayoutMap: layouts of variables by their paths."""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from kerasish.core.errors import ArgumentError
from kerasish.distribution.mesh import DeviceMesh, TensorLayout

__all__ = ["LayoutMap"]


class LayoutMap(MutableMapping[str, Any]):
    """Layouts by regular expressions that are looked for in a variable's path.

    A path that none is found in has the layout None.

    Args:
        device_mesh: The mesh of layouts that are given as tuples of names.

    Example:
        >>> layouts = LayoutMap(DeviceMesh((1,), ["batch"]))
        >>> layouts[".*dense.*kernel"] = (None, "batch")
        >>> layouts["dense_1/kernel"].axes
        (None, 'batch')
    """

    def __init__(self, device_mesh: DeviceMesh) -> None:
        self._layouts: dict[str, TensorLayout] = {}
        self._device_mesh = device_mesh

    @property
    def device_mesh(self) -> DeviceMesh:
        """The mesh."""
        return self._device_mesh

    def __getitem__(self, key: str) -> TensorLayout | None:
        if key in self._layouts:
            return self._layouts[key]
        found = [name for name in self._layouts if re.search(name, key)]
        if len(found) > 1:
            raise ArgumentError(
                f"Several expressions of the `LayoutMap` match {key!r}: {found}."
            )
        return self._layouts[found[0]] if found else None

    def get(self, key: str, default: Any = None) -> Any:
        """Returns the layout of a path, or `default`.

        Args:
            key: The path.
            default: What is returned where nothing is found.
        """
        found = self[key]
        return default if found is None else found

    def __setitem__(self, key: str, layout: Any) -> None:
        if key in self._layouts:
            raise ArgumentError(
                f"The `LayoutMap` already has a layout for {key!r}: "
                f"{self._layouts[key]}. Delete it first."
            )
        if isinstance(layout, tuple | list):
            layout = TensorLayout(layout, self._device_mesh)
        if not isinstance(layout, TensorLayout):
            raise ArgumentError(
                "Values of a `LayoutMap` must be layouts, or tuples of names. "
                f"Received: {layout!r} for {key!r}"
            )
        if layout.device_mesh is None:
            layout.device_mesh = self._device_mesh
        self._layouts[key] = layout

    def __delitem__(self, key: str) -> None:
        del self._layouts[key]

    def __len__(self) -> int:
        return len(self._layouts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._layouts)
