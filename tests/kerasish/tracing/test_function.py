"""Recorded functions: signatures, obstacles, state that changes, errors, threads."""

import threading
import warnings
import weakref

import numpy as np
import pytest

import kerasish
from kerasish import Variable, backends, layers, ops, optimizers, random
from kerasish.autodiff import GradientTape, KerasTensor, StatelessScope
from kerasish.core.errors import KerasishWarning
from kerasish.core.revision import revise
from kerasish.tracing import Function, function, stage, trace
from kerasish.tracing.homes import settle
from kerasish.tracing.plan import Plan

ONES = np.ones((2, 3), "float32")


class Counted:
    """A recorded function that counts how often its Python code runs.

    Args:
        fn: The function.
    """

    def __init__(self, fn, **kwargs):
        self.runs = 0

        def counted(*args, **kwargs):
            self.runs += 1
            return fn(*args, **kwargs)

        self.call = Function(counted, roots=lambda: [fn], **kwargs)

    def __call__(self, *args, **kwargs):
        return self.call(*args, **kwargs)


def numbers(f, *args, calls=6, **kwargs):
    """Returns what some calls return, as arrays."""
    return [f(*args, **kwargs).numpy().tolist() for _ in range(calls)]


def alike(f, *args, calls=6):
    """Checks that all calls return the same; returns it."""
    found = numbers(f, *args, calls=calls)
    for x in found:
        np.testing.assert_allclose(x, found[0], rtol=1e-5)
    return found[0]


def test_it_is_public():
    assert kerasish.function is function


def test_it_keeps_the_functions_name_and_docstring():
    @function
    def named(x):
        """Does nothing."""
        return x

    assert isinstance(named, Function)
    assert (named.__name__, named.__doc__) == ("named", "Does nothing.")


def test_the_decorator_takes_arguments():
    @function(jit_compile=False, reduce_retracing=True)
    def f(x):
        return x * 2.0

    assert alike(f, ONES) == [[2, 2, 2], [2, 2, 2]]


@pytest.mark.parametrize("value", [None, "always", 2, "True"])
def test_jit_compile_is_one_of_three(value):
    with pytest.raises(ValueError, match="`jit_compile` must be 'auto', True or False"):
        function(lambda x: x, jit_compile=value)


@pytest.mark.parametrize("jit_compile", ["auto", True, False])
def test_the_results_do_not_depend_on_how_kernels_are_made(jit_compile):
    v = Variable(ONES)

    def step(x):
        v.assign(v * 0.5 + ops.tanh(x))
        return (
            ops.softmax(ops.matmul(v, ops.ones((3, 4)) * 0.1)) + ops.sum(v, 1)[:, None]
        )

    expected = [step(ops.convert_to_tensor(ONES * i)).numpy() for i in range(40)]
    v.assign(ONES)
    f = function(step, jit_compile=jit_compile)
    for i, y in enumerate(expected):
        np.testing.assert_allclose(f(ONES * i), y, rtol=1e-5)


# ------------------------------------------------------------------ signatures


def test_many_short_fits_are_recorded_too():
    f = function(lambda x: x + 1.0)
    for _ in range(3):
        f.expect(4)
        for _ in range(4):
            f(ONES)
    assert "add" in f.graph()


def test_the_third_call_of_a_signature_is_recorded():
    f = Counted(lambda x: x + 1.0)
    for _ in range(10):
        f(ONES)
    assert f.runs == 3


def test_signatures_that_seldom_come_back_stay_eager():
    f = Counted(lambda x: x + 1.0, reduce_retracing=True)
    for _ in range(20):
        f(ONES)
    assert f.runs == 9


def test_a_short_last_batch_is_a_second_signature():
    f = Counted(lambda x: ops.sum(x, 0))
    full, short = ONES, ONES[:1]
    for _ in range(8):
        assert f(full).numpy().tolist() == [2, 2, 2]
        assert f(short).numpy().tolist() == [1, 1, 1]
    assert f.runs == 6
    assert len(f.call.graph().split("\n\n")) == 2


def test_dtypes_are_signatures():
    f = Counted(lambda x: x * 2)
    for _ in range(5):
        assert f(ONES).dtype == "float32"
        assert f(ONES.astype("int32")).dtype == "int32"
        assert f(ONES.astype("float16")).dtype == "float16"
    assert f.runs == 9


def test_numbers_among_the_arguments_are_signatures():
    f = Counted(lambda x, n, flag=False: x * n if flag else x + n)
    for _ in range(5):
        assert f(ONES, 2).numpy()[0, 0] == 3
        assert f(ONES, 3).numpy()[0, 0] == 4
        assert f(ONES, 3, flag=True).numpy()[0, 0] == 3
    assert f.runs == 9


def test_zeros_of_two_signs_are_two_numbers():
    f = function(lambda x, n: x / n)
    for _ in range(5):
        assert f(ONES, 0.0).numpy()[0, 0] == np.inf
        assert f(ONES, -0.0).numpy()[0, 0] == -np.inf


def test_objects_that_are_gone_are_not_taken_for_others():
    f = function(lambda x, scale: scale(x))
    for i in range(12):
        assert f(ONES, lambda x, i=i: x * i).numpy()[0, 0] == i


def test_numpy_scalars_count_by_value():
    f = function(lambda x, n: x * n)
    for i in range(12):
        assert f(ONES, np.float32(i % 4)).numpy()[0, 0] == i % 4


@pytest.mark.parametrize("calls", [1, 6])
def test_tensors_arrays_and_nested_structures(calls):
    def fn(batch, extra=None, *, scale=None):
        x, others = batch
        total = x + others["a"] * others["b"][0]
        if extra is not None:
            total = total - extra
        return {"total": total, "parts": [x, (others["a"], None)], "n": 3, "s": scale}

    f = function(fn)
    x = ops.convert_to_tensor(ONES)
    for _ in range(calls):
        found = f((x, {"a": ONES * 2, "b": [x * 3.0]}), ONES, scale="s")
    assert found["total"].numpy().tolist() == (ONES * 6).tolist()
    assert found["parts"][0].numpy().tolist() == ONES.tolist()
    assert isinstance(found["parts"][1], tuple)
    assert found["parts"][1][1] is None
    assert (found["n"], found["s"]) == (3, "s")


def test_keywords_may_stand_in_any_order():
    f = Counted(lambda a, b: a - b)
    for _ in range(4):
        assert f(a=ONES * 3, b=ONES).numpy()[0, 0] == 2
        assert f(b=ONES, a=ONES * 3).numpy()[0, 0] == 2
    assert f.runs == 3


def test_one_tensor_for_two_arguments():
    f = function(lambda a, b: a - b)
    x = ops.convert_to_tensor(ONES)
    assert alike(f, x, x)[0][0] == 0
    assert f(x, ONES * 0).numpy()[0, 0] == 1
    assert f(ONES * 0, x).numpy()[0, 0] == -1


def test_a_tensor_that_the_function_knows_already():
    x = ops.convert_to_tensor(ONES)
    f = function(lambda y: x - y)
    assert alike(f, x)[0][0] == 0
    assert f(ONES * 0).numpy()[0, 0] == 1


def test_arguments_may_be_changed_after_a_call():
    f = function(lambda x: x * 2.0)
    x = ONES.copy()
    for i in range(6):
        x[...] = i
        y = f(x)
        x[...] = -1
        assert y.numpy()[0, 0] == 2 * i


def test_arguments_that_are_missing_in_turn():
    f = function(lambda x, y: x * 2.0 if y is None else x + y if x is not None else y)
    for _ in range(5):
        assert f(ONES, None).numpy()[0, 0] == 2
        assert f(ONES, ONES * 4).numpy()[0, 0] == 5
        assert f(None, ONES * 4).numpy()[0, 0] == 4


def test_more_signatures_than_are_remembered():
    f = Counted(lambda x, n: x + n)
    for _ in range(4):
        assert f(ONES, 0).numpy()[0, 0] == 1
    for n in range(1, 300):
        assert f(ONES, n).numpy()[0, 0] == n + 1
    assert f(ONES, 0).numpy()[0, 0] == 1
    assert f.runs == 3 + 299 + 1


def test_without_arguments():
    v = Variable(0.0)
    f = function(lambda: v.assign_add(1.0).value)
    assert numbers(f) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("shape", [(), (0, 3), (1,), (2, 0)])
def test_odd_shapes(shape):
    f = function(lambda x: (x * 2.0, ops.sum(x)))
    for _ in range(5):
        y, total = f(np.ones(shape, "float32"))
    assert y.shape == shape
    assert float(total) == np.ones(shape).sum()


def test_arrays_in_any_order_of_memory():
    x = np.arange(6, dtype="float32").reshape(3, 2).T
    f = function(lambda x: x + 0.5)
    assert alike(f, x) == (x + 0.5).tolist()
    assert alike(f, x[:, ::-1]) == (x[:, ::-1] + 0.5).tolist()


# --------------------------------------------------------------------- results


def test_results_stay_what_they_are():
    f = function(lambda x: [x * 2.0, x])
    held = [f(ONES * i) for i in range(8)]
    for i, (double, x) in enumerate(held):
        assert double.numpy()[0, 0] == 2 * i
        assert x.numpy()[0, 0] == i


def test_a_variable_that_is_returned_is_the_variable():
    v = Variable([1.0])

    def fn(x):
        v.assign_add(x)
        return v

    f = function(fn)
    for _ in range(5):
        assert f(np.float32([1])) is v
    assert v.numpy().tolist() == [6]


def test_the_run_result_reads_from_the_plan():
    f = function(lambda x: {"loss": ops.sum(x)})
    for _ in range(4):
        result = f.run(ONES)
    assert result.number("loss") == 6.0
    assert result.arrays()["loss"] == 6.0
    assert float(result.read()["loss"]) == 6.0


# ------------------------------------------------------------------- obstacles


def warned(f, *args, calls=6):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = [f(*args) for _ in range(calls)]
    return found, [w for w in caught if issubclass(w.category, KerasishWarning)]


def test_a_branch_on_a_value_warns_once_and_stays_eager():
    def branchy(x):
        if ops.sum(x) > 0:
            return x
        return -x

    f = function(branchy)
    found, caught = warned(f, ONES)
    assert len(caught) == 1
    text = str(caught[0].message)
    assert "`branchy` runs operation by operation: a tensor's value was needed" in text
    assert "test_function.py" in text
    assert "(`if ops.sum(x) > 0:`)" in text
    assert "Use operations such as `ops.where`" in text
    assert "run_eagerly=True" in text
    assert all(y.numpy()[0, 0] == 1 for y in found)
    for _ in range(3):
        assert f(-ONES).numpy()[0, 0] == 1


def test_a_shape_that_depends_on_values_stays_eager():
    f = function(lambda x: ops.nonzero(x)[0])
    _, caught = warned(f, np.float32([0, 1, 1]))
    assert len(caught) == 1
    assert f(np.float32([0, 0, 1])).numpy().tolist() == [2]


def test_without_branches_nothing_is_warned_of():
    f = function(lambda x: ops.where(ops.sum(x) > 0, x, -x))
    _, caught = warned(f, ONES)
    assert caught == []
    assert f(-ONES).numpy()[0, 0] == 1


def test_operations_that_choose_are_recorded():
    def fn(x):
        return ops.cond(ops.sum(x) > 0, lambda: x * 2.0, lambda: x - 1.0)

    f = function(fn)
    _, caught = warned(f, ONES)
    assert f(-ONES).numpy()[0, 0] == -2
    assert f(ONES).numpy()[0, 0] == 2
    assert len(caught) <= 1


# ------------------------------------------------------------ state that changes


def test_variables_assigned_in_between_are_seen():
    v = Variable([1.0])
    f = function(lambda x: x * v)
    for i in range(8):
        v.assign([float(i)])
        assert f(np.float32([2])).numpy().tolist() == [2.0 * i]


def test_variables_changed_by_the_function_are_seen_outside():
    v = Variable([0.0])

    def fn(x):
        v.assign_add(x)
        return v * 1.0

    f = function(fn)
    for i in range(1, 9):
        assert f(np.float32([1])).numpy().tolist() == [i]
        assert v.numpy().tolist() == [i]
        assert float(ops.sum(v)) == i
    v.assign([100.0])
    assert f(np.float32([1])).numpy().tolist() == [101]


def test_two_functions_share_variables():
    v, w = Variable([1.0, 2.0]), Variable([3.0, 4.0, 5.0])

    def train(x):
        for variable, n in ((v, 2), (w, 3)):
            variable.assign(variable - ops.matmul(x, ops.ones((1, n)))[0])
        return ops.sum(v)

    train, read = (
        Counted(train),
        Counted(lambda x: ops.sum(v) + ops.sum(w) + ops.sum(x)),
    )
    x = np.float32([[1]])
    expected = 15.0
    for _ in range(10):
        train(x)
        expected -= 5.0
        assert float(read(x)) == expected + 1
    assert (train.runs, read.runs) == (3, 3)


class Scale(layers.Layer):
    """Multiplies by an attribute."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, x):
        return x * self.factor


def test_attributes_of_layers_are_seen_at_once():
    layer = Scale(1.0)
    f = function(lambda x: layer(x))
    for factor in (1.0, 3.0, 5.0):
        layer.factor = factor
        assert [y[0][0] for y in numbers(f, ONES)] == [factor] * 6


def test_other_changes_do_not_record_anew():
    layer, other = Scale(2.0), Scale(3.0)
    f = Counted(lambda x: layer(x))
    for i in range(10):
        other.factor = float(i)
        revise()
        f(ONES)
    assert f.runs == 3


def trainer(layer, optimizer):
    def step(x):
        with GradientTape() as tape:
            loss = ops.sum(ops.square(layer(x)))
        weights = layer.trainable_variables
        if weights:
            optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    return step


def dense():
    layer = layers.Dense(2, kernel_initializer="ones")
    layer.build((None, 3))
    return layer


def test_a_trainable_flip_takes_effect_at_once():
    layer = dense()
    f = function(trainer(layer, optimizers.SGD(0.01)))
    for _ in range(5):
        f(ONES)
    before = layer.get_weights()[0]
    layer.trainable = False
    for _ in range(5):
        f(ONES)
    np.testing.assert_array_equal(layer.get_weights()[0], before)
    layer.trainable = True
    f(ONES)
    assert (layer.get_weights()[0] != before).all()


def test_a_learning_rate_takes_effect_at_once():
    found, expected = (dense() for _ in range(2))
    first, second = optimizers.SGD(0.01), optimizers.SGD(0.01)
    f, eager = function(trainer(found, first)), trainer(expected, second)
    for i in range(10):
        first.learning_rate = second.learning_rate = 0.001 * i
        f(ONES)
        eager(ops.convert_to_tensor(ONES))
        np.testing.assert_allclose(
            found.get_weights()[0], expected.get_weights()[0], rtol=1e-5
        )


def test_settings_are_signatures():
    f = Counted(lambda x: x * kerasish.config.epsilon())
    for epsilon in (1e-3, 1e-2):
        kerasish.config.set_epsilon(epsilon)
        np.testing.assert_allclose(alike(f, ONES), ONES * epsilon, rtol=1e-6)
    assert f.runs == 6


def test_seeds_go_on_and_may_be_set_anew():
    f = function(lambda x: x + random.normal((2, 3)))
    random.set_random_seed(3)
    first = numbers(f, ONES, calls=8)
    random.set_random_seed(3)
    eager = [(ONES + random.normal((2, 3)).numpy()).tolist() for _ in range(8)]
    np.testing.assert_allclose(first, eager, rtol=1e-6)
    random.set_random_seed(3)
    np.testing.assert_allclose(numbers(f, ONES, calls=8), eager, rtol=1e-6)
    assert len({str(x) for x in first}) == 8


# ------------------------------------------------------------- where it is called


def test_inside_another_recording_it_is_a_part_of_it():
    inner = Counted(lambda x: x * 2.0)
    outer = Counted(lambda x: inner(x) + 1.0)
    assert alike(outer, ONES)[0][0] == 3
    assert (inner.runs, outer.runs) == (3, 3)


def test_under_a_tape_it_runs_as_it_is():
    f = function(lambda x: ops.sum(x * x))
    x = ops.convert_to_tensor(ONES * 3)
    for _ in range(5):
        with GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        assert tape.gradient(y, x).numpy()[0, 0] == 6


def test_in_a_stateless_scope_it_runs_as_it_is():
    v = Variable([1.0])
    f = function(lambda x: x * v)
    alike(f, np.float32([2]))
    with StatelessScope([(v, ops.convert_to_tensor([5.0]))]):
        assert f(np.float32([2])).numpy().tolist() == [10]
    assert f(np.float32([2])).numpy().tolist() == [2]


def test_symbolic_tensors_make_a_symbolic_result():
    f = function(lambda x: ops.exp(x))
    assert isinstance(f(KerasTensor((None, 3))), KerasTensor)


# ---------------------------------------------------------------------- errors


@pytest.mark.parametrize("call", range(1, 5))
def test_an_error_inside_leaves_everything_usable(call):
    v = Variable([0.0])
    runs = []

    def fn(x):
        runs.append(1)
        v.assign_add(x)
        if len(runs) == call:
            raise KeyError("on purpose")
        return v * 1.0

    f = Function(fn, roots=list)
    failed = 0
    for _ in range(8):
        try:
            f(np.float32([1]))
        except KeyError:
            failed += 1
    assert failed == (call <= 3)
    assert v.numpy().tolist() == [8]


def test_wrong_arguments_are_told_at_every_call():
    f = function(lambda x, y: ops.matmul(x, y))
    for _ in range(5):
        with pytest.raises(ValueError, match=r"\(2, 3\)"):
            f(ONES, ONES)
    assert alike(f, ONES, ONES.T) == [[3, 3], [3, 3]]


def test_nothing_recorded_yet():
    f = function(lambda x: x)
    for report in (f.graph, f.plan):
        with pytest.raises(
            RuntimeError, match="`<lambda>` has not been recorded yet; it is at call 3"
        ):
            report()


# --------------------------------------------------------------------- reports


def test_the_graph_is_what_was_written():
    v = Variable(ONES, name="weight")
    f = function(lambda x: ops.exp(x * v) * 1.0)
    alike(f, ONES)
    assert f.graph().splitlines() == [
        "%2: float32[2, 3] = multiply(%0, [weight])",
        "%3: float32[2, 3] = exp(%2)",
        "%5: float32[2, 3] = multiply(%3, 1.0)",
        "return %5",
    ]


def test_the_plan_is_what_is_run():
    f = function(lambda x: ops.cumsum(ops.exp(x), 1) * 1.0, jit_compile=False)
    alike(f, ONES)
    head, *steps = f.plan().splitlines()
    assert head.split() == ["kernel", "writes", "moved", "part"]
    assert [line.split()[1] for line in steps] == ["exp", "_cumsum"]
    assert "float32[2, 3]" in steps[0]


# --------------------------------------------------------------------- threads


def in_threads(work, count=6):
    """Runs a function of a number in several threads at once; raises their errors."""
    errors = []
    gate = threading.Barrier(count)

    def run(i):
        try:
            gate.wait()
            work(i)
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if errors:
        raise errors[0]


def test_several_threads_get_their_own_results():
    v = Variable(ONES)
    f = function(lambda x: ops.softmax(ops.matmul(x, ops.transpose(v))) + ops.sum(x))

    def work(i):
        x = ONES * i
        for _ in range(30):
            np.testing.assert_allclose(
                f(x), 0.5 + x.sum() + np.zeros((2, 2)), rtol=1e-5
            )

    in_threads(work)


def test_a_thread_sees_what_another_assigned():
    v = Variable([0.0])
    f = function(lambda x: x + v)
    alike(f, np.float32([1]))
    in_threads(lambda i: v.assign([7.0]), count=1)
    assert f(np.float32([1])).numpy().tolist() == [8]


def test_more_threads_than_plans_are_kept():
    f = function(lambda x: x * 2.0)
    alike(f, ONES)
    for _ in range(20):
        in_threads(lambda i: alike(f, ONES, calls=2), count=1)
    assert alike(f, ONES)[0][0] == 2


def test_a_recording_in_one_thread_does_not_see_another():
    inside, done = threading.Event(), threading.Event()
    v = Variable([1.0])
    runs = []

    def fn(x):
        runs.append(1)
        if len(runs) == 3:
            inside.set()
            done.wait(5)
        return x * v

    f = Function(fn, roots=list)

    def other():
        inside.wait(5)
        assert float(ops.sum(v)) == 1.0  # a read that would be an obstacle
        ops.exp(v)
        done.set()

    worker = threading.Thread(target=other)
    worker.start()
    alike(f, np.float32([2]))
    worker.join()
    assert len(runs) == 3
    assert "exp" not in f.graph()


def test_what_another_thread_forgets_is_run_as_it_is(monkeypatch):
    f = function(lambda x: x * 2.0)
    alike(f, ONES)
    revise()  # so that the trace is looked up

    def is_current(trace):
        trace.forget()  # the other thread has seen a change
        return True

    monkeypatch.setattr(f, "_is_current", is_current)
    assert f(ONES).numpy()[0, 0] == 2


def test_variables_that_move_while_plans_are_checked_are_found(monkeypatch):
    v, w = Variable([1.0]), Variable([2.0])
    f = function(lambda x: x * v)
    x = np.float32([1])
    alike(f, x)
    revise()
    real = Plan.is_bound

    def is_bound(plan):
        found = real(plan)
        monkeypatch.undo()
        settle([w, v], backends.current())  # as another thread's plan does
        return found

    monkeypatch.setattr(Plan, "is_bound", is_bound)
    f(x)
    v.assign([5.0])
    assert f(x).numpy().tolist() == [5]


def test_a_signature_that_another_thread_adds_meanwhile(monkeypatch):
    f = function(lambda x: x * 2.0)
    alike(f, ONES)
    real = f._fingerprint

    def looked(trace):
        monkeypatch.undo()
        f(ONES[:1])
        return real(trace)

    monkeypatch.setattr(f, "_fingerprint", looked)
    f.expect(None)
    assert len(f._traces) == 2


def test_text_is_given_as_it_is():
    words = np.array(["a", "b"])
    f = function(lambda x, names: x * float(len(names)))
    assert alike(f, ONES, words)[0][0] == 2


def test_a_tuple_is_not_its_parts():
    f = function(lambda *given: given[0][1] if len(given) == 1 else given[0])
    for _ in range(5):
        assert f((ONES, ONES * 2)).numpy()[0, 0] == 2
        assert f(ONES, ONES * 2).numpy()[0, 0] == 1


def test_attributes_of_an_argument_are_seen_at_once():
    layer = Scale(1.0)
    f = function(lambda x, layer: layer(x))
    for factor in (1.0, 3.0, 5.0):
        layer.factor = factor
        assert [f(ONES, layer).numpy()[0, 0] for _ in range(6)] == [factor] * 6


def test_a_method_gets_its_object():
    class Scaled(Scale):
        @function
        def step(self, x):
            return x * self.factor

    first, second = Scaled(2.0), Scaled(3.0)
    for _ in range(5):
        assert first.step(ONES).numpy()[0, 0] == 2
        assert second.step(ONES).numpy()[0, 0] == 3
    first.factor = 5.0
    assert alike(first.step, ONES)[0][0] == 5
    assert isinstance(Scaled.step, Function)


def test_a_branch_is_told_once_for_all_signatures():
    f = function(lambda x: x if ops.sum(x) > 0 else -x)
    _, first = warned(f, ONES)
    _, second = warned(f, ONES[:1])
    assert (len(first), len(second)) == (1, 0)


@pytest.mark.skipif(not backends.current().can_compile, reason="needs a compiler")
def test_a_plan_is_gone_before_the_compiled_one_takes_memory(monkeypatch):
    alive = []

    class Watched(Plan):
        def __init__(self, *args, **kwargs):
            alive.append([plan() is not None for plan in plans])
            plans.append(weakref.ref(self))
            super().__init__(*args, **kwargs)

    plans = []
    monkeypatch.setattr(stage, "Plan", Watched)
    monkeypatch.setattr(trace, "MANY", 3)
    f = function(lambda x: ops.sum(ops.exp(x)))
    x = ops.ones((4, 4))
    for _ in range(12):
        held = f.run(x)  # a result that nobody has read
    assert alive == [[], [False]]
    np.testing.assert_allclose(held.read().numpy(), 16 * np.e, 1e-6)
