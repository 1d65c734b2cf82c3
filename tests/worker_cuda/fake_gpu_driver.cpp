// A libcuda.so.1 whose GPU is the processor and whose device memory is memfd pages: as much as the
// agent's CUDA backend asks for. Kernels cannot be launched; implementations are host code that finds
// its tensors at their "device" addresses. FAKE_GPU_FAILS_AT=n in the environment: the n-th
// cuCtxSynchronize, and all later ones, report an illegal address. What is asked of a stream is done at once, or kept
// while the stream is captured: callbacks only. Waiting for the stream ends a capture as it does with a real one.
#include <cuda.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#define EXPORTED extern "C" __attribute__((visibility("default")))

namespace {

std::int64_t now_ns() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

struct Event {
  std::int64_t at_ns = 0;
};
Event* event_of(CUevent event) { return reinterpret_cast<Event*>(event); }
int synchronized = 0;

struct Callback {
  CUhostFn function;
  void* data;
};
using Graph = std::vector<Callback>;
Graph* capturing = nullptr;
bool capture_broken = false;

}  // namespace

EXPORTED CUresult cuInit(unsigned) {
  // Drivers start threads of their own.
  std::thread([] {
    for (;;) pause();
  }).detach();
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuDriverGetVersion(int* version) {
  *version = CUDA_VERSION;
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuGetErrorName(CUresult code, const char** name) {
  *name = code == CUDA_ERROR_ILLEGAL_ADDRESS ? "CUDA_ERROR_ILLEGAL_ADDRESS" : "CUDA_ERROR_FAKE";
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuGetErrorString(CUresult, const char** text) {
  *text = "the fake GPU says so";
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuDeviceGetCount(int* count) {
  *count = 2;
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuDeviceGet(CUdevice* device, int ordinal) {
  *device = ordinal;
  return ordinal < 2 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}
EXPORTED CUresult cuDeviceGetUuid_v2(CUuuid* uuid, CUdevice device) {
  std::memset(uuid->bytes, 0x10 + device, sizeof uuid->bytes);
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
  *context = reinterpret_cast<CUcontext>(static_cast<std::uintptr_t>(device) + 1);
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuCtxSetCurrent(CUcontext) { return CUDA_SUCCESS; }
EXPORTED CUresult cuCtxSynchronize() {
  ++synchronized;
  const char* at = std::getenv("FAKE_GPU_FAILS_AT");
  return at != nullptr && synchronized >= std::atoi(at) ? CUDA_ERROR_ILLEGAL_ADDRESS : CUDA_SUCCESS;
}
EXPORTED CUresult cuCtxResetPersistingL2Cache() { return CUDA_ERROR_NOT_SUPPORTED; }
EXPORTED CUresult cuStreamCreate(CUstream* stream, unsigned) {
  *stream = reinterpret_cast<CUstream>(std::uintptr_t{0x1000});
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuStreamSynchronize(CUstream) {
  if (capturing == nullptr) return CUDA_SUCCESS;
  capture_broken = true;
  return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
}
EXPORTED CUresult cuLaunchHostFunc(CUstream, CUhostFn function, void* data) {
  if (capturing != nullptr)
    capturing->push_back({function, data});
  else
    function(data);
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuStreamBeginCapture_v2(CUstream, CUstreamCaptureMode) {
  capturing = new Graph;
  capture_broken = false;
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuStreamEndCapture(CUstream, CUgraph* graph) {
  *graph = reinterpret_cast<CUgraph>(capturing);
  capturing = nullptr;
  if (!capture_broken) return CUDA_SUCCESS;
  *graph = nullptr;
  return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
}
EXPORTED CUresult cuGraphGetNodes(CUgraph graph, CUgraphNode*, std::size_t* nodes) {
  *nodes = reinterpret_cast<Graph*>(graph)->size();
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuGraphInstantiateWithFlags(CUgraphExec* executable, CUgraph graph,
                                              unsigned long long) {
  *executable = reinterpret_cast<CUgraphExec>(new Graph(*reinterpret_cast<Graph*>(graph)));
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuGraphUpload(CUgraphExec, CUstream) { return CUDA_SUCCESS; }
EXPORTED CUresult cuGraphDestroy(CUgraph graph) {
  delete reinterpret_cast<Graph*>(graph);
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuGraphLaunch(CUgraphExec executable, CUstream) {
  for (const Callback& callback : *reinterpret_cast<Graph*>(executable))
    callback.function(callback.data);
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuEventCreate(CUevent* event, unsigned) {
  *event = reinterpret_cast<CUevent>(new Event);
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuEventRecord(CUevent event, CUstream) {
  event_of(event)->at_ns = now_ns();
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuEventElapsedTime_v2(float* ms, CUevent from, CUevent to) {
  *ms = static_cast<float>(static_cast<double>(event_of(to)->at_ns - event_of(from)->at_ns) * 1e-6);
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuMemAlloc_v2(CUdeviceptr* at, std::size_t bytes) {
  *at = reinterpret_cast<CUdeviceptr>(std::malloc(bytes));
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuMemFree_v2(CUdeviceptr at) {
  std::free(reinterpret_cast<void*>(at));
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuMemsetD8Async(CUdeviceptr at, unsigned char value, std::size_t bytes,
                                  CUstream) {
  std::memset(reinterpret_cast<void*>(at), value, bytes);
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuMemImportFromShareableHandle(CUmemGenericAllocationHandle* handle, void* fd,
                                                 CUmemAllocationHandleType type) {
  if (type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR) return CUDA_ERROR_INVALID_VALUE;
  const int own = dup(static_cast<int>(reinterpret_cast<std::uintptr_t>(fd)));
  *handle = static_cast<CUmemGenericAllocationHandle>(own);
  return own < 0 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}
EXPORTED CUresult cuMemAddressReserve(CUdeviceptr* at, std::size_t bytes, std::size_t, CUdeviceptr,
                                      unsigned long long) {
  // As the driver does: far more addresses than memory.
  void* p = mmap(nullptr, std::size_t{1} << 40, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  *at = reinterpret_cast<CUdeviceptr>(p);
  return p == MAP_FAILED || bytes > std::size_t{1} << 40 ? CUDA_ERROR_OUT_OF_MEMORY : CUDA_SUCCESS;
}
EXPORTED CUresult cuMemMap(CUdeviceptr at, std::size_t bytes, std::size_t,
                           CUmemGenericAllocationHandle handle, unsigned long long) {
  void* p = mmap(reinterpret_cast<void*>(at), bytes, PROT_READ, MAP_SHARED | MAP_FIXED,
                 static_cast<int>(handle), 0);
  return p == MAP_FAILED ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}
EXPORTED CUresult cuMemRelease(CUmemGenericAllocationHandle handle) {
  close(static_cast<int>(handle));
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuMemSetAccess(CUdeviceptr at, std::size_t bytes, const CUmemAccessDesc* access,
                                 std::size_t) {
  const int write = access->flags == CU_MEM_ACCESS_FLAGS_PROT_READWRITE ? PROT_WRITE : 0;
  return mprotect(reinterpret_cast<void*>(at), bytes, PROT_READ | write) == 0
             ? CUDA_SUCCESS
             : CUDA_ERROR_INVALID_VALUE;
}
// FAKE_GPU_REGISTERS_NO_READ_ONLY in the environment: as drivers that cannot register what is mapped for reading.
EXPORTED CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute which, CUdevice) {
  *value = which == CU_DEVICE_ATTRIBUTE_READ_ONLY_HOST_REGISTER_SUPPORTED &&
           std::getenv("FAKE_GPU_REGISTERS_NO_READ_ONLY") == nullptr;
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuMemHostRegister_v2(void* at, std::size_t bytes, unsigned flags) {
  constexpr int kPopulateWrite = 23;  // MADV_POPULATE_WRITE: fails where nobody may write
  if ((flags & CU_MEMHOSTREGISTER_READ_ONLY) != 0) return CUDA_SUCCESS;
  return madvise(at, bytes, kPopulateWrite) == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
EXPORTED CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr* seen, void* at, unsigned) {
  *seen = reinterpret_cast<CUdeviceptr>(at);
  return CUDA_SUCCESS;
}
// Memory of this process only: the fake GPU lends nothing.
EXPORTED CUresult cuIpcOpenMemHandle_v2(CUdeviceptr* at, CUipcMemHandle handle, unsigned) {
  if (handle.reserved[0] != 'h') return CUDA_ERROR_INVALID_HANDLE;
  *at = reinterpret_cast<CUdeviceptr>(std::calloc(1, 1 << 24));
  return CUDA_SUCCESS;
}
