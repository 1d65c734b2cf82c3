// CUDA: regions are device memory that the judge allocated and exported, calls go to one stream of
// the primary context (the one that implementations get from the CUDA runtime as well), and a window
// is complete when the whole context is idle.
//
// With kReplayGraph a call is one cuGraphLaunch: what `run` asked for on that call's buffers was captured when
// they were prepared, outside of windows.
//
// What is claimed of a call: host time around run(); the time between an event before and one after
// it on its stream; and, when asked for, what CUPTI recorded of all streams. With kUnmarked no events.
#include <cuda.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "agent/backend.h"
#include "agent/cupti.h"
#include "device/cuda/driver.h"

namespace aisp::agent {
namespace {

using cuda::Driver;

// Where the judge says that CUPTI is; unset: no activity records are wanted.
constexpr const char* kCuptiVariable = "AISP_CUPTI_LIBRARY";

class CudaBackend final : public Backend {
 public:
  LockdownProfile lockdown_profile() const override { return LockdownProfile::cuda; }

  Result<Regions> open(const protocol::Orders& orders) override {
    Result<const Driver*> driver = cuda::driver();
    if (!driver) return driver.error();
    driver_ = *driver;
    if (Status s = choose_device(orders); !s) return s.error();
    if (Status s = enter_context(); !s) return s.error();
    open_trace();
    if (Status s = map_device_regions(orders); !s) return s.error();
    if (Status s = map_host_region(protocol::kHostInputsFd, "host inputs",
                                   orders.host_inputs_mapped_bytes, true, regions_.host_inputs);
        !s)
      return s.error();
    if (Status s = map_host_region(protocol::kHostOutputsFd, "host outputs",
                                   orders.host_outputs_mapped_bytes, false, regions_.host_outputs);
        !s)
      return s.error();
    if (Status s = warm_up(); !s) return s.error();
    return regions_;
  }

  std::string notes() const override { return notes_; }
  void* stream() const override { return stream_; }

  Status populate(const protocol::Orders&, std::uint32_t sets, std::uint32_t flags) override {
    if (Status s = make_events(std::min(sets, protocol::kMaxCalls)); !s) return s;
    return switch_trace(flags);
  }

  Status capture(std::span<const aisp_launch> launches, int (*call)(const aisp_launch*, void*),
                 void* state) override {
    if (Status s = check(driver_->CtxSetCurrent(context_), "enter the CUDA context"); !s) return s;
    while (graphs_.size() < launches.size()) {
      auto graph = capture_one(launches[graphs_.size()], call, state);
      if (!graph) return graph.error();
      graphs_.push_back(*graph);
    }
    // What was not captured has run by now, and what it broke shows.
    return synchronize();
  }

  WindowEnd run(const WindowOrder& order) override {
    if (!broken_.empty()) return {protocol::Status::call_failed, 0, broken_};
    window_calls_ = 0;
    if (Status s = begin_window(order); !s) return device_error(0, s.error());
    sync_each_call_ = (order.flags & protocol::kSyncEachCall) != 0;
    WindowOrder calls = order;
    if ((order.flags & protocol::kReplayGraph) != 0) {
      first_launch_ = order.launches;
      calls.run = &replay;
      calls.state = this;
    }
    unmarked_ = (order.flags & protocol::kUnmarked) != 0;
    WindowEnd end = unmarked_ ? run_calls(calls, NoMarks{}) : run_calls(calls, Marks{*this});
    window_calls_ = end.calls_done;
    // Everything in the context, whatever stream it is on, also when a call has failed.
    const Status finished = synchronize();
    if (!mark_error_.empty()) {
      broken_ = mark_error_;
      return {protocol::Status::call_failed, end.calls_done, mark_error_};
    }
    if (!finished) return device_error(end.calls_done, finished.error());
    return end;
  }

  void collect(protocol::Answers& answers) override {
    protocol::DeviceWindow& window = answers.device;
    window = {.sources = 0,
              .streams = 0,
              .unattributed = 0,
              .dropped = 0,
              .activity_ns = protocol::kUnknownNs};
    if (!broken_.empty()) return;
    // Here and not in the window, where it would be timed: the worker stands still from here to its next GO.
    if (reset_l2_) {
      const CUresult code = driver_->CtxResetPersistingL2Cache();
      if (code != CUDA_SUCCESS && code != CUDA_ERROR_NOT_SUPPORTED)
        broken_ = check(code, "reset the persisting L2").error().message();
    }
    claims_.assign(window_calls_, {});
    bool timed = window_calls_ > 0;
    for (std::uint32_t i = 0; i < window_calls_; ++i) {
      protocol::DeviceClaim& claim = claims_[i];
      claim.activity_ns = claim.activity_span_ns = protocol::kUnknownNs;
      float ms = 0;
      const bool known =
          !unmarked_ && driver_->EventElapsedTime(&ms, mark_before(i), after_[i]) == CUDA_SUCCESS;
      claim.device_ns = known ? std::llround(static_cast<double>(ms) * 1e6) : protocol::kUnknownNs;
      timed = timed && known;
    }
    if (timed) window.sources |= protocol::kFromEvents;
    if (tracing_) collect_activity(window);
    if (trace_ != nullptr && trace_->host_functions()) window.sources |= protocol::kHostFunctions;
    if (window_calls_ > 0)
      std::memcpy(answers.device_claims, claims_.data(),
                  window_calls_ * sizeof(protocol::DeviceClaim));
  }

  Status finish() override { return synchronize(); }

 private:
  Status check(CUresult code, const char* what) const {
    if (code == CUDA_SUCCESS) return success();
    return cuda::check(code, what);
  }

  // The implementation may have made another context current.
  Status synchronize() const {
    if (Status s = check(driver_->CtxSetCurrent(context_), "enter the CUDA context"); !s) return s;
    return check(driver_->CtxSynchronize(), "wait for the GPU");
  }

  // A launch that failed, an illegal address: the context is of no more use after most of them, and
  // nobody can tell which. The worker is.
  WindowEnd device_error(std::uint32_t calls_done, const Error& error) {
    broken_ = error.message();
    return {protocol::Status::call_failed, calls_done, broken_};
  }

  void note(const std::string& line) {
    if (!notes_.empty()) notes_ += '\n';
    notes_ += line;
  }

  Status choose_device(const protocol::Orders& orders) {
    static constexpr std::uint8_t kNone[16] = {};
    static_assert(sizeof orders.device_uuid == sizeof(CUuuid));
    if (std::memcmp(orders.device_uuid, kNone, sizeof kNone) == 0) {
      ordinal_ = static_cast<int>(orders.device_ordinal);
      return check(driver_->DeviceGet(&device_, ordinal_), "choose the GPU");
    }
    int count = 0;
    if (Status s = check(driver_->DeviceGetCount(&count), "count the GPUs"); !s) return s;
    for (int i = 0; i < count; ++i) {
      CUuuid uuid{};
      if (Status s = check(driver_->DeviceGet(&device_, i), "look at a GPU"); !s) return s;
      if (Status s = check(driver_->DeviceGetUuid(&uuid, device_), "read a GPU's UUID"); !s)
        return s;
      if (std::memcmp(uuid.bytes, orders.device_uuid, sizeof uuid.bytes) == 0) {
        ordinal_ = i;
        return success();
      }
    }
    return Error{"find the judge's GPU in the worker",
                 "its UUID",
                 "none of the " + std::to_string(count) + " that the worker sees has it",
                 {}};
  }

  Status enter_context() {
    if (Status s = check(driver_->DevicePrimaryCtxRetain(&context_, device_),
                         "make the worker's CUDA context");
        !s)
      return s;
    if (Status s = check(driver_->CtxSetCurrent(context_), "enter the CUDA context"); !s) return s;
    return check(driver_->StreamCreate(&stream_, CU_STREAM_NON_BLOCKING), "make a CUDA stream");
  }

  // Thread-local: what the driver forbids while a stream is captured is refused to this thread, so that a
  // run that waits, allocates or copies synchronously is told apart, and threads of libraries go on.
  Result<CUgraphExec> capture_one(const aisp_launch& launch, int (*call)(const aisp_launch*, void*),
                                  void* state) {
    constexpr const char* kWhat = "capture run";
    if (Status s =
            check(driver_->StreamBeginCapture(stream_, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL), kWhat);
        !s)
      return s.error();
    const int code = call(&launch, state);
    CUgraph graph = nullptr;
    const CUresult ended = driver_->StreamEndCapture(stream_, &graph);
    CUgraphExec executable = nullptr;
    std::size_t nodes = 0;
    Status done = check(ended, kWhat);
    if (done && code != 0) done = Error{kWhat, "", "it returned " + std::to_string(code), {}};
    if (done) done = check(driver_->GraphGetNodes(graph, nullptr, &nodes), kWhat);
    if (done && nodes == 0)
      done = Error{kWhat,
                   "",
                   "it asked nothing of launch.stream; work on other streams is captured "
                   "only where these wait for it by an event",
                   {}};
    if (done) done = check(driver_->GraphInstantiate(&executable, graph, 0), kWhat);
    // Before its first launch, which would pay for it.
    if (done) done = check(driver_->GraphUpload(executable, stream_), kWhat);
    if (graph != nullptr) driver_->GraphDestroy(graph);
    if (!done) return done.error();
    return executable;
  }

  // In place of the implementation's run.
  static int replay(const aisp_launch* launch, void* self) {
    auto& backend = *static_cast<CudaBackend*>(self);
    const auto set = static_cast<std::size_t>(launch - backend.first_launch_);
    const CUresult code = set < backend.graphs_.size()
                              ? backend.driver_->GraphLaunch(backend.graphs_[set], backend.stream_)
                              : CUDA_ERROR_INVALID_VALUE;
    if (code == CUDA_SUCCESS) return 0;
    backend.mark_error_ =
        "the graph of set " + std::to_string(set) + ": " + cuda::check(code, "replay").error().why;
    return 1;
  }

  void open_trace() {
    const char* library = std::getenv(kCuptiVariable);
    if (library == nullptr || *library == '\0') {
      note("no CUPTI: the judge named none");
      return;
    }
    auto trace = ActivityTrace::open(library);
    if (trace)
      trace_ = std::move(*trace);
    else
      note("no CUPTI: " + trace.error().message());
  }

  Status map_device_regions(const protocol::Orders& orders) {
    if (orders.lent_by_ipc != 0) {
      note("inputs and outputs are mapped writable: they are lent by CUDA IPC");
      if (Status s = open_handle(orders.inputs_ipc, orders.inputs_mapped_bytes, regions_.inputs);
          !s)
        return s;
      return open_handle(orders.outputs_ipc, orders.outputs_mapped_bytes, regions_.outputs);
    }
    if (Status s = map_region(protocol::kInputsFd, "inputs", orders.inputs_mapped_bytes, true,
                              regions_.inputs);
        !s)
      return s;
    return map_region(protocol::kOutputsFd, "outputs", orders.outputs_mapped_bytes, false,
                      regions_.outputs);
  }

  Status open_handle(const std::uint8_t (&bytes)[64], std::uint64_t mapped, std::byte*& address) {
    if (mapped == 0) return success();
    CUipcMemHandle handle{};
    static_assert(sizeof handle.reserved == sizeof bytes);
    std::memcpy(handle.reserved, bytes, sizeof bytes);
    CUdeviceptr at = 0;
    if (Status s = check(driver_->IpcOpenMemHandle(&at, handle, CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS),
                         "open the judge's device memory by CUDA IPC");
        !s)
      return s;
    address = reinterpret_cast<std::byte*>(at);
    return success();
  }

  Status map_region(int fd, const char* name, std::uint64_t bytes, bool read_only,
                    std::byte*& address) {
    if (bytes == 0) return success();
    CUmemGenericAllocationHandle handle = 0;
    if (Status s = check(driver_->MemImportFromShareableHandle(
                             &handle, reinterpret_cast<void*>(static_cast<std::uintptr_t>(fd)),
                             CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR),
                         "import the judge's device memory");
        !s)
      return s;
    close(fd);
    CUdeviceptr at = 0;
    if (Status s = check(driver_->MemAddressReserve(&at, bytes, 0, 0, 0), "reserve addresses"); !s)
      return s;
    if (Status s = check(driver_->MemMap(at, bytes, 0, handle, 0), "map device memory"); !s)
      return s;
    // The mapping keeps the memory.
    if (Status s = check(driver_->MemRelease(handle), "let go of a memory handle"); !s) return s;
    CUmemAccessDesc access{};
    access.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
    access.location.id = ordinal_;
    access.flags = read_only ? CU_MEM_ACCESS_FLAGS_PROT_READ : CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
    CUresult code = driver_->MemSetAccess(at, bytes, &access, 1);
    if (code != CUDA_SUCCESS && read_only) {
      note(std::string(name) + " are mapped writable: " + check(code, "map read-only").error().why);
      access.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
      code = driver_->MemSetAccess(at, bytes, &access, 1);
    }
    if (Status s = check(code, "get access to device memory"); !s) return s;
    address = reinterpret_cast<std::byte*>(at);
    return success();
  }

  // Pages of the host that the implementation's copies and kernels may use as they are: one address for both,
  // as implementations expect it. What is mapped for reading only must be registered as that, which not
  // all drivers can; the judge compares inputs after each window in any case.
  Status map_host_region(int fd, const char* name, std::uint64_t bytes, bool read_only,
                         std::byte*& address) {
    if (bytes == 0) return success();
    int can = 0;
    if (read_only)
      driver_->DeviceGetAttribute(&can, CU_DEVICE_ATTRIBUTE_READ_ONLY_HOST_REGISTER_SUPPORTED,
                                  device_);
    if (read_only && can == 0)
      note(std::string(name) +
           " are mapped writable: the driver cannot register what is read-only");
    const bool writable = !read_only || can == 0;
    void* const at =
        mmap(nullptr, bytes, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) return errno_error("map a region of the host's memory", name);
    close(fd);
    const unsigned flags =
        CU_MEMHOSTREGISTER_DEVICEMAP | (writable ? 0u : CU_MEMHOSTREGISTER_READ_ONLY);
    if (Status s = check(driver_->MemHostRegister(at, bytes, flags), "page-lock host memory"); !s)
      return s;
    CUdeviceptr seen = 0;
    if (Status s = check(driver_->MemHostGetDevicePointer(&seen, at, 0), "find host memory"); !s)
      return s;
    if (seen != reinterpret_cast<CUdeviceptr>(at))
      return Error{"page-lock host memory",
                   name,
                   "this GPU sees it at another address than the processor",
                   {}};
    address = static_cast<std::byte*>(at);
    return success();
  }

  // Whatever the driver does once, it does now, while it may still open files: memory, a stream, an
  // event, and CUPTI's threads and buffers.
  Status warm_up() {
    if (trace_ != nullptr) {
      if (Status s = trace_->enable(true); !s) {
        note("no CUPTI: " + s.error().message());
        trace_.reset();
      }
    }
    if (Status s = make_events(64); !s) return s;
    if (Status s = check(driver_->MemAlloc(&own_memory_, kOwnBytes), "allocate device memory"); !s)
      return s;
    if (Status s = check(driver_->EventCreate(&own_event_, CU_EVENT_DEFAULT), "make a CUDA event");
        !s)
      return s;
    if (trace_ != nullptr) trace_->begin_window(1);
    const Marks marks{*this};
    marked_ = trace_ != nullptr;
    if (!marks.before(0)) return Error{"record a CUDA event", "", mark_error_, {}};
    if (Status s =
            check(driver_->MemsetD8Async(own_memory_, 0, kOwnBytes, stream_), "set device memory");
        !s)
      return s;
    if (!marks.after(0)) return Error{"record a CUDA event", "", mark_error_, {}};
    marked_ = false;
    if (Status s = check(driver_->CtxSynchronize(), "wait for the GPU"); !s) return s;
    float ms = 0;
    if (Status s = check(driver_->EventElapsedTime(&ms, before_[0], after_[0]), "read CUDA events");
        !s)
      return s;
    if (trace_ != nullptr) {
      if (Status s = try_trace(); !s) {
        note("no CUPTI: " + s.error().message());
        trace_.reset();
      }
    }
    return success();
  }

  // The memset of warm_up must have been recorded, between its marks.
  Status try_trace() {
    auto fetched = trace_->fetch();
    if (!fetched) return fetched.error();
    protocol::DeviceClaim claim{};
    protocol::DeviceWindow window{};
    attribute_activity(fetched->records, fetched->marks, fetched->settled, {&claim, 1}, window);
    if (fetched->marks.empty()) note("CUPTI shows no marks: activity is known per window only");
    if (claim.memsets != 1)
      return Error{
          "record what the GPU runs",
          "CUPTI " + trace_->version(),
          "it showed " + std::to_string(fetched->records.size()) + " records of one memset",
          {}};
    return trace_->enable(false);
  }

  Status switch_trace(std::uint32_t flags) {
    const bool wanted = (flags & protocol::kTraceActivity) != 0 && trace_ != nullptr;
    if (wanted == tracing_) return success();
    if (Status s = trace_->enable(wanted); !s) return s;
    tracing_ = wanted;
    return success();
  }

  Status make_events(std::uint32_t calls) {
    while (after_.size() < calls) {
      CUevent before = nullptr;
      CUevent after = nullptr;
      if (Status s = check(driver_->EventCreate(&before, CU_EVENT_DEFAULT), "make a CUDA event");
          !s)
        return s;
      if (Status s = check(driver_->EventCreate(&after, CU_EVENT_DEFAULT), "make a CUDA event"); !s)
        return s;
      before_.push_back(before);
      after_.push_back(after);
    }
    return success();
  }

  Status begin_window(const WindowOrder& order) {
    if (Status s = make_events(order.calls); !s) return s;
    if (Status s = switch_trace(order.flags); !s) return s;
    if (tracing_) trace_->begin_window(order.calls);
    marked_ = tracing_;
    reset_l2_ = (order.flags & protocol::kResetPersistingL2) != 0;
    return take_gpu();
  }

  // The judge's context had the GPU until now. A mark of the agent's own makes it change hands (some 140 µs on
  // an H200 in a virtual machine), and the first call's mark comes after that, so that no call's time has it in
  // it. Nobody waits for it here: the host may hand over calls meanwhile.
  Status take_gpu() {
    if (tracing_) trace_->begin_own_mark();
    const CUresult code = driver_->EventRecord(own_event_, stream_);
    if (tracing_) trace_->end_mark();
    return check(code, "take the GPU");
  }

  // Around each call, outside of its host time. The mark after a call is the one before the next, where
  // nothing comes between them: a mark costs the GPU 1 µs.
  struct Marks {
    CudaBackend& backend;

    bool before(std::uint32_t i) const { return backend.shares_mark(i) || backend.mark(i, false); }
    bool after(std::uint32_t i) const {
      if (!backend.mark(i, true)) return false;
      return !backend.sync_each_call_ || backend.keep(backend.synchronize_now(), i, "the GPU");
    }
  };

  struct NoMarks {
    bool before(std::uint32_t) const { return true; }
    bool after(std::uint32_t) const { return true; }
  };

  bool shares_mark(std::uint32_t i) const { return i > 0 && !sync_each_call_; }
  CUevent mark_before(std::uint32_t i) const { return shares_mark(i) ? after_[i - 1] : before_[i]; }

  // The implementation may have made another context current.
  CUresult synchronize_now() const {
    const CUresult code = driver_->CtxSetCurrent(context_);
    return code == CUDA_SUCCESS ? driver_->CtxSynchronize() : code;
  }

  bool mark(std::uint32_t i, bool after) {
    if (marked_) trace_->begin_mark(i, after);
    const CUresult code = driver_->EventRecord(after ? after_[i] : before_[i], stream_);
    if (marked_) trace_->end_mark();
    return code == CUDA_SUCCESS ||
           keep(code, i, after ? "the event after it" : "the event before it");
  }

  // Remembers what went wrong in call i, for good.
  bool keep(CUresult code, std::uint32_t i, const char* where) {
    if (code == CUDA_SUCCESS) return true;
    mark_error_ = "call " + std::to_string(i + 1) + ", " + where + ": " +
                  cuda::check(code, where).error().why;
    return false;
  }

  void collect_activity(protocol::DeviceWindow& window) {
    auto fetched = trace_->fetch();
    if (!fetched) {
      note(fetched.error().message());
      return;
    }
    window.dropped = fetched->dropped;
    // A window that broke off has marks of calls that never came.
    std::span<const CallMarks> marks = fetched->marks;
    attribute_activity(fetched->records, marks, fetched->settled, claims_, window);
    window.sources |= protocol::kFromActivity;
  }

  const Driver* driver_ = nullptr;
  CUdevice device_ = 0;
  int ordinal_ = 0;
  CUcontext context_ = nullptr;
  CUstream stream_ = nullptr;
  static constexpr std::size_t kOwnBytes = 4096;
  CUdeviceptr own_memory_ = 0;  // written by the agent, read by nobody
  CUevent own_event_ = nullptr;
  Regions regions_;
  std::string notes_;
  std::vector<CUevent> before_, after_;
  std::vector<CUgraphExec> graphs_;            // of sets [0, size)
  const aisp_launch* first_launch_ = nullptr;  // of set 0, in a window of replays
  std::unique_ptr<ActivityTrace> trace_;
  bool tracing_ = false;         // records are being made
  bool marked_ = false;          // and the events of this window are marks
  bool sync_each_call_ = false;  // of this window
  bool unmarked_ = false;        // likewise
  bool reset_l2_ = false;        // after it
  std::string mark_error_;
  std::string broken_;  // why no more windows can be run
  std::uint32_t window_calls_ = 0;
  std::vector<protocol::DeviceClaim> claims_;
};

}  // namespace

std::unique_ptr<Backend> make_cuda_backend() { return std::make_unique<CudaBackend>(); }

}  // namespace aisp::agent
