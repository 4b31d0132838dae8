"""Plans of trained models make no arrays in the steady state.

Three ways to see it: no step calls a kernel that makes its own result, the functions of
NumPy that make arrays are not called, and `tracemalloc` sees no memory of any size.
"""

import gc
import sys
import tracemalloc

import numpy as np
import pytest

from kerasish import backends, layers, losses, metrics, models, optimizers
from kerasish.autodiff.primitive import PRIMITIVES
from kerasish.backends.numpy_lowering import FORMS
from kerasish.backends.onednn import loading
from kerasish.tracing.passes import optimize
from kerasish.tracing.plan import Plan
from tests.kerasish.tracing.graphs import record

ROWS, FEATURES, CLASSES = 16, 32, 10
RUNS = 200
# Bytes: the iterator of `np.add.at` takes 5,000; that of operands which lie apart takes
# 12 for each element, here of few images.
LIMIT = 8_000
MODES = {
    "NumPy": (False, False),
    "oneDNN": (False, True),
    "compiled": (True, False),
    "compiled, oneDNN": (True, True),
}
# Primitives whose kernels make their results, and why.
LEFT = {
    "NumPy sorts no indices into given memory": {
        *("_argsort", "_count", "_histogram", "_isin", "_top_k", "_unique_rows"),
        *("digitize", "searchsorted"),
    },
    "LAPACK's results are NumPy's": {
        *("_cholesky", "_full_q", "_full_svd", "_lu", "_solve", "_thin_qr"),
        *("_thin_svd", "det", "eig", "eigh", "inv", "matrix_rank", "pinv", "slogdet"),
    },
    "NumPy's transforms make their results": {"_fourier"},
    "NumPy's generators write no whole words into given memory": {"_integers"},
    "loops that end when the numbers say so": {
        *("_beam_search", "_binomial", "_log_gamma"),
    },
    "as long as the numbers say": {"nonzero"},
    "log n steps, each on longer parts": {"_recurrence"},
    "constants and bytes, which no training step has": {
        *("_count_elements", "_view", "ldexp"),
    },
    "asks Python": {"asked_rate"},
}


def numbers(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def perceptron(optimizer, **compile_with):
    model = models.Sequential(
        [
            layers.Input((FEATURES,)),
            layers.Dense(FEATURES, activation="relu"),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    compile_with = {"metrics": ["accuracy"]} | compile_with
    model.compile(optimizer, "sparse_categorical_crossentropy", **compile_with)
    return model, numbers(ROWS, FEATURES), np.arange(ROWS) % CLASSES


def regression(*body, shape=(FEATURES,), x=None, y=None, loss="mse", **rest):
    model = models.Sequential([layers.Input(shape), *body, layers.Dense(1)])
    model.compile("adam", loss, **rest)
    x = numbers(ROWS, *shape) if x is None else x
    return model, x, numbers(ROWS, 1) if y is None else y


def normalized():
    return regression(
        layers.Dense(32, activation="gelu"),
        layers.BatchNormalization(),
        layers.Dropout(0.3),
        layers.Dense(16, activation="elu"),
        layers.LayerNormalization(),
        layers.GaussianNoise(0.1),
        layers.Dense(16, activation="silu"),
        layers.PReLU(),
        metrics=["mae"],
    )


def embedded():
    x = np.random.default_rng(0).integers(0, 50, (ROWS, 8)).astype("int32")
    parts = [layers.Embedding(50, 8), layers.Flatten(), layers.Dense(4, "tanh")]
    return regression(*parts, shape=(8,), x=x)


def images():
    return regression(
        layers.Conv2D(4, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(6, 2),
        layers.AveragePooling2D(2, strides=1),
        layers.Permute((3, 1, 2)),
        layers.Flatten(),
        shape=(8, 8, 3),
        x=numbers(4, 8, 8, 3),
        y=numbers(4, 1),
    )


def half(policy):
    return regression(
        layers.Dense(16, activation="sigmoid", dtype=policy),
        layers.LayerNormalization(dtype=policy),
        layers.Dropout(0.5, dtype=policy),
        layers.Dense(4, activation="softmax", dtype=policy),
    )


def merged():
    start = layers.Input((FEATURES,))
    a, b = layers.Dense(8)(start), layers.Dense(8, activation="tanh")(start)
    kinds = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
    joined = layers.Concatenate()([getattr(layers, kind)()([a, b]) for kind in kinds])
    model = models.Model(start, layers.Dense(1)(joined))
    model.compile("sgd", "mae")
    return model, numbers(ROWS, FEATURES), numbers(ROWS, 1)


FAMILIES = sorted(
    name
    for name in set(optimizers.__all__)
    - {"Optimizer", "LossScaleOptimizer", "MultiOptimizer", "OptimizerMap"}
    if isinstance(getattr(optimizers, name), type)
)
SETTINGS = {
    "clipped": {"global_clipnorm": 1.0, "weight_decay": 0.01},
    "averaged": {"use_ema": True, "ema_overwrite_frequency": 3},
    "accumulated": {"gradient_accumulation_steps": 2},
    "scaled": {"loss_scale_factor": 4.0, "clipvalue": 0.5},
}
MODELS = {
    **{n: lambda n=n: perceptron(getattr(optimizers, n)()) for n in FAMILIES},
    **{n: lambda s=s: perceptron(optimizers.Adam(**s)) for n, s in SETTINGS.items()},
    "normalized": normalized,
    "embedded": embedded,
    "images": images,
    "merged": merged,
    "float16": lambda: half("mixed_float16"),
    "bfloat16": lambda: half("mixed_bfloat16"),
    "AUC": lambda: regression(
        loss=losses.BinaryCrossentropy(from_logits=True),
        y=(numbers(ROWS, 1) > 0).astype("float32"),
        metrics=[metrics.AUC(from_logits=True), metrics.Precision()],
    ),
}


def plans(name, compiled):
    """Yields the plans of a training, a test and a prediction step."""
    if name == "bfloat16":
        pytest.importorskip("ml_dtypes")
    model, x, y = MODELS[name]()
    model.train_on_batch(x, y)
    steps = {
        "train": lambda x, y: model.train_step((x, y)),
        "test": lambda x, y: model.test_step((x, y)),
        "predict": lambda x, y: model.predict_step((x,)),
    }
    backend = backends.current()
    for kind, step in steps.items():
        made = []

        def call(x, y, step=step, made=made):
            made.append(step(x, y))
            return x

        graph, _ = record(call, x, y)
        yield kind, Plan(optimize(graph, backend, compiled=compiled), backend)


CASES = [
    (name, mode)
    for name in MODELS
    for mode in MODES
    if name in ("Adam", "images", "normalized") or mode in ("NumPy", "compiled, oneDNN")
]


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_nothing_is_allocated(name, mode, monkeypatch):
    compiled, by_onednn = MODES[mode]
    if not by_onednn:
        monkeypatch.setattr(loading, "library", lambda: None)
    elif loading.library() is None:
        pytest.skip("oneDNN is not installed")
    if compiled and not backends.current().can_compile:
        pytest.skip("llvmlite is not installed")
    for kind, plan in plans(name, compiled):
        made = [step for step in plan.steps if "_calling" in _name(step)]
        assert not made, f"{kind} calls kernels"
        for _ in range(20):
            plan.run()
        refuse_to_make_arrays(plan, monkeypatch)
        for _ in range(3):  # Python's own caches may fill up while it looks
            grown, peak = look(plan)
            if grown < 1_000 and peak < LIMIT:
                break
        assert grown < 1_000, kind
        assert peak < LIMIT, kind


def refuse_to_make_arrays(plan, monkeypatch):
    """Runs a plan where functions that make arrays fail, and looks at methods."""

    def refused(*args, **kwargs):
        raise AssertionError("An array was made.")

    called = set()

    def notice(frame, event, function):
        if event == "c_call":
            called.add(getattr(function, "__qualname__", ""))

    makers = "array asarray empty zeros ones full arange empty_like zeros_like where"
    with monkeypatch.context() as patched:
        for maker in makers.split():
            patched.setattr(np, maker, refused)
        sys.setprofile(notice)
        try:
            plan.run()
        finally:
            sys.setprofile(None)
    assert not called & {f"ndarray.{n}" for n in ("astype", "copy", "reshape", "take")}


def look(plan):
    """Returns the bytes that 200 runs leave behind, and the most in between."""
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(5):
            plan.run()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        for _ in range(RUNS):
            plan.run()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    return after - before, peak - before


def _name(step):
    return getattr(step, "__qualname__", "")


def test_what_makes_arrays_is_seen():
    """The looks above fail for a step that is not bound."""
    x, kept = np.ones(4096), []

    class Making:
        def __init__(self, make):
            self.run = make

    grown, peak = look(Making(lambda: kept.append(x + 1)))
    assert grown > 200 * x.nbytes
    assert look(Making(lambda: x + 1))[1] > x.nbytes
    with pytest.MonkeyPatch.context() as patch:
        for make in (lambda: np.zeros(3), lambda: x.copy()):
            with pytest.raises(AssertionError):
                refuse_to_make_arrays(Making(make), patch)


def test_what_is_left_to_kernels_is_there():
    left = set().union(*LEFT.values())
    assert left <= set(PRIMITIVES)
    assert not left & set(FORMS)
