// Enough of CUDA to run kernels on a CPU: the threads of a block are fibers, which take
// turns at barriers and shuffles; blocks come one after the other. The order is another
// one each time, so that what relies on it without a barrier goes wrong.
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

struct Barrier {
  unsigned waiting = 0, turn = 0, alive = 0;
  void wait();
};
static Barrier whole, warps[64];

struct Fiber { ucontext_t context; std::vector<char> stack; Dim at; bool over; };
static std::vector<Fiber> fibers(1024);
static ucontext_t scheduler;
static unsigned current;
static std::function<void()> body;

static void yield_() { swapcontext(&fibers[current].context, &scheduler); }
static void begin_() {
  body();
  fibers[current].over = true;
  --whole.alive, --warps[current / 32].alive;
  yield_();
}
void Barrier::wait() {
  unsigned mine = turn;
  ++waiting;
  while (mine == turn)
    if (waiting == alive) waiting = 0, ++turn; else yield_();
}
static uint64_t slots[2048];
static void __syncthreads() { whole.wait(); }
static void __threadfence() {}
template <class T> static T __shfl_xor_sync(unsigned, T x, int distance) {
  std::memcpy(&slots[current], &x, sizeof x);
  warps[current / 32].wait();
  T made;
  std::memcpy(&made, &slots[current ^ distance], sizeof made);
  warps[current / 32].wait();
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

static void shuffle_(std::vector<unsigned>& order) {
  static uint32_t state = 1;
  for (unsigned i = order.size(); i > 1; --i) {
    state = state * 1664525u + 1013904223u;
    std::swap(order[i - 1], order[(uint64_t)state * i >> 32]);
  }
}
static std::vector<unsigned> numbers_(unsigned count) {
  std::vector<unsigned> made(count);
  for (unsigned i = 0; i < count; ++i) made[i] = i;
  return made;
}

static void launch_(const unsigned* shape, std::function<void()> kernel) {
  gridDim = {shape[0], shape[1], 1}, blockDim = {shape[2], shape[3], 1};
  body = kernel;
  unsigned threads = blockDim.x * blockDim.y;
  std::vector<unsigned> blocks = numbers_(gridDim.x * gridDim.y), order = numbers_(threads);
  shuffle_(blocks);
  for (unsigned block : blocks) {
    blockIdx = {block % gridDim.x, block / gridDim.x, 0};
    whole = {0, 0, threads};
    for (unsigned i = 0; i * 32 < threads; ++i)
      warps[i] = {0, 0, threads - i * 32 < 32 ? threads - i * 32 : 32};
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
      shuffle_(order);
      for (unsigned next : order)
        if (!fibers[current = next].over) {
          threadIdx = fibers[current].at;
          swapcontext(&scheduler, &fibers[current].context);
          left += !fibers[current].over;
        }
    }
  }
}
