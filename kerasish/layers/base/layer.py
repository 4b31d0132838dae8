"""Layer: a computation with weights, and everything that happens around its call.

A call converts and casts the inputs, builds the weights at the first call, finds out
whether it is training and which masks apply, runs `call`, and keeps the losses and
masks that come of it. On symbolic inputs it adds a node to the graph instead.
"""

import warnings
from contextlib import nullcontext
from functools import wraps
from typing import Any

from kerasish import constraints, initializers, regularizers
from kerasish.autodiff import KerasTensor, Operation, Tensor, Variable, autocast_scope
from kerasish.autodiff.casting import as_tensor
from kerasish.autodiff.mode import current as current_mode
from kerasish.autodiff.mode import mode, part
from kerasish.autodiff.symbolic import has_symbolic, symbolic_scope  # type: ignore[attr-defined]
from kerasish.core import dtype_policies, tree
from kerasish.core.dtypes import is_float_dtype, standardize_dtype
from kerasish.core.errors import (
    ArgumentError,
    KerasishWarning,
    StateError,
)
from kerasish.core.naming import name_scope
from kerasish.core.registry import Serializable
from kerasish.layers.base.arguments import convert, mask_of, noted_kwargs, with_masks
from kerasish.layers.base.call_context import (
    CallContext,
    call_context,
    current_context,
    in_training,
)
from kerasish.layers.base.call_signature import (
    CallSignature,
    build_shapes,
    call_signature,
    tensor_shapes,
)
from kerasish.layers.base.configuration import Configuration
from kerasish.layers.base.input_spec import check_inputs
from kerasish.layers.base.keywords import input_shape_argument
from kerasish.layers.base.stateless import StatelessCalls
from kerasish.layers.base.tracking import Tracking

__all__ = ["Layer"]


class Layer(Tracking, Configuration, StatelessCalls, Operation, Serializable):
    """The base class of all layers and models.

    A subclass makes its weights in `build(input_shape)` with `add_weight`, or its
    inner layers in `__init__`, and computes in `call(inputs)`, which may also take
    `training` and `mask`.

    Args:
        activity_regularizer: A function of the outputs that is added to the loss.
        trainable: Whether training changes the weights.
        dtype: A dtype name or policy; by default the global policy.
        autocast: Whether float inputs are cast to the compute dtype.
        name: A name without `/`, made up if None.

    Raises:
        KeywordError: If there are other arguments.

    Example:
        >>> class Scale(Layer):
        ...     def build(self, input_shape):
        ...         self.scale = self.add_weight((input_shape[-1],), "ones")
        ...     def call(self, inputs):
        ...         return inputs * self.scale
        >>> Scale()(np.ones((2, 3))).shape
        (2, 3)
    """

    _makes_masks = False  # also where its inputs carry none

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._makes_masks |= "compute_mask" in vars(cls)
        if "build" in vars(cls):
            cls.build = _building(cls.build)  # type: ignore[method-assign]

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        shape = input_shape_argument(type(self), kwargs)
        super().__init__(name=name)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.dtype_policy = dtype_policies.get(dtype)
        self.autocast = autocast
        self.input_spec: Any = None
        self.supports_masking = bool(getattr(type(self), "supports_masking", False))
        self.built = False
        self._build_shapes: dict[str, Any] | None = None
        self._trainable = bool(trainable)
        self._own_weights: list[Variable] = []
        self._losses: list[Any] = []
        if shape is not None:
            self._input_shape_argument = shape

    def __setattr__(self, name: str, value: Any) -> None:
        if value is self:
            raise ArgumentError(
                f"{type(self).__name__} {self.name!r} cannot hold itself as its "
                f"attribute {name!r}."
            )
        if isinstance(value, Tracking | Variable) and "_own_weights" not in vars(self):
            raise StateError(
                f"In {type(self).__name__}, call `super().__init__()` before setting "
                f"the attribute {name!r}."
            )
        super().__setattr__(name, value)

    # ------------------------------------------------------------------ weights

    def add_weight(
        self,
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str = "none",
        overwrite_with_gradient: bool = False,
        name: str | None = None,
    ) -> Variable:
        """Adds a weight to the layer.

        Args:
            shape: Tuple of sizes, `()` by default.
            initializer: Name or initializer; "glorot_uniform" for floats, "zeros"
                for others by default.
            dtype: Dtype name, the layer's variable dtype by default.
            trainable: Whether training changes it.
            autocast: Whether it is read in the compute dtype.
            regularizer: A function of it that is added to the loss.
            constraint: A function applied to it after each training step.
            aggregation: How replicas would combine.
            overwrite_with_gradient: Whether the optimizer sets it to its gradient.
            name: A name without `/`.

        Returns:
            The variable.
        """
        if not hasattr(self, "_own_weights"):
            raise StateError(
                f"In {type(self).__name__}, call `super().__init__()` before "
                "`add_weight`."
            )
        dtype = standardize_dtype(dtype or self.variable_dtype)
        if initializer is None:
            initializer = "glorot_uniform" if is_float_dtype(dtype) else "zeros"
        with name_scope(self.name) if not _inside(self) else nullcontext():
            variable = Variable(
                initializers.get(initializer),
                shape=() if shape is None else shape,
                dtype=dtype,
                trainable=trainable,
                autocast=autocast,
                aggregation=aggregation,
                name=name,
            )
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        variable.overwrite_with_gradient = overwrite_with_gradient
        self._own_weights.append(variable)
        return variable

    def build(self, *input_shapes: Any, **named_shapes: Any) -> None:
        """Makes the weights for inputs of a shape; layers with weights override it.

        The default builds the layers within, by inferring the shapes in `call`.

        Args:
            *input_shapes: The shape of the inputs, or a structure of shapes.
            **named_shapes: `<argument>_shape` of each argument of `call`.
        """
        unbuilt = [x for x in self._flatten_layers(include_self=False) if not x.built]
        if unbuilt and (input_shapes or named_shapes):
            given = tree.map_shape_structure(
                lambda shape: KerasTensor(shape, self.compute_dtype),
                (input_shapes, named_shapes),
            )
            args, kwargs = given
            kwargs = {k.removesuffix("_shape"): v for k, v in kwargs.items()}
            naming = nullcontext() if _inside(self) else name_scope(self.name)
            with symbolic_scope(), naming:
                self.call(*args, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Computes the outputs; subclasses override it.

        Args:
            *args: Tensors.
            **kwargs: Other arguments.
        """
        raise NotImplementedError(
            f"Layer {type(self).__name__} does not have a `call` method."
        )

    # ------------------------------------------------------------------- a call

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Builds the layer if needed and computes its outputs."""
        self._check_initialised()
        signature = call_signature(self)
        args, kwargs = self._converted(args, kwargs)
        arguments = signature.name_arguments(args, kwargs)
        first = next(iter(arguments.values()), None)
        check_inputs(self.input_spec, first, self)
        context = current_context()
        entry = context is None
        given = kwargs
        training = in_training(arguments.get("training"), None)
        if signature.has_training:
            kwargs = self._with_training(signature, args, kwargs, training)
        elif "training" in kwargs and not signature.has_kwargs:
            kwargs = {k: x for k, x in kwargs.items() if k != "training"}
        if signature.takes_masks:
            kwargs = with_masks(signature, arguments, kwargs)
        masks = kwargs.get("mask")  # `call` may take the masks off its inputs
        masks = mask_of(first) if masks is None else masks
        # What the layers within make at the first call is named after this one too.
        naming = nullcontext() if self.built else name_scope(self.name)
        if not self.built:
            self._build_for(arguments)
        if entry:
            self._clear_losses()
        told = training if training is not None or entry else context.training  # type: ignore[union-attr]
        scope = (
            call_context(CallContext(self if entry else context.entry, told))  # type: ignore[union-attr]
            if entry or told is not context.training  # type: ignore[union-attr]
            else nullcontext()
        )
        wanted = self._autocast_dtype()
        with scope, naming:
            if current_mode().autocast == wanted:
                outputs = self._run(args, kwargs, given)
            else:
                with autocast_scope(wanted):
                    outputs = self._run(args, kwargs, given)
            if self.activity_regularizer is not None and not has_symbolic(args, kwargs):
                for y in tree.flatten(outputs):
                    # As Keras: the penalty of a batch is its mean over samples.
                    size = float(max(y.shape[0], 1)) if y.shape else 1.0
                    self.add_loss(self.activity_regularizer(y) / size)
        if masks is not None or (self.supports_masking and self._makes_masks):
            self._set_masks(first, outputs, masks)
        return outputs

    def _run(self, args: Any, kwargs: dict[str, Any], given: dict[str, Any]) -> Any:
        if has_symbolic(args, kwargs):
            noted = noted_kwargs(args, given, kwargs, self.input_dtype)
            return self._add_node(args, kwargs, noted)
        if current_mode().recorder is None:
            outputs = self.call(*args, **kwargs)
        else:
            with part(self.name):
                outputs = self.call(*args, **kwargs)
        if outputs is None:
            raise ArgumentError(
                f"`call` of layer {self.name!r} ({type(self).__name__}) must return "
                "tensors. Received: None"
            )
        return outputs

    def _output_spec(self, args: Any, kwargs: dict[str, Any]) -> Any:
        with symbolic_scope():  # the graph holds the call alone, which casts
            args, kwargs = self._converted(args, kwargs)
        return self.compute_output_spec(*args, **kwargs)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Infers symbolic outputs by running `call` on symbolic tensors.

        Where a layer overrides `compute_output_shape`, that is used instead.
        """
        if type(self).compute_output_shape is not Layer.compute_output_shape:
            signature = call_signature(self)
            arguments = signature.name_arguments(args, kwargs)
            shapes = build_shapes(self, arguments, self.compute_output_shape)
            output = self.compute_output_shape(**shapes)
            return tree.map_shape_structure(
                lambda shape: KerasTensor(shape, self.compute_dtype), output
            )
        with symbolic_scope():
            outputs = self.call(*args, **kwargs)
        if outputs is None:
            raise ArgumentError(
                f"`call` of layer {self.name!r} ({type(self).__name__}) must return "
                "tensors. Received: None"
            )
        return outputs

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """Returns the shape of the outputs for inputs of a shape.

        Args:
            *args: The shape of the inputs, or a structure of shapes.
            **kwargs: `<argument>_shape` of the arguments of `call`.
        """
        args, kwargs = tree.map_shape_structure(
            lambda shape: KerasTensor(shape, self.compute_dtype), (args, kwargs)
        )
        kwargs = {k.removesuffix("_shape"): v for k, v in kwargs.items()}
        with symbolic_scope():
            outputs = self(*args, **kwargs)
        return tree.map_structure(lambda y: tuple(y.shape), outputs)

    def _converted(self, args: Any, kwargs: Any) -> tuple[Any, dict[str, Any]]:
        """Makes arrays tensors, and casts floats to the compute dtype."""
        if not args and not kwargs:
            raise ArgumentError(
                f"Layer {self.name!r} ({type(self).__name__}) was called without "
                "inputs."
            )
        dtype = self._compute_dtype if self.autocast else None
        args = tuple(convert(x, dtype, i == 0) for i, x in enumerate(args))
        if kwargs:
            kwargs = {
                k: x if k == "training" else convert(x, dtype, False)
                for k, x in kwargs.items()
            }
        return args, kwargs

    def _autocast_dtype(self) -> str | None:
        if not self.autocast or self.compute_dtype == self.variable_dtype:
            return None
        return self.compute_dtype

    @staticmethod
    def _with_training(
        signature: CallSignature, args: Any, kwargs: dict[str, Any], training: Any
    ) -> dict[str, Any]:
        if "training" in signature.names[: len(args)]:
            return kwargs
        if training is None:
            return {k: v for k, v in kwargs.items() if k != "training"}
        return {**kwargs, "training": training}

    def _build_for(self, arguments: dict[str, Any]) -> None:
        if type(self).build is not Layer.build:
            with mode(tapes=(), symbolic=False, autocast=None, stateless=None):
                self.build(**build_shapes(self, arguments))
        elif self._build_shapes is None and self._layers:
            self._build_shapes = tensor_shapes(arguments)
        self.built = True

    def _check_initialised(self) -> None:
        if "_own_weights" not in vars(self):
            raise StateError(
                f"In layer {type(self).__name__}, `super().__init__()` must be called "
                "in `__init__` before the layer is called."
            )

    # -------------------------------------------------------------------- masks

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Returns the mask of the outputs; by default that of the inputs.

        Args:
            inputs: The inputs.
            previous_mask: Their mask, or None.
        """
        return previous_mask

    def _set_masks(self, inputs: Any, outputs: Any, masks: Any) -> None:
        leaves = tree.flatten(outputs)
        if not self.supports_masking:
            warnings.warn(
                f"Layer {self.name!r} (of type {type(self).__name__}) was passed an "
                "input with a mask attached to it. However, this layer does not "
                "support masking and will therefore destroy the mask information.",
                KerasishWarning,
                stacklevel=3,
            )
            return
        if any(getattr(y, "_keras_mask", None) is not None for y in leaves):
            return
        found = self.compute_mask(inputs, masks)
        if found is None:
            return
        for y, mask in zip(leaves, tree.flatten(found), strict=False):
            if mask is not None and isinstance(y, Tensor):
                y._keras_mask = mask  # type: ignore[attr-defined]

    # ------------------------------------------------------------------- losses

    def add_loss(self, loss: Any) -> None:
        """Adds a scalar to what training minimises; called within `call`.

        Args:
            loss: A scalar tensor, or a list of them.
        """
        for value in tree.flatten(loss):
            scope = current_mode().stateless
            if scope is not None and scope.collect_losses:
                scope.add_loss(value)
            elif not current_mode().symbolic:
                self._losses.append(as_tensor(value))

    @property
    def losses(self) -> list[Any]:
        """The losses of the last call, and those of weight regularizers."""
        losses = [x for layer in self._flatten_layers() for x in layer._losses]
        for v in self.trainable_weights:
            if v.regularizer is not None:
                losses.append(v.regularizer(v))
        return losses

    def _clear_losses(self) -> None:
        for layer in self._flatten_layers():
            if layer._losses:
                layer._losses = []

    # -------------------------------------------------------------------- dtypes

    @property
    def dtype_policy(self) -> Any:
        """The dtypes that the layer computes in and keeps its weights in."""
        return self._dtype_policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        self._dtype_policy = dtype_policies.get(value)
        self._compute_dtype = self._dtype_policy.compute_dtype

    @property
    def compute_dtype(self) -> str:
        """The dtype of the computation."""
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of the weights."""
        return self.dtype_policy.variable_dtype  # type: ignore[no-any-return]

    @property
    def dtype(self) -> str:
        """The dtype of the weights."""
        return self.variable_dtype

    @property
    def input_dtype(self) -> str:
        """The dtype that float inputs are cast to."""
        return self.compute_dtype

    @property
    def path(self) -> str:
        """The layer's name with the scopes it was built in."""
        return getattr(self, "_path", self.name)

    def __repr__(self) -> str:
        state = "" if self.built else ", not built"
        return f"<{type(self).__name__} name={self.name}{state}>"


def _building(build: Any) -> Any:
    """Wraps a layer's `build` to run in its name scope and note that it ran."""

    @wraps(build)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        if _inside(self):
            return build(self, *args, **kwargs)
        self._building_now = True
        try:
            with name_scope(self.name):
                result = build(self, *args, **kwargs)
        finally:
            del self._building_now
        names = CallSignature(build).names
        shapes = dict(zip(names, args, strict=False)) | kwargs
        self._build_shapes = shapes
        self.built = True
        return result

    return wrapped


def _inside(layer: Any) -> bool:
    return "_building_now" in vars(layer)
