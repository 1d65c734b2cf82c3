// Tensors in the host's memory, judged by the GPU's kernels: drawn as a CPU draws them, poisoned, frozen with their
// bands, and looked at. What a worker would do to them is done through a second mapping. Needs a GPU.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <memory>

#include "device/device.h"
#include "device/layout.h"

namespace aisp {
namespace {

constexpr std::int64_t kElements = 3000;
constexpr int kSets = 4;
constexpr std::uint64_t kNanWord = 0x7ff4dead7ff4beefull;

Tensor tensor(const char* name, Placement placement) {
  return {.name = name, .shape = {kElements}, .placement = placement};
}

Problem mixed(bool all_outputs_on_host) {
  const auto input = [](const char* name, Placement placement, Role role) {
    return Input{.tensor = tensor(name, placement),
                 .role = role,
                 .distribution = Distribution::uniform(-1, 1)};
  };
  const auto output = [](const char* name, Placement placement) {
    return Output{.tensor = tensor(name, placement),
                  .tolerance = Tolerance::for_dtype(Dtype::fp32)};
  };
  return {
      .target = "test:host",
      .summary = "both placements in every role",
      .inputs = {input("a", Placement::host, Role::activation),
                 input("b", Placement::device, Role::activation),
                 input("w", Placement::host, Role::weight),
                 input("y", Placement::host, Role::in_out)},
      .outputs = {output("x", all_outputs_on_host ? Placement::host : Placement::device),
                  output("y", Placement::host)},
      .reference = [](const Inputs&, const Expected&) {},
      .validate = no_invariants,
      .work = Work{.flops = 1, .bytes = 1},
      .goal = Goal::speed,
  };
}

class HostPlaced : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    auto opened = make_cuda_device(0);
    if (!opened) GTEST_SKIP() << "not run: " << opened.error().message();
    device_ = std::move(*opened);
    problem_ = std::make_unique<Problem>(mixed(GetParam()));
    const Layout layout = make_layout(*problem_, 1 << 24, kSets, device_->host_buffer_budget());
    ASSERT_EQ(layout.sets, kSets);
    auto made = device_->allocate(*problem_, layout);
    ASSERT_TRUE(made.ok()) << made.error().message();
    buffers_ = std::move(*made);
    key_.bytes[0] = 42;
    bytes_ = buffers_->host_outputs_mapped_bytes();
    void* const at =
        mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, buffers_->host_outputs_fd(), 0);
    ASSERT_NE(at, MAP_FAILED);
    outputs_ = static_cast<std::byte*>(at);
  }
  void TearDown() override {
    if (outputs_ != nullptr) munmap(outputs_, bytes_);
  }
  std::byte* output(std::size_t o, int set) const {
    const TensorPlace& place = buffers_->layout().outputs[o];
    return outputs_ + place.offset + place.set_stride * static_cast<std::uint64_t>(set);
  }

  std::unique_ptr<Device> device_;
  std::unique_ptr<Problem> problem_;
  std::unique_ptr<Buffers> buffers_;
  Key key_;
  std::byte* outputs_ = nullptr;
  std::uint64_t bytes_ = 0;
};

TEST_P(HostPlaced, InputsAreDrawnAsOnACpu) {
  auto cpu = make_cpu_device()->allocate(*problem_, make_layout(*problem_, 1 << 24, kSets));
  ASSERT_TRUE(cpu.ok());
  for (Buffers* buffers : {buffers_.get(), cpu->get()}) {
    buffers->draw_weights(key_);
    buffers->draw_inputs(key_, 7, kSets);
    buffers->poison(key_, 7, kSets, kNanWord);
  }
  for (int set = 0; set < kSets; ++set) {
    const auto got = buffers_->input_views(key_, 7, set);
    const auto want = (*cpu)->input_views(key_, 7, set);
    ASSERT_EQ(got.size(), want.size());
    for (std::size_t i = 0; i < got.size(); ++i)
      EXPECT_EQ(std::memcmp(got[i].data, want[i].data, 4 * kElements), 0) << set << " " << i;
    // In-out: where workers find it.
    EXPECT_EQ(std::memcmp(output(1, set), want[3].data, 4 * kElements), 0) << set;
  }
  EXPECT_EQ(buffers_->count_all_changed_inputs(key_, 7, kSets), 0);
}

TEST_P(HostPlaced, AChangedInputIsCounted) {
  buffers_->draw_weights(key_);
  buffers_->draw_inputs(key_, 7, kSets);
  void* const at = mmap(nullptr, buffers_->host_inputs_mapped_bytes(), PROT_READ | PROT_WRITE,
                        MAP_SHARED, buffers_->host_inputs_fd(), 0);
  if (at == MAP_FAILED) GTEST_SKIP() << "sealed: nobody else can change them";
  static_cast<std::byte*>(at)[buffers_->layout().inputs[0].offset] ^= std::byte{1};
  EXPECT_EQ(buffers_->count_all_changed_inputs(key_, 7, kSets), 1);
  munmap(at, buffers_->host_inputs_mapped_bytes());
}

TEST_P(HostPlaced, OutputsArePoisonedFrozenAndLookedAt) {
  buffers_->start_preparing(key_, {3, 2, kSets, kNanWord, 99, true, false});
  EXPECT_TRUE(buffers_->finish_preparing().poison_intact);
  // A right worker: its two calls' outputs, nothing around them.
  for (int set = 0; set < 2; ++set)
    for (const std::size_t o : {std::size_t{0}, std::size_t{1}}) {
      if (!buffers_->layout().outputs[o].on_host) continue;
      std::memset(output(o, set), 0x11 * (set + 1), 4 * kElements);
    }
  buffers_->freeze(2);
  for (int set = 0; set < 2; ++set) {
    EXPECT_EQ(buffers_->find_damage(set, kNanWord), std::nullopt);
    const auto views = buffers_->output_views(set);
    EXPECT_EQ(std::memcmp(views[1].data, output(1, set), 4 * kElements), 0);
  }
  EXPECT_EQ(buffers_->find_stray_write(2, kSets, kNanWord), std::nullopt);
  const auto hashes = buffers_->fingerprints(2, 5);
  // What is written after the freeze does not exist.
  output(1, 0)[0] = std::byte{0x77};
  EXPECT_EQ(static_cast<const unsigned char*>(buffers_->output_views(0)[1].data)[0], 0x11);
  EXPECT_EQ(buffers_->fingerprints(2, 5), hashes);
  // A byte behind y of set 1, and one in a set that the window does not have.
  output(1, 1)[4 * kElements + 5] ^= std::byte{1};
  output(1, 3)[8] ^= std::byte{1};
  buffers_->freeze(2);
  EXPECT_NE(buffers_->fingerprints(2, 5), hashes);
  const auto damage = buffers_->find_damage(1, kNanWord);
  ASSERT_TRUE(damage.has_value());
  EXPECT_EQ(damage->output, 1u);
  EXPECT_EQ(damage->offset_bytes, 4 * kElements + 5);
  const auto stray = buffers_->find_stray_write(2, kSets, kNanWord);
  ASSERT_TRUE(stray.has_value());
  EXPECT_EQ(stray->set, 3);
  EXPECT_EQ(stray->damage.output, 1u);
  EXPECT_EQ(stray->damage.offset_bytes, 8);
}

INSTANTIATE_TEST_SUITE_P(Outputs, HostPlaced, ::testing::Values(false, true),
                         [](const auto& outputs) { return outputs.param ? "all" : "some"; });

}  // namespace
}  // namespace aisp
