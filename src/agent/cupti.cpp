#include "agent/cupti.h"

#include <cuda.h>
#include <cupti.h>
#include <dlfcn.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <string_view>

namespace aisp::agent {
namespace {

#define AISP_CUPTI_FUNCTIONS(X)     \
  X(cuptiGetVersion)                \
  X(cuptiGetResultString)           \
  X(cuptiSubscribe)                 \
  X(cuptiEnableCallback)            \
  X(cuptiActivityEnable)            \
  X(cuptiActivityDisable)           \
  X(cuptiActivityRegisterCallbacks) \
  X(cuptiActivityFlushAll)          \
  X(cuptiActivityGetNextRecord)     \
  X(cuptiActivityGetNumDroppedRecords)

struct Functions {
#define AISP_CUPTI_DECLARE(name) decltype(&::name) name = nullptr;
  AISP_CUPTI_FUNCTIONS(AISP_CUPTI_DECLARE)
#undef AISP_CUPTI_DECLARE
};

// CONCURRENT_KERNEL does not make kernels wait for each other, as KERNEL would. GRAPH_TRACE has one
// record for a launch of a graph: a record for each node would slow graphs of short kernels down.
constexpr CUpti_ActivityKind kKinds[] = {
    CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL, CUPTI_ACTIVITY_KIND_MEMCPY, CUPTI_ACTIVITY_KIND_MEMCPY2,
    CUPTI_ACTIVITY_KIND_MEMSET, CUPTI_ACTIVITY_KIND_GRAPH_TRACE};

// How streams and graphs are asked to run functions of the host, by driver and by runtime.
constexpr CUpti_CallbackId kHostFunctions[] = {
    CUPTI_DRIVER_TRACE_CBID_cuLaunchHostFunc, CUPTI_DRIVER_TRACE_CBID_cuLaunchHostFunc_ptsz,
    CUPTI_DRIVER_TRACE_CBID_cuStreamAddCallback, CUPTI_DRIVER_TRACE_CBID_cuStreamAddCallback_ptsz,
    CUPTI_DRIVER_TRACE_CBID_cuGraphAddHostNode};
constexpr CUpti_CallbackId kRuntimeHostFunctions[] = {
    CUPTI_RUNTIME_TRACE_CBID_cudaLaunchHostFunc_v10000,
    CUPTI_RUNTIME_TRACE_CBID_cudaLaunchHostFunc_ptsz_v10000,
    CUPTI_RUNTIME_TRACE_CBID_cudaStreamAddCallback_v5000,
    CUPTI_RUNTIME_TRACE_CBID_cudaStreamAddCallback_ptsz_v7000,
    CUPTI_RUNTIME_TRACE_CBID_cudaGraphAddHostNode_v10000};

// A graph made for being launched by kernels: these launches have no record.
constexpr CUpti_CallbackId kInstantiations[] = {
    CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiateWithFlags,
    CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiateWithParams,
    CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiateWithParams_ptsz};

constexpr std::size_t kBufferBytes = 256 << 10;  // about 1,000 records
constexpr std::size_t kBufferAlignment = 8;
constexpr std::size_t kKeptBuffers = 16;
constexpr std::size_t kMaxRecords = 1 << 20;  // of one window; more are counted as dropped

class Trace;
Trace* the_trace = nullptr;  // CUPTI's buffer callbacks carry no argument of ours
thread_local std::uint32_t* own_mark = nullptr;

class Trace final : public ActivityTrace {
 public:
  explicit Trace(const Functions& functions) : cupti_(functions) {
    for (std::size_t i = 0; i < kKeptBuffers / 2; ++i) free_.push_back(new_buffer());
    records_.reserve(4096);
  }

  Status start() {
    the_trace = this;
    if (Status s =
            check(cupti_.cuptiSubscribe(&subscriber_, on_callback, this), "subscribe to CUPTI");
        !s)
      return s;
    for (const CUpti_CallbackId id :
         {CUPTI_DRIVER_TRACE_CBID_cuEventRecord, CUPTI_DRIVER_TRACE_CBID_cuEventRecord_ptsz})
      if (Status s =
              check(cupti_.cuptiEnableCallback(1, subscriber_, CUPTI_CB_DOMAIN_DRIVER_API, id),
                    "watch cuEventRecord with CUPTI");
          !s)
        return s;
    // Where that cannot be watched, who runs functions of the host has only its records to show.
    for (const CUpti_CallbackId id : kHostFunctions)
      cupti_.cuptiEnableCallback(1, subscriber_, CUPTI_CB_DOMAIN_DRIVER_API, id);
    for (const CUpti_CallbackId id : kInstantiations)
      cupti_.cuptiEnableCallback(1, subscriber_, CUPTI_CB_DOMAIN_DRIVER_API, id);
    for (const CUpti_CallbackId id : kRuntimeHostFunctions)
      cupti_.cuptiEnableCallback(1, subscriber_, CUPTI_CB_DOMAIN_RUNTIME_API, id);
    cupti_.cuptiEnableCallback(1, subscriber_, CUPTI_CB_DOMAIN_RESOURCE,
                               CUPTI_CBID_RESOURCE_MODULE_LOADED);
    return check(cupti_.cuptiActivityRegisterCallbacks(on_buffer_requested, on_buffer_completed),
                 "give CUPTI its buffers");
  }

  Status enable(bool on) override {
    if (on == enabled_) return success();
    for (const CUpti_ActivityKind kind : kKinds) {
      const CUptiResult code =
          on ? cupti_.cuptiActivityEnable(kind) : cupti_.cuptiActivityDisable(kind);
      if (Status s = check(code, std::string(on ? "enable" : "disable") +
                                     " activity records of kind " + std::to_string(kind));
          !s)
        return s;
    }
    enabled_ = on;
    return success();
  }

  void begin_window(std::uint32_t calls) override {
    const std::lock_guard lock(mutex_);
    if (!marks_.empty() && marks_.back().after != 0) settled_ = marks_.back().after;
    marks_.assign(calls, {});
    records_.clear();
    dropped_ = 0;
  }

  void begin_mark(std::uint32_t i, bool after) override {
    own_mark = after ? &marks_[i].after : &marks_[i].before;
  }
  void end_mark() override { own_mark = nullptr; }
  void begin_own_mark() override { own_mark = &settled_; }

  Result<Fetched> fetch() override {
    // Not forced: everything is complete, since the device is idle, and after a forced flush the next launch takes 180 µs
    // longer (13 µs without). What hostile code left running has no record yet.
    if (Status s = check(cupti_.cuptiActivityFlushAll(0), "fetch activity records"); !s)
      return s.error();
    const std::lock_guard lock(mutex_);
    Fetched fetched;
    fetched.records.swap(records_);
    fetched.settled = settled_;
    fetched.dropped = dropped_;
    // Where a call has no mark of its own before it, the one after the call before is it.
    for (std::size_t i = 1; i < marks_.size(); ++i)
      if (marks_[i].before == 0) marks_[i].before = marks_[i - 1].after;
    bool seen = true;
    for (const CallMarks& marks : marks_) seen = seen && marks.before != 0 && marks.after != 0;
    if (seen) fetched.marks = marks_;
    return fetched;
  }

  bool host_functions() const override { return host_functions_.load(std::memory_order_relaxed); }

  std::string version() const override {
    std::uint32_t version = 0;
    cupti_.cuptiGetVersion(&version);
    return std::to_string(version);
  }

 private:
  Status check(CUptiResult code, const std::string& what) const {
    if (code == CUPTI_SUCCESS) return success();
    const char* text = nullptr;
    if (cupti_.cuptiGetResultString(code, &text) != CUPTI_SUCCESS || text == nullptr) text = "?";
    return Error{what, "libcupti", text + (" (" + std::to_string(code) + ")"), {}};
  }

  static std::uint8_t* new_buffer() {
    return static_cast<std::uint8_t*>(std::aligned_alloc(kBufferAlignment, kBufferBytes));
  }

  static void CUPTIAPI on_callback(void* self, CUpti_CallbackDomain domain, CUpti_CallbackId id,
                                   const void* data) {
    if (domain == CUPTI_CB_DOMAIN_RESOURCE) {
      const auto* loaded = static_cast<const CUpti_ResourceData*>(data);
      if (id == CUPTI_CBID_RESOURCE_MODULE_LOADED && loaded->resourceDescriptor != nullptr &&
          launches_kernels(
              *static_cast<const CUpti_ModuleResourceData*>(loaded->resourceDescriptor)))
        static_cast<Trace*>(self)->host_functions_.store(true, std::memory_order_relaxed);
      return;
    }
    const bool event =
        domain == CUPTI_CB_DOMAIN_DRIVER_API && (id == CUPTI_DRIVER_TRACE_CBID_cuEventRecord ||
                                                 id == CUPTI_DRIVER_TRACE_CBID_cuEventRecord_ptsz);
    const auto* info = static_cast<const CUpti_CallbackData*>(data);
    if (!event) {
      if (domain != CUPTI_CB_DOMAIN_DRIVER_API || !only_launched_by_host(id, info->functionParams))
        static_cast<Trace*>(self)->host_functions_.store(true, std::memory_order_relaxed);
      return;
    }
    // Only the agent's own thread is within a mark, and a thread sees its own pointer alone.
    if (info->callbackSite != CUPTI_API_ENTER || own_mark == nullptr) return;
    *own_mark = info->correlationId;
  }

  // Kernels that kernels launch (dynamic parallelism) have no records. Code for it is linked with the device's runtime.
  static bool launches_kernels(const CUpti_ModuleResourceData& module) {
    static constexpr std::string_view kLaunch = "cudaCDP2";
    return module.pCubin != nullptr &&
           std::string_view(module.pCubin, module.cubinSize).find(kLaunch) !=
               std::string_view::npos;
  }

  static bool only_launched_by_host(CUpti_CallbackId id, const void* parameters) {
    switch (id) {
      case CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiateWithFlags:
        return (static_cast<const cuGraphInstantiateWithFlags_params*>(parameters)->flags &
                CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH) == 0;
      case CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiateWithParams:
      case CUPTI_DRIVER_TRACE_CBID_cuGraphInstantiateWithParams_ptsz:
        return (static_cast<const cuGraphInstantiateWithParams_params*>(parameters)
                    ->instantiateParams->flags &
                CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH) == 0;
      default: return false;
    }
  }

  static void CUPTIAPI on_buffer_requested(std::uint8_t** buffer, std::size_t* size,
                                           std::size_t* max_records) {
    const std::lock_guard lock(the_trace->mutex_);
    auto& free = the_trace->free_;
    if (free.empty()) {
      *buffer = new_buffer();
    } else {
      *buffer = free.back();
      free.pop_back();
    }
    *size = *buffer == nullptr ? 0 : kBufferBytes;
    *max_records = 0;  // as many as fit
  }

  static void CUPTIAPI on_buffer_completed(CUcontext context, std::uint32_t stream,
                                           std::uint8_t* buffer, std::size_t, std::size_t valid) {
    the_trace->take(context, stream, buffer, valid);
  }

  // Runs on a thread of CUPTI's or within a flush.
  void take(CUcontext context, std::uint32_t stream, std::uint8_t* buffer, std::size_t valid) {
    std::size_t lost = 0;
    cupti_.cuptiActivityGetNumDroppedRecords(context, stream, &lost);
    const std::lock_guard lock(mutex_);
    dropped_ += static_cast<std::uint32_t>(lost);
    CUpti_Activity* record = nullptr;
    while (valid > 0 && cupti_.cuptiActivityGetNextRecord(buffer, valid, &record) == CUPTI_SUCCESS)
      take(*record);
    if (free_.size() < kKeptBuffers)
      free_.push_back(buffer);
    else
      std::free(buffer);
  }

  // Versions of CUPTI add fields at the end of a record and move none: the fields used here are read
  // right from older and newer libraries.
  void take(const CUpti_Activity& any) {
    using Kind = ActivityRecord::Kind;
    switch (any.kind) {
      case CUPTI_ACTIVITY_KIND_KERNEL:
      case CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL:
        return keep(Kind::kernel, reinterpret_cast<const CUpti_ActivityKernel10&>(any));
      case CUPTI_ACTIVITY_KIND_MEMCPY:
        return keep(Kind::copy, reinterpret_cast<const CUpti_ActivityMemcpy6&>(any));
      case CUPTI_ACTIVITY_KIND_MEMCPY2:
        return keep(Kind::copy, reinterpret_cast<const CUpti_ActivityMemcpyPtoP4&>(any));
      case CUPTI_ACTIVITY_KIND_MEMSET:
        return keep(Kind::memset, reinterpret_cast<const CUpti_ActivityMemset4&>(any));
      case CUPTI_ACTIVITY_KIND_GRAPH_TRACE:
        return keep(Kind::graph, reinterpret_cast<const CUpti_ActivityGraphTrace2&>(any));
      default: return;
    }
  }

  template <class Record>
  void keep(ActivityRecord::Kind kind, const Record& record) {
    const auto start = static_cast<std::int64_t>(record.start);
    const auto end = static_cast<std::int64_t>(record.end);
    // A time of 0 is CUPTI's way to say that it does not know it.
    if (start == 0 || end < start || records_.size() >= kMaxRecords) {
      ++dropped_;
      return;
    }
    records_.push_back({kind, record.streamId, record.correlationId, start, end});
  }

  Functions cupti_;
  CUpti_SubscriberHandle subscriber_ = nullptr;
  bool enabled_ = false;
  std::atomic<bool> host_functions_{false};
  std::mutex mutex_;  // over all below
  std::vector<std::uint8_t*> free_;
  std::vector<ActivityRecord> records_;
  std::vector<CallMarks> marks_;
  std::uint32_t settled_ = 0;
  std::uint32_t dropped_ = 0;
};

}  // namespace

Result<std::unique_ptr<ActivityTrace>> ActivityTrace::open(const std::string& library) {
  if (the_trace != nullptr)
    return Error{"open CUPTI", library, "it is open in this process already", {}};
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return Error{"open CUPTI", library, dlerror(), {}};
  Functions functions;
#define AISP_CUPTI_FIND(name)                                                 \
  functions.name = reinterpret_cast<decltype(&::name)>(dlsym(handle, #name)); \
  if (functions.name == nullptr)                                              \
    return Error{"open CUPTI", library, "it has no function " #name,          \
                 "install a newer CUDA toolkit"};
  AISP_CUPTI_FUNCTIONS(AISP_CUPTI_FIND)
#undef AISP_CUPTI_FIND
  auto trace = std::make_unique<Trace>(functions);
  if (Status s = trace->start(); !s) {
    // CUPTI may hold on to the callbacks: leaves them something to point to.
    static_cast<void>(trace.release());
    return s.error();
  }
  return std::unique_ptr<ActivityTrace>(std::move(trace));
}

}  // namespace aisp::agent
