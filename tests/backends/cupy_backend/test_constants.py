"""Host data that steps ask for is uploaded once."""

import threading

import numpy as np

from kerasish.backends.cupy_backend.constants import Constants


def test_the_same_data_are_uploaded_once():
    uploads = []

    def upload(x):
        uploads.append(x)
        return x.copy()

    constants = Constants()
    with constants.kept():
        first = Constants.uploaded(np.arange(3), upload)
        assert Constants.uploaded(np.arange(3), upload) is first
        Constants.uploaded(np.arange(3.0), upload)  # of another dtype
        Constants.uploaded(np.arange(3).reshape(3, 1), upload)  # of another shape
        assert len(uploads) == 3
    assert Constants.uploaded(np.arange(3), upload) is not first
    with constants.kept():
        assert Constants.uploaded(np.arange(3), upload) is first


def test_blocks_lie_in_each_other_and_belong_to_a_thread():
    outer, inner, found = Constants(), Constants(), []
    with outer.kept():
        first = Constants.uploaded(np.ones(1), np.copy)
        with inner.kept():
            assert Constants.uploaded(np.ones(1), np.copy) is not first
        assert Constants.uploaded(np.ones(1), np.copy) is first

        def run():
            found.append(Constants.uploaded(np.ones(1), np.copy))

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert found[0] is not first
