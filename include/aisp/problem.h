// A problem: what is to be computed. Written once, trusted, loaded only by the judge. Every
// implementation of the target gets exactly these tensors, so a smaller batch, a shorter sequence or
// another dtype has no place to be written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aisp/tensor.h"

namespace aisp {

struct Param {
  std::string name;
  double value;
};

enum class Goal { speed, memory, throughput };

// The work that the problem asks for, however it is implemented. `bytes` is the least that must move
// between memory and the processor: each input read once, each output written once, unless said.
struct Work {
  double flops;
  double bytes;
  // The fewest operations by any algebra, where that is known to be less: sweeps that can be composed into one, a
  // polynomial that can be interpolated. Nothing is called impossible that takes this many. Negative: flops.
  double least_flops = -1;
};

// A tensor as the reference and the validation see it: `data` points at element 0.
struct TensorView {
  const Tensor* tensor;
  const void* data;

  template <class T>
  std::span<const T> as() const {
    return {static_cast<const T*>(data), static_cast<std::size_t>(tensor->storage_elements())};
  }
  // The real value at a storage offset (not a logical index when the tensor is strided).
  double real(std::size_t offset) const {
    return load_real(tensor->dtype,
                     static_cast<const std::byte*>(data) + offset * dtype_bytes(tensor->dtype));
  }
};

// Inputs of one call. Order is that of Problem::inputs.
class Inputs {
 public:
  Inputs(std::span<const TensorView> views, std::span<const Param> params)
      : views_(views), params_(params) {}
  const TensorView& operator[](std::size_t i) const { return views_[i]; }
  std::size_t size() const { return views_.size(); }
  double param(std::string_view name) const {
    for (const Param& p : params_)
      if (p.name == name) return p.value;
    return 0;
  }

 private:
  std::span<const TensorView> views_;
  std::span<const Param> params_;
};

// Where the reference writes what is right, in row-major logical order: floats as double, complex
// as (real, imaginary) pairs of double, integers and bool as int64.
class Expected {
 public:
  Expected(std::span<std::span<double>> reals, std::span<std::span<std::int64_t>> integers)
      : reals_(reals), integers_(integers) {}
  std::span<double> real(std::size_t output) const { return reals_[output]; }
  std::span<std::int64_t> integer(std::size_t output) const { return integers_[output]; }

 private:
  std::span<std::span<double>> reals_;
  std::span<std::span<std::int64_t>> integers_;
};

// Outputs of one call of an implementation, for Problem::validate.
using Outputs = std::span<const TensorView>;

struct Problem {
  Required<std::string> target;      // "ch01:gemm", "labs/moe:grouped"
  Required<std::string> summary;     // one line: what is computed and what the lesson is
  std::vector<Input> inputs = {};    // at least one
  std::vector<Output> outputs = {};  // at least one
  std::vector<Param> params = {};
  // Fills every expected output; in double precision where that makes sense.
  Required<std::function<void(const Inputs&, const Expected&)>> reference;
  // Invariants that an element-wise compare cannot say (rows sum to one, sorted, in range).
  // Returns what is violated, or an empty string. `no_invariants` says that there are none.
  Required<std::function<std::string(const Inputs&, Outputs)>> validate;
  Required<Work> work;
  Required<Goal> goal;
};

// A type, so that the judge can tell it from others: addresses of inline functions differ from one shared
// object to the next.
struct NoInvariants {
  std::string operator()(const Inputs&, Outputs) const { return {}; }
};
inline constexpr NoInvariants no_invariants{};

inline constexpr std::uint32_t kProblemAbi = 1;

}  // namespace aisp

#ifndef AISP_EXPORT
#define AISP_EXPORT extern "C" __attribute__((visibility("default")))
#endif

// The ABI of a problem's shared object: it must have been built against the judge's own headers.
#define AISP_PROBLEM_ABI                                                                    \
  AISP_EXPORT std::uint64_t aisp_problem_abi() {                                            \
    return static_cast<std::uint64_t>(::aisp::kProblemAbi) << 32 | sizeof(::aisp::Problem); \
  }

// AISP_PROBLEM(make)   with   aisp::Problem make()
// The problem is the same on every device.
#define AISP_PROBLEM(make_function)                         \
  AISP_EXPORT const ::aisp::Problem* aisp_problem() {       \
    static const ::aisp::Problem problem = make_function(); \
    return &problem;                                        \
  }                                                         \
  AISP_PROBLEM_ABI

// AISP_PROBLEM_BY_DEVICE(make)   with   aisp::Problem make(std::string_view device)
// Same computation and lesson, sizes (and distributions, where they must) that suit the device:
// "cpu" or "cuda". `aisp_problem_for` answers null for other devices.
#define AISP_PROBLEM_BY_DEVICE(make_function)                                           \
  AISP_EXPORT const ::aisp::Problem* aisp_problem_for(const char* name) {               \
    const std::string_view device(name);                                                \
    if (device == "cpu") {                                                              \
      static const ::aisp::Problem problem = make_function("cpu");                      \
      return &problem;                                                                  \
    }                                                                                   \
    if (device == "cuda") {                                                             \
      static const ::aisp::Problem problem = make_function("cuda");                     \
      return &problem;                                                                  \
    }                                                                                   \
    return nullptr;                                                                     \
  }                                                                                     \
  AISP_EXPORT const ::aisp::Problem* aisp_problem() { return aisp_problem_for("cpu"); } \
  AISP_PROBLEM_ABI
