"""Clipping of gradients: by value, by norm, by the norm of all."""

from typing import Any

from kerasish import ops

__all__ = ["clip_gradients"]


def clip_gradients(settings: Any, grads: list[Any]) -> list[Any]:
    """Returns gradients clipped as an optimizer's settings say.

    Args:
        settings: What has `clipnorm`, `global_clipnorm` and `clipvalue`.
        grads: The gradients.
    """
    if settings.clipnorm:
        return [_limited(g, _norm([g]), settings.clipnorm) for g in grads]
    if settings.global_clipnorm:
        norm = _norm(grads)
        return [_limited(g, norm, settings.global_clipnorm) for g in grads]
    if settings.clipvalue:
        limit = settings.clipvalue
        return [ops.clip(g, -limit, limit) for g in grads]
    return grads


def _norm(grads: list[Any]) -> Any:
    total = ops.sum(ops.square(grads[0]))
    for g in grads[1:]:
        total = total + ops.sum(ops.square(g))
    return ops.sqrt(total)


def _limited(g: Any, norm: Any, limit: float) -> Any:
    # A norm that is not finite gives NaN, so that it is seen.
    return g * (limit / ops.maximum(norm, limit))
