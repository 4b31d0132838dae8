"""Saving and loading models and weights, and registering what configs name."""

from kerasish.core.registry import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)
from kerasish.saving.model_file import (
    load_model,
    model_from_bytes,
    model_from_json,
    model_to_bytes,
    save_model,
)
from kerasish.saving.weights import load_weights, save_weights

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "model_from_bytes",
    "model_from_json",
    "model_to_bytes",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]
