"""A stage binds a plan for each thread, and knows which are bound no more."""

import threading
from types import SimpleNamespace

import numpy as np

from kerasish import Variable, backends, ops
from kerasish.tracing import stage as module
from kerasish.tracing.homes import settle
from kerasish.tracing.stage import THREADS, Stage
from tests.kerasish.tracing.graphs import record

X = np.linspace(-1, 1, 6).astype("float32").reshape(2, 3)


def stage_of(fn=lambda x: ops.exp(x) * 2.0):
    return Stage(record(fn, X)[0])


def run(plan, x=X):
    plan.inputs[0][...] = x
    plan.run()
    return plan.outputs[0].copy()


def test_a_plan_is_bound_once():
    stage = stage_of()
    plan = stage.plan()
    assert stage.plan() is plan
    np.testing.assert_allclose(run(plan), np.exp(X) * 2, rtol=1e-6)


def test_each_thread_has_its_own_plan():
    stage = stage_of()
    stage.plan()
    made, gate = [], threading.Barrier(THREADS + 2)

    def work():
        gate.wait()  # all at once: no two have the same number
        made.append(stage.plan())
        gate.wait()

    workers = [threading.Thread(target=work) for _ in range(THREADS + 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len({id(plan.inputs[0]) for plan in made}) == THREADS + 2
    assert len(stage.plans) <= THREADS


def test_threads_bind_their_plans_one_after_the_other(monkeypatch):
    order = []

    def plan(*given):
        order.append("in")
        threading.Event().wait(0.01)
        order.append("out")
        return SimpleNamespace()

    monkeypatch.setattr(module, "Plan", plan)
    stages = [Stage(None) for _ in range(4)]
    workers = [threading.Thread(target=stage.plan) for stage in stages]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert order == ["in", "out"] * 4


def test_plans_whose_variables_moved_are_dropped():
    v, w = Variable([1.0, 2.0]), Variable([3.0])
    stage = stage_of(lambda x: x * v[0])
    plan = stage.plan()
    stage.drop_unbound()
    assert stage.plan() is plan
    settle([w, v], backends.current())
    stage.drop_unbound()
    assert stage.plans == {}
    assert stage.plan() is not plan


def test_another_thread_may_bind_a_plan_while_they_are_looked_through():
    stage = stage_of()

    def is_bound():
        stage.plans[2] = SimpleNamespace(is_bound=lambda: True)
        return False

    stage.plans[1] = SimpleNamespace(is_bound=is_bound)
    stage.drop_unbound()
    assert list(stage.plans) == [2]
