// CUDA's runtime and driver on a CPU, as far as CuPy calls them.
//
// Streams run as late as they may: what is put into one waits there until somebody waits
// for it. So a buffer that is written again too early, or memory that a pool hands to
// another stream too soon, gives wrong numbers here each time, not once a month. Memory
// of the device is filled with 0xAA when it is given out, and guarded at its end.
//
// Work is a function; a capture collects the functions that would have gone into the
// stream, and a graph runs them in turn. What CUDA refuses in a capture is refused.
#include <cuda.h>
#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <dlfcn.h>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unistd.h>
#include <vector>
#define API extern "C" __attribute__((visibility("default")))

typedef std::function<void()> Work;
typedef std::shared_ptr<std::vector<Work>> Works;

struct Stream;
struct Before { Stream* stream; uint64_t count; };  // work that must be done before
struct Entry { Work run; std::vector<Before> before; };

struct Stream {
  bool blocking = true;  // waits for the null stream, which waits for it
  int device = 0;
  uint64_t given = 0, done = 0;
  std::deque<Entry> queue;
  Works capture;  // what is captured, by this stream or by one that it has waited for
  bool broken = false, unjoined = false;
};
struct Event { Stream* stream = nullptr; uint64_t count = 0; Works capture; };
struct Kernel { void* bind; int shared = 49152; };

static const int DEVICES = 8, GUARD = 512;
static const size_t TOTAL = (size_t)139 << 30;
static Stream null_streams[DEVICES];
static std::set<Stream*> streams;
struct Block { size_t size; int device; };
static std::map<char*, Block> blocks;   // memory of devices
static std::map<char*, size_t> pinned;  // of the host
static size_t used[DEVICES];
static thread_local int device = 0;
static thread_local cudaError_t last = cudaSuccess;

// ---- one thread at a time; one that waits must let go of Python's lock
static std::recursive_mutex mutex_;
struct Turn {
  Turn() {
    static auto holds = (int (*)())dlsym(RTLD_DEFAULT, "PyGILState_Check");
    static auto let_go = (void* (*)())dlsym(RTLD_DEFAULT, "PyEval_SaveThread");
    static auto take = (void (*)(void*))dlsym(RTLD_DEFAULT, "PyEval_RestoreThread");
    while (!mutex_.try_lock()) {
      void* state = holds && holds() ? let_go() : nullptr;
      usleep(50);
      if (state) take(state);
    }
  }
  ~Turn() { mutex_.unlock(); }
};
#define TURN Turn turn_

static cudaError_t fail(cudaError_t error) { return last = error; }
static void die(const char* what) { fprintf(stderr, "emulator: %s\n", what); abort(); }

// ---- streams
static void run_until(Stream* s, uint64_t count) {
  while (s->done < count) {
    if (s->queue.empty()) die("work waits for itself");
    Entry entry = std::move(s->queue.front());
    s->queue.pop_front();
    for (auto& b : entry.before) run_until(b.stream, b.count);
    entry.run();
    s->done++;
  }
}
static void run_all(int of) {
  run_until(&null_streams[of], null_streams[of].given);
  for (auto* s : streams) if (s->device == of) run_until(s, s->given);
}
static Stream* of(cudaStream_t s) { return s ? (Stream*)s : &null_streams[device]; }
static bool is_null(Stream* s) { return s == &null_streams[s->device]; }

static cudaError_t put(Stream* s, Work work) {
  static bool at_once = getenv("EMULATOR_AT_ONCE") != nullptr;
  if (s->broken) return fail(cudaErrorStreamCaptureInvalidated);
  if (s->capture) {
    s->unjoined = true;
    s->capture->push_back(work);
    return cudaSuccess;
  }
  Entry entry{work, {}};
  if (is_null(s)) {
    for (auto* other : streams) {
      if (!other->blocking || other->device != s->device) continue;
      if (other->capture) {
        other->broken = true;
        return fail(cudaErrorStreamCaptureImplicit);
      }
      entry.before.push_back({other, other->given});
    }
  } else if (s->blocking) {
    entry.before.push_back({&null_streams[s->device], null_streams[s->device].given});
  }
  s->queue.push_back(std::move(entry));
  s->given++;
  if (at_once) run_until(s, s->given);
  return cudaSuccess;
}
static cudaError_t refuse(Stream* s, cudaError_t error) {
  s->broken = true;
  return fail(error);
}

// For libraries whose work is done in Python: a call in the order of a stream.
API int emulator_put(cudaStream_t s, void (*call)()) { TURN; return put(of(s), call); }

static cudaError_t make(cudaStream_t* s, bool blocking) {
  TURN;
  Stream* made = new Stream;
  made->blocking = blocking;
  made->device = device;
  streams.insert(made);
  *s = (cudaStream_t)made;
  return cudaSuccess;
}
API cudaError_t cudaStreamCreate(cudaStream_t* s) { return make(s, true); }
API cudaError_t cudaStreamCreateWithFlags(cudaStream_t* s, unsigned flags) {
  return make(s, !(flags & cudaStreamNonBlocking));
}
API cudaError_t cudaStreamCreateWithPriority(cudaStream_t* s, unsigned flags, int) {
  return make(s, !(flags & cudaStreamNonBlocking));
}
API cudaError_t cudaStreamGetFlags(cudaStream_t s, unsigned* flags) {
  *flags = of(s)->blocking ? 0 : cudaStreamNonBlocking;
  return cudaSuccess;
}
API cudaError_t cudaStreamGetPriority(cudaStream_t, int* p) { *p = 0; return cudaSuccess; }
API cudaError_t cudaStreamDestroy(cudaStream_t s) {  // but events may still name it
  TURN;
  run_until((Stream*)s, ((Stream*)s)->given);
  streams.erase((Stream*)s);
  return cudaSuccess;
}
API cudaError_t cudaStreamSynchronize(cudaStream_t given) {
  TURN;
  Stream* s = of(given);
  if (s->capture) return refuse(s, cudaErrorStreamCaptureUnsupported);
  if (is_null(s))
    for (auto* other : streams)
      if (other->blocking && other->device == device) run_until(other, other->given);
  run_until(s, s->given);
  return cudaSuccess;
}
API cudaError_t cudaStreamQuery(cudaStream_t given) {
  TURN;
  Stream* s = of(given);
  if (s->capture) return refuse(s, cudaErrorStreamCaptureUnsupported);
  return s->done < s->given ? cudaErrorNotReady : cudaSuccess;
}
API cudaError_t cudaDeviceSynchronize() {
  TURN;
  for (auto* s : streams)
    if (s->capture && s->device == device)
      return refuse(s, cudaErrorStreamCaptureUnsupported);
  run_all(device);
  return cudaSuccess;
}
API cudaError_t cudaLaunchHostFunc(cudaStream_t s, cudaHostFn_t call, void* data) {
  TURN;
  return put(of(s), [=] { call(data); });
}
API cudaError_t cudaStreamAddCallback(
    cudaStream_t s, cudaStreamCallback_t call, void* data, unsigned) {
  TURN;
  return put(of(s), [=] { call(s, cudaSuccess, data); });
}

// ---- events
API cudaError_t cudaEventCreateWithFlags(cudaEvent_t* e, unsigned) {
  *e = (cudaEvent_t) new Event;
  return cudaSuccess;
}
API cudaError_t cudaEventCreate(cudaEvent_t* e) { return cudaEventCreateWithFlags(e, 0); }
API cudaError_t cudaEventDestroy(cudaEvent_t e) { delete (Event*)e; return cudaSuccess; }
API cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t given) {
  TURN;
  Event* event = (Event*)e;
  event->stream = of(given);
  event->capture = event->stream->capture;
  event->count = event->stream->given;
  return cudaSuccess;
}
API cudaError_t cudaStreamWaitEvent(cudaStream_t given, cudaEvent_t e, unsigned) {
  TURN;
  Event event = *(Event*)e;
  Stream* s = of(given);
  if (!event.stream) return cudaSuccess;
  if (event.capture) {
    if (s->capture && s->capture != event.capture)
      return refuse(s, cudaErrorStreamCaptureIsolation);
    s->capture = event.capture;  // joins it
    event.stream->unjoined = false;
    return cudaSuccess;
  }
  if (s->capture) return refuse(s, cudaErrorStreamCaptureIsolation);
  return put(s, [=] { run_until(event.stream, event.count); });
}
API cudaError_t cudaEventQuery(cudaEvent_t e) {
  TURN;
  Event* event = (Event*)e;
  if (event->capture) return fail(cudaErrorCapturedEvent);
  bool over = !event->stream || event->stream->done >= event->count;
  return over ? cudaSuccess : cudaErrorNotReady;
}
API cudaError_t cudaEventSynchronize(cudaEvent_t e) {
  TURN;
  Event* event = (Event*)e;
  if (event->capture) return fail(cudaErrorCapturedEvent);
  if (event->stream) run_until(event->stream, event->count);
  return cudaSuccess;
}
API cudaError_t cudaEventElapsedTime(float* ms, cudaEvent_t, cudaEvent_t) {
  *ms = 0.01f;
  return cudaSuccess;
}

// ---- graphs
API cudaError_t cudaStreamBeginCapture(cudaStream_t given, cudaStreamCaptureMode) {
  TURN;
  Stream* s = of(given);
  if (is_null(s)) return fail(cudaErrorStreamCaptureUnsupported);
  if (s->capture) return fail(cudaErrorIllegalState);
  s->capture = std::make_shared<std::vector<Work>>();
  return cudaSuccess;
}
API cudaError_t cudaStreamEndCapture(cudaStream_t given, cudaGraph_t* graph) {
  TURN;
  Stream* s = of(given);
  Works made = s->capture;
  bool broken = false, unjoined = false;
  if (!made) return fail(cudaErrorIllegalState);
  for (auto* each : streams) {
    if (each->capture != made) continue;
    broken |= each->broken;
    unjoined |= each->unjoined && each != s;
    each->capture = nullptr;
    each->broken = each->unjoined = false;
  }
  *graph = nullptr;
  if (broken) return fail(cudaErrorStreamCaptureInvalidated);
  if (unjoined) return fail(cudaErrorStreamCaptureUnjoined);
  *graph = (cudaGraph_t) new Works(made);
  return cudaSuccess;
}
API cudaError_t cudaStreamIsCapturing(cudaStream_t given, cudaStreamCaptureStatus* status) {
  TURN;
  Stream* s = of(given);
  *status = !s->capture  ? cudaStreamCaptureStatusNone
            : s->broken ? cudaStreamCaptureStatusInvalidated
                        : cudaStreamCaptureStatusActive;
  return cudaSuccess;
}
API cudaError_t cudaGraphInstantiate(
    cudaGraphExec_t* made, cudaGraph_t graph, unsigned long long) {
  *made = (cudaGraphExec_t) new Works(*(Works*)graph);
  return cudaSuccess;
}
API cudaError_t cudaGraphLaunch(cudaGraphExec_t graph, cudaStream_t s) {
  TURN;
  Works works = *(Works*)graph;
  return put(of(s), [=] { for (auto& work : *works) work(); });
}
API cudaError_t cudaGraphUpload(cudaGraphExec_t, cudaStream_t) { return cudaSuccess; }
API cudaError_t cudaGraphDestroy(cudaGraph_t g) { delete (Works*)g; return cudaSuccess; }
API cudaError_t cudaGraphExecDestroy(cudaGraphExec_t g) {
  delete (Works*)g;
  return cudaSuccess;
}

// ---- memory
template <class M> static typename M::iterator around(M& map, const void* place) {
  auto next = map.upper_bound((char*)place);
  return next == map.begin() ? map.end() : --next;
}
static size_t left_of(const void* place) {  // bytes of a block from there, 0 if none
  auto it = around(blocks, place);
  if (it == blocks.end() || (char*)place >= it->first + it->second.size) return 0;
  return it->first + it->second.size - (char*)place;
}
static bool is_pinned(const void* place) {
  auto it = around(pinned, place);
  return it != pinned.end() && (char*)place < it->first + it->second;
}
API cudaError_t cudaMalloc(void** place, size_t size) {
  TURN;
  *place = nullptr;
  if (used[device] + size > TOTAL) return fail(cudaErrorMemoryAllocation);
  char* made = (char*)aligned_alloc(512, (size + GUARD + 511) / 512 * 512);
  if (!made) return fail(cudaErrorMemoryAllocation);
  memset(made, 0xAA, size);
  memset(made + size, 0x5C, GUARD);
  blocks[made] = {size, device};
  used[device] += size;
  *place = made;
  return cudaSuccess;
}
API cudaError_t cudaFree(void* place) {
  TURN;
  if (!place) return cudaSuccess;
  auto it = blocks.find((char*)place);
  if (it == blocks.end()) return fail(cudaErrorInvalidValue);
  Block block = it->second;
  run_all(block.device);
  for (int i = 0; i < GUARD; ++i)
    if (it->first[block.size + i] != 0x5C) die("a kernel has written beyond its memory");
  used[block.device] -= block.size;
  blocks.erase(it);
  free(place);
  return cudaSuccess;
}
API cudaError_t cudaHostAlloc(void** place, size_t size, unsigned) {
  TURN;
  char* made = (char*)aligned_alloc(512, (size + 511) / 512 * 512);
  pinned[made] = size;
  *place = made;
  return cudaSuccess;
}
API cudaError_t cudaFreeHost(void* place) {
  TURN;
  for (int i = 0; i < DEVICES; ++i) run_all(i);
  pinned.erase((char*)place);
  free(place);
  return cudaSuccess;
}
API cudaError_t cudaMemGetInfo(size_t* left, size_t* total) {
  TURN;
  *total = TOTAL;
  *left = TOTAL - used[device];
  return cudaSuccess;
}
API cudaError_t cudaMemcpyAsync(
    void* to, const void* from, size_t size, cudaMemcpyKind, cudaStream_t given) {
  TURN;
  Stream* s = of(given);
  size_t to_device = left_of(to), from_device = left_of(from);
  if ((to_device && to_device < size) || (from_device && from_device < size))
    die("a copy goes beyond its memory");
  bool on_host = !to_device || !from_device;
  bool is_pageable = on_host && !is_pinned(to_device ? from : to);
  if (s->capture && is_pageable) return refuse(s, cudaErrorStreamCaptureUnsupported);
  if (is_pageable && to_device) {  // it is taken at once
    auto held = std::make_shared<std::string>((const char*)from, size);
    return put(s, [=] { memcpy(to, held->data(), size); });
  }
  cudaError_t error = put(s, [=] { memmove(to, from, size); });
  if (is_pageable && !error) run_until(s, s->given);
  return error;
}
API cudaError_t cudaMemcpy(void* to, const void* from, size_t size, cudaMemcpyKind kind) {
  TURN;
  cudaError_t error = cudaMemcpyAsync(to, from, size, kind, nullptr);
  return error ? error : cudaStreamSynchronize(nullptr);
}
API cudaError_t cudaMemcpyPeerAsync(
    void* to, int, const void* from, int, size_t size, cudaStream_t s) {
  TURN;
  for (int i = 0; i < DEVICES; ++i) run_all(i);
  return cudaMemcpyAsync(to, from, size, cudaMemcpyDeviceToDevice, s);
}
API cudaError_t cudaMemcpyPeer(void* to, int a, const void* from, int b, size_t size) {
  return cudaMemcpyPeerAsync(to, a, from, b, size, nullptr);
}
API cudaError_t cudaMemsetAsync(void* place, int value, size_t size, cudaStream_t s) {
  TURN;
  if (left_of(place) < size) die("a fill goes beyond its memory");
  return put(of(s), [=] { memset(place, value, size); });
}
API cudaError_t cudaMemset(void* place, int value, size_t size) {
  return cudaMemsetAsync(place, value, size, nullptr);
}
API cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* made, const void* place) {
  TURN;
  bool on_device = left_of(place), on_host = is_pinned(place);
  memset(made, 0, sizeof *made);
  made->type = on_device ? cudaMemoryTypeDevice
               : on_host ? cudaMemoryTypeHost
                         : cudaMemoryTypeUnregistered;
  if (on_device) made->device = around(blocks, place)->second.device;
  if (on_device || on_host) made->devicePointer = (void*)place;
  return cudaSuccess;
}

// ---- devices
API cudaError_t cudaGetDevice(int* number) { *number = device; return cudaSuccess; }
API cudaError_t cudaGetDeviceCount(int* count) {
  const char* told = getenv("EMULATOR_DEVICES");
  *count = told ? atoi(told) : 1;
  return cudaSuccess;
}
API cudaError_t cudaSetDevice(int number) {
  int count;
  cudaGetDeviceCount(&count);
  if (number < 0 || number >= count) return fail(cudaErrorInvalidDevice);
  device = number;
  return cudaSuccess;
}
API cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int) {
  static const std::map<int, int> known = {
      {cudaDevAttrMaxThreadsPerBlock, 1024},
      {cudaDevAttrMaxBlockDimX, 1024},
      {cudaDevAttrMaxBlockDimY, 1024},
      {cudaDevAttrMaxBlockDimZ, 64},
      {cudaDevAttrMaxGridDimX, 2147483647},
      {cudaDevAttrMaxGridDimY, 65535},
      {cudaDevAttrMaxGridDimZ, 65535},
      {cudaDevAttrMaxSharedMemoryPerBlock, 49152},
      {cudaDevAttrMaxSharedMemoryPerBlockOptin, 232448},
      {cudaDevAttrWarpSize, 32},
      {cudaDevAttrMultiProcessorCount, 132},
      {cudaDevAttrMaxThreadsPerMultiProcessor, 2048},
      {cudaDevAttrComputeCapabilityMajor, 9},
  };
  auto found = known.find(attribute);
  *value = found == known.end() ? 0 : found->second;
  return cudaSuccess;
}
API cudaError_t cudaGetDeviceProperties(cudaDeviceProp* made, int) {
  memset(made, 0, sizeof *made);
  strcpy(made->name, "Emulated GPU");
  made->totalGlobalMem = TOTAL;
  made->sharedMemPerBlock = 49152;
  made->warpSize = 32;
  made->maxThreadsPerBlock = 1024;
  made->major = 9;
  made->multiProcessorCount = 132;
  return cudaSuccess;
}
API cudaError_t cudaDeviceCanAccessPeer(int* can, int, int) { *can = 0; return cudaSuccess; }
API cudaError_t cudaDriverGetVersion(int* version) { *version = 13000; return cudaSuccess; }
API cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = 13000;
  return cudaSuccess;
}
API const char* cudaGetErrorName(cudaError_t error) {
  static thread_local char text[32];
  snprintf(text, sizeof text, "cudaError %d", (int)error);
  return error == cudaErrorMemoryAllocation ? "cudaErrorMemoryAllocation" : text;
}
API const char* cudaGetErrorString(cudaError_t) { return "of the emulator"; }
API cudaError_t cudaGetLastError() {
  cudaError_t error = last;
  last = cudaSuccess;
  return error;
}

// ---- the driver: modules are shared objects, named by the path that is loaded
API CUresult cuGetErrorName(CUresult error, const char** text) {
  *text = cudaGetErrorName((cudaError_t)error);
  return CUDA_SUCCESS;
}
API CUresult cuGetErrorString(CUresult, const char** text) {
  *text = "of the emulator";
  return CUDA_SUCCESS;
}
API CUresult cuCtxGetCurrent(CUcontext* c) { *c = (CUcontext)1; return CUDA_SUCCESS; }
API CUresult cuCtxSetCurrent(CUcontext) { return CUDA_SUCCESS; }
API CUresult cuCtxGetDevice(CUdevice* number) { *number = device; return CUDA_SUCCESS; }
API CUresult cuStreamGetCtx(CUstream, CUcontext* c) { return cuCtxGetCurrent(c); }
API CUresult cuModuleLoadData(CUmodule* made, const void* path) {
  *made = (CUmodule)dlopen((const char*)path, RTLD_NOW | RTLD_LOCAL);
  return *made ? CUDA_SUCCESS : CUDA_ERROR_INVALID_IMAGE;
}
API CUresult cuModuleUnload(CUmodule) { return CUDA_SUCCESS; }
API CUresult cuModuleGetFunction(CUfunction* made, CUmodule module, const char* name) {
  void* found = dlsym((void*)module, ("bind_" + std::string(name)).c_str());
  if (!found) return CUDA_ERROR_NOT_FOUND;
  *made = (CUfunction) new Kernel{found};
  return CUDA_SUCCESS;
}
API CUresult cuLaunchKernel(
    CUfunction function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
    unsigned bz, unsigned shared, CUstream s, void** arguments, void**) {
  TURN;
  Kernel* kernel = (Kernel*)function;
  bool is_empty = !gx || !gy || !gz || !bx || !by || !bz;
  bool is_large = gx > 2147483647u || gy > 65535 || gz > 65535 || bz > 64;
  if (is_empty || is_large || (uint64_t)bx * by * bz > 1024 ||
      shared > (unsigned)kernel->shared)
    return CUDA_ERROR_INVALID_VALUE;
  unsigned shape[6] = {gx, gy, gz, bx, by, bz};
  auto bind = (Work * (*)(const unsigned*, size_t, void**)) kernel->bind;
  std::unique_ptr<Work> work(bind(shape, shared, arguments));  // has its own arguments
  return (CUresult)put(of((cudaStream_t)s), *work);
}
API CUresult cuFuncGetAttribute(int* value, CUfunction_attribute what, CUfunction f) {
  *value = what == CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK            ? 1024
           : what == CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES ? ((Kernel*)f)->shared
                                                                     : 0;
  return CUDA_SUCCESS;
}
API CUresult cuFuncSetAttribute(CUfunction f, CUfunction_attribute what, int value) {
  if (value > 232448) return CUDA_ERROR_INVALID_VALUE;
  if (what == CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES) ((Kernel*)f)->shared = value;
  return CUDA_SUCCESS;
}
__attribute__((constructor)) static void start() {
  for (int i = 0; i < DEVICES; ++i) null_streams[i].device = i;
}
