"""Fingerprints against those of TensorFlow, and the vectors of SipHash's paper."""

import numpy as np
import pytest

from kerasish.layers.preprocessing.fingerprints import (
    farm_hash,
    join_fingerprints,
    sip_hash,
)
from tests.golden.stored_text import stored

TEXTS = [text.encode() for text in stored()["hashes"]["texts"]]
# TensorFlow's buckets are the fingerprints' remainders.
BUCKETS = np.uint64(2**62)


def numbers(name):
    return np.array([int(x) for x in stored()["hashes"][name]], np.uint64)


def test_farm_hash_is_that_of_tensorflow():
    np.testing.assert_array_equal(farm_hash(TEXTS) % BUCKETS, numbers("farm"))


def test_sip_hash_is_that_of_tensorflow():
    found = sip_hash(TEXTS, (133, -7)) % BUCKETS
    np.testing.assert_array_equal(found, numbers("sip"))


def test_sip_hash_is_that_of_the_paper():
    # Appendix A: the key 00 01 ... 0f, the message 00 01 ... 0e.
    key = (0x0706050403020100, 0x0F0E0D0C0B0A0908)
    assert int(sip_hash([bytes(range(15))], key)[0]) == 0xA129CA6149BE45E5


def test_order_and_company_change_nothing():
    order = np.random.default_rng(0).permutation(len(TEXTS))
    shuffled = farm_hash([TEXTS[i] for i in order])
    np.testing.assert_array_equal(shuffled, farm_hash(TEXTS)[order])
    alone = [farm_hash([text])[0] for text in TEXTS]
    np.testing.assert_array_equal(alone, farm_hash(TEXTS))


@pytest.mark.parametrize("hashed", [farm_hash, lambda x: sip_hash(x, (1, 2))])
def test_nothing_gives_nothing(hashed):
    found = hashed([])
    assert found.shape == (0,)
    assert found.dtype == np.uint64


def test_joining_depends_on_the_order():
    a, b = farm_hash([b"a", b"b"])[:, np.newaxis]
    assert join_fingerprints(a, b) != join_fingerprints(b, a)
