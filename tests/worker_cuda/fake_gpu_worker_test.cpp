// The whole way of a GPU's worker, sandbox and protocol included, on a machine without one: the
// driver is fake_gpu_driver.cpp, device memory is memfd pages, the implementation is host code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/shared_memory.h"
#include "device/cuda/worker_access.h"
#include "device/layout.h"
#include "worker/hostile_problem.h"
#include "worker/worker.h"

namespace aisp {
namespace {

using aisp::testing::hostile_problem;
using aisp::testing::kHostileElements;
using aisp::testing::Mode;
using ::testing::HasSubstr;

constexpr int kSets = 8;

SharedMemory memory_of(std::uint64_t bytes, SharedMemory::Access access) {
  auto memory = SharedMemory::create("fake-gpu", (bytes + 4095) / 4096 * 4096, access);
  if (!memory) throw std::runtime_error(memory.error().message());
  return std::move(*memory);
}

// Host pages that pass for device memory.
class FakeBuffers final : public Buffers {
 public:
  explicit FakeBuffers(Layout layout, bool by_ipc = false, bool sealed = true)
      : layout_(std::move(layout)),
        by_ipc_(by_ipc),
        host_inputs_(
            memory_of(layout_.host_inputs_bytes(), sealed ? SharedMemory::Access::worker_reads
                                                          : SharedMemory::Access::worker_writes)),
        host_outputs_(memory_of(layout_.host_outputs_bytes(), SharedMemory::Access::worker_writes)),
        inputs_(memory_of(layout_.inputs_bytes(), SharedMemory::Access::worker_reads)),
        outputs_(memory_of(layout_.outputs_bytes(), SharedMemory::Access::worker_writes)) {}

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
  bool inputs_sealed() const override { return true; }
  int inputs_fd() const override { return inputs_.fd(); }
  int outputs_fd() const override { return outputs_.fd(); }
  std::uint64_t inputs_mapped_bytes() const override { return inputs_.size(); }
  std::uint64_t outputs_mapped_bytes() const override { return outputs_.size(); }
  int host_inputs_fd() const override { return host_inputs_.fd(); }
  int host_outputs_fd() const override { return host_outputs_.fd(); }
  std::uint64_t host_inputs_mapped_bytes() const override {
    return layout_.host_inputs_bytes() > 0 ? host_inputs_.size() : 0;
  }
  std::uint64_t host_outputs_mapped_bytes() const override {
    return layout_.host_outputs_bytes() > 0 ? host_outputs_.size() : 0;
  }
  std::span<const std::byte> inputs_ipc_handle() const override { return handle(); }
  std::span<const std::byte> outputs_ipc_handle() const override { return handle(); }
  std::byte* inputs_data() const override { return inputs_.data(); }
  std::byte* outputs_data() const override { return outputs_.data(); }
  std::byte* begin_of(const TensorPlace& place) const {
    if (place.in_outputs_region) return place.on_host ? host_outputs_.data() : outputs_.data();
    return place.on_host ? host_inputs_.data() : inputs_.data();
  }

 private:
  std::span<const std::byte> handle() const {
    static constexpr char kHandle[64] = "handle";
    return by_ipc_ ? std::as_bytes(std::span(kHandle)) : std::span<const std::byte>();
  }
  Layout layout_;
  bool by_ipc_;
  SharedMemory host_inputs_;
  SharedMemory host_outputs_;
  SharedMemory inputs_;
  SharedMemory outputs_;
};

class FakeGpu : public ::testing::Test {
 protected:
  // The driver's library may lie below /tmp, and the sandbox has a /tmp of its own.
  FakeGpu() {
    char pattern[] = "/var/tmp/aisp-test-XXXXXX";
    if (mkdtemp(pattern) == nullptr) throw std::runtime_error("no room in /var/tmp");
    folder_ = pattern;
    driver_ = folder_ / "libcuda.so.1";
    std::filesystem::copy(AISP_FAKE_GPU_DRIVER, driver_);
    chmod(pattern, 0755);
    chmod(driver_.c_str(), 0755);
  }
  ~FakeGpu() override { std::filesystem::remove_all(folder_); }

  // Null, with `error_` set, when the worker does not start.
  std::unique_ptr<Worker> start(Mode mode, double value = 0,
                                std::vector<std::string> environment = {}) {
    problem_ = std::make_unique<Problem>(hostile_problem(mode, value));
    if (on_host_) {
      Tensor x = problem_->inputs[0].tensor, out = problem_->outputs[0].tensor;
      x.placement = out.placement = Placement::host;
      problem_->inputs[0].tensor = x;
      problem_->outputs[0].tensor = out;
    }
    buffers_ = std::make_unique<FakeBuffers>(make_layout(*problem_, 1 << 24, kSets, 1 << 24),
                                             by_ipc_, sealed_);
    WorkerSpec spec;
    spec.agent = AISP_AGENT;
    spec.implementation = AISP_HOSTILE_MODULE;
    spec.device.kind = DeviceAccess::Kind::cuda;
    spec.device.uuid.fill(uuid_);
    spec.device.nodes = {"/dev/zero"};
    spec.device.files = {driver_};
    spec.device.environment = std::move(environment);
    spec.device.environment.push_back("AISP_CUDA_DRIVER=" + driver_.string());
    auto worker = start_worker(spec, *problem_, *buffers_);
    if (worker) return std::move(*worker);
    error_ = worker.error().message();
    return nullptr;
  }

  float* input(int set) const {
    const TensorPlace& place = buffers_->layout().inputs[0];
    return reinterpret_cast<float*>(buffers_->begin_of(place) + place.offset +
                                    place.set_stride * static_cast<std::uint64_t>(set));
  }
  const float* output(int set) const {
    const TensorPlace& place = buffers_->layout().outputs[0];
    return reinterpret_cast<const float*>(buffers_->begin_of(place) + place.offset +
                                          place.set_stride * static_cast<std::uint64_t>(set));
  }

  bool on_host_ = false;  // both tensors
  bool by_ipc_ = false;
  bool sealed_ = true;        // host inputs, against writable mappings
  std::uint8_t uuid_ = 0x11;  // the second of the fake driver's GPUs
  std::filesystem::path folder_;
  std::filesystem::path driver_;
  std::unique_ptr<Problem> problem_;
  std::unique_ptr<FakeBuffers> buffers_;
  std::string error_;
};

std::vector<std::uint32_t> plan_of(std::uint32_t calls) {
  std::vector<std::uint32_t> plan(calls);
  std::iota(plan.begin(), plan.end(), 0u);
  return plan;
}

TEST_F(FakeGpu, AWindowItsValuesAndItsClaims) {
  const auto worker = start(Mode::spins, 20'000);
  ASSERT_TRUE(worker) << error_;
  EXPECT_THAT(worker->notes(), ::testing::ElementsAre(HasSubstr("no CUPTI")));
  ASSERT_TRUE(worker->setup(10).ok);
  ASSERT_TRUE(worker->populate(kSets).ok);
  ASSERT_TRUE(
      worker
          ->set_mode({.trace_activity = true, .reset_persisting_l2 = true, .sync_each_call = true})
          .ok);
  for (const std::uint32_t calls : {1u, 8u, 3u}) {
    for (int set = 0; set < kSets; ++set)
      for (int i = 0; i < kHostileElements; ++i)
        input(set)[i] = static_cast<float>(set * 1000 + i + static_cast<int>(calls));
    Window w;
    const OrderOutcome outcome = worker->run(plan_of(calls), 10, w);
    ASSERT_TRUE(outcome.ok) << outcome.detail;
    for (int set = 0; set < static_cast<int>(calls); ++set)
      for (int i = 0; i < kHostileElements; ++i) ASSERT_EQ(output(set)[i], 2 * input(set)[i]);
    EXPECT_EQ(w.device_ns, -1) << "not fetched yet";
    worker->settle(w);
    const OrderOutcome claims = worker->collect_claims(w);
    ASSERT_TRUE(claims.ok) << claims.detail;
    EXPECT_TRUE(w.claim_sane);
    EXPECT_TRUE(w.device_claim_sane);
    EXPECT_GE(w.device_ns, w.claim_ns * 9 / 10) << "the events stand around the host's clock reads";
    EXPECT_LE(w.device_ns, w.done_ns);
    EXPECT_EQ(w.activity_ns, -1) << "there is no CUPTI";
  }
  worker->quit();
}

// Captured before there were inputs, and nothing of it ran then: each replay computes from what its own set holds
// at GO.
TEST_F(FakeGpu, ReplaysWhatItCapturedOfEachSet) {
  const auto worker = start(Mode::on_the_stream, 1);
  ASSERT_TRUE(worker) << error_;
  ASSERT_TRUE(worker->setup(10).ok);
  Window w;
  ASSERT_TRUE(worker->run(plan_of(1), 10, w).ok);  // launched as usual, once
  ASSERT_TRUE(worker->set_mode({.replay_graph = true}).ok);
  const auto all_outputs = [&] {
    const auto* begin = reinterpret_cast<const char*>(buffers_->outputs_data());
    return std::string(begin, buffers_->layout().outputs_bytes());
  };
  const std::string before = all_outputs();
  ASSERT_TRUE(worker->populate(3).ok);
  ASSERT_TRUE(worker->populate(kSets).ok);  // those that are new
  EXPECT_EQ(all_outputs(), before) << "a capture computed something";
  for (const std::uint32_t calls : {8u, 2u}) {
    for (int set = 0; set < kSets; ++set)
      for (int i = 0; i < kHostileElements; ++i)
        input(set)[i] = static_cast<float>(set * 1000 + i + static_cast<int>(calls));
    Window window;
    const OrderOutcome outcome = worker->run(plan_of(calls), 10, window);
    ASSERT_TRUE(outcome.ok) << outcome.detail;
    for (int set = 0; set < static_cast<int>(calls); ++set)
      for (int i = 0; i < kHostileElements; ++i) ASSERT_EQ(output(set)[i], 2 * input(set)[i]);
  }
  // And back.
  ASSERT_TRUE(worker->set_mode({}).ok);
  EXPECT_TRUE(worker->run(plan_of(2), 10, w).ok);
}

TEST_F(FakeGpu, ARunThatAsksNothingOfTheStreamCannotBeCaptured) {
  for (const Mode mode : {Mode::on_the_stream, Mode::honest}) {
    const auto worker = start(mode, 0);
    ASSERT_TRUE(worker) << error_;
    ASSERT_TRUE(worker->setup(10).ok);
    ASSERT_TRUE(worker->set_mode({.replay_graph = true}).ok);
    const OrderOutcome outcome = worker->populate(1);
    EXPECT_EQ(outcome.end, WorkerEnd::not_capturable) << outcome.detail;
    EXPECT_THAT(outcome.detail, HasSubstr("asked nothing of launch.stream"));
    EXPECT_EQ(worker->pid(), 0);
  }
}

TEST_F(FakeGpu, ARunThatWaitsCannotBeCapturedAndIsToldWhy) {
  const auto worker = start(Mode::on_the_stream, -1);
  ASSERT_TRUE(worker) << error_;
  ASSERT_TRUE(worker->setup(10).ok);
  Window w;
  ASSERT_TRUE(worker->run(plan_of(2), 10, w).ok) << "launched as usual it is right";
  ASSERT_TRUE(worker->set_mode({.replay_graph = true}).ok);
  const OrderOutcome outcome = worker->populate(1);
  EXPECT_EQ(outcome.end, WorkerEnd::not_capturable);
  EXPECT_THAT(outcome.detail, HasSubstr("capture run"));
}

// The one end that accuses nobody is no way out of a window, nor of setup.
TEST_F(FakeGpu, NobodySaysThatItCannotBeCapturedUnlessAsked) {
  const auto worker = start(Mode::forges_status, 7);
  ASSERT_TRUE(worker) << error_;
  ASSERT_TRUE(worker->setup(10).ok);
  Window w;
  const OrderOutcome outcome = worker->run(plan_of(1), 10, w);
  EXPECT_EQ(outcome.end, WorkerEnd::failed_call);
}

TEST_F(FakeGpu, ASetWithoutAGraphIsAFailedCall) {
  const auto worker = start(Mode::on_the_stream, 1);
  ASSERT_TRUE(worker) << error_;
  ASSERT_TRUE(worker->setup(10).ok);
  ASSERT_TRUE(worker->set_mode({.replay_graph = true}).ok);
  ASSERT_TRUE(worker->populate(2).ok);
  Window w;
  const OrderOutcome outcome = worker->run(plan_of(3), 10, w);
  EXPECT_EQ(outcome.end, WorkerEnd::failed_call);
  EXPECT_THAT(outcome.detail, HasSubstr("the graph of set 2"));
}

TEST_F(FakeGpu, ClaimsAreFetchedWhileTheJudgeDoesOtherThings) {
  const auto worker = start(Mode::spins, 20'000);
  ASSERT_TRUE(worker) << error_;
  ASSERT_TRUE(worker->setup(10).ok);
  for (int i = 0; i < 20; ++i) {
    Window w;
    ASSERT_TRUE(worker->run(plan_of(4), 10, w).ok);
    worker->settle(w);
    worker->begin_collecting();
    worker->begin_collecting();  // once is enough
    if (i % 4 == 3) continue;    // the next order waits for it
    const OrderOutcome outcome = worker->collect_claims(w);
    ASSERT_TRUE(outcome.ok) << outcome.detail;
    EXPECT_TRUE(w.device_claim_sane);
    EXPECT_GE(w.device_ns, w.claim_ns * 9 / 10);
    EXPECT_GE(w.cpu_outside_ns, 0);
  }
  worker->begin_collecting();  // and nobody waits
}

TEST_F(FakeGpu, AWorkerThatEndsWhileItCollectsIsToldAsThat) {
  const auto worker = start(Mode::honest);
  ASSERT_TRUE(worker) << error_;
  ASSERT_TRUE(worker->setup(10).ok);
  Window w;
  ASSERT_TRUE(worker->run(plan_of(1), 10, w).ok);
  worker->settle(w);
  kill(worker->pid(), SIGKILL);
  worker->begin_collecting();
  EXPECT_EQ(worker->collect_claims(w).end, WorkerEnd::killed);
  EXPECT_EQ(worker->pid(), 0);
  EXPECT_EQ(worker->collect_claims(w).end, WorkerEnd::killed);
}

TEST_F(FakeGpu, TensorsOfTheHostAreWhereTheJudgeHasThem) {
  on_host_ = true;
  for (const bool read_only : {true, false}) {
    sealed_ = read_only;
    std::vector<std::string> environment;
    if (!read_only) environment.push_back("FAKE_GPU_REGISTERS_NO_READ_ONLY=1");
    const auto worker = start(Mode::honest, 0, environment);
    ASSERT_TRUE(worker) << error_;
    ASSERT_EQ(buffers_->layout().host_outputs, true);
    const auto told = ::testing::Contains(HasSubstr("host inputs are mapped writable"));
    if (read_only)
      EXPECT_THAT(worker->notes(), ::testing::Not(told));
    else
      EXPECT_THAT(worker->notes(), told);
    ASSERT_TRUE(worker->setup(10).ok);
    for (int set = 0; set < kSets; ++set)
      for (int i = 0; i < kHostileElements; ++i) input(set)[i] = static_cast<float>(set * 1000 + i);
    Window w;
    const OrderOutcome outcome = worker->run(plan_of(kSets), 10, w);
    ASSERT_TRUE(outcome.ok) << outcome.detail;
    for (int set = 0; set < kSets; ++set)
      for (int i = 0; i < kHostileElements; ++i) ASSERT_EQ(output(set)[i], 2 * input(set)[i]);
  }
}

// A judge that sealed its host inputs, and a driver that would need them writable: no worker, and the reason.
TEST_F(FakeGpu, HostInputsThatCannotBeRegisteredAreNoWorker) {
  on_host_ = true;
  EXPECT_EQ(start(Mode::honest, 0, {"FAKE_GPU_REGISTERS_NO_READ_ONLY=1"}), nullptr);
  EXPECT_THAT(error_, HasSubstr("host inputs"));
}

TEST_F(FakeGpu, MemoryThatIsLentByIpcIsNamedAsWeaker) {
  by_ipc_ = true;
  const auto worker = start(Mode::honest);
  ASSERT_TRUE(worker) << error_;
  EXPECT_THAT(worker->notes(), ::testing::Contains(HasSubstr("CUDA IPC")));
  bool named = false;
  for (const Protection& p : worker->protections())
    named = named || (!p.active && p.detail.find("CUDA IPC") != std::string::npos);
  EXPECT_TRUE(named);
  ASSERT_TRUE(worker->setup(10).ok);
  Window w;
  EXPECT_TRUE(worker->run(plan_of(2), 10, w).ok);
}

TEST_F(FakeGpu, IsAsLockedDownAsOthersThoughTheDriverHasThreads) {
  const auto worker = start(Mode::honest);
  ASSERT_TRUE(worker) << error_;
  for (const Protection& p : worker->protections()) {
    if (p.name == "lockdown" || p.name == "seccomp" || p.name == "no new privileges") {
      EXPECT_TRUE(p.active) << p.name << ": " << p.detail;
    }
  }
}

TEST_F(FakeGpu, AnErrorOfTheDeviceFailsTheCallWithItsName) {
  // 1: warm-up; 2: after setup; 3: the first window; 4: the second.
  const auto worker = start(Mode::honest, 0, {"FAKE_GPU_FAILS_AT=4"});
  ASSERT_TRUE(worker) << error_;
  ASSERT_TRUE(worker->setup(10).ok);
  Window w;
  ASSERT_TRUE(worker->run(plan_of(2), 10, w).ok);
  const OrderOutcome outcome = worker->run(plan_of(2), 10, w);
  EXPECT_FALSE(outcome.ok);
  EXPECT_EQ(outcome.end, WorkerEnd::failed_call);
  EXPECT_THAT(outcome.detail, HasSubstr("CUDA_ERROR_ILLEGAL_ADDRESS"));
  EXPECT_EQ(worker->pid(), 0);
}

TEST_F(FakeGpu, AnErrorInSetupIsToldAsThat) {
  const auto worker = start(Mode::honest, 0, {"FAKE_GPU_FAILS_AT=2"});
  ASSERT_TRUE(worker) << error_;
  const OrderOutcome outcome = worker->setup(10);
  EXPECT_EQ(outcome.end, WorkerEnd::failed_setup);
  EXPECT_THAT(outcome.detail, HasSubstr("CUDA_ERROR_ILLEGAL_ADDRESS"));
}

TEST_F(FakeGpu, AGpuThatIsNotThereIsNoWorker) {
  uuid_ = 0x77;
  EXPECT_EQ(start(Mode::honest), nullptr);
  EXPECT_THAT(error_, HasSubstr("none of the 2 that the worker sees"));
  uuid_ = 0x10;
  EXPECT_EQ(start(Mode::honest, 0, {"AISP_CUDA_DRIVER=/nonexistent/libcuda.so.1"}), nullptr);
  EXPECT_THAT(error_, HasSubstr("/nonexistent/libcuda.so.1"));
}

// CUPTI itself, where it is there, finds no driver of its own kind.
TEST_F(FakeGpu, ACuptiThatCannotWorkIsOnlyMissing) {
  const std::string cupti = cuda::find_cupti();
  const auto worker = start(Mode::honest, 0, {"AISP_CUPTI_LIBRARY=" + cupti});
  ASSERT_TRUE(worker) << error_;
  for (const std::string& note : worker->notes()) std::printf("  note: %s\n", note.c_str());
  EXPECT_THAT(worker->notes(), ::testing::ElementsAre(HasSubstr("no CUPTI: ")));
  ASSERT_TRUE(worker->setup(10).ok);
  Window w;
  EXPECT_TRUE(worker->run(plan_of(2), 10, w).ok);
}

TEST_F(FakeGpu, ScribbledClaimsAreAnswered) {
  const auto worker = start(Mode::scribbles);
  ASSERT_TRUE(worker) << error_;
  ASSERT_TRUE(worker->setup(10).ok);
  for (int i = 0; i < 50; ++i) {
    Window w;
    if (!worker->run(plan_of(4), 10, w).ok) break;
    worker->settle(w);
    if (!worker->collect_claims(w).ok) break;
    if (w.device_claim_sane && w.device_ns >= 0) {
      EXPECT_LE(w.device_ns, w.done_ns * 2);
    }
  }
}

}  // namespace
}  // namespace aisp
