"""Train a small GPT on Python's own manual, and let it write.

The model is built as GPT-2 (Radford et al., 2019), at a two-hundredth of the size of
its smallest: each block lets every character look back at those before it, then thinks
about what it found; both add to what is there. It reads characters, so it has to learn
to spell first.

Run it:  python examples/small_gpt.py
"""

import argparse
from pydoc_data.topics import topics

import numpy as np

import kerasish as keras
from kerasish import layers

LENGTH = 128  # characters that are seen at once
BATCH_SIZE = 16


def load_text():
    """Returns the manual without its tables; of paragraphs that come twice, one."""
    lines = "\n\n".join(topics.values()).split("\n")
    text = "\n".join(line for line in lines if line.lstrip()[:1] not in ("|", "+"))
    return "\n\n".join(dict.fromkeys(text.split("\n\n")))


def cut(ids):
    """Returns pieces of text, and the same one character later, which is to guess.

    Pieces overlap by half, so that each character is seen with more and less before it.
    """
    starts = np.arange(0, len(ids) - LENGTH, LENGTH // 2)[:, np.newaxis]
    places = starts + np.arange(LENGTH)
    return ids[places], ids[places + 1]


class Positions(layers.Layer):
    """Adds to each vector one that is learnt for its place in the text."""

    def build(self, input_shape):
        """Makes the vectors, one for each place."""
        self.table = self.add_weight(input_shape[1:], "random_normal", name="table")

    def call(self, inputs):
        """Adds them to a batch of texts."""
        return inputs + self.table


def block(x, num_heads):
    """Lets characters look at those before them, and then each think for itself."""
    width = x.shape[-1]
    y = layers.LayerNormalization()(x)
    y = layers.MultiHeadAttention(num_heads, width // num_heads)(
        y, y, use_causal_mask=True
    )
    x = layers.Add()([x, y])
    y = layers.LayerNormalization()(x)
    y = layers.Dense(4 * width, activation="gelu")(y)
    y = layers.Dense(width)(y)
    return layers.Add()([x, y])


def build_model(num_chars, width=128, num_blocks=3, num_heads=4):
    """Returns the model: scores of each next character in a text."""
    chars = layers.Input((LENGTH,), dtype="int32")
    embedding = layers.ReversibleEmbedding(num_chars, width)
    x = Positions()(embedding(chars))
    for _ in range(num_blocks):
        x = block(x, num_heads)
    x = layers.LayerNormalization()(x)
    return keras.Model(chars, embedding(x, reverse=True), name="small_gpt")


def write(model, alphabet, start, count, temperature=0.5):
    """Returns `start` and `count` characters that the model goes on with.

    What stands behind the last character is not looked at, so it may be anything.
    """
    rng = np.random.default_rng(0)
    ids = [alphabet.index(char) for char in start]
    for _ in range(count):
        seen = np.zeros((1, LENGTH), "int32")
        last = ids[-LENGTH:]
        seen[0, : len(last)] = last
        scores = model.predict_on_batch(seen)[0, len(last) - 1]
        noise = rng.gumbel(size=len(alphabet))  # draws by the probabilities
        ids.append(int(np.argmax(scores / temperature + noise)))
    return "".join(alphabet[i] for i in ids)


def main(epochs=5, width=128, num_chars=None):
    """Trains and writes; returns the share of characters guessed in unseen text."""
    text = load_text()[:num_chars]
    alphabet = sorted(set(text))
    ids = np.searchsorted(alphabet, list(text)).astype("int32")
    held_out = len(ids) // 10
    x, y = cut(ids[:-held_out])

    keras.utils.set_random_seed(0)
    model = build_model(len(alphabet), width)
    model.summary()
    steps = epochs * -(-len(x) // BATCH_SIZE)
    rate = keras.optimizers.schedules.CosineDecay(  # up for a tenth, then down to 0
        0.0, steps - steps // 10, warmup_target=0.003, warmup_steps=steps // 10
    )
    model.compile(
        optimizer=keras.optimizers.AdamW(rate, weight_decay=0.01, clipnorm=1.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(x, y, batch_size=BATCH_SIZE, epochs=epochs, verbose=2)

    loss, accuracy = model.evaluate(*cut(ids[-held_out:]), verbose=0)
    print(
        f"\nGuessed {accuracy:.1%} of the characters of unseen text: "
        f"{loss / np.log(2):.2f} bits each. It writes:\n"
    )
    print(write(model, alphabet, "The ", 400))
    return accuracy


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Trains a small GPT.")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--width", type=int, default=128, help="size of a vector")
    parser.add_argument("--num-chars", type=int, help="read only so much")
    main(**vars(parser.parse_args()))
