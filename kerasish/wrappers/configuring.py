"""Optimizers, losses, metrics and callbacks out of a name and routed arguments."""

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from kerasish import losses, metrics, optimizers
from kerasish.callbacks import Callback
from kerasish.core.errors import ArgumentTypeError, unknown
from kerasish.core.naming import to_snake_case

__all__ = [
    "callback_list",
    "loss_name",
    "make_loss",
    "make_metrics",
    "make_optimizer",
]

Named = dict[str, Any]


def make_optimizer(optimizer: Any, arguments: Named) -> Any:
    """Returns a new optimizer of the wanted kind and settings.

    Args:
        optimizer: A name, class, instance or config. An instance is only a pattern
            and is never trained with.
        arguments: Settings that go over its own, such as `{"learning_rate": 0.1}`.

    Returns:
        An optimizer without state.

    Example:
        >>> float(make_optimizer("sgd", {"learning_rate": 0.5}).learning_rate)
        0.5
    """
    return _configured(optimizers.get, optimizer, arguments)


def make_loss(loss: Any, arguments: Named, defaults: Named) -> Any:
    """Returns the loss of the wanted kind and settings.

    Args:
        loss: A name, class, instance, config or function; lists and dicts of them, for
            models with several outputs, are passed on.
        arguments: Settings that go over its own, such as `{"from_logits": True}`.
        defaults: Settings for losses given by name or class; an instance keeps its own.

    Returns:
        A `Loss`, or what was given where it is not one loss.

    Example:
        >>> make_loss("mse", {}, {"reduction": "sum"}).reduction
        'sum'
    """
    if isinstance(loss, str):
        loss = _loss_classes().get(loss_name(loss), loss)
    if inspect.isclass(loss):
        return loss(**{**defaults, **arguments})
    if isinstance(loss, str) or arguments:
        return _configured(losses.get, loss, arguments)
    return loss


def make_metrics(items: Any, arguments: Named) -> Any:
    """Returns metrics as `compile` takes them, new ones in place of given instances.

    Args:
        items: A metric or a list or dict of metrics: names, classes or instances.
        arguments: Settings for all classes among them, or under `"<position>__name"`
            (for a dict `"<key>__name"`) for one of them.

    Returns:
        What `items` was, with classes and instances replaced.

    Example:
        >>> make_metrics(["accuracy"], {})
        ['accuracy']
    """
    if items is None:
        return None
    if not isinstance(items, list | tuple | Mapping):
        items = [items]
    named = _by_name(items)
    made = {
        name: _metric(item, _arguments_of(name, item, named, arguments))
        for name, item in named.items()
    }
    return made if isinstance(items, Mapping) else list(made.values())


def callback_list(items: Any, arguments: Named) -> list[Any]:
    """Returns callbacks for one fit: copies, so that parameters stay as given.

    Args:
        items: A callback or a list or dict of callbacks: instances or classes.
        arguments: Settings for all classes among them, or under `"<position>__name"`
            (for a dict `"<key>__name"`) for one of them.

    Returns:
        A list of instances.

    Raises:
        ArgumentTypeError: For something that is not a callback.

    Example:
        >>> from kerasish.callbacks import EarlyStopping
        >>> callback_list({"stop": EarlyStopping}, {"stop__patience": 3})[0].patience
        3
    """
    if items is None:
        items = []
    if not isinstance(items, list | tuple | Mapping):
        items = [items]
    named = _by_name(items)
    return [
        _callback(name, item, _arguments_of(name, item, named, arguments))
        for name, item in named.items()
    ]


def loss_name(loss: Any) -> str:
    """Returns the full snake-case name of a loss, however it was given.

    Args:
        loss: A name, class, instance, config or function.

    Returns:
        A name such as `"mean_squared_error"`.

    Example:
        >>> loss_name("MSE"), loss_name(losses.MeanSquaredError())
        ('mean_squared_error', 'mean_squared_error')
    """
    if isinstance(loss, Mapping):
        loss = loss.get("class_name", "")
    if isinstance(loss, str):
        snake = to_snake_case(loss)
        if snake in _loss_classes():
            return snake
        loss = losses.get(loss)
    if inspect.isclass(loss):
        return to_snake_case(loss.__name__)
    if isinstance(loss, losses.Loss):
        return to_snake_case(type(loss).__name__)
    return str(getattr(loss, "__name__", ""))


def _loss_classes() -> dict[str, Any]:
    found = vars(losses).values()
    return {
        to_snake_case(item.__name__): item
        for item in found
        if inspect.isclass(item) and issubclass(item, losses.Loss)
    }


def _configured(get: Callable[[Any], Any], item: Any, arguments: Named) -> Any:
    if inspect.isclass(item):
        return item(**arguments)
    found = get(item)
    if not hasattr(found, "get_config"):
        if arguments:
            raise ArgumentTypeError(
                f"{found!r} is a function and takes no settings. "
                f"Received: {', '.join(arguments)}. Pass a class instead"
            )
        return found
    config = found.get_config()
    known = {*config, *inspect.signature(type(found)).parameters} - {"kwargs"}
    for name in arguments:
        if name not in known:
            raise unknown(f"setting of {type(found).__name__}", name, known)
    return type(found).from_config({**config, **arguments})


def _metric(item: Any, arguments: Named) -> Any:
    if inspect.isclass(item) or isinstance(item, metrics.Metric):
        return _configured(metrics.get, item, arguments)
    return item


def _callback(name: str, item: Any, arguments: Named) -> Any:
    if inspect.isclass(item) and issubclass(item, Callback):
        return item(**arguments)
    if not isinstance(item, Callback):
        raise ArgumentTypeError(
            "`callbacks` must hold callbacks or callback classes. "
            f"Received: {item!r} at {name!r}"
        )
    made = copy.copy(item)
    for setting, value in arguments.items():
        if not hasattr(made, setting):
            raise unknown(f"setting of {type(made).__name__}", setting, vars(made))
        setattr(made, setting, value)
    return made


def _by_name(items: Any) -> dict[str, Any]:
    if isinstance(items, Mapping):
        return dict(items)
    return {str(position): item for position, item in enumerate(items)}


def _arguments_of(name: str, item: Any, named: Named, arguments: Named) -> Named:
    """The settings for one item; those without a name are for every class."""
    own, general = {}, {}
    for key, value in arguments.items():
        prefix, separator, setting = key.partition("__")
        if not separator:
            general[key] = value
        elif prefix not in named:
            raise unknown("name in a routed parameter", prefix, named)
        elif prefix == name:
            own[setting] = value
    return {**general, **own} if inspect.isclass(item) else own
