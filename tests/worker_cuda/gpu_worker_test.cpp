// Real workers on a real GPU, in the sandbox, on memory that this process allocated and exported. The
// judge's CUDA device has no part in it. Skipped, and said so, where there is no GPU.
//
// AISP_TRACE_REFUSED=1 in the environment names each system call that the workers' filter refused.
#include <cuda.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "base/fd.h"
#include "device/cuda/driver.h"
#include "device/cuda/nvml.h"
#include "device/cuda/worker_access.h"
#include "worker/worker.h"
#include "worker_cuda/gpu_kernels.h"

namespace aisp {
namespace {

using aisp::testing::GpuMode;
using cuda::Driver;

constexpr std::int64_t kElements = 1 << 16;
constexpr int kSets = 8;
constexpr int kPoison = 0x7f;  // of every byte: 3.39e38

const Driver* the_driver() {
  auto driver = cuda::driver();
  return driver ? *driver : nullptr;
}

void must(CUresult code, const char* what) {
  const Status status = cuda::check(code, what);
  if (!status) {
    ADD_FAILURE() << status.error().message();
    std::abort();
  }
}

// One exported allocation of device memory, mapped here.
class Region {
 public:
  Region(const Driver& driver, CUdevice device, std::uint64_t bytes) : driver_(driver) {
    CUmemAllocationProp what{};
    what.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    what.requestedHandleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
    what.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
    what.location.id = device;
    std::size_t granule = 0;
    must(driver.MemGetAllocationGranularity(&granule, &what, CU_MEM_ALLOC_GRANULARITY_MINIMUM),
         "ask for the granularity");
    bytes_ = (bytes + granule - 1) / granule * granule;
    CUmemGenericAllocationHandle handle = 0;
    must(driver.MemCreate(&handle, bytes_, &what, 0), "create device memory");
    int fd = -1;
    must(
        driver.MemExportToShareableHandle(&fd, handle, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR, 0),
        "export device memory");
    fd_.reset(fd);
    must(driver.MemAddressReserve(&at_, bytes_, 0, 0, 0), "reserve addresses");
    must(driver.MemMap(at_, bytes_, 0, handle, 0), "map device memory");
    must(driver.MemRelease(handle), "release a handle");
    CUmemAccessDesc access{};
    access.location = what.location;
    access.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
    must(driver.MemSetAccess(at_, bytes_, &access, 1), "get access");
  }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region() {
    driver_.MemUnmap(at_, bytes_);
    driver_.MemAddressFree(at_, bytes_);
  }

  CUdeviceptr at() const { return at_; }
  std::uint64_t bytes() const { return bytes_; }
  int fd() const { return fd_.get(); }

 private:
  const Driver& driver_;
  CUdeviceptr at_ = 0;
  std::uint64_t bytes_ = 0;
  UniqueFd fd_;
};

// As much of Buffers as starting a worker takes.
class GpuBuffers final : public Buffers {
 public:
  GpuBuffers(const Driver& driver, CUdevice device, Layout layout)
      : layout_(std::move(layout)),
        inputs_(driver, device, layout_.inputs_bytes()),
        outputs_(driver, device, layout_.outputs_bytes()) {}

  const Layout& layout() const override { return layout_; }
  void draw_weights(const Key&) override {}
  void draw_inputs(const Key&, std::uint64_t, int) override {}
  void redraw_inputs(const Key&, std::uint64_t, int) override {}
  void poison(const Key&, std::uint64_t, int, std::uint64_t) override {}
  void make_cold(int, bool) override {}
  void prepare_unused(int, int, std::uint64_t) override {}
  std::optional<StrayWrite> find_stray_write(int, int, std::uint64_t) override {
    return std::nullopt;
  }
  bool probe_poison(int, std::uint64_t, std::uint64_t) const override { return true; }
  std::optional<Damage> find_damage(int, std::uint64_t) const override { return std::nullopt; }
  std::int64_t count_changed_inputs(const Key&, std::uint64_t, int) const override { return 0; }
  std::vector<TensorView> input_views(const Key&, std::uint64_t, int) override { return {}; }
  std::vector<TensorView> output_views(int) override { return {}; }
  bool inputs_sealed() const override { return false; }
  int inputs_fd() const override { return inputs_.fd(); }
  int outputs_fd() const override { return outputs_.fd(); }
  std::uint64_t inputs_mapped_bytes() const override { return inputs_.bytes(); }
  std::uint64_t outputs_mapped_bytes() const override { return outputs_.bytes(); }
  std::byte* inputs_data() const override { return nullptr; }
  std::byte* outputs_data() const override { return nullptr; }

  const Region& inputs() const { return inputs_; }
  const Region& outputs() const { return outputs_; }

 private:
  Layout layout_;
  Region inputs_;
  Region outputs_;
};

Problem gpu_problem(GpuMode mode, double value) {
  const auto vector = [](const char* name) { return Tensor{.name = name, .shape = {kElements}}; };
  return {
      .target = "test:gpu",
      .summary = "out = 2 x + y",
      .inputs = {{.tensor = vector("x"),
                  .role = Role::activation,
                  .distribution = Distribution::uniform(-1, 1)},
                 {.tensor = vector("y"),
                  .role = Role::activation,
                  .distribution = Distribution::uniform(-1, 1)}},
      .outputs = {{.tensor = vector("out"), .tolerance = Tolerance::for_dtype(Dtype::fp32)}},
      .params = {{"mode", static_cast<double>(mode)}, {"value", value}},
      .reference = [](const Inputs&, const Expected&) {},
      .validate = no_invariants,
      .work = Work{.flops = 2.0 * kElements, .bytes = 12.0 * kElements},
      .goal = Goal::speed,
  };
}

// A worker with its buffers, and the judge's part: fresh inputs, poison, compare.
class Bench {
 public:
  explicit Bench(GpuMode mode, double value = 0) : problem_(gpu_problem(mode, value)) {
    driver_ = the_driver();
    must(driver_->DeviceGet(&device_, 0), "choose the GPU");
    must(driver_->DevicePrimaryCtxRetain(&context_, device_), "make a context");
    must(driver_->CtxSetCurrent(context_), "enter the context");
    buffers_ =
        std::make_unique<GpuBuffers>(*driver_, device_, make_layout(problem_, 64 << 20, kSets));
    cuda::GpuPlace place;
    CUuuid uuid{};
    must(driver_->DeviceGetUuid(&uuid, device_), "read the UUID");
    std::memcpy(place.uuid.data(), uuid.bytes, sizeof uuid.bytes);
    int where[3] = {};
    const CUdevice_attribute attributes[3] = {CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID,
                                              CU_DEVICE_ATTRIBUTE_PCI_BUS_ID,
                                              CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID};
    for (int i = 0; i < 3; ++i)
      must(driver_->DeviceGetAttribute(&where[i], attributes[i], device_), "read the PCI address");
    place.pci_bus_id = cuda::pci_bus_id(where[0], where[1], where[2]);
    auto access = cuda::worker_access(place);
    if (!access) {
      ADD_FAILURE() << access.error().message();
      return;
    }
    spec_.device = *access;
    spec_.agent = AISP_AGENT;
    spec_.implementation = AISP_GPU_KERNELS_MODULE;
    spec_.memory_limit_bytes = 16ull << 30;
    spec_.start_timeout_s = 60;
    spec_.trace_refused_calls = std::getenv("AISP_TRACE_REFUSED") != nullptr;
    static bool told = false;
    if (!told) {
      told = true;
      for (const std::string& s : spec_.device.nodes) std::printf("  node %s\n", s.c_str());
      for (const std::string& s : spec_.device.files) std::printf("  file %s\n", s.c_str());
      for (const std::string& s : spec_.device.environment) std::printf("  %s\n", s.c_str());
    }
    auto worker = start_worker(spec_, problem_, *buffers_);
    if (!worker) {
      ADD_FAILURE() << worker.error().message();
      return;
    }
    worker_ = std::move(*worker);
    for (const std::string& note : worker_->notes()) std::printf("  note: %s\n", note.c_str());
    const OrderOutcome setup = worker_->setup(60);
    EXPECT_TRUE(setup.ok) << setup.detail;
    EXPECT_TRUE(worker_->populate(kSets).ok);
  }
  ~Bench() {
    if (worker_ == nullptr) return;
    const std::string said = worker_->last_output();
    if (!said.empty()) std::printf("  the worker said:\n%s\n", said.c_str());
    worker_.reset();
    buffers_.reset();
    driver_->DevicePrimaryCtxRelease(device_);
  }

  Worker& worker() { return *worker_; }
  bool up() const { return worker_ != nullptr; }

  bool has_cupti() const {
    for (const std::string& note : worker_->notes())
      if (note.rfind("no CUPTI", 0) == 0) return false;
    return true;
  }

  // Fresh inputs and poison in all sets.
  void prepare() {
    x_.resize(kSets);
    y_.resize(kSets);
    for (int set = 0; set < kSets; ++set) {
      fill(x_[static_cast<std::size_t>(set)]);
      fill(y_[static_cast<std::size_t>(set)]);
      must(driver_->MemcpyHtoD(input(0, set), x_[static_cast<std::size_t>(set)].data(),
                               kElements * sizeof(float)),
           "write inputs");
      must(driver_->MemcpyHtoD(input(1, set), y_[static_cast<std::size_t>(set)].data(),
                               kElements * sizeof(float)),
           "write inputs");
    }
    must(driver_->MemsetD8Async(buffers_->outputs().at(), kPoison, buffers_->outputs().bytes(),
                                nullptr),
         "poison outputs");
    must(driver_->CtxSynchronize(), "wait");
  }

  // Elements of `set` that are not 2 x + y; all of them when it is still poison.
  std::int64_t wrong(int set) {
    std::vector<float> out(kElements);
    const TensorPlace& place = buffers_->layout().outputs[0];
    must(driver_->MemcpyDtoH(out.data(),
                             buffers_->outputs().at() + place.offset +
                                 place.set_stride * static_cast<std::uint64_t>(set),
                             kElements * sizeof(float)),
         "read outputs");
    std::int64_t count = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const double want = 2.0 * static_cast<double>(x_[static_cast<std::size_t>(set)][i]) +
                          static_cast<double>(y_[static_cast<std::size_t>(set)][i]);
      count += !(std::abs(static_cast<double>(out[i]) - want) <= 1e-6);
    }
    return count;
  }

  // A window of `calls` calls on fresh inputs, with its claims. Checks every output when `verify`.
  Window window(std::uint32_t calls, bool verify = true) {
    prepare();
    std::vector<std::uint32_t> plan(calls);
    std::iota(plan.begin(), plan.end(), 0u);
    Window w;
    const OrderOutcome outcome = worker_->run(plan, 30, w);
    EXPECT_TRUE(outcome.ok) << outcome.detail;
    if (!outcome.ok) return w;
    if (verify) {
      for (const std::uint32_t set : plan) EXPECT_EQ(wrong(static_cast<int>(set)), 0) << set;
    }
    const OrderOutcome claims = worker_->collect_claims(w);
    EXPECT_TRUE(claims.ok) << claims.detail;
    EXPECT_TRUE(w.claim_sane);
    EXPECT_TRUE(w.device_claim_sane);
    return w;
  }

 private:
  CUdeviceptr input(std::size_t i, int set) const {
    const TensorPlace& place = buffers_->layout().inputs[i];
    return buffers_->inputs().at() + place.offset +
           place.set_stride * static_cast<std::uint64_t>(set);
  }
  void fill(std::vector<float>& values) {
    std::uniform_real_distribution<float> uniform(-1, 1);
    values.resize(kElements);
    for (float& v : values) v = uniform(random_);
  }

  Problem problem_;
  const Driver* driver_ = nullptr;
  CUdevice device_ = 0;
  CUcontext context_ = nullptr;
  std::unique_ptr<GpuBuffers> buffers_;
  WorkerSpec spec_;
  std::unique_ptr<Worker> worker_;
  std::mt19937 random_{42};
  std::vector<std::vector<float>> x_, y_;
};

void print(const char* what, const Window& w) {
  std::printf(
      "  %-22s calls %2d done %7.1f us sealed %7.1f us host %7.1f us events %7.2f us activity "
      "%7.2f "
      "us busy %7.2f us; %llu kernels %llu copies %llu memsets %llu graphs %u streams %u strays, "
      "%d threads\n",
      what, w.calls, static_cast<double>(w.done_ns) * 1e-3, static_cast<double>(w.sealed_ns) * 1e-3,
      static_cast<double>(w.claim_ns) * 1e-3, static_cast<double>(w.device_ns) * 1e-3,
      static_cast<double>(w.activity_ns) * 1e-3, static_cast<double>(w.device_busy_ns) * 1e-3,
      static_cast<unsigned long long>(w.kernels), static_cast<unsigned long long>(w.copies),
      static_cast<unsigned long long>(w.memsets), static_cast<unsigned long long>(w.graphs),
      w.streams, w.strays, w.threads);
}

class GpuWorker : public ::testing::Test {
 protected:
  void SetUp() override {
    auto driver = cuda::driver();
    if (!driver) GTEST_SKIP() << "not run: " << driver.error().message();
  }
};

TEST_F(GpuWorker, IsLockedDown) {
  Bench bench(GpuMode::axpy);
  ASSERT_TRUE(bench.up());
  bool lockdown = false;
  for (const Protection& p : bench.worker().protections()) {
    std::printf("  %-22s %-3s %s\n", p.name.c_str(), p.active ? "yes" : "NO", p.detail.c_str());
    if (p.name == "lockdown") lockdown = p.active;
    if (p.name == "seccomp") {
      EXPECT_TRUE(p.active);
    }
  }
  EXPECT_TRUE(lockdown);
}

TEST_F(GpuWorker, AnHonestWindow) {
  Bench bench(GpuMode::axpy);
  ASSERT_TRUE(bench.up());
  for (const std::uint32_t calls : {1u, 8u, 3u}) {
    const Window w = bench.window(calls);
    print("axpy", w);
    EXPECT_GT(w.device_ns, 0);
    EXPECT_LE(w.device_ns, w.done_ns);
    EXPECT_EQ(w.activity_ns, -1) << "nobody asked for it";
  }
}

TEST_F(GpuWorker, OnlyWhatIsAskedForIsComputed) {
  Bench bench(GpuMode::axpy);
  ASSERT_TRUE(bench.up());
  bench.window(3);
  EXPECT_EQ(bench.wrong(5), kElements);
}

TEST_F(GpuWorker, ActivityIsWhatTheGpuRan) {
  Bench bench(GpuMode::axpy);
  ASSERT_TRUE(bench.up());
  if (!bench.has_cupti()) GTEST_SKIP() << "not run: no CUPTI in the worker";
  ASSERT_TRUE(bench.worker().set_mode({.trace_activity = true}).ok);
  for (const std::uint32_t calls : {1u, 8u, 8u}) {
    const Window w = bench.window(calls);
    print("axpy, traced", w);
    EXPECT_EQ(w.kernels, calls);
    EXPECT_EQ(w.copies + w.memsets + w.graphs, 0u);
    EXPECT_EQ(w.streams, 1u);
    EXPECT_EQ(w.strays, 0u);
    EXPECT_EQ(w.records_dropped, 0u);
    EXPECT_GT(w.activity_ns, 0);
    EXPECT_LE(w.activity_ns, w.device_ns);
  }
  ASSERT_TRUE(bench.worker().set_mode({}).ok);
  EXPECT_EQ(bench.window(2).activity_ns, -1);
}

TEST_F(GpuWorker, ASpinOfKnownTimeIsClaimedAsThat) {
  for (const double us : {2.0, 10.0, 100.0, 1000.0}) {
    Bench bench(GpuMode::spins, us * 1000);
    ASSERT_TRUE(bench.up());
    const bool traced = bench.has_cupti();
    ASSERT_TRUE(bench.worker().set_mode({.trace_activity = traced}).ok);
    for (int i = 0; i < 5; ++i) bench.window(1, false);
    std::vector<double> events, activity;
    for (int i = 0; i < 21; ++i) {
      const Window w = bench.window(1, i == 0);
      if (i == 0) print("spin", w);
      events.push_back(static_cast<double>(w.device_ns) * 1e-3);
      activity.push_back(static_cast<double>(w.activity_ns) * 1e-3);
    }
    std::sort(events.begin(), events.end());
    std::sort(activity.begin(), activity.end());
    std::printf("  spin %6.0f us: events %8.2f us, activity %8.2f us (medians of 21)\n", us,
                events[10], activity[10]);
    EXPECT_GE(events[10], us);
    EXPECT_LE(events[10], us + 60);  // the first launch after the GPU changed hands is among it
    if (!traced) continue;
    EXPECT_GE(activity[10], us);
    EXPECT_LE(activity[10],
              us + 12);  // and the axpy that comes after the spin: 8.8 µs by eight blocks
  }
}

TEST_F(GpuWorker, WorkOfAnotherThreadIsInTheCallThatAskedForIt) {
  Bench bench(GpuMode::side_thread, 20'000);
  ASSERT_TRUE(bench.up());
  if (!bench.has_cupti()) GTEST_SKIP() << "not run: no CUPTI in the worker";
  ASSERT_TRUE(bench.worker().set_mode({.trace_activity = true}).ok);
  const Window w = bench.window(4);
  print("another thread", w);
  EXPECT_EQ(w.kernels, 4u);
  EXPECT_EQ(w.strays, 0u);
}

// The events see nothing; CUPTI and the judge's clock do. The device is idle at DONE all the same.
TEST_F(GpuWorker, ASideStreamHidesFromEventsAndNotFromActivity) {
  Bench bench(GpuMode::side_stream, 500'000);
  ASSERT_TRUE(bench.up());
  const Window untraced = bench.window(1);
  print("side stream", untraced);
  EXPECT_LT(untraced.device_ns, 400'000);
  EXPECT_GE(untraced.done_ns, 500'000);
  if (!bench.has_cupti()) return;
  ASSERT_TRUE(bench.worker().set_mode({.trace_activity = true}).ok);
  const Window w = bench.window(1);
  print("side stream, traced", w);
  EXPECT_GE(w.activity_ns, 500'000);
}

TEST_F(GpuWorker, WhatImplementationsNeedWorksAfterTheLockdown) {
  Bench bench(GpuMode::own_things);
  ASSERT_TRUE(bench.up());
  print("own things", bench.window(2));
  if (!bench.has_cupti()) return;
  ASSERT_TRUE(bench.worker().set_mode({.trace_activity = true}).ok);
  const Window w = bench.window(2);
  print("own things, traced", w);
  EXPECT_EQ(w.copies, 4u);
  EXPECT_EQ(w.graphs, 2u);
  EXPECT_EQ(w.memsets, 2u);
  EXPECT_GE(w.streams, 2u);
}

TEST_F(GpuWorker, SingleCallsAndAResetOfPersistingLinesAreModes) {
  Bench bench(GpuMode::spins, 10'000);
  ASSERT_TRUE(bench.up());
  ASSERT_TRUE(bench.worker().set_mode({.reset_persisting_l2 = true, .sync_each_call = true}).ok);
  bench.window(8);
  const Window w = bench.window(8);
  print("one by one", w);
  EXPECT_GE(w.device_ns, 80'000);
}

TEST_F(GpuWorker, InputsAreMappedReadOnlyOrItIsSaid) {
  Bench bench(GpuMode::writes_inputs);
  ASSERT_TRUE(bench.up());
  bool writable = false;
  for (const std::string& note : bench.worker().notes())
    writable = writable || note.find("mapped writable") != std::string::npos;
  bench.prepare();
  Window w;
  const std::vector<std::uint32_t> plan = {0};
  const OrderOutcome outcome = bench.worker().run(plan, 30, w);
  std::printf("  inputs are %s: %s\n", writable ? "writable" : "read-only",
              outcome.ok ? "ran" : outcome.detail.c_str());
  EXPECT_EQ(outcome.ok, writable) << outcome.detail;
}

TEST_F(GpuWorker, AnIllegalAddressEndsTheWorkerAndIsNamed) {
  Bench bench(GpuMode::illegal_address);
  ASSERT_TRUE(bench.up());
  bench.prepare();
  Window w;
  const std::vector<std::uint32_t> plan = {0, 1};
  const OrderOutcome outcome = bench.worker().run(plan, 30, w);
  EXPECT_FALSE(outcome.ok);
  EXPECT_EQ(outcome.end, WorkerEnd::failed_call);
  EXPECT_NE(outcome.detail.find("CUDA_ERROR_ILLEGAL_ADDRESS"), std::string::npos) << outcome.detail;
  EXPECT_EQ(bench.worker().pid(), 0);
  // The judge's own context is not touched by it.
  bench.prepare();
}

TEST_F(GpuWorker, NvmlKnowsTheGpuAndThisProcess) {
  Bench bench(GpuMode::axpy);
  ASSERT_TRUE(bench.up());
  CUuuid uuid{};
  ASSERT_EQ(the_driver()->DeviceGetUuid(&uuid, 0), CUDA_SUCCESS);
  std::uint8_t bytes[16];
  std::memcpy(bytes, uuid.bytes, sizeof bytes);
  auto nvml = cuda::Nvml::open(cuda::uuid_text(bytes));
  if (!nvml) GTEST_SKIP() << "not run: " << nvml.error().message();
  const cuda::GpuSample s = (*nvml)->sample();
  const cuda::GpuSharing sharing = cuda::look_at_sharing(**nvml, {getpid(), bench.worker().pid()});
  std::printf("  driver %s: SM %d MHz (max %d), memory %d MHz, %d C, %lld mW, clocks: '%s'\n",
              (*nvml)->driver_version().c_str(), s.sm_mhz, (*nvml)->max_sm_mhz(), s.memory_mhz,
              s.temperature_c, static_cast<long long>(s.power_mw),
              cuda::clock_reasons_text(s.clock_reasons).c_str());
  std::printf("  this is %d, the worker %d; MPS %d (%s)\n", getpid(), bench.worker().pid(),
              sharing.mps, sharing.mps_detail.c_str());
  for (const cuda::GpuProcess& p : sharing.others)
    std::printf("  also there: pid %d, %llu bytes\n", p.pid,
                static_cast<unsigned long long>(p.memory_bytes));
  EXPECT_GT(s.sm_mhz, 0);
}

}  // namespace
}  // namespace aisp
