"""kerasish: the Keras 3 API on NumPy and CuPy, without a framework underneath."""
