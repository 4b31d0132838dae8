"""Forecast how many spots the sun will have, a year ahead.

Sunspots come and go in cycles of about eleven years, none like the one before. From
the monthly numbers of the past eleven years a recurrent network forecasts each of the
next twelve months. A forecast is worth something only if it beats simple ones: that
all stays as it was, and that all repeats after one cycle.

Run it:  pip install --no-deps statsmodels     (the package that carries the numbers)
         python examples/forecast.py
"""

import argparse
from importlib import metadata

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

import kerasish as keras
from kerasish import layers

CYCLE = 132  # months that are looked at, eleven years
AHEAD = 12  # months that are forecast
FIRST_UNSEEN = 1950  # the year from which on forecasts are tested


def load_data():
    """Returns the number of spots in each month from 1749 on, and its year."""
    try:
        # Found by its files: to import the package would need all that it depends on.
        package = metadata.distribution("statsmodels")
    except metadata.PackageNotFoundError:
        raise SystemExit(
            "The numbers come with statsmodels: pip install --no-deps statsmodels"
        ) from None
    path = package.locate_file("statsmodels/datasets/sunspots/src/sunspots_monthly.dat")
    spots, years = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        year, *months = line.split() or [""]
        if year.isdigit():  # neither the heading nor the notes
            spots += [float(month) for month in months]
            years += [int(year)] * len(months)
    return np.array(spots, "float32"), np.array(years)


def windows(spots, shuffle=False):
    """Returns batches of past months, each with the months after it."""
    return keras.utils.timeseries_dataset_from_array(
        spots[:, np.newaxis],
        sliding_window_view(spots[CYCLE:], AHEAD),
        sequence_length=CYCLE,
        batch_size=64,
        shuffle=shuffle,
        seed=0,
    )


def build_model(units):
    """Returns the network: what it adds to the mean of the last year, for 12 months."""
    past = layers.Input((CYCLE, 1))
    x = layers.Conv1D(units, 6, strides=3, activation="relu")(past)  # quarters
    x = layers.GRU(units)(x)
    x = layers.Dropout(0.2)(x)
    last_year = layers.Cropping1D((CYCLE - AHEAD, 0))(past)
    last_year = layers.GlobalAveragePooling1D()(last_year)
    change = layers.Dense(AHEAD, kernel_initializer="zeros")(x)
    return keras.Model(past, layers.Add()([last_year, change]))


def main(epochs=20, units=32):
    """Trains, and returns the mean error of forecasts, and of the better simple one."""
    spots, years = load_data()
    scale = spots[years < FIRST_UNSEEN].std()
    unseen = np.argmax(years == FIRST_UNSEEN)
    train = windows(spots[:unseen] / scale, shuffle=True)
    test = windows(spots[unseen - CYCLE :] / scale)

    keras.utils.set_random_seed(0)
    model = build_model(units)
    model.summary()
    model.compile(
        optimizer=keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(0.002, epochs * len(train))
        ),
        loss="mae",
    )
    model.fit(train, epochs=epochs, verbose=2)

    past = np.concatenate([x for x, _ in test])[..., 0] * scale
    future = np.concatenate([y for _, y in test]) * scale
    forecasts = {
        "the network": model.predict(test, verbose=0) * scale,
        "as in the last month": past[:, -1:],
        "as in the last year": past[:, -AHEAD:].mean(axis=1, keepdims=True),
        "as eleven years ago": past[:, :AHEAD],
    }
    errors = {name: abs(future - y).mean() for name, y in forecasts.items()}
    print(f"\nForecasts from {FIRST_UNSEEN} on ({future.mean():.0f} spots a month):")
    for name, error in errors.items():
        print(f"{name:>22}: {error:4.1f} spots off, a month")
    own, *simple = errors.values()
    print(
        f"The network is off by {own / min(simple):.0%} of the best simple one's error."
    )
    return own, min(simple)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Forecasts sunspots.")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--units", type=int, default=32, help="size of the state")
    main(**vars(parser.parse_args()))
