// What kernels of CuPy, and ours, need of CUDA C++ to be compiled for a CPU. Threads
// that wait for each other are the fibers of emulation.h; others run one by one.
#pragma once
#include <algorithm>
#include <cstdio>
#include <tuple>
#include <type_traits>
#include <utility>
#define __CUDACC_VER_MAJOR__ 13
#include <vector_functions.h>
#include <vector_types.h>
#undef __constant__
#undef __device__
#undef __forceinline__
#undef __global__
#undef __host__
#undef __launch_bounds__
#undef __noinline__
#undef __restrict__
#undef __shared__
#define __constant__ static
#define __device__
#define __forceinline__ inline
#define __global__
#define __host__
#define __noinline__
#define __restrict__
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#define atomicAdd emulated_add  // those below take the types that CUDA has, and no others
#define atomicCAS emulated_compare_and_swap
#include "../../backends/cuda/emulation.h"
#undef atomicAdd
#undef atomicCAS

constexpr int warpSize = 32;
static char* dynamic_memory;

// ---- atomics
#define FOR(T)                                                                      \
  static inline T atomicAdd(T* to, T x) { T old = *to; *to = old + x; return old; } \
  static inline T atomicExch(T* to, T x) { T old = *to; *to = x; return old; }
FOR(int) FOR(unsigned) FOR(unsigned long long) FOR(float) FOR(double)
#undef FOR
#define FOR(T)                                                                           \
  static inline T atomicMax(T* to, T x) { T old = *to; if (x > old) *to = x; return old; } \
  static inline T atomicMin(T* to, T x) { T old = *to; if (x < old) *to = x; return old; } \
  static inline T atomicAnd(T* to, T x) { T old = *to; *to = old & x; return old; }      \
  static inline T atomicOr(T* to, T x) { T old = *to; *to = old | x; return old; }       \
  static inline T atomicXor(T* to, T x) { T old = *to; *to = old ^ x; return old; }      \
  static inline T atomicCAS(T* to, T held, T x) {                                        \
    T old = *to;                                                                         \
    if (old == held) *to = x;                                                            \
    return old;                                                                          \
  }
FOR(int) FOR(unsigned) FOR(unsigned long long) FOR(long long)
#undef FOR

// ---- bits
template <class T, class U> static inline T same_bits(U x) {
  T y;
  std::memcpy(&y, &x, sizeof y);
  return y;
}
static inline long long __double_as_longlong(double x) { return same_bits<long long>(x); }
static inline float __int_as_float(int x) { return same_bits<float>(x); }
static inline int __float_as_int(float x) { return same_bits<int>(x); }
static inline unsigned __umulhi(unsigned x, unsigned y) { return (uint64_t)x * y >> 32; }
static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
static inline int __clz(int x) { return x ? __builtin_clz(x) : 32; }
static inline int __ffs(int x) { return __builtin_ffs(x); }
static inline long long __float2ll_rn(float x) { return std::llrint(x); }
static inline long long __double2ll_rn(double x) { return std::llrint(x); }
template <class T> static inline T __ldg(const T* x) { return *x; }
static inline void __syncwarp(unsigned = ~0u) { warps[current / 32].wait(); }

// ---- mathematics
using std::abs; using std::acos; using std::acosh; using std::asin; using std::asinh;
using std::atan; using std::atan2; using std::atanh; using std::cbrt; using std::ceil;
using std::copysign; using std::cos; using std::cosh; using std::erf; using std::erfc;
using std::exp2; using std::expm1; using std::floor; using std::fma; using std::fmax;
using std::fmin; using std::fmod; using std::frexp; using std::hypot; using std::isfinite;
using std::isinf; using std::isnan; using std::ldexp; using std::lgamma; using std::log10;
using std::log1p; using std::log2; using std::logb; using std::modf; using std::nearbyint;
using std::nextafter; using std::pow; using std::remainder; using std::round;
using std::signbit; using std::sin; using std::sinh; using std::tan; using std::tanh;
using std::tgamma; using std::trunc;
static inline float rsqrtf(float x) { return 1 / std::sqrt(x); }
template <class T> static inline T sinpi(T x) { return std::sin(x * (T)M_PI); }
template <class T> static inline T cospi(T x) { return std::cos(x * (T)M_PI); }
static inline double normcdf(double x) { return 0.5 * std::erfc(-x * M_SQRT1_2); }
static inline double erfinv(double x) {  // by Newton's steps
  if (!(x > -1 && x < 1)) return x == 1 ? HUGE_VAL : x == -1 ? -HUGE_VAL : NAN;
  double away = -std::log((1 - x) * (1 + x)), y = 0.886 * x * (1 + 0.2 * x * x);
  if (std::fabs(x) > 0.7)
    y = std::copysign(std::sqrt(away - 0.5 * std::log(away + 1)), x);
  for (int i = 0; i < 60; ++i)
    y -= (std::erf(y) - x) / (M_2_SQRTPI * std::exp(-y * y));
  return y;
}
static inline float erfinv(float x) { return (float)erfinv((double)x); }
// NaN is passed over, as by CUDA's; integers of two kinds meet in their common one.
template <class T, class U>
using Wider = std::enable_if_t<
    std::is_arithmetic_v<T> && std::is_arithmetic_v<U>, std::common_type_t<T, U>>;
template <class T, class U> static inline Wider<T, U> min(T x, U y) {
  using W = Wider<T, U>;
  if constexpr (std::is_floating_point_v<W>) return std::fmin((W)x, (W)y);
  return (W)y < (W)x ? (W)y : (W)x;
}
template <class T, class U> static inline Wider<T, U> max(T x, U y) {
  using W = Wider<T, U>;
  if constexpr (std::is_floating_point_v<W>) return std::fmax((W)x, (W)y);
  return (W)x < (W)y ? (W)y : (W)x;
}

// ---- launches
typedef std::function<void()> Work;
static void run(std::vector<unsigned> shape, size_t shared, bool waits, Work thread) {
  unsigned gx = shape[0], gy = shape[1], gz = shape[2];
  unsigned bx = shape[3], by = shape[4], bz = shape[5];
  std::vector<char> memory(shared + 64, (char)0xAA);
  dynamic_memory = memory.data() + 64 - (uintptr_t)memory.data() % 64;
  if (waits) {
    unsigned flat[4] = {gx, gy, bx, by};
    if (gz * bz > 1) fprintf(stderr, "emulator: threads that wait have two axes\n"), abort();
    return launch_(flat, thread);
  }
  gridDim = {gx, gy, gz}, blockDim = {bx, by, bz};
  for (uint64_t i = 0; i < (uint64_t)gx * gy * gz; ++i) {
    blockIdx = {(unsigned)(i % gx), (unsigned)(i / gx % gy), (unsigned)(i / gx / gy)};
    for (unsigned j = 0; j < bx * by * bz; ++j) {
      threadIdx = {j % bx, j / bx % by, j / bx / by};
      thread();
    }
  }
}
// Returns the work of a launch, with its own copies of the arguments.
template <class... A, size_t... I>
static Work* bound(void (*kernel)(A...), const unsigned* shape, size_t shared, bool waits,
                   void** arguments, std::index_sequence<I...>) {
  std::tuple<std::remove_const_t<A>...> given(*(std::remove_const_t<A>*)arguments[I]...);
  std::vector<unsigned> sizes(shape, shape + 6);
  return new Work([=] { run(sizes, shared, waits, [=] { std::apply(kernel, given); }); });
}
template <class... A>
static Work* bound(void (*kernel)(A...), const unsigned* shape, size_t shared, bool waits,
                   void** arguments) {
  return bound(kernel, shape, shared, waits, arguments, std::index_sequence_for<A...>());
}
