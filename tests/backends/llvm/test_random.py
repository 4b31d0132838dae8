"""Random bits are those of NumPy's Philox generator."""

import ctypes

import numpy as np
import pytest

from kerasish.backends.llvm.library import has_llvm, load, translate
from kerasish.backends.llvm.random import BLOCK, write_bits
from tests.backends.llvm.interpreter import Interpreter

KEYS = [(0, 0), (1, 2), (2**64 - 1, 2**63 + 5), (12345678901234567890, 7)]


def expected(key, count):
    words = np.random.Philox(key=np.array(key, np.uint64)).random_raw(count // 2)
    return words.astype("<u8").view("<u4").tolist()


def arguments(key, bits):
    blocks = bits.size // BLOCK
    return np.array([key.ctypes.data, bits.ctypes.data, 0, blocks], np.int64)


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_bits(key):
    words, bits = np.array(key, np.uint64), np.zeros(3 * BLOCK, np.uint32)
    given = arguments(words, bits)
    Interpreter(write_bits("uint64")).run({"%arguments": given.ctypes.data})
    assert bits.tolist() == expected(key, bits.size)


def test_a_part_of_the_bits():
    words, bits = np.array([3, 4], np.uint64), np.zeros(4 * BLOCK, np.uint32)
    given = arguments(words, bits)
    given[2:] = 1, 3
    Interpreter(write_bits("uint64")).run({"%arguments": given.ctypes.data})
    drawn = expected((3, 4), bits.size)
    drawn[:BLOCK] = drawn[3 * BLOCK :] = [0] * BLOCK
    assert bits.tolist() == drawn


@pytest.mark.parametrize("dtype", ["uint32", "int64", "int32"])
def test_keys_of_other_dtypes(dtype):
    words, bits = np.array([9, 77], dtype), np.zeros(BLOCK, np.uint32)
    given = arguments(words, bits)
    Interpreter(write_bits(dtype)).run({"%arguments": given.ctypes.data})
    assert bits.tolist() == expected((9, 77), bits.size)


@pytest.mark.skipif(not has_llvm(), reason="needs llvmlite")
def test_bits_by_machine_code():
    call = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(
        load(translate(write_bits("uint64")))
    )
    for key in KEYS:
        words, bits = np.array(key, np.uint64), np.zeros(1000 * BLOCK, np.uint32)
        given = arguments(words, bits)
        call(given.ctypes.data)
        assert bits.tolist() == expected(key, bits.size)
