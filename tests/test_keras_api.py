"""Names and signatures against those of Keras, stored in `golden/signatures.json`.

Each exception says why it is one; one that is no longer needed fails too.
"""

import functools
import importlib

import pytest

import kerasish as keras
from tests.golden import signatures

# Rooms that are opened by issues of their own.
LATER_ROOMS = {
    "applications": "classic architectures",
    "datasets": "downloads",
    "distillation": "training by a teacher",
    "export": "files for other programs",
    "legacy": "files of Keras 2",
    "preprocessing.image": "images on disk",
    "quantizers": "integer weights",
    "utils.bounding_boxes": "images",
    "utils.legacy": "files of Keras 2",
    "visualization": "drawings",
}
# Names that come later, by what they belong to.
LATER_NAMES = {
    "callbacks": "BackupAndRestore OrbaxCheckpoint TensorBoard",
    "": "Quantizer RematScope SymbolicScope remat",
    "dtype_policies": "AWQDTypePolicy GPTQDTypePolicy Int4DTypePolicy "
    "QuantizedDTypePolicy QuantizedFloat8DTypePolicy",
    "preprocessing": "image_dataset_from_directory",
    "saving": "KerasFileEditor",
    "utils": "FeatureSpace array_to_img audio_dataset_from_directory get_file "
    "image_dataset_from_directory img_to_array load_img model_to_dot plot_model "
    "save_img",
    # Images before the network.
    "layers": "AugMix AutoContrast "
    "ContrastLimitedAdaptiveHistogramEqualization CutMix "
    "Equalization MaxNumBoundingBoxes "
    "MixUp RandAugment RandomBrightness "
    "RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop "
    "RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur "
    "RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization "
    "RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation "
    "RandomZoom Solarization "
    # Layers of other frameworks, which do not exist here.
    "FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper",
}
# Members that belong to what comes later, in every class.
LATER_MEMBERS = {
    "enable_lora": "weights of low rank",
    "export": "files for other programs",
    "get_random_transformation": "images with labels, boxes and masks",
    "get_quantization_layer_structure": "integer weights",
    "quantization_mode": "integer weights",
    "quantize": "integer weights",
    "quantized_build": "integer weights",
    "quantized_call": "integer weights",
    "rematerialized_call": "memory saved by computing twice",
    "transform_bounding_boxes": "images with labels, boxes and masks",
    "transform_images": "images with labels, boxes and masks",
    "transform_labels": "images with labels, boxes and masks",
    "transform_segmentation_masks": "images with labels, boxes and masks",
    "transform_single_bounding_box": "images with labels, boxes and masks",
    "transform_single_image": "images with labels, boxes and masks",
    "transform_single_label": "images with labels, boxes and masks",
    "transform_single_segmentation_mask": "images with labels, boxes and masks",
    "variable_serialization_spec": "integer weights",
}
LATER_PARAMETERS = {
    "gptq_unpacked_column_size": "integer weights",
    "lora_rank": "weights of low rank",
    "lora_alpha": "weights of low rank",
    "quantization_config": "integer weights",
}
# Members that stay away.
NEVER_MEMBERS = {
    "AUC.interpolate_pr_auc": "a step inside `result`",
    "CategoryEncoding.convert_weight": "of tf.data pipelines",
    "CenterCrop.convert_weight": "of tf.data pipelines",
    "DataParallel.distribute_tf_dataset": "of tf.data pipelines",
    "DeviceMesh.backend_mesh": "there is no framework underneath",
    "DTypePolicy.convert_input": "layers convert; `core` knows no tensors",
    "Discretization.convert_weight": "of tf.data pipelines",
    "KerasTensor.ragged_rank": "there are no ragged tensors",
    "KerasTensor.row_splits_dtype": "there are no ragged tensors",
    "Layer.named_parameters": "PyTorch's",
    "Model.make_predict_function": "`StepFunctions` records the steps",
    "Model.make_test_function": "`StepFunctions` records the steps",
    "Model.make_train_function": "`StepFunctions` records the steps",
    "MelSpectrogram.convert_weight": "of tf.data pipelines",
    "ModelParallel.distribute_tf_dataset": "of tf.data pipelines",
    "MultiOptimizer.loss_scale_factor": "each optimizer inside has its own",
    "Muon.lr_adjust": "a step inside `update_step`",
    "Muon.transpose_last_axis": "a step inside `update_step`",
    "Muon.zeropower_via_newtonschulz5": "a step inside `update_step`",
    "Normalization.convert_weight": "of tf.data pipelines",
    "Normalization.finalize_state": "the mean and variance are read as they are",
    "Rescaling.convert_weight": "of tf.data pipelines",
    "Resizing.convert_weight": "of tf.data pipelines",
    "SKLearnClassifier.epoch_": "comes with the wrappers' issue",
    "SKLearnRegressor.epoch_": "comes with the wrappers' issue",
    "SKLearnTransformer.epoch_": "comes with the wrappers' issue",
    "TensorLayout.backend_layout": "there is no framework underneath",
    "SKLearnTransformer.predict": "comes with the wrappers' issue",
}
# Differences of parameters.
DIFFERENT = {
    "Adadelta.update_step": "named as in the base class",
    "Lambda.from_config": "safe mode is a scope",
    "DTypePolicyMap.from_config": "`custom_objects` is not used",
    "Rescaling.from_config": "`custom_objects` is not used",
    "name_scope": "by keyword only",
    "serialize": "one function for all objects",
    "timeseries_dataset_from_array": "there is no TensorFlow",
}


def parsed(text):
    """Returns positional names in order, defaults by name, and whether `*` is there."""
    positional, defaults, starred, keyworded = [], {}, False, False
    for part in text.split("; ") if text else ():
        name, _, default = part.partition("=")
        if name.startswith("**"):
            keyworded = True
        elif name.startswith("*"):
            starred = True
        else:
            defaults[name] = default
            positional += [] if starred else [name]
    return positional, defaults, starred and "*; " not in f"{text}; ", keyworded


def differences(owner, wanted, found):
    """Yields how a signature of ours departs from one of Keras."""
    if wanted is None or found is None or wanted == found:
        return
    places, defaults, takes_any, _ = parsed(wanted)
    our_places, ours, any_place, any_name = parsed(found)
    if (takes_any and not places) or any_place:
        return
    if owner.endswith(".build") and places == ["var_list"]:
        return  # the base class says `variables`
    known = [name for name in places if name in our_places]
    if known != our_places[: len(known)]:
        yield f"{owner} has the order {our_places}, Keras {places}"
    for name, default in defaults.items():
        if name in LATER_PARAMETERS and name not in ours:
            continue
        if name not in ours and not (any_name and name == "layout"):
            yield f"{owner} lacks the parameter {name}={default}"
        elif default and ours.get(name, default) != default:
            yield f"{owner} has {name}={ours[name]}, Keras {default}"
    for name, default in ours.items():
        if name not in defaults and not default:
            yield f"{owner} needs {name}, which Keras does not know"


@functools.cache
def example(name):
    """Returns an object of a class some of whose properties are attributes."""
    model = keras.Sequential([keras.Input((4, 3)), keras.layers.Conv1D(2, 1)])
    model.add(keras.layers.Dense(1))
    model.compile("sgd", "mse")
    conv, dense = model.layers
    objects = {
        "Dense": dense,
        "InputLayer": model._stack[0],
        "Layer": dense,
        "Model": model,
        "Variable": dense.kernel,
    }
    return conv if name.startswith("Conv") else objects.get(name)


def member_differences(name, wanted, ours):
    """Yields which members of a class are not there or take other arguments."""
    for member in (*wanted["methods"], *wanted["properties"]):
        place = f"{name}.{member}"
        if member in LATER_MEMBERS or place in NEVER_MEMBERS:
            continue
        if any(f"{c.__name__}.{member}" in NEVER_MEMBERS for c in ours.__mro__):
            continue
        if not hasattr(ours, member) and not hasattr(example(name), member):
            yield f"{place} is not there"
        elif member in wanted["methods"] and place not in DIFFERENT:
            found = signatures.callable_signature(getattr(ours, member))
            yield from differences(place, wanted["methods"][member], found)


def room(path):
    """Returns one of our modules by the path that it has below `keras`."""
    try:
        return importlib.import_module(f"kerasish.{path}" if path else "kerasish")
    except ImportError:
        return functools.reduce(getattr, path.split("."), keras)


def is_later(path):
    """Tells whether a module belongs to a room that is not open yet."""
    return any(path == r or path.startswith(f"{r}.") for r in LATER_ROOMS)


@pytest.mark.parametrize("path", sorted(signatures.load()))
def test_names_and_signatures_are_those_of_keras(path):
    if is_later(path):
        return
    ours, found = room(path), []
    later = LATER_NAMES.get(path, "").split()
    for name, wanted in signatures.load()[path].items():
        if not hasattr(ours, name):
            found += [] if name in later else [f"{name} is not there"]
            continue
        value = getattr(ours, name)
        if "call" in wanted and name not in DIFFERENT:
            got = signatures.callable_signature(value)
            found += differences(name, wanted["call"], got)
        if "methods" in wanted:
            found += member_differences(name, wanted, value)
    if found:
        pytest.fail("\n".join(sorted(set(found))), pytrace=False)


def test_exceptions_are_needed():
    stored = signatures.load()
    for path in LATER_ROOMS:
        assert path in stored, path
    for path, names in LATER_NAMES.items():
        for name in names.split():
            assert name in stored[path], f"Keras has no {path}.{name}"
            assert not hasattr(room(path), name), f"{path}.{name} is there"
    members = {
        member
        for names in stored.values()
        for wanted in names.values()
        for member in (*wanted.get("methods", ()), *wanted.get("properties", ()))
    }
    assert set(LATER_MEMBERS) <= members
    names = {name for names in stored.values() for name in names}
    assert {key.partition(".")[0] for key in (*DIFFERENT, *NEVER_MEMBERS)} <= names


def test_differences_are_found():
    text = "x; axis=-1; *; keepdims=False"
    assert not list(differences("f", text, f"{text}; extra=None; **kwargs"))
    assert not list(differences("f", "*args; **kwargs", "x"))
    assert not list(differences("f", "x", "x=1"))
    (lacking,) = differences("f", text, "x; axis=-1")
    assert lacking == "f lacks the parameter keepdims=False"
    (order,) = differences("f", "x; y", "y; x")
    assert "has the order ['y', 'x']" in order
    (default,) = differences("f", "x; axis=-1", "x; axis=0")
    assert default == "f has axis=0, Keras -1"
    (needed,) = differences("f", "x", "x; y")
    assert needed == "f needs y, which Keras does not know"
