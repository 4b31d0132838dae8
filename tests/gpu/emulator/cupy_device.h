// The headers that CuPy puts before its kernels, to be compiled once.
#include "device.h"
#include <cupy/atomics.cuh>
#include <cupy/bfloat16.cuh>
#include <cupy/carray.cuh>
#include <cupy/complex.cuh>
#include <cupy/float16.cuh>
