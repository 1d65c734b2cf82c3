#include "device/layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "device/random_problem.h"
#include "problem/loader.h"

namespace aisp {
namespace {

using testing::random_problem;

struct Range {
  std::uint64_t begin, end;
  std::string what;
};

void expect_disjoint(std::vector<Range> ranges, std::uint64_t region_bytes) {
  std::sort(ranges.begin(), ranges.end(),
            [](const Range& a, const Range& b) { return a.begin < b.begin; });
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    ASSERT_LE(ranges[i].end, region_bytes) << ranges[i].what << " passes its region";
    if (i > 0) {
      ASSERT_LE(ranges[i - 1].end, ranges[i].begin)
          << ranges[i - 1].what << " and " << ranges[i].what << " overlap";
    }
  }
}

TEST(Layout, ThousandRandomProblems) {
  std::mt19937_64 random(20260131);
  for (int n = 0; n < 1000; ++n) {
    const Problem problem = random_problem(random);
    ASSERT_TRUE(problem_faults(problem).empty()) << problem_faults(problem).front();
    const int max_sets = static_cast<int>(1 + random() % 5);
    const Layout layout = make_layout(problem, 8 << 20, max_sets);
    SCOPED_TRACE("problem " + std::to_string(n));
    ASSERT_GE(layout.sets, 1);
    ASSERT_LE(layout.sets, max_sets);
    ASSERT_EQ(layout.inputs.size(), problem.inputs.size());
    ASSERT_EQ(layout.outputs.size(), problem.outputs.size());

    std::vector<Range> in_inputs, in_outputs;
    for (std::size_t i = 0; i < problem.inputs.size(); ++i) {
      const Tensor& t = problem.inputs[i].tensor;
      const TensorPlace& place = layout.inputs[i];
      ASSERT_EQ(place.bytes, t.storage_bytes());
      const Role role = problem.inputs[i].role.get();
      ASSERT_EQ(place.weight, role == Role::weight);
      ASSERT_EQ(place.in_outputs_region, role == Role::in_out);
      if (role == Role::in_out) {
        const auto partner = static_cast<std::size_t>(in_out_partner(problem, i));
        ASSERT_EQ(problem.outputs[partner].tensor->name, t.name);
        ASSERT_EQ(place.offset, layout.outputs[partner].offset);
        ASSERT_EQ(place.set_stride, layout.outputs[partner].set_stride);
        continue;
      }
      ASSERT_EQ(place.set_stride == 0, place.weight || layout.inputs_set_stride == 0);
      if (place.weight) {
        ASSERT_LE(place.offset + place.bytes, layout.weights_bytes);
      }
      for (int set = 0; set < (place.weight ? 1 : layout.sets); ++set) {
        const std::uint64_t at = place.offset + place.set_stride * static_cast<unsigned>(set);
        ASSERT_EQ(at % t.alignment, 0u);
        in_inputs.push_back({at, at + place.bytes, t.name + "#" + std::to_string(set)});
      }
    }
    for (std::size_t o = 0; o < problem.outputs.size(); ++o) {
      const Tensor& t = problem.outputs[o].tensor;
      const TensorPlace& place = layout.outputs[o];
      ASSERT_TRUE(place.in_outputs_region);
      ASSERT_EQ(place.bytes, t.storage_bytes());
      ASSERT_GE(place.band_before, 256u);
      ASSERT_GE(place.band_after, 256u);
      if (place.bytes >= 4096) {
        ASSERT_GE(std::min(place.band_before, place.band_after), 4096u);
      }
      for (int set = 0; set < layout.sets; ++set) {
        const std::uint64_t at = place.offset + place.set_stride * static_cast<unsigned>(set);
        ASSERT_EQ(at % t.alignment, 0u);
        // With its bands: bands belong to one tensor, so that damage names the right one.
        in_outputs.push_back({at - place.band_before, at + place.bytes + place.band_after,
                              t.name + "#" + std::to_string(set)});
      }
    }
    expect_disjoint(in_inputs, layout.inputs_bytes());
    expect_disjoint(in_outputs, layout.outputs_bytes());
    // Every byte of the outputs is a tensor's or a band's: there is no place to hide anything.
    std::uint64_t covered = 0;
    for (const Range& range : in_outputs) covered += range.end - range.begin;
    ASSERT_EQ(covered, layout.outputs_bytes());
  }
}

TEST(Layout, AsManySetsAsTheBudgetHolds) {
  std::mt19937_64 random(7);
  for (int n = 0; n < 200; ++n) {
    const Problem problem = random_problem(random);
    const std::uint64_t budget = 1 << (12 + random() % 10);
    const Layout layout = make_layout(problem, budget, 1 << 14);
    const std::uint64_t used = layout.inputs_bytes() + layout.outputs_bytes();
    if (layout.sets > 1) {
      EXPECT_LE(used, budget);
    }
    if (layout.sets < 1 << 14) {
      EXPECT_GT(used + layout.set_bytes(), budget);
    }
  }
}

void place_on_host(Required<Tensor>& tensor) {
  Tensor placed = tensor.get();
  placed.placement = Placement::host;
  tensor = placed;
}

// Every tensor within its own region, none over another, and outputs of both memories in one frozen copy.
TEST(Layout, TensorsOfTheHostHaveRegionsOfTheirOwn) {
  std::mt19937_64 random(11);
  int on_host = 0;
  for (int n = 0; n < 500; ++n) {
    Problem problem = random_problem(random);
    for (Output& output : problem.outputs)
      if (random() % 2 == 0) place_on_host(output.tensor);
    for (std::size_t i = 0; i < problem.inputs.size(); ++i) {
      const int partner = in_out_partner(problem, i);
      const bool host =
          partner >= 0 ? problem.outputs[static_cast<std::size_t>(partner)].tensor->placement ==
                             Placement::host
                       : random() % 2 == 0;
      if (host) place_on_host(problem.inputs[i].tensor);
    }
    SCOPED_TRACE("problem " + std::to_string(n));
    // Where there is one memory the placement says nothing.
    const Layout one = make_layout(problem, 8 << 20, 3);
    EXPECT_EQ(one.host_inputs_bytes() + one.host_outputs_bytes(), 0u);

    const Layout layout = make_layout(problem, 8 << 20, 3, 8 << 20);
    std::vector<Range> ranges[2], frozen;
    const auto last_set = static_cast<std::uint64_t>(layout.sets - 1);
    for (std::size_t i = 0; i < problem.inputs.size(); ++i) {
      const TensorPlace& place = layout.inputs[i];
      EXPECT_EQ(place.on_host, problem.inputs[i].tensor->placement == Placement::host);
      on_host += place.on_host ? 1 : 0;
      if (place.in_outputs_region) continue;
      for (std::uint64_t set = 0; set <= (place.weight ? 0 : last_set); ++set)
        ranges[place.on_host ? 1 : 0].push_back(
            {place.offset + set * place.set_stride,
             place.offset + set * place.set_stride + place.bytes, place.name});
    }
    for (const TensorPlace& place : layout.outputs) {
      on_host += place.on_host ? 1 : 0;
      EXPECT_EQ(place.set_stride, layout.outputs_set_stride);
      frozen.push_back({place.offset - place.band_before,
                        place.offset + place.bytes + place.band_after, place.name});
    }
    expect_disjoint(ranges[0], layout.inputs_bytes());
    expect_disjoint(ranges[1], layout.host_inputs_bytes());
    expect_disjoint(frozen, layout.outputs_set_stride);
    EXPECT_EQ(layout.host_outputs_bytes(), layout.host_outputs ? layout.outputs_bytes() : 0);
  }
  EXPECT_GT(on_host, 100);
}

TEST(Layout, TheHostsBudgetLimitsTheSets) {
  std::mt19937_64 random(13);
  Problem problem = random_problem(random);
  for (Input& input : problem.inputs) place_on_host(input.tensor);
  for (Output& output : problem.outputs) place_on_host(output.tensor);
  const Layout few = make_layout(problem, 1ull << 40, 1 << 20, 1 << 20);
  EXPECT_LT(few.sets, 1 << 20);
  EXPECT_TRUE(few.sets == 1 || few.host_inputs_bytes() + few.host_outputs_bytes() <= 1u << 20);
}

TEST(Layout, AProblemThatPassesTheBudgetGetsOneSet) {
  std::mt19937_64 random(9);
  EXPECT_EQ(make_layout(random_problem(random), 1, 100).sets, 1);
}

}  // namespace
}  // namespace aisp
