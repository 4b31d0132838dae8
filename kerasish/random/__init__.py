"""Random numbers from seeds: stateless, and the same on every backend."""

from kerasish.autodiff.seed_generator import (
    SeedGenerator,
    draw_key,
    forget_global_seed,
    global_seed_generator,
    make_default_seed,
    seed_scope,
    set_random_seed,
)
from kerasish.random.draws import (
    categorical,
    dropout,
    normal,
    randint,
    shuffle,
    truncated_normal,
    uniform,
)
from kerasish.random.gamma_draws import beta, binomial, gamma

__all__ = [
    "SeedGenerator",
    "beta",
    "binomial",
    "categorical",
    "draw_key",
    "dropout",
    "forget_global_seed",
    "gamma",
    "global_seed_generator",
    "make_default_seed",
    "normal",
    "randint",
    "seed_scope",
    "set_random_seed",
    "shuffle",
    "truncated_normal",
    "uniform",
]
