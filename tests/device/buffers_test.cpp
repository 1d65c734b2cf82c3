#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <random>
#include <set>
#include <string_view>

#include "device/device.h"
#include "device/random_problem.h"

namespace aisp {
namespace {

constexpr std::uint64_t kNanWord = 0x7ff4123456789abdull;

Key key_of(std::uint8_t n) {
  Key key;
  key.bytes[0] = n;
  return key;
}

// A strided output between two others, an in-out tensor, a weight and an activation.
Problem mixed_problem() {
  return {
      .target = "test:mixed",
      .summary = "all roles, and strides",
      .inputs = {{.tensor = Tensor{.name = "x", .shape = {33}},
                  .role = Role::activation,
                  .distribution = Distribution::uniform(-1, 1)},
                 {.tensor =
                      Tensor{.name = "w", .dtype = Dtype::bf16, .shape = {4, 5}, .strides = {7, 1}},
                  .role = Role::weight,
                  .distribution = Distribution::uniform(-1, 1)},
                 {.tensor = Tensor{.name = "y", .shape = {9}},
                  .role = Role::in_out,
                  .distribution = Distribution::uniform(-1, 1)}},
      .outputs = {{.tensor = Tensor{.name = "a", .dtype = Dtype::uint8, .shape = {13}},
                   .tolerance = Tolerance::exact()},
                  {.tensor =
                       Tensor{
                           .name = "s", .dtype = Dtype::bf16, .shape = {3, 5}, .strides = {9, 1}},
                   .tolerance = Tolerance::for_dtype(Dtype::bf16)},
                  {.tensor = Tensor{.name = "y", .shape = {9}},
                   .tolerance = Tolerance::for_dtype(Dtype::fp32)}},
      .reference = [](const Inputs&, const Expected&) {},
      .validate = no_invariants,
      .work = Work{.flops = 1, .bytes = 1},
      .goal = Goal::speed,
  };
}

class BuffersOf : public ::testing::Test {
 protected:
  void allocate(Problem problem, int sets = 4) {
    buffers_.reset();
    problem_ = std::make_unique<Problem>(std::move(problem));
    auto made = make_cpu_device()->allocate(*problem_, make_layout(*problem_, 64 << 20, sets));
    ASSERT_TRUE(made.ok()) << made.error().message();
    buffers_ = std::move(*made);
    buffers_->draw_weights(key_);
    buffers_->draw_inputs(key_, 1, sets);
    buffers_->poison(key_, 1, sets, kNanWord);
  }
  std::byte* output(int set, std::size_t o) {
    return const_cast<std::byte*>(
        static_cast<const std::byte*>(buffers_->output_views(set)[o].data));
  }
  std::byte* input(int set, std::size_t i) {
    const TensorPlace& place = buffers_->layout().inputs[i];
    return (place.in_outputs_region ? buffers_->outputs_data() : buffers_->inputs_data()) +
           place.offset + place.set_stride * static_cast<unsigned>(set);
  }

  Key key_ = key_of(1);
  std::unique_ptr<Problem> problem_;
  std::unique_ptr<Buffers> buffers_;
};

// Which bytes of a tensor's storage belong to an element.
std::vector<bool> element_bytes(const Tensor& t) {
  std::vector<bool> used(t.storage_bytes(), false);
  const auto strides = t.effective_strides();
  for (std::int64_t n = 0; n < t.elements(); ++n) {
    std::int64_t rest = n, at = 0;
    for (std::size_t d = t.shape.size(); d-- > 0;) {
      at += rest % t.shape[d] * strides[d];
      rest /= t.shape[d];
    }
    for (std::size_t b = 0; b < dtype_bytes(t.dtype); ++b)
      used[static_cast<std::size_t>(at) * dtype_bytes(t.dtype) + b] = true;
  }
  return used;
}

TEST_F(BuffersOf, OneChangedByteIsFoundAtEveryPlaceOfBandsAndGaps) {
  allocate(mixed_problem());
  const Layout& layout = buffers_->layout();
  for (int set = 0; set < layout.sets; ++set) ASSERT_FALSE(buffers_->find_damage(set, kNanWord));
  int places = 0;
  const int set = 2;
  for (std::size_t o = 0; o < problem_->outputs.size(); ++o) {
    const TensorPlace& place = layout.outputs[o];
    const auto elements = element_bytes(problem_->outputs[o].tensor);
    const auto before = static_cast<std::int64_t>(place.band_before);
    const auto end = static_cast<std::int64_t>(place.bytes + place.band_after);
    for (std::int64_t at = -before; at < end; ++at) {
      std::byte& byte = output(set, o)[at];
      const std::byte was = byte;
      byte ^= std::byte{1};
      const auto damage = buffers_->find_damage(set, kNanWord);
      const bool is_element = at >= 0 && at < static_cast<std::int64_t>(place.bytes) &&
                              elements[static_cast<std::size_t>(at)];
      if (is_element) {
        ASSERT_FALSE(damage) << "output " << o << " byte " << at << " may be written";
      } else {
        ASSERT_TRUE(damage) << "output " << o << " byte " << at;
        ASSERT_EQ(damage->output, o);
        // In gaps the element-sized hole that holds the byte is named.
        ASSERT_LE(std::abs(damage->offset_bytes - at), 7);
        ++places;
      }
      byte = was;
    }
    for (int other = 0; other < layout.sets; ++other)
      ASSERT_FALSE(buffers_->find_damage(other, kNanWord));
  }
  EXPECT_GT(places, 6 * 256);
}

TEST_F(BuffersOf, DamageIsFoundInRandomProblems) {
  std::mt19937_64 random(11);
  for (int n = 0; n < 200; ++n) {
    allocate(testing::random_problem(random), 2);
    ASSERT_TRUE(buffers_);
    const auto sets = static_cast<unsigned>(buffers_->layout().sets);
    const int set = static_cast<int>(random() % sets);
    ASSERT_FALSE(buffers_->find_damage(set, kNanWord)) << "problem " << n << ": untouched";
    const std::size_t o = random() % problem_->outputs.size();
    const TensorPlace& place = buffers_->layout().outputs[o];
    const std::int64_t at =
        random() % 2 == 0 ? -1 - static_cast<std::int64_t>(random() % place.band_before)
                          : static_cast<std::int64_t>(place.bytes + random() % place.band_after);
    output(set, o)[at] ^= std::byte{0x80};
    const auto damage = buffers_->find_damage(set, kNanWord);
    ASSERT_TRUE(damage) << "problem " << n;
    ASSERT_EQ(damage->output, o);
    ASSERT_EQ(damage->offset_bytes, at);
  }
}

TEST_F(BuffersOf, EveryChangedInputByteIsCounted) {
  allocate(mixed_problem());
  const int set = 3;
  ASSERT_EQ(buffers_->count_changed_inputs(key_, 1, set), 0);
  std::int64_t changed = 0;
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    const auto elements = element_bytes(problem_->inputs[i].tensor);
    for (std::size_t b = 0; b < elements.size(); ++b) {
      if (!elements[b]) continue;
      input(set, i)[b] ^= std::byte{4};
      ASSERT_EQ(buffers_->count_changed_inputs(key_, 1, set), ++changed) << i << " byte " << b;
    }
  }
  EXPECT_EQ(changed, 33 * 4 + 20 * 2);
  EXPECT_EQ(buffers_->count_changed_inputs(key_, 1, 2), 20 * 2) << "weights are in all sets";
  buffers_->draw_inputs(key_, 1, 4);
  buffers_->draw_weights(key_);
  EXPECT_EQ(buffers_->count_changed_inputs(key_, 1, set), 0);
}

TEST_F(BuffersOf, WhatHasBeenWrittenIsSeenByTheProbe) {
  Problem problem = mixed_problem();
  allocate(problem, 1);
  for (std::uint64_t random = 0; random < 100; ++random)
    ASSERT_TRUE(buffers_->probe_poison(1, kNanWord, random));
  EXPECT_FALSE(buffers_->probe_poison(1, kNanWord ^ 1, 5));
  // All of one output written: no probe of it can miss.
  std::memset(output(0, 1), 0, buffers_->layout().outputs[1].bytes);
  for (std::uint64_t random = 0; random < 100; ++random)
    ASSERT_FALSE(buffers_->probe_poison(1, kNanWord, random));
}

TEST_F(BuffersOf, OutputsThatAreTooSmallForAWordAreProbedToo) {
  Problem problem = mixed_problem();
  problem.outputs = {
      {Tensor{.name = "tiny", .dtype = Dtype::uint8, .shape = {3}}, Tolerance::exact()}};
  problem.inputs.pop_back();
  allocate(problem, 1);
  ASSERT_TRUE(buffers_->probe_poison(1, kNanWord, 1));
  output(0, 0)[2] ^= std::byte{1};
  EXPECT_FALSE(buffers_->probe_poison(1, kNanWord, 1));
}

TEST_F(BuffersOf, InOutTensorsAreDrawnTheSameForEverySide) {
  allocate(mixed_problem());
  const std::size_t bytes = problem_->inputs[2].tensor->storage_bytes();
  std::vector<std::byte> first(input(1, 2), input(1, 2) + bytes);
  std::memset(input(1, 2), 0, bytes);  // the first side overwrites it
  // What the reference sees is what was drawn, whatever is there now.
  EXPECT_EQ(std::memcmp(buffers_->input_views(key_, 1, 1)[2].data, first.data(), bytes), 0);
  buffers_->poison(key_, 1, 4, kNanWord ^ 0xff00);  // for the second side
  EXPECT_EQ(std::memcmp(input(1, 2), first.data(), bytes), 0);
  buffers_->poison(key_, 2, 4, kNanWord);
  EXPECT_NE(std::memcmp(input(1, 2), first.data(), bytes), 0) << "another round, other values";
}

TEST_F(BuffersOf, NoTwoDrawsSetsTensorsOrKeysShareValues) {
  Problem problem = mixed_problem();
  problem.inputs[1].role = Role::activation;
  problem.inputs[1].tensor = Tensor{.name = "x2", .shape = {33}};
  allocate(problem);
  std::set<std::string> seen;
  int drawn = 0;
  for (const std::uint8_t key : {1, 2})
    for (std::uint64_t draw = 0; draw < 50; ++draw) {
      buffers_->draw_inputs(key_of(key), draw, 4);
      for (int set = 0; set < 4; ++set)
        for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
          seen.emplace(reinterpret_cast<const char*>(input(set, i)), 33 * 4);
          ++drawn;
        }
    }
  EXPECT_EQ(static_cast<int>(seen.size()), drawn);
  // And the same once more where key, draw, set and tensor are the same.
  buffers_->draw_inputs(key_of(2), 17, 4);
  EXPECT_FALSE(seen.emplace(reinterpret_cast<const char*>(input(3, 1)), 33 * 4).second);
}

TEST_F(BuffersOf, WeightsStayWhenActivationsAreDrawn) {
  allocate(mixed_problem());
  const std::size_t bytes = problem_->inputs[1].tensor->storage_bytes();
  const std::vector<std::byte> before(input(0, 1), input(0, 1) + bytes);
  buffers_->draw_inputs(key_, 99, 4);
  EXPECT_EQ(std::memcmp(input(3, 1), before.data(), bytes), 0);
}

TEST_F(BuffersOf, AWorkerGetsNoWritableViewOfTheInputs) {
  allocate(mixed_problem());
  EXPECT_TRUE(buffers_->inputs_sealed());
  EXPECT_EQ(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, buffers_->inputs_fd(), 0),
            MAP_FAILED);
  void* out = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, buffers_->outputs_fd(), 0);
  ASSERT_NE(out, MAP_FAILED);
  munmap(out, 4096);
}

TEST(CpuDevice, RefusesWhatCannotBeDrawn) {
  Problem problem = mixed_problem();
  problem.inputs[0].distribution = Distribution::uniform(2, 1);
  const auto made = make_cpu_device()->allocate(problem, make_layout(problem, 1 << 20, 1));
  EXPECT_FALSE(made.ok());
}

TEST(CpuDevice, MoreMemoryThanThereCanBeIsAnError) {
  Problem problem = mixed_problem();
  Layout layout = make_layout(problem, 1 << 20, 1);
  layout.inputs_set_stride = std::uint64_t{1} << 62;
  EXPECT_FALSE(make_cpu_device()->allocate(problem, layout).ok());
  layout.inputs_set_stride = ~std::uint64_t{0} - layout.weights_bytes;  // rounds up to nothing
  EXPECT_FALSE(make_cpu_device()->allocate(problem, layout).ok());
}

}  // namespace
}  // namespace aisp
