from concurrent.futures import ThreadPoolExecutor

import pytest

from kerasish.core import naming


@pytest.mark.parametrize(
    "name, expected",
    # Default names of Keras 3.15.1's layers of these classes.
    [
        ("Dense", "dense"),
        ("Conv2DTranspose", "conv2d_transpose"),
        ("ReLU", "re_lu"),
        ("PReLU", "p_re_lu"),
        ("LSTM", "lstm"),
        ("GRUCell", "gru_cell"),
        ("ConvLSTM2D", "conv_lstm2d"),
        ("MaxPooling1D", "max_pooling1d"),
        ("BatchNormalization", "batch_normalization"),
    ],
)
def test_snake_case_is_that_of_keras(name, expected):
    assert naming.to_snake_case(name) == expected


def test_names_count_by_class():
    names = [naming.auto_name(n) for n in ("Dense", "Dense", "ReLU", "Dense")]
    assert names == ["dense", "dense_1", "re_lu", "dense_2"]
    naming.reset_uids()
    assert naming.auto_name("Dense") == "dense"


def test_names_of_threads_differ():
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(naming.auto_name, ["Dense"] * 200))
    assert len(set(names)) == 200


def test_scopes_nest():
    with naming.name_scope("outer"), naming.name_scope("inner", caller=object()):
        assert naming.current_path() == "outer/inner"
    assert naming.current_path() == ""


def test_scope_ends_with_an_error():
    with pytest.raises(KeyError), naming.name_scope("outer"):
        raise KeyError
    assert naming.current_path() == ""


@pytest.mark.parametrize("name", ["", "a/b", 3])
def test_scope_without_a_name(name):
    expected = f"non-empty string without '/'. Received: name={name!r}"
    with pytest.raises(ValueError, match=expected), naming.name_scope(name):
        pass
