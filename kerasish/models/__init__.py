"""Models and their training loop."""

from kerasish.models.cloning import clone_model
from kerasish.models.function import Function, get_source_inputs
from kerasish.models.functional import Functional
from kerasish.models.model import Model
from kerasish.models.sequential import Sequential
from kerasish.saving import load_model, model_from_json, save_model

__all__ = [
    "Function",
    "Functional",
    "Model",
    "Sequential",
    "clone_model",
    "get_source_inputs",
    "load_model",
    "model_from_json",
    "save_model",
]
