// Chapter 1: every implementation computes its problem, stays inside its buffers, and every
// tolerance refuses results that are nearly, but not, right.
#include <aisp/aisp.h>
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "ch01_kernels.h"

namespace {

using aisp::Dtype;
using aisp::ch01::InstructionSet;

// One tensor in memory between two guard bands.
class Buffer {
 public:
  static constexpr std::size_t kGuard = 4096;
  static constexpr unsigned char kPoison = 0xa5;  // as fp32: -2.9e-16; as bf16: -2.9e-16

  explicit Buffer(std::size_t bytes)
      : bytes_(bytes), memory_(static_cast<std::size_t>(bytes) + 2 * kGuard, kPoison) {}
  void* data() {
    std::uintptr_t p = reinterpret_cast<std::uintptr_t>(memory_.data()) + kGuard / 2;
    return reinterpret_cast<void*>((p + 63) / 64 * 64);
  }
  bool guards_intact() {
    const auto* begin = static_cast<unsigned char*>(data());
    const auto poisoned = [](unsigned char byte) { return byte == kPoison; };
    return std::all_of(static_cast<const unsigned char*>(memory_.data()), begin, poisoned) &&
           std::all_of(begin + bytes_,
                       static_cast<const unsigned char*>(memory_.data() + memory_.size()),
                       poisoned);
  }

 private:
  std::size_t bytes_;
  std::vector<unsigned char> memory_;
};

class Target {
 public:
  explicit Target(const std::string& name)
      : folder_(std::string(AISP_TARGETS_DIR "/ch01/") + name) {
    void* library = dlopen((folder_ / "problem.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) throw std::runtime_error(dlerror());
    using Make = const aisp::Problem* (*)();
    problem_ = reinterpret_cast<Make>(dlsym(library, "aisp_problem"))();
  }
  const aisp::Problem& problem() const { return *problem_; }

  std::vector<std::string> implementations() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      if (entry.path().extension() == ".so" && entry.path().stem() != "problem")
        names.push_back(entry.path().stem());
    std::sort(names.begin(), names.end());
    return names;
  }
  const aisp_implementation_v1& implementation(const std::string& name) const {
    void* library = dlopen((folder_ / (name + ".so")).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) throw std::runtime_error(dlerror());
    return *static_cast<const aisp_implementation_v1*>(dlsym(library, "aisp_implementation"));
  }

 private:
  std::filesystem::path folder_;
  const aisp::Problem* problem_ = nullptr;
};

// The tensors of one call.
class Call {
 public:
  Call(const aisp::Problem& problem, std::uint64_t seed) : problem_(problem) {
    std::mt19937_64 random(seed);
    for (const aisp::Input& input : problem.inputs) {
      EXPECT_EQ(input.tensor->dtype, Dtype::fp32);
      EXPECT_EQ(input.distribution->kind, aisp::Distribution::Kind::normal);
      std::normal_distribution<double> normal(input.distribution->a, input.distribution->b);
      inputs_.emplace_back(input.tensor->storage_bytes());
      float* values = static_cast<float*>(inputs_.back().data());
      for (std::int64_t i = 0; i < input.tensor->elements(); ++i)
        values[i] = static_cast<float>(normal(random));
    }
    for (const aisp::Output& output : problem.outputs)
      outputs_.emplace_back(output.tensor->storage_bytes());
  }

  // Fresh activations; weights stay.
  void redraw_activations(std::uint64_t seed) {
    Call fresh(problem_, seed);
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      if (problem_.inputs[i].role.get() == aisp::Role::activation)
        std::memcpy(inputs_[i].data(), fresh.inputs_[i].data(),
                    problem_.inputs[i].tensor->storage_bytes());
  }
  void round_inputs_to(Dtype dtype) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      float* values = static_cast<float*>(inputs_[i].data());
      for (std::int64_t e = 0; e < problem_.inputs[i].tensor->elements(); ++e)
        values[e] = static_cast<float>(rounded(dtype, values[e]));
    }
  }
  static double rounded(Dtype dtype, double value) {
    unsigned char bits[16];
    aisp::store_real(dtype, bits, value);
    return aisp::load_real(dtype, bits);
  }

  std::vector<double> expected() {
    std::vector<aisp::TensorView> views;
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      views.push_back({&problem_.inputs[i].tensor.get(), inputs_[i].data()});
    std::vector<double> values(static_cast<std::size_t>(output().elements()));
    std::span<double> span(values);
    problem_.reference.get()(aisp::Inputs(views, problem_.params),
                             aisp::Expected(std::span(&span, 1), {}));
    return values;
  }
  std::vector<double> computed() {
    std::vector<double> values(static_cast<std::size_t>(output().elements()));
    const auto* bytes = static_cast<const unsigned char*>(outputs_[0].data());
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = aisp::load_real(output().dtype, bytes + i * aisp::dtype_bytes(output().dtype));
    return values;
  }
  void poison_output() {
    std::memset(outputs_[0].data(), Buffer::kPoison, output().storage_bytes());
  }

  // Tensors as an implementation sees them; in setup only weights have data.
  const aisp_launch& launch(bool setup) {
    raw_.clear();
    strides_.clear();
    strides_.reserve(inputs_.size() + outputs_.size());
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      add(problem_.inputs[i].tensor, setup && problem_.inputs[i].role.get() != aisp::Role::weight
                                         ? nullptr
                                         : inputs_[i].data());
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      add(problem_.outputs[i].tensor, setup ? nullptr : outputs_[i].data());
    launch_ = {};
    launch_.inputs = raw_.data();
    launch_.outputs = raw_.data() + inputs_.size();
    launch_.input_count = static_cast<std::uint32_t>(inputs_.size());
    launch_.output_count = static_cast<std::uint32_t>(outputs_.size());
    return launch_;
  }
  bool guards_intact() {
    const auto intact = [](Buffer& b) { return b.guards_intact(); };
    return std::all_of(inputs_.begin(), inputs_.end(), intact) &&
           std::all_of(outputs_.begin(), outputs_.end(), intact);
  }

 private:
  const aisp::Tensor& output() const { return problem_.outputs[0].tensor; }
  void add(const aisp::Tensor& t, void* data) {
    strides_.push_back(t.effective_strides());
    raw_.push_back({t.name.c_str(), data, static_cast<std::uint32_t>(t.dtype),
                    static_cast<std::uint32_t>(t.shape.size()), t.shape.data(),
                    strides_.back().data(), static_cast<std::uint64_t>(t.elements())});
  }

  const aisp::Problem& problem_;
  std::vector<Buffer> inputs_;
  std::vector<Buffer> outputs_;
  std::vector<std::vector<std::int64_t>> strides_;
  std::vector<aisp_tensor> raw_;
  aisp_launch launch_{};
};

double rms_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return std::sqrt(sum / static_cast<double>(values.size()));
}

// The largest error in units of what the tolerance allows: passes when at most 1.
double worst(const aisp::Tolerance& tolerance, const std::vector<double>& got,
             const std::vector<double>& want) {
  const double floor = tolerance.atol + tolerance.rms * rms_of(want);
  double ratio = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    const double r = std::fabs(got[i] - want[i]) / (floor + tolerance.rtol * std::fabs(want[i]));
    ratio = std::isnan(r) ? INFINITY : std::max(ratio, r);
  }
  return ratio;
}

class Chapter01 : public testing::TestWithParam<const char*> {
 protected:
  Target target_{GetParam()};
  const aisp::Problem& problem_ = target_.problem();
  const aisp::Tolerance& tolerance_ = problem_.outputs[0].tolerance;
  Dtype dtype_ = problem_.outputs[0].tensor->dtype;
};

TEST_P(Chapter01, HasBaselineOptimizedAndCeiling) {
  EXPECT_THAT(target_.implementations(),
              testing::IsSupersetOf({"baseline", "optimized", "ceiling_openblas"}));
}

TEST_P(Chapter01, EveryImplementationComputesTheProblem) {
  std::deque<Call> calls;  // the same weights, activations of their own
  std::vector<std::vector<double>> expected;
  for (const std::uint64_t seed : {2, 3, 4}) {
    calls.emplace_back(problem_, 1);
    calls.back().redraw_activations(seed);
    expected.push_back(calls.back().expected());
  }
  for (const std::string& name : target_.implementations()) {
    SCOPED_TRACE(name);
    const aisp_implementation_v1& implementation = target_.implementation(name);
    ASSERT_EQ(implementation.abi_version, AISP_ABI_VERSION);
    void* state = nullptr;
    if (implementation.setup) {
      ASSERT_EQ(implementation.setup(&calls[0].launch(true), &state), 0);
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
      calls[i].poison_output();
      ASSERT_EQ(implementation.run(&calls[i].launch(false), state), 0);
      const double ratio = worst(tolerance_, calls[i].computed(), expected[i]);
      // fp32 sums in any order stay five times inside; bf16 factors twice.
      EXPECT_LT(ratio, dtype_ == Dtype::fp32 ? 0.2 : 0.5);
      RecordProperty(name + "_worst", std::to_string(ratio));
      EXPECT_TRUE(calls[i].guards_intact());
    }
    if (implementation.teardown) implementation.teardown(state);
  }
}

TEST_P(Chapter01, ToleranceFailsMutants) {
  Call call(problem_, 5);
  const std::vector<double> want = call.expected();
  const double rms = rms_of(want);
  std::vector<double> right = want;
  for (double& v : right) v = Call::rounded(dtype_, v);
  EXPECT_LT(worst(tolerance_, right, want), 0.5);

  EXPECT_GT(worst(tolerance_, std::vector<double>(want.size(), 0.0), want), 10) << "zeros";

  std::vector<double> mutant = right;
  std::fill(mutant.end() - static_cast<std::ptrdiff_t>(mutant.size() / 64), mutant.end(), 0.0);
  EXPECT_GT(worst(tolerance_, mutant, want), 10) << "last 1/64 missing";

  mutant = right;
  mutant[mutant.size() / 3] += (dtype_ == Dtype::fp32 ? 1e-3 : 0.25) * rms;
  EXPECT_GT(worst(tolerance_, mutant, want), 1) << "one element off";

  mutant = right;
  std::rotate(mutant.begin(), mutant.begin() + 1, mutant.end());
  EXPECT_GT(worst(tolerance_, mutant, want), 10) << "shifted by one";

  for (const Dtype lower : dtype_ == Dtype::fp32
                               ? std::vector{Dtype::tf32, Dtype::fp16, Dtype::bf16}
                               : std::vector{Dtype::fp8_e4m3, Dtype::fp8_e5m2}) {
    SCOPED_TRACE(aisp::dtype_name(lower));
    mutant = want;
    for (double& v : mutant) v = Call::rounded(lower, v);
    const double output_ratio = worst(tolerance_, mutant, want);
    EXPECT_GT(output_ratio, dtype_ == Dtype::fp32 ? 5 : 1.2) << "result in a lower dtype";
    Call low(problem_, 5);
    low.round_inputs_to(lower);
    const double input_ratio = worst(tolerance_, low.expected(), want);
    EXPECT_GT(input_ratio, dtype_ == Dtype::fp32 ? 5 : 1.2) << "inputs in a lower dtype";
    RecordProperty(std::string(aisp::dtype_name(lower)) + "_output", std::to_string(output_ratio));
    RecordProperty(std::string(aisp::dtype_name(lower)) + "_inputs", std::to_string(input_ratio));
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Chapter01, testing::Values("gemm", "goodput_mlp", "precision"),
                         [](const auto& target) { return std::string(target.param); });

// Kernels on shapes that no tile divides, for every instruction set of this machine.

struct Factors {
  std::int64_t m, n, k;
  std::vector<float> a, b, bias;
  std::vector<double> want;  // a b + bias

  Factors(std::int64_t rows, std::int64_t cols, std::int64_t depth, Dtype dtype, bool with_bias)
      : m(rows),
        n(cols),
        k(depth),
        a(size(m * k)),
        b(size(k * n)),
        bias(size(n)),
        want(size(m * n)) {
    std::mt19937_64 random(static_cast<std::uint64_t>(m * 10000 + n * 100 + k));
    std::normal_distribution<double> normal(0, 1);
    for (float& v : a) v = static_cast<float>(Call::rounded(dtype, normal(random)));
    for (float& v : b) v = static_cast<float>(Call::rounded(dtype, normal(random)));
    for (float& v : bias) v = with_bias ? static_cast<float>(normal(random)) : 0.0f;
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        double sum = bias[size(j)];
        for (std::int64_t p = 0; p < k; ++p)
          sum += static_cast<double>(a[size(i * k + p)]) * b[size(p * n + j)];
        want[size(i * n + j)] = sum;
      }
  }
  static std::size_t size(std::int64_t v) { return static_cast<std::size_t>(v); }
};

constexpr std::int64_t kShapes[][3] = {{1, 1, 1},   {1, 33, 7}, {2, 15, 64},
                                       {3, 31, 5},  {5, 17, 9}, {7, 64, 33},
                                       {8, 32, 32}, {9, 47, 2}, {40, 70, 301}};

constexpr InstructionSet kSets[] = {InstructionSet::scalar, InstructionSet::avx2,
                                    InstructionSet::avx512, InstructionSet::avx512_bf16};

TEST(Ch01Kernels, Fp32TilesOnOddShapes) {
  for (const InstructionSet set : kSets)
    for (const auto& [m, n, k] : kShapes) {
      if (!aisp::ch01::has(set)) continue;
      SCOPED_TRACE(testing::Message()
                   << static_cast<int>(set) << ": " << m << " " << n << " " << k);
      const aisp::ch01::TileKernels& kernels = aisp::ch01::tile_kernels_for(set);
      const aisp::Tolerance tolerance{1e-5, 1e-7, 1e-5, {}};
      std::vector<float> c(Factors::size(m * n + 64), -7.0f);
      const auto values = [&] { return std::vector<double>(c.begin(), c.end() - 64); };

      const Factors plain(m, n, k, Dtype::fp32, false);
      for (std::int64_t i = 0; i < m; i += kernels.rows)
        aisp::ch01::small_gemm_rows(kernels, i, m, n, k, plain.a.data(), plain.b.data(), c.data());
      EXPECT_LE(worst(tolerance, values(), plain.want), 1);

      aisp::ch01::row_loops_for(set)({m, k, n, plain.a.data(), plain.b.data(), c.data()});
      EXPECT_LE(worst(tolerance, values(), plain.want), 1);

      Factors biased(m, n, k, Dtype::fp32, true);
      for (double& v : biased.want) v = std::max(v, 0.0);
      const aisp::ch01::PackedColumns packed(kernels, k, n, biased.b.data());
      aisp::ch01::AlignedBuffer<float> scratch((m + kernels.rows) * k);
      aisp::ch01::packed_gemm(kernels, m, n, k, biased.a.data(), packed, biased.bias.data(), true,
                              c.data(), scratch.data());
      EXPECT_LE(worst(tolerance, values(), biased.want), 1);
      EXPECT_TRUE(std::all_of(c.end() - 64, c.end(), [](float v) { return v == -7.0f; }));
    }
}

TEST(Ch01Kernels, Bf16TilesOnOddShapes) {
  for (const InstructionSet set : kSets)
    for (const auto& [m, n, k] : kShapes) {
      if (!aisp::ch01::has(set)) continue;
      SCOPED_TRACE(testing::Message()
                   << static_cast<int>(set) << ": " << m << " " << n << " " << k);
      const aisp::ch01::Bf16Kernels& kernels = aisp::ch01::bf16_kernels_for(set);
      // The factors are bf16 already: what is left is the rounding of the result.
      const Factors factors(m, n, k, Dtype::bf16, false);
      const aisp::ch01::PackedColumnsBf16 packed(kernels, k, n, factors.b.data());
      aisp::ch01::RoundedRows rows(kernels, m, k);
      std::vector<std::uint16_t> c(Factors::size(m * n + 64), 7);
      aisp::ch01::packed_gemm_bf16(kernels, m, n, k, factors.a.data(), packed, c.data(), rows);
      std::vector<double> got;
      for (std::int64_t i = 0; i < m * n; ++i)
        got.push_back(aisp::bf16_to_float(c[Factors::size(i)]));
      EXPECT_LE(worst(aisp::Tolerance{0x1.02p-8, 1e-5, 1e-5, {}}, got, factors.want), 1);
      EXPECT_TRUE(std::all_of(c.end() - 64, c.end(), [](std::uint16_t v) { return v == 7; }));
    }
}

TEST(Ch01Kernels, RoundingAgreesWithThePublicConversion) {
  std::mt19937_64 random(9);
  std::vector<float> in = {0.0f, -0.0f,       INFINITY,    -INFINITY,
                           NAN,  1.00390625f, 1.01171875f, 3.4e38f};
  while (in.size() < 1003) {
    const float v = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (!std::isnan(v)) in.push_back(v);
  }
  const auto n = static_cast<std::int64_t>(in.size());
  for (const auto& [set, round] : {std::pair{InstructionSet::scalar, &aisp::ch01::round_scalar},
                                   std::pair{InstructionSet::avx2, &aisp::ch01::round_avx2},
                                   std::pair{InstructionSet::avx512, &aisp::ch01::round_avx512}}) {
    if (!aisp::ch01::has(set)) continue;
    std::vector<std::uint16_t> out(in.size());
    round(n, in.data(), out.data());
    for (std::size_t i = 0; i < in.size(); ++i)
      ASSERT_EQ(out[i], aisp::float_to_bf16(in[i])) << in[i];
  }
}

TEST(Ch01Reference, AgreesWithPlainSumsOnOddShapes) {
  for (const auto& [m, n, k] : kShapes) {
    const Factors factors(m, n, k, Dtype::fp32, false);
    std::vector<double> c(Factors::size(m * n));
    aisp::ch01::reference_gemm(m, n, k, factors.a.data(), factors.b.data(), c.data());
    EXPECT_LE(worst(aisp::Tolerance{1e-13, 1e-15, 1e-13, {}}, c, factors.want), 1);
  }
}

}  // namespace
