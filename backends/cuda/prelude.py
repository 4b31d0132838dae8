"""What the text of every kernel begins with, in CUDA C without a header.

Dtypes have their own names. Half precision is computed in float32 and rounded where it
is stored or cast; conversions are instructions, so that no header is needed.
"""

__all__ = ["PRELUDE"]

PRELUDE = r"""
typedef signed char int8;
typedef short int16;
typedef int int32;
typedef long long int64;
typedef unsigned char uint8;
typedef unsigned short uint16;
typedef unsigned int uint32;
typedef unsigned long long uint64;
typedef float float32;
typedef double float64;
struct float16 { uint16 bits; };
struct bfloat16 { uint16 bits; };
#define DEVICE __device__ __forceinline__
#define EACH _Pragma("unroll") for (int j = 0; j < LANES; ++j)
#define HUGE_VALUE __longlong_as_double(0x7ff0000000000000ll)

// ---- dtypes: the register of an element, and back
template <class T> DEVICE T value(T x) { return x; }
template <class T, class S> struct Cast { static DEVICE T of(S x) { return (T)x; } };
#ifndef EMULATED
DEVICE float value(float16 x) {
  float y;
  asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x.bits));
  return y;
}
DEVICE float value(bfloat16 x) { return __uint_as_float((uint32)x.bits << 16); }
DEVICE float16 to_half(float x) {
  float16 y;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y.bits) : "f"(x));
  return y;
}
DEVICE bfloat16 to_brain(float x) {
  bfloat16 y;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(y.bits) : "f"(x));
  return y;
}
#endif
template <class S> struct Cast<float16, S> {
  static DEVICE float16 of(S x) { return to_half((float)x); }
};
template <class S> struct Cast<bfloat16, S> {
  static DEVICE bfloat16 of(S x) { return to_brain((float)x); }
};
template <class S> struct Cast<bool, S> {
  static DEVICE bool of(S x) { return x != 0; }
};
// By way of a wide integer, so that -1.0 becomes 255 as in NumPy.
#define NARROW(T, S) \
  template <> struct Cast<T, S> { static DEVICE T of(S x) { return (T)(int64)x; } };
#define NARROWED(T) NARROW(T, float) NARROW(T, double)
NARROWED(uint8) NARROWED(uint16) NARROWED(uint32) NARROWED(int8) NARROWED(int16)
template <class T, class S> DEVICE T stored(S x) { return Cast<T, S>::of(x); }
template <class T, class S> DEVICE auto cast(S x) { return value(stored<T>(x)); }

// ---- neighbours in memory, read and written as one where they can be
template <class T, int N> struct alignas(sizeof(T) * N < 16 ? sizeof(T) * N : 16) Pack {
  T at[N];
};
template <int N, class T, class I>
DEVICE Pack<T, N> take(const T* from, I place, I end) {
  Pack<T, N> made = {};
  const T* p = from + place;
  if (N > 1 && place + N <= end && (uint64)p % alignof(Pack<T, N>) == 0)
    made = *(const Pack<T, N>*)p;
  else
    for (int j = 0; j < N; ++j)
      if (place + j < end) made.at[j] = p[j];
  return made;
}
template <int N, class T, class I>
DEVICE void put(T* to, I place, I end, const Pack<T, N>& given) {
  T* p = to + place;
  if (N > 1 && place + N <= end && (uint64)p % alignof(Pack<T, N>) == 0)
    *(Pack<T, N>*)p = given;
  else
    for (int j = 0; j < N; ++j)
      if (place + j < end) p[j] = given.at[j];
}

// ---- mathematics that C has not, or not for NaN
template <class T> DEVICE T larger(T x, T y) { return x > y || x != x ? x : y; }
template <class T> DEVICE T smaller(T x, T y) { return x < y || x != x ? x : y; }
template <class T> DEVICE T magnitude(T x) { return x < 0 ? (T)-x : x; }
DEVICE float magnitude(float x) { return fabs(x); }
DEVICE double magnitude(double x) { return fabs(x); }
template <class T> DEVICE T sign(T x) { return x != x ? x : (T)((x > 0) - (x < 0)); }
template <class T> DEVICE T log_of_sum(T most, T away) {
  return magnitude(most) == (T)HUGE_VALUE ? most : most + log1p(exp(-away));
}
template <class T> DEVICE T softplus(T x) {
  return log_of_sum(larger(x, (T)0), magnitude(x));
}
template <class T> DEVICE T logaddexp(T x, T y) {
  return log_of_sum(larger(x, y), x == y ? (T)0 : magnitude(x - y));
}
template <class T> DEVICE T flushed(T x, T least) {
  return magnitude(x) < least ? (T)0 : x;
}

// ---- Philox-4x64-10, as NumPy counts: number `n` of the words of 32 bits
template <int N> DEVICE Pack<uint32, N> draw(uint64 k0, uint64 k1, uint64 n) {
  uint64 c0 = n / 8 + 1, c1 = 0, c2 = 0, c3 = 0;
  for (int i = 0; i < 10; ++i) {
    uint64 h0 = __umul64hi(c0, 0xD2E7470EE14C6C93ull), l0 = c0 * 0xD2E7470EE14C6C93ull;
    uint64 h1 = __umul64hi(c2, 0xCA5A826395121157ull), l1 = c2 * 0xCA5A826395121157ull;
    c0 = h1 ^ c1 ^ k0, c1 = l1, c2 = h0 ^ c3 ^ k1, c3 = l0;
    k0 += 0x9E3779B97F4A7C15ull, k1 += 0xBB67AE8584CAA73Bull;
  }
  Pack<uint32, N> made;
  for (int j = 0; j < N; ++j) {
    uint32 at = (uint32)(n % 8) + j;
    uint64 word = at < 2 ? c0 : at < 4 ? c1 : at < 6 ? c2 : c3;
    made.at[j] = (uint32)(at % 2 ? word >> 32 : word);
  }
  return made;
}

// ---- reductions: what they begin with, and how two parts are joined
template <class T> struct Limits;
#define LIMITS(T, LOW, HIGH)                                    \
  template <> struct Limits<T> {                                \
    static DEVICE T low() { return LOW; }                       \
    static DEVICE T high() { return HIGH; }                     \
  };
LIMITS(float, -(float)HUGE_VALUE, (float)HUGE_VALUE)
LIMITS(double, -HUGE_VALUE, HUGE_VALUE) LIMITS(bool, 0, 1)
LIMITS(int8, -128, 127) LIMITS(uint8, 0, 255)
LIMITS(int16, -32768, 32767) LIMITS(uint16, 0, 65535)
LIMITS(int32, -2147483647 - 1, 2147483647) LIMITS(uint32, 0, 4294967295u)
LIMITS(int64, -9223372036854775807ll - 1, 9223372036854775807ll)
LIMITS(uint64, 0, 18446744073709551615ull)
struct Sum {
  template <class T> static DEVICE T start() { return 0; }
  template <class T> static DEVICE T join(T x, T y) { return (T)(x + y); }
};
struct Max {
  template <class T> static DEVICE T start() { return Limits<T>::low(); }
  template <class T> static DEVICE T join(T x, T y) { return larger(x, y); }
};
struct Min {
  template <class T> static DEVICE T start() { return Limits<T>::high(); }
  template <class T> static DEVICE T join(T x, T y) { return smaller(x, y); }
};
// An element and its place; none yet below zero. The first of equals wins, NaN wins.
template <class T> struct Found { T best; int64 place; };
template <bool LARGEST> struct Arg {
  template <class F> static DEVICE F start() {
    F made = {};
    made.place = -1;
    return made;
  }
  template <class T> static DEVICE bool beats(T x, T y) {
    return (LARGEST ? x > y : x < y) || (x != x && y == y);
  }
  template <class T> static DEVICE Found<T> join(Found<T> x, Found<T> y) {
    if (x.place < 0 || y.place < 0) return x.place < 0 ? y : x;
    if (beats(x.best, y.best)) return x;
    if (beats(y.best, x.best)) return y;
    return x.place < y.place ? x : y;
  }
};
template <class T> DEVICE T other(T x, int distance) {
  return (T)__shfl_xor_sync(0xffffffffu, x, distance);
}
template <class T> DEVICE Found<T> other(Found<T> x, int distance) {
  return {other(x.best, distance), other(x.place, distance)};
}
// Joins what `T` neighbouring threads have; all of them get it.
template <class Op, int T, class A> DEVICE A across(A x) {
  for (int d = (T < 32 ? T : 32) / 2; d; d /= 2) x = Op::join(x, other(x, d));
  if (T > 32) {
    __shared__ A part[T / 32 > 0 ? T / 32 : 1];
    __syncthreads();
    if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = x;
    __syncthreads();
    x = part[0];
    for (int i = 1; i < T / 32; ++i) x = Op::join(x, part[i]);
  }
  return x;
}
// Joins what the threads of a column of the block have; all of them get it.
template <class Op, int X, int Y, int N, class A> DEVICE void down(A (&x)[N]) {
  __shared__ A part[Y][X][N];
  const int column = threadIdx.x % X, row = threadIdx.x / X;
  for (int j = 0; j < N; ++j) part[row][column][j] = x[j];
  for (int d = Y / 2; d; d /= 2) {
    __syncthreads();
    if (row < d)
      for (int j = 0; j < N; ++j) {
        A& held = part[row][column][j];
        held = Op::join(held, part[row + d][column][j]);
      }
  }
  __syncthreads();
  for (int j = 0; j < N; ++j) x[j] = part[0][column][j];
  __syncthreads();
}
// Which block of a grid a piece of a kernel stands for.
struct Place { uint32 x, y; };
// Whether this block is the last of `count` to come here; the counter is zero again.
DEVICE bool is_last(uint32* counter, uint32 count) {
  __shared__ bool last;
  __threadfence();
  __syncthreads();
  if (threadIdx.x == 0) {
    last = atomicAdd(counter, 1u) == count - 1;
    if (last) *counter = 0;
  }
  __syncthreads();
  __threadfence();
  return last;
}
"""
