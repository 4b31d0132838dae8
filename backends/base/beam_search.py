"""Prefix beam search over frames of label probabilities, on the host."""

import numpy as np

__all__ = ["prefix_beam_search"]

Prefix = tuple[int, ...]


def prefix_beam_search(
    logs: np.ndarray, lengths: np.ndarray, width: int, paths: int, blank: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the labels with the most probable alignments, and their logarithms.

    A beginning of labels is kept with the probability of all alignments found for it
    that end in blank, and of those that end in its last label.

    Args:
        logs: `(batch, frames, classes)`, logarithms of probabilities.
        lengths: How many frames count, for each row.
        width: How many beginnings are kept after each frame.
        paths: How many results are returned.
        blank: The class that is no label.

    Returns:
        Labels `(paths, batch, frames)`, -1 behind the last, and logarithms
        `(batch, paths)`, minus infinity where there are fewer results.

    Reference:
        Graves, 2012, "Supervised Sequence Labelling with Recurrent Neural Networks",
        section 7.5.
    """
    batch, frames = logs.shape[:2]
    labels = np.full((paths, batch, frames), -1, "int32")
    scores = np.full((batch, paths), -np.inf)
    for row in range(batch):
        length = min(max(int(lengths[row]), 0), frames)
        prefixes, total = _search(logs[row, :length], width, blank)
        for i, prefix in enumerate(prefixes[:paths]):
            labels[i, row, : len(prefix)] = prefix
            scores[row, i] = total[i]
    return labels, scores


def _search(
    frames: np.ndarray, width: int, blank: int
) -> tuple[list[Prefix], np.ndarray]:
    prefixes: list[Prefix] = [()]
    in_blank, in_label = np.zeros(1), np.full(1, -np.inf)
    for frame in frames:
        last = np.array([p[-1] if p else blank for p in prefixes])
        total = np.logaddexp(in_blank, in_label)
        # A label after itself is a new one only when a blank lies between.
        again = last[:, None] == np.arange(len(frame))
        longer = np.where(again, in_blank[:, None], total[:, None]) + frame
        longer[:, blank] = -np.inf
        stay_label = in_label + frame[last]
        place = {p: i for i, p in enumerate(prefixes)}
        for i, p in enumerate(prefixes):
            parent = place.get(p[:-1]) if p else None
            if parent is not None:  # grows into one that is kept already
                stay_label[i] = np.logaddexp(stay_label[i], longer[parent, p[-1]])
                longer[parent, p[-1]] = -np.inf
        stay_blank = total + frame[blank]
        prefixes, in_blank, in_label = _best(
            prefixes, stay_blank, stay_label, longer, width
        )
    return prefixes, np.logaddexp(in_blank, in_label)


def _best(
    prefixes: list[Prefix],
    stay_blank: np.ndarray,
    stay_label: np.ndarray,
    longer: np.ndarray,
    width: int,
) -> tuple[list[Prefix], np.ndarray, np.ndarray]:
    count, classes = longer.shape
    in_label = np.concatenate([stay_label, longer.ravel()])
    in_blank = np.concatenate([stay_blank, np.full(longer.size, -np.inf)])
    total = np.logaddexp(in_blank, in_label)
    order = np.argsort(-total, kind="stable")[:width]
    order = order[total[order] > -np.inf]
    kept = []
    for i in order.tolist():
        row, label = divmod(i - count, classes)
        kept.append(prefixes[i] if i < count else (*prefixes[row], label))
    return kept, in_blank[order], in_label[order]
