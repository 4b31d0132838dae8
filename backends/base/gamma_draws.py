"""Kernels of gamma and binomial numbers: rejection with a fixed number of rounds.

Round r draws from the key `[seed, count + r 2^32]`, so the numbers of a round do not
depend on how many were refused before, and every backend makes the same choices in
double precision, whether or not it leaves out rounds that nobody waits for.
"""

import math

from kerasish.backends.base.array import Array
from kerasish.backends.base.randomness import RandomnessKernels

__all__ = ["GammaKernels"]

# Marsaglia and Tsang accept at least 95 % for shapes from 1 on: 0.05^12 < 3e-16.
GAMMA_ROUNDS = 12
# Hormann's BTRS accepts at least 68 % for means from 10 on: 0.32^32 < 2e-16.
BINOMIAL_ROUNDS = 32
# Below a mean of 10 the probability of more than 64 successes is below 1e-29.
SMALL_MEAN, SMALL_COUNT = 10.0, 64


class GammaKernels(RandomnessKernels):
    """Distributions whose inverse has no short formula."""

    def random_log_gamma(self, key: Array, alpha: Array) -> Array:
        """Returns logarithms of gamma variates of scale 1, in double precision.

        Args:
            key: Two unsigned integers.
            alpha: Shape parameters, one for each number; negative ones give NaN.

        The logarithm does not underflow where `alpha` is small.

        Reference: Marsaglia, Tsang, 2000, "A simple method for generating gamma
        variables".
        """
        xp = self.xp
        shape = tuple(alpha.shape)
        alpha = self.cast(alpha, "float64")
        raised = xp.where(alpha < 1.0, alpha + 1.0, alpha)
        d = raised - 1.0 / 3.0
        c = 1.0 / xp.sqrt(9.0 * d)
        made = xp.log(d)
        waiting = xp.ones(shape, dtype=xp.bool)
        for i in range(1, GAMMA_ROUNDS + 1):
            x = self.random_normal(self.round_key(key, 2 * i - 1), shape, "float64")
            u = 1.0 - self.random_uniform(self.round_key(key, 2 * i), shape, "float64")
            root = 1.0 + c * x
            log_v = 3.0 * xp.log(xp.where(root > 0.0, root, 1.0))
            bound = 0.5 * x * x + d * (1.0 - xp.exp(log_v) + log_v)
            taken = waiting & (root > 0.0) & (xp.log(u) < bound)
            made = xp.where(taken, xp.log(d) + log_v, made)
            waiting = waiting & ~taken
            if self.is_settled(waiting):
                break
        # gamma(a) = gamma(a + 1) u^(1 / a)
        u = 1.0 - self.random_uniform(key, shape, "float64")
        made = xp.where(alpha < 1.0, made + xp.log(u) / alpha, made)
        return xp.where(alpha >= 0.0, made, math.nan)

    def random_binomial(self, key: Array, counts: Array, odds: Array) -> Array:
        """Returns binomial variates, in double precision.

        Args:
            key: Two unsigned integers.
            counts: Numbers of trials, one for each number; fractions are cut off and
                negative ones give NaN.
            odds: Probabilities of success; those outside [0, 1] give NaN.
        """
        xp = self.xp
        n, p = xp.floor(self.cast(counts, "float64")), self.cast(odds, "float64")
        rare = xp.where(p > 0.5, 1.0 - p, p)
        is_small = n * rare < SMALL_MEAN
        few = self._inverted(key, n, xp.where(is_small, rare, 0.0))
        # The other branch gets harmless numbers where the first one answers.
        many = self._transformed(
            key, xp.where(is_small, 100.0, n), xp.where(is_small, 0.5, rare)
        )
        made = xp.where(is_small, few, many)
        made = xp.where(p > 0.5, n - made, made)
        return xp.where((n >= 0.0) & (p >= 0.0) & (p <= 1.0), made, math.nan)

    def _inverted(self, key: Array, n: Array, p: Array) -> Array:
        """Counts the sums of probabilities that a uniform number exceeds."""
        xp = self.xp
        u = self.random_uniform(key, tuple(n.shape), "float64")
        ratio = p / (1.0 - p)
        term = xp.exp(n * xp.log1p(-p))
        total, made = term, xp.zeros_like(u)
        for k in range(1, SMALL_COUNT + 1):
            made = made + self.cast((u >= total) & (n >= k), "float64")
            term = term * ratio * (n - (k - 1.0)) / k
            total = total + term
        return made

    def _transformed(self, key: Array, n: Array, p: Array) -> Array:
        """Hormann, 1993, "The generation of binomial random variates", BTRS."""
        xp = self.xp
        shape = tuple(n.shape)
        spread = xp.sqrt(n * p * (1.0 - p))
        b = 1.15 + 2.53 * spread
        a = -0.0873 + 0.0248 * b + 0.01 * p
        c = n * p + 0.5
        v_r = 0.92 - 4.2 / b
        alpha = (2.83 + 5.1 / b) * spread
        log_ratio = xp.log(p / (1.0 - p))
        mode = xp.floor((n + 1.0) * p)
        height = self._log_factorial(mode) + self._log_factorial(n - mode)
        made, waiting = mode, xp.ones(shape, dtype=xp.bool)
        for i in range(1, BINOMIAL_ROUNDS + 1):
            keys = [self.round_key(key, 2 * i - 1), self.round_key(key, 2 * i)]
            u, v = (self.random_uniform(k, shape, "float64") for k in keys)
            u, v = u - 0.5, 1.0 - v
            us = 0.5 - xp.abs(u) + 1e-300
            k = xp.floor((2.0 * a / us + b) * u + c)
            inside = (k >= 0.0) & (k <= n)
            k = xp.where(inside, k, mode)
            weight = xp.log(v * alpha / (a / (us * us) + b))
            chance = (
                height
                - self._log_factorial(k)
                - self._log_factorial(n - k)
                + (k - mode) * log_ratio
            )
            quick = (us >= 0.07) & (v <= v_r)
            taken = waiting & inside & (quick | (weight <= chance))
            made = xp.where(taken, k, made)
            waiting = waiting & ~taken
            if self.is_settled(waiting):
                break
        return made

    def _log_factorial(self, k: Array) -> Array:
        # Stirling's series at k + 9, whose next term is below 1e-12 there.
        xp = self.xp
        x = k + 9.0
        product = k + 1.0
        for i in range(2, 9):
            product = product * (k + i)
        inverse = 1.0 / (x * x)
        series = (
            1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse / 1680))
        ) / x
        made = (x - 0.5) * xp.log(x) - x + 0.5 * math.log(2.0 * math.pi) + series
        return made - xp.log(product)

    def round_key(self, key: Array, number: int) -> Array:
        """Returns the key of a round, which is no other draw's.

        Args:
            key: Two unsigned integers below 2^32.
            number: Number of the round, from 1 on.
        """
        xp = self.xp
        words = xp.astype(xp.reshape(key, (2,)), xp.uint64)
        return words + xp.asarray([0, number << 32], dtype=xp.uint64)

    def is_settled(self, waiting: Array) -> bool:
        """Returns whether the other rounds may be left out.

        A backend on which looking costs more than the rounds says False.

        Args:
            waiting: For each number whether it is still refused.
        """
        return not bool(self.xp.any(waiting))
