// A target's problem and implementations loaded into this process, without a judge: tensors between
// guard bands, and how far a result is off.
#pragma once

#include <aisp/aisp.h>
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace aisp::chapters {

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

// A target of the build, "ch01/gemm".
class Target {
 public:
  explicit Target(const std::string& name) : folder_(std::string(AISP_TARGETS_DIR "/") + name) {
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

// Randomness for custom generators.
class Words : public aisp::RandomSource {
 public:
  explicit Words(std::mt19937_64& random) : random_(random) {}
  std::uint64_t next() override { return random_(); }

 private:
  std::mt19937_64& random_;
};

// The tensors of one call.
class Call {
 public:
  Call(const aisp::Problem& problem, std::uint64_t seed) : problem_(problem) {
    std::mt19937_64 random(seed);
    for (const aisp::Input& input : problem.inputs) {
      const aisp::Tensor& tensor = input.tensor;
      inputs_.emplace_back(tensor.storage_bytes());
      auto* bytes = static_cast<unsigned char*>(inputs_.back().data());
      const auto draw = [&](auto distribution) {
        for (std::int64_t i = 0; i < tensor.elements(); ++i)
          aisp::store_real(tensor.dtype,
                           bytes + static_cast<std::size_t>(i) * dtype_bytes(tensor.dtype),
                           static_cast<double>(distribution(random)));
      };
      using Kind = aisp::Distribution::Kind;
      const aisp::Distribution& d = input.distribution;
      switch (d.kind) {
        case Kind::normal: draw(std::normal_distribution<double>(d.a, d.b)); break;
        case Kind::uniform: draw(std::uniform_real_distribution<double>(d.a, d.b)); break;
        case Kind::integers:
          draw(std::uniform_int_distribution<std::int64_t>(static_cast<std::int64_t>(d.a),
                                                           static_cast<std::int64_t>(d.b)));
          break;
        case Kind::custom: {
          Words words(random);
          d.generator(words, bytes, static_cast<std::size_t>(tensor.elements()));
          break;
        }
        default: ADD_FAILURE() << "a distribution that these tests do not draw";
      }
    }
    for (const aisp::Output& output : problem.outputs)
      outputs_.emplace_back(output.tensor->storage_bytes());
  }

  float& input(std::size_t i, std::int64_t element) {
    return static_cast<float*>(inputs_[i].data())[element];
  }

  // Fresh activations; weights stay.
  void redraw_activations(std::uint64_t seed) {
    Call fresh(problem_, seed);
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      if (problem_.inputs[i].role.get() == aisp::Role::activation)
        std::memcpy(inputs_[i].data(), fresh.inputs_[i].data(),
                    problem_.inputs[i].tensor->storage_bytes());
  }
  // Integers stay.
  void round_inputs_to(Dtype dtype) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const aisp::Tensor& tensor = problem_.inputs[i].tensor;
      if (tensor.dtype == Dtype::int32) continue;
      auto* bytes = static_cast<unsigned char*>(inputs_[i].data());
      for (std::int64_t e = 0; e < tensor.elements(); ++e, bytes += dtype_bytes(tensor.dtype))
        aisp::store_real(tensor.dtype, bytes, rounded(dtype, aisp::load_real(tensor.dtype, bytes)));
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
    if (output().dtype == Dtype::int32) {
      std::vector<std::int64_t> integers(values.size());
      std::span<std::int64_t> span(integers);
      problem_.reference.get()(aisp::Inputs(views, problem_.params),
                               aisp::Expected({}, std::span(&span, 1)));
      std::copy(integers.begin(), integers.end(), values.begin());
      return values;
    }
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
    params_.clear();
    for (const aisp::Param& param : problem_.params)
      params_.push_back({param.name.c_str(), param.value});
    launch_.params = params_.data();
    launch_.param_count = static_cast<std::uint32_t>(params_.size());
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
  std::vector<aisp_param> params_;
  aisp_launch launch_{};
};

inline double rms_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return std::sqrt(sum / static_cast<double>(values.size()));
}

// The largest error in units of what the tolerance allows: passes when at most 1. Infinite where
// nothing is allowed.
inline double worst(const aisp::Tolerance& tolerance, const std::vector<double>& got,
                    const std::vector<double>& want) {
  const double floor = tolerance.atol + tolerance.rms * rms_of(want);
  double ratio = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    const double error = std::fabs(got[i] - want[i]);
    if (error == 0) continue;
    const double r = error / (floor + tolerance.rtol * std::fabs(want[i]));
    ratio = std::isnan(r) ? INFINITY : std::max(ratio, r);
  }
  return ratio;
}

}  // namespace aisp::chapters
