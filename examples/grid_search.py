"""Search the settings of a network with scikit-learn's `GridSearchCV`.

`KerasClassifier` is a scikit-learn estimator, so it stands in a pipeline behind a
scaler, and the search sees every setting by name:

    network__model__units               an argument of our function `build`
    network__optimizer__learning_rate   a setting of the optimizer
    network__epochs                     a parameter of the classifier itself

The data are 569 tumours from scikit-learn, 30 measurements of each: is it benign?

Run it:  python examples/grid_search.py
"""

from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

import kerasish as keras
from kerasish.wrappers import KerasClassifier


def build(n_features_in_, units, dropout=0.0):
    """Returns the model. What its signature asks for, the classifier fills in."""
    return keras.Sequential([
        keras.layers.Input((n_features_in_,)),
        keras.layers.Dense(units, activation="relu"),
        keras.layers.Dropout(dropout),
        keras.layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip


def main(epochs=15):
    """Searches, and returns the accuracy of the best network on unseen tumours."""
    x, y = load_breast_cancer(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(
        x, y, stratify=y, random_state=0
    )

    pipeline = Pipeline([
        ("scale", StandardScaler()),
        ("network", KerasClassifier(build, epochs=epochs, batch_size=32,
                                    optimizer="adam", random_state=0)),
    ])  # fmt: skip
    grid = {
        "network__model__units": [4, 32],
        "network__model__dropout": [0.0, 0.3],
        "network__optimizer__learning_rate": [0.001, 0.01],
    }
    # n_jobs=-1 would spread the networks over all cores
    search = GridSearchCV(pipeline, grid, cv=3).fit(x_train, y_train)

    print("Accuracy in cross-validation, best first:")
    results = search.cv_results_
    for place in results["rank_test_score"].argsort():
        settings = {
            name.rsplit("__", 1)[-1]: value
            for name, value in results["params"][place].items()
        }
        print(f"  {results['mean_test_score'][place]:.1%}  {settings}")

    # The search has fitted the best pipeline again, on all training data.
    accuracy = search.score(x_test, y_test)
    print(f"\nThe best tells {accuracy:.1%} of {len(x_test)} unseen tumours rightly.")
    return accuracy


if __name__ == "__main__":
    main()
