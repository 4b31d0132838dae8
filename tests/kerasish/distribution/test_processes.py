"""How processes find each other."""

import types

import pytest

import kerasish as keras
from kerasish.backends.communication import Communicator, group_scope
from kerasish.core.errors import ArgumentError, BackendError, StateError
from kerasish.distribution import get_device_count, initialize, list_devices, processes

NAMES = [
    f"KERAS_DISTRIBUTION_{x}" for x in "JOB_ADDRESSES NUM_PROCESSES PROCESS_ID".split()
]


class World(Communicator):
    def __init__(self, size=3):
        super().__init__(1, size)


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """No launcher, and nothing initialised."""
    told = "PMIX_RANK", "SLURM_STEP_NUM_TASKS"
    for name in (*NAMES, *told, *processes.MPI_SIZES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(processes, "_group", [])
    monkeypatch.setattr(processes, "abort_on_error", lambda group: None)


@pytest.fixture
def called(monkeypatch):
    """What sockets were asked for."""
    found = []

    def call(address, size, rank):
        found.append((address, size, rank))
        return World(size)

    monkeypatch.setattr(processes, "SocketCommunicator", call)
    return found


def test_a_process_without_launcher_stays_alone():
    initialize()
    assert processes.group() is None
    assert list_devices() == ["cpu:0"]
    assert list_devices("CPU") == ["cpu:0"]
    assert list_devices("gpu") == []
    assert get_device_count() == 1
    assert get_device_count("gpu") == 0
    with pytest.raises(StateError, match="was called before.* one process"):
        initialize()
    with pytest.raises(ArgumentError, match="must be 'cpu', 'gpu' or None"):
        list_devices("tpu")


@pytest.mark.parametrize("name", ["PMI_SIZE", "OMPI_COMM_WORLD_SIZE"])
def test_processes_of_mpiexec_need_no_arguments(monkeypatch, name):
    monkeypatch.setattr(processes, "MpiCommunicator", World)
    assert processes.group() is None
    monkeypatch.setattr(processes, "_group", [])
    monkeypatch.setenv(name, "3")
    assert processes.group().size == 3
    assert list_devices() == ["cpu:0", "cpu:1", "cpu:2"]


def test_tasks_of_slurm_may_be_processes_of_mpi(monkeypatch):
    monkeypatch.setattr(processes, "MpiCommunicator", World)
    monkeypatch.setenv("SLURM_STEP_NUM_TASKS", "2")
    assert processes.group() is None
    monkeypatch.setattr(processes, "_group", [])
    monkeypatch.setenv("PMIX_RANK", "1")
    assert processes.group().size == 3


def test_a_world_of_one_is_none(monkeypatch):
    monkeypatch.setenv("PMI_SIZE", "2")
    monkeypatch.setattr(processes, "MpiCommunicator", lambda: World(1))
    assert processes.group() is None


def test_arguments_or_the_environment_tell_where_to_meet(monkeypatch, called):
    initialize("10.0.0.1:99, 10.0.0.2:98", 4, 2)
    for name, value in zip(NAMES, ["node-1", "3", "0"], strict=True):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(processes, "_group", [])
    initialize()
    monkeypatch.setattr(processes, "_group", [])
    initialize(process_id=1)
    port = processes.PORT
    first, second = f"node-1:{port}", ("10.0.0.1:99", 4, 2)
    assert called == [second, (first, 3, 0), (first, 3, 1)]


def test_one_process_meets_nobody(called):
    initialize(None, 1, 0)
    assert processes.group() is None
    assert called == []


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ((None, 2, None), "needs `num_processes` and a `process_id` below it"),
        ((None, None, 1), "needs `num_processes`"),
        (("host", None, None), "needs `num_processes`"),
        (("host", 2, 2), r"Received: num_processes=2, process_id=2"),
        ((None, 2, 0), "must be the address of process 0"),
        (("host", -2, 0), "must be a whole number that is not negative"),
        (("host", 2, "one"), r"`process_id`.* Received: process_id='one'"),
    ],
)
def test_what_is_missing_or_wrong_is_named(arguments, match):
    with pytest.raises(ArgumentError, match=match):
        initialize(*arguments)


def test_on_gpus_the_sums_go_by_nccl(monkeypatch, called):
    backend = types.SimpleNamespace(name="cupy", device_count=2)
    monkeypatch.setattr(processes, "current_backend", lambda: backend)
    monkeypatch.setattr(processes, "NcclCommunicator", lambda group: ("nccl", group))
    initialize("host", 2, 0)
    kind, group = processes.group()
    assert kind == "nccl"
    assert isinstance(group, World)


def test_a_group_that_is_current_is_the_group():
    with group_scope(World()):
        assert processes.group().size == 3
        assert keras.distribution.get_device_count() == 3


def test_a_missing_library_is_no_reason_to_train_alone(monkeypatch):
    def missing():
        raise BackendError("no mpi4py")

    monkeypatch.setenv("PMI_SIZE", "2")
    monkeypatch.setattr(processes, "MpiCommunicator", missing)
    with pytest.raises(BackendError, match="no mpi4py"):
        processes.group()
