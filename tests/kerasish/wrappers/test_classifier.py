"""Classes of every kind, and every way of saying how probable they are."""

import numpy as np
import pytest
from sklearn.datasets import (
    load_breast_cancer,
    load_iris,
    make_multilabel_classification,
)
from sklearn.metrics import accuracy_score
from sklearn.preprocessing import scale

from kerasish import layers, losses, models
from kerasish.core.errors import KerasishWarning
from kerasish.wrappers import KerasClassifier

X, Y = load_iris(return_X_y=True)
X = scale(X)
TUMOURS, BENIGN = load_breast_cancer(return_X_y=True)
TUMOURS = scale(TUMOURS)


def fast(model=None, **settings):
    settings = {"epochs": 20, "optimizer__learning_rate": 0.03} | settings
    return KerasClassifier(model, hidden_layer_sizes=(8,), random_state=0, **settings)


def ending_in(units, activation, **compiled):
    def build(n_features_in_):
        model = models.Sequential(
            [layers.Input((n_features_in_,)), layers.Dense(units, activation)]
        )
        if compiled:
            model.compile("adam", **compiled)
        return model

    return build


def check_consistent(classifier, x, y):
    """All that a classifier says about its rows must say the same."""
    probabilities = classifier.predict_proba(x)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(
        np.exp(classifier.predict_log_proba(x)), probabilities, rtol=1e-4, atol=1.2e-7
    )
    decision = classifier.decision_function(x)
    if len(classifier.classes_) == 2:
        assert decision.shape == (len(x),)
        places = (decision > 0).astype(int)
        odds = 1 / (1 + np.exp(-decision.astype("float64")))
        np.testing.assert_allclose(odds, probabilities[:, 1], rtol=1e-4, atol=1e-30)
    else:
        assert decision.shape == (len(x), len(classifier.classes_))
        places = decision.argmax(axis=1)
    predicted = classifier.predict(x)
    np.testing.assert_array_equal(predicted, classifier.classes_[places])
    assert classifier.score(x, y) == accuracy_score(y, predicted) > 0.8


def test_several_classes_by_name():
    names = np.array(["setosa", "versicolor", "virginica"])[Y]
    classifier = fast().fit(X, names)
    assert classifier.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert classifier.target_type_ == "multiclass"
    check_consistent(classifier, X, names)


def test_two_classes():
    classifier = fast().fit(TUMOURS, np.where(BENIGN, "benign", "malign"))
    assert (classifier.n_classes_, classifier.target_type_) == (2, "binary")
    check_consistent(classifier, TUMOURS, np.where(BENIGN, "benign", "malign"))


@pytest.mark.parametrize(
    ("units", "activation", "compiled"),
    [
        (1, "sigmoid", {}),
        (1, None, {}),
        (2, "softmax", {}),
        (2, None, {}),
        (1, "sigmoid", {"loss": "binary_crossentropy"}),
        (1, None, {"loss": losses.BinaryCrossentropy(from_logits=True)}),
        (2, "softmax", {"loss": "categorical_crossentropy"}),
        (2, "softmax", {"loss": losses.KLDivergence()}),
        (2, "softmax", {"loss": "sparse_categorical_crossentropy"}),
        (2, None, {"loss": losses.SparseCategoricalCrossentropy(from_logits=True)}),
        (2, None, {"loss": losses.CategoricalCrossentropy(from_logits=True)}),
    ],
)
def test_two_classes_in_every_form_of_output_and_loss(units, activation, compiled):
    classifier = fast(ending_in(units, activation, **compiled))
    classifier.fit(TUMOURS, BENIGN)
    check_consistent(classifier, TUMOURS, BENIGN)


def test_the_loss_fits_the_ending_of_the_model():
    linear = fast(ending_in(3, None), epochs=1).fit(X, Y).model_.loss
    assert isinstance(linear, losses.SparseCategoricalCrossentropy)
    assert linear.from_logits
    ready = fast(ending_in(3, "softmax"), epochs=1).fit(X, Y).model_.loss
    assert not ready.from_logits
    assert ready.reduction == "mean_with_sample_weight"


def test_a_loss_given_by_name_is_trained_with():
    classifier = fast(loss="categorical_crossentropy", loss__label_smoothing=0.25)
    used = classifier.fit(X, Y).model_.loss
    assert isinstance(used, losses.CategoricalCrossentropy)
    assert used.label_smoothing == 0.25
    check_consistent(classifier, X, Y)


def test_labels_that_do_not_exclude_each_other():
    x, y = make_multilabel_classification(n_samples=80, n_classes=3, random_state=0)
    classifier = fast(epochs=60).fit(scale(x), y)
    probabilities = classifier.predict_proba(scale(x))
    predicted = classifier.predict(scale(x))
    assert probabilities.shape == predicted.shape == y.shape
    np.testing.assert_array_equal(predicted, probabilities > 0.5)
    decision = classifier.decision_function(scale(x))
    np.testing.assert_array_equal(predicted, decision > 0)
    np.testing.assert_allclose(1 / (1 + np.exp(-decision)), probabilities, rtol=1e-9)
    assert (predicted == y).mean() > 0.9
    logits = fast(ending_in(3, None), epochs=60).fit(scale(x), y)
    assert (logits.predict(scale(x)) == y).mean() > 0.8


def test_one_class_is_learned():
    with pytest.warns(KerasishWarning, match="softmax to one unit"):
        classifier = fast(epochs=1).fit(X, np.full(150, "only"))
    assert set(classifier.predict(X)) == {"only"}
    np.testing.assert_array_equal(classifier.predict_proba(X), np.ones((150, 1)))


def test_a_class_without_weight_keeps_its_column():
    classifier = fast(epochs=1).fit(X, Y, sample_weight=(Y != 1).astype(float))
    assert classifier.classes_.tolist() == [0, 1, 2]
    assert classifier.predict_proba(X).shape == (150, 3)


def test_a_column_of_classes_is_taken_with_a_warning():
    from sklearn.exceptions import DataConversionWarning

    with pytest.warns(DataConversionWarning, match="1d array was expected"):
        classifier = fast(epochs=1).fit(X, Y[:, np.newaxis])
    assert classifier.predict(X).shape == (150,)


def test_balanced_classes_are_the_same_as_weights_of_the_rows():
    rows = np.r_[0:50, 50:60, 100:105]
    balanced = fast(class_weight="balanced").fit(X[rows], Y[rows])
    by_class = 65 / (3 * np.array([50, 10, 5]))
    weighted = fast().fit(X[rows], Y[rows], sample_weight=by_class[Y[rows]])
    named = fast(class_weight=dict(enumerate(by_class))).fit(X[rows], Y[rows])
    for other in (weighted, named):
        np.testing.assert_allclose(
            balanced.predict_proba(X), other.predict_proba(X), rtol=1e-6
        )


def test_class_weights_and_sample_weights_multiply():
    weights = np.linspace(0.5, 1, 150)
    both = fast(class_weight={0: 2.0}).fit(X, Y, sample_weight=weights)
    one = fast().fit(X, Y, sample_weight=weights * np.where(Y == 0, 2.0, 1.0))
    np.testing.assert_allclose(both.predict_proba(X), one.predict_proba(X), rtol=1e-6)


def test_partial_fit_knows_all_classes_from_the_start():
    classifier = fast()
    classifier.partial_fit(X[:60], Y[:60], classes=[0, 1, 2])
    for _ in range(30):
        classifier.partial_fit(X, Y)
    check_consistent(classifier, X, Y)


def test_partial_fit_refuses_a_class_that_it_does_not_know():
    classifier = fast().partial_fit(X[:100], Y[:100])
    with pytest.raises(
        ValueError, match=r"first fit. Received: \[2\], known: \[0, 1\]"
    ):
        classifier.partial_fit(X, Y)


def test_labels_and_classes_do_not_mix():
    labels = np.eye(3, dtype=int)[Y]
    with pytest.raises(
        ValueError, match=r"multiclass of 3 classes. Received: shape \(150, 3\)"
    ):
        fast(warm_start=True, epochs=1).fit(X, Y).fit(X, labels)
    with pytest.raises(
        ValueError, match=r"multilabel-indicator of 3 .*: shape \(150, 2\)"
    ):
        fast(warm_start=True, epochs=1).fit(X, labels).fit(X, labels[:, :2])
    with pytest.raises(ValueError, match="must be as in the first fit"):
        fast(warm_start=True, epochs=1).fit(X, labels).fit(X, Y)


def test_targets_that_are_no_classes_are_refused():
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        fast().fit(X, Y + 0.5)
    with pytest.raises(ValueError, match="Use sklearn.multioutput"):
        fast().fit(X, np.stack([Y, Y], axis=1))


def test_a_model_with_the_wrong_number_of_outputs_is_refused():
    with pytest.raises(ValueError, match="must have 3 outputs, .* Received: 4 outputs"):
        fast(ending_in(4, "softmax")).fit(X, Y)
    with pytest.raises(ValueError, match="must have 3 outputs, .* Received: 1 outputs"):
        fast(ending_in(1, "sigmoid")).fit(X, Y)


def test_a_builder_is_told_the_classes():
    def build(n_classes_, classes_, target_type_, y, n_outputs_expected_):
        assert (n_classes_, n_outputs_expected_, target_type_) == (3, 3, "multiclass")
        assert classes_.tolist() == [0, 1, 2]
        np.testing.assert_array_equal(y, Y)
        return ending_in(n_classes_, "softmax")(4)

    fast(build, epochs=1).fit(X, Y)
