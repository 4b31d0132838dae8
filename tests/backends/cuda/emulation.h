// Enough of CUDA to run kernels on a CPU: the threads of a block are fibers, which take
// turns at barriers and shuffles; blocks come one after the other.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <ucontext.h>
#include <vector>
#define EMULATED
#define __global__
#define __device__
#define __shared__ static
#define __forceinline__ inline
#define __launch_bounds__(threads)
using std::exp; using std::log; using std::fabs; using std::sqrt; using std::rint;
template <class T> static T rsqrt(T x) { return 1 / sqrt(x); }
struct Dim { unsigned x, y, z; };
static Dim threadIdx, blockIdx, blockDim, gridDim;

struct Fiber { ucontext_t context; std::vector<char> stack; Dim at; bool over; };
static std::vector<Fiber> fibers;
static ucontext_t scheduler;
static unsigned current;
static std::function<void()> body;

static void yield_() { swapcontext(&fibers[current].context, &scheduler); }
static void begin_() { body(); fibers[current].over = true; yield_(); }

struct Barrier {
  unsigned waiting = 0, turn = 0;
  void wait(unsigned from, unsigned to) {
    unsigned mine = turn, alive;
    ++waiting;
    while (mine == turn) {
      alive = 0;
      for (unsigned i = from; i < to; ++i) alive += !fibers[i].over;
      if (waiting == alive) { waiting = 0; ++turn; } else yield_();
    }
  }
};
static Barrier whole, warps[64];
static uint64_t slots[2048];
static void __syncthreads() { whole.wait(0, fibers.size()); }
static void __threadfence() {}
static void warp_() {
  unsigned w = current / 32, end = w * 32 + 32;
  warps[w].wait(w * 32, end < fibers.size() ? end : fibers.size());
}
template <class T> static T __shfl_xor_sync(unsigned, T x, int distance) {
  std::memcpy(&slots[current], &x, sizeof x);
  warp_();
  T made;
  std::memcpy(&made, &slots[current ^ distance], sizeof made);
  warp_();
  return made;
}
template <class T> static T atomicAdd(T* to, T x) { T old = *to; *to += x; return old; }
template <class T> static T atomicCAS(T* to, T held, T x) {
  T old = *to;
  if (old == held) *to = x;
  return old;
}
static uint64_t __umul64hi(uint64_t x, uint64_t y) { return (unsigned __int128)x * y >> 64; }
static double __longlong_as_double(long long x) { double y; std::memcpy(&y, &x, 8); return y; }
static float __uint_as_float(unsigned x) { float y; std::memcpy(&y, &x, 4); return y; }
static unsigned __float_as_uint(float x) { unsigned y; std::memcpy(&y, &x, 4); return y; }

static void launch_(const unsigned* shape, std::function<void()> kernel) {
  gridDim = {shape[0], shape[1], 1}, blockDim = {shape[2], shape[3], 1};
  body = kernel;
  unsigned threads = blockDim.x * blockDim.y;
  fibers = std::vector<Fiber>(threads);
  for (unsigned block = 0; block < gridDim.x * gridDim.y; ++block) {
    blockIdx = {block % gridDim.x, block / gridDim.x, 0};
    whole = Barrier();
    for (Barrier& warp : warps) warp = Barrier();
    for (unsigned i = 0; i < threads; ++i) {
      Fiber& fiber = fibers[i];
      fiber.over = false, fiber.at = {i % blockDim.x, i / blockDim.x, 0};
      fiber.stack.resize(32768);
      getcontext(&fiber.context);
      fiber.context.uc_stack.ss_sp = fiber.stack.data();
      fiber.context.uc_stack.ss_size = fiber.stack.size();
      makecontext(&fiber.context, begin_, 0);
    }
    for (unsigned left = threads; left;) {
      left = 0;
      for (current = 0; current < threads; ++current)
        if (!fibers[current].over) {
          threadIdx = fibers[current].at;
          swapcontext(&scheduler, &fibers[current].context);
          left += !fibers[current].over;
        }
    }
  }
}
