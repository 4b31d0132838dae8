"""Samples of `kerasish.ops.ctc`; the references go through all alignments."""

from itertools import product

import numpy as np
import scipy.special

from tests.kerasish.ops.sampling import FLOATS, fixed, floats, given, sample


def collapsed(path, blank, merge=True):
    kept = [c for i, c in enumerate(path) if not (merge and i and path[i - 1] == c)]
    return tuple(c for c in kept if c != blank)


def alignments(logits, frames, blank):
    """Returns the probability of every sequence of labels."""
    p = scipy.special.softmax(logits, -1)
    found = {}
    for path in product(range(p.shape[-1]), repeat=frames):
        labels = collapsed(path, blank)
        chance = np.prod([p[t, c] for t, c in enumerate(path)])
        found[labels] = found.get(labels, 0.0) + chance
    return found


def loss(target, output, target_length, output_length, mask_index=0):
    rows = zip(target, output, target_length, output_length, strict=True)
    return np.array(
        [-np.log(alignments(z, n, mask_index)[tuple(t[:m])]) for t, z, m, n in rows]
    )


def decode(
    inputs,
    sequence_lengths,
    strategy="greedy",
    beam_width=100,
    top_paths=1,
    merge_repeated=True,
    mask_index=0,
):
    batch, frames = inputs.shape[:2]
    labels = np.full((top_paths, batch, frames), -1)
    scores = np.full((batch, top_paths), -np.inf)
    for i, (z, n) in enumerate(zip(inputs, sequence_lengths, strict=True)):
        if strategy == "greedy":
            best = collapsed(z[:n].argmax(-1), mask_index, merge_repeated)
            labels[0, i, : len(best)] = best
            scores[i] = -z[:n].max(-1).sum()
            continue
        found = alignments(z, n, mask_index)
        order = sorted(found, key=found.get, reverse=True)[:top_paths]
        for k, path in enumerate(order):
            labels[k, i, : len(path)] = path
            scores[i, k] = np.log(found[path])
    return labels, scores


def logs(*shape):
    x = np.random.default_rng(4).normal(0, 2, shape)
    return np.log(scipy.special.softmax(x, -1))


def beam(log, lengths, width, paths, blank):
    return decode(log, lengths, "beam_search", width, paths, mask_index=blank)


LENGTHS = fixed([4, 3, 0], "int32")
CLEAR = given(np.random.default_rng(3).permutation(36).reshape(3, 4, 3) / 8 - 2)
SAMPLES = [
    sample(
        "ctc_loss",
        fixed([[1, 2], [2, 2], [1, 0]], "int32"),
        floats(3, 4, 3),
        fixed([2, 2, 1], "int32"),
        fixed([4, 3, 2], "int32"),
        reference=loss,
        dtypes=FLOATS,
    ),
    sample(
        "ctc_loss",
        fixed([[0, 1], [1, 1], [1, 0]], "int64"),
        floats(3, 4, 3),
        fixed([2, 1, 0], "int32"),
        fixed([4, 3, 0], "int32"),
        mask_index=2,
        reference=loss,
        dtypes=FLOATS,
        order=1,
    ),
    *(
        sample(
            "ctc_decode",
            CLEAR,
            LENGTHS,
            **how,
            reference=decode,
            dtypes=FLOATS,
            gradient=gradient,
            order=1,
        )
        for gradient, how in (
            (True, {}),
            (True, {"merge_repeated": False, "mask_index": 2}),
            (False, {"strategy": "beam_search", "top_paths": 3}),
            (False, {"strategy": "beam_search", "beam_width": 60, "mask_index": 1}),
        )
    ),
    sample(
        "_beam_search",
        given(logs(2, 4, 3)),
        fixed([4, 2], "int32"),
        30,
        2,
        0,
        reference=beam,
        dtypes=FLOATS,
        gradient=False,
    ),
]
