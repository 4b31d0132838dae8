"""Texts in folders: batches, orders, parts, and models that read them."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers

WORDS = {"bad": ["dull", "poor"], "good": ["fine", "warm"]}
read = keras.utils.text_dataset_from_directory


@pytest.fixture
def root(tmp_path):
    for name, words in WORDS.items():
        (tmp_path / name).mkdir()
        for i in range(7):
            text = f"{words[i % 2]} {i} caf\u00e9\r\n"
            (tmp_path / name / f"{i}.txt").write_text(text, "utf-8", newline="")
    return tmp_path


def texts_of(data):
    return sum((data[i][0].tolist() for i in range(len(data))), [])


def test_texts_and_targets_in_the_order_of_the_paths(root, capsys):
    data = read(root, shuffle=False, batch_size=4)
    assert capsys.readouterr().out == "Found 14 files belonging to 2 classes.\n"
    assert data.class_names == ["bad", "good"]
    assert len(data) == 4
    texts, numbers = data[0]
    assert texts.tolist()[:2] == ["dull 0 caf\u00e9\r\n", "poor 1 caf\u00e9\r\n"]
    assert (numbers.tolist(), numbers.dtype) == ([0, 0, 0, 0], "int32")
    assert data[3][1].tolist() == [1, 1]
    data = read(root, shuffle=False, max_length=6, label_mode="binary", verbose=False)
    assert data[0][0][-1] == "fine 6"
    assert data[0][1].shape == (14, 1)
    data = read(root, labels=None, batch_size=5, verbose=True)
    assert data[0].shape == (5,)
    assert capsys.readouterr().out == "Found 14 files.\n"
    data = read(root, shuffle=False, batch_size=None, verbose=False)
    assert (len(data), data[13]) == (14, ("fine 6 caf\u00e9\r\n", 1))
    assert len(list(data)) == 14


def test_each_pass_has_a_new_order(root):
    first, again = (read(root, seed=3, verbose=False) for _ in range(2))
    orders = []
    for _ in range(3):
        orders.append(texts_of(first))
        assert orders[-1] == texts_of(again)
        first.on_pass_begin()
        again.on_pass_begin()
    assert orders[0] != orders[1] != orders[2]
    assert sorted(orders[0]) == sorted(orders[1])


def test_parts(root, capsys):
    training, kept = read(root, seed=1, validation_split=0.25, subset="both")
    assert capsys.readouterr().out.splitlines()[1:] == [
        "Using 11 files for training.",
        "Using 3 files for validation.",
    ]
    assert not set(training.file_paths) & set(kept.file_paths)
    alone = read(root, seed=1, validation_split=0.25, subset="validation")
    assert alone.file_paths == kept.file_paths


def test_a_model_reads_texts(root):
    keras.utils.set_random_seed(0)
    data = read(root, label_mode="binary", batch_size=4, seed=0, verbose=False)
    vectorize = layers.TextVectorization(output_mode="multi_hot")
    vectorize.adapt(np.concatenate([data[i][0] for i in range(len(data))]))
    model = keras.Sequential(
        [
            keras.Input((1,), dtype="string"),
            vectorize,
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.1), "binary_crossentropy", metrics=["accuracy"]
    )
    model.fit(data, epochs=20, verbose=0)
    assert model.evaluate(data, verbose=0)[1] == 1.0
    found = model.predict(read(root, labels=None, batch_size=4, verbose=False))
    assert (found[:, 0] > 0.5).tolist() == [False] * 7 + [True] * 7


@pytest.mark.parametrize(
    ("kw", "message"),
    [
        ({"format": "numpy"}, "`format` of `text_dataset_from_directory` must be 'tf'"),
        ({"batch_size": 0}, "`batch_size` of `text_dataset_from_directory` must be"),
        ({"max_length": -1}, "`max_length` of `text_dataset_from_directory` must be"),
        ({"label_mode": "x"}, "`label_mode` of `text_dataset_from_directory`"),
        ({"validation_split": 0.5}, "go together"),
    ],
)
def test_what_is_refused(root, kw, message):
    with pytest.raises(ValueError, match=message):
        read(root, **kw)


def test_other_encodings_are_refused(root):
    path = root / "bad/0.txt"
    path.write_bytes("caf\u00e9".encode("latin-1"))
    data = read(root, shuffle=False, verbose=False)
    with pytest.raises(ValueError, match=r"reads UTF-8, and .*0.txt' is not: .*byte"):
        data[0]
    with pytest.raises(IndexError, match="There is no batch 7"):
        data[7]
