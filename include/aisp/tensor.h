// Tensors of a problem: what they hold, how they lie in memory, and how the judge fills them.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "aisp/dtype.h"

namespace aisp {

// A value that has to be given: a designated initializer that leaves it out does not compile.
template <class T>
class Required {
 public:
  Required() = delete;
  template <class U>
  requires std::convertible_to<U&&, T> Required(U&& value)
      : value_(std::forward<U>(value)) {}  // NOLINT: implicit on purpose
  const T& get() const { return value_; }
  operator const T&() const { return value_; }  // NOLINT
  const T* operator->() const { return &value_; }

 private:
  T value_;
};

enum class Role {
  activation,  // drawn anew for every call
  weight,      // drawn once a run, there in setup: may be packed or quantized ahead of time
  in_out,  // drawn anew for every call, and overwritten by it; an output of the same name exists
};

// Where a tensor lies on a device that has memory of its own. host: page-locked memory of the host, at one
// address for host code, copies and kernels; inputs are mapped for reading only where the driver can. On a CPU
// both are the same memory.
enum class Placement { device, host };

// Randomness handed to a custom generator; a keyed stream that nobody outside the judge can predict.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual std::uint64_t next() = 0;                                         // uniform over 64 bits
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }  // [0, 1)
  std::uint64_t below(std::uint64_t bound) {                                // [0, bound); bound > 0
    return static_cast<std::uint64_t>(static_cast<unsigned __int128>(next()) * bound >> 64);
  }
};

struct Distribution {
  enum class Kind { uniform, normal, heavy_tailed, structured, permutation, integers, custom };
  // Fills `elements` contiguous elements of the tensor's dtype at `data`.
  using Generator = std::function<void(RandomSource&, void* data, std::size_t elements)>;

  Kind kind;
  double a = 0;
  double b = 0;
  Generator generator;

  // Real values in [low, high).
  static Distribution uniform(double low, double high) { return {Kind::uniform, low, high, {}}; }
  // Normal, from a table of quantiles (|z| < 4.8); see src/device/cpu/fill.
  static Distribution normal(double mean, double deviation) {
    return {Kind::normal, mean, deviation, {}};
  }
  // Sign × scale × 2^u with u uniform in [-octaves, octaves): values over many magnitudes.
  static Distribution heavy_tailed(double scale, double octaves) {
    return {Kind::heavy_tailed, scale, octaves, {}};
  }
  // Uniform in [-scale, scale) with structure a sampler would miss: long equal runs, exact zeros
  // and a few elements 64 times larger, at secret places.
  static Distribution structured(double scale) { return {Kind::structured, scale, 0, {}}; }
  // A permutation of 0 … elements-1 (integer dtypes).
  static Distribution permutation() { return {Kind::permutation, 0, 0, {}}; }
  // Integers in [low, high], both ends included (any real dtype that holds them exactly).
  static Distribution integers(std::int64_t low, std::int64_t high) {
    return {Kind::integers, static_cast<double>(low), static_cast<double>(high), {}};
  }
  // Anything else; runs in the judge, never in a worker.
  static Distribution custom(Generator g) { return {Kind::custom, 0, 0, std::move(g)}; }
};

// An element passes when |got - want| <= atol + rtol * |want| + rms * RMS(want), where RMS(want) is
// the root mean square of the expected tensor. Integer and bool outputs are compared exactly when
// all three are zero. Complex numbers are compared by modulus.
struct Tolerance {
  double rtol = 0;
  double atol = 0;
  double rms = 0;
  std::string why;  // required when looser than for_dtype(); printed in every report

  static Tolerance exact() { return {}; }
  // Defaults: CHECKLIST B2. fp64 1e-9/1e-12; fp32 1e-5/1e-8; tf32 1e-2; fp16 1e-3/1e-5;
  // bf16 one rounding 2^-8 (with head room 2^-7); fp8 one rounding of the format; integers exact.
  static Tolerance for_dtype(Dtype d) {
    switch (d) {
      case Dtype::fp64:
      case Dtype::complex128: return {1e-9, 1e-12, 0, {}};
      case Dtype::fp32:
      case Dtype::complex64: return {1e-5, 1e-8, 0, {}};
      case Dtype::tf32: return {1e-2, 1e-5, 0, {}};
      case Dtype::fp16: return {1e-3, 1e-5, 0, {}};
      case Dtype::bf16: return {0x1p-7, 1e-5, 0, {}};
      case Dtype::fp8_e4m3: return {0x1p-3, 0x1p-9, 0, {}};
      case Dtype::fp8_e5m2: return {0x1p-2, 0x1p-16, 0, {}};
      default: return exact();
    }
  }
  bool looser_than(const Tolerance& other) const {
    return rtol > other.rtol || atol > other.atol || rms > other.rms;
  }
};

struct Tensor {
  std::string name;
  Dtype dtype = Dtype::fp32;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides = {};  // in elements; empty = contiguous, row-major
  std::size_t alignment = 64;              // bytes; a power of two, at most 4096
  Placement placement = Placement::device;

  std::int64_t elements() const {
    std::int64_t n = 1;
    for (const std::int64_t extent : shape) n *= extent;
    return n;
  }
  bool contiguous() const { return strides.empty() || strides == row_major(); }
  std::vector<std::int64_t> row_major() const {
    std::vector<std::int64_t> result(shape.size(), 1);
    for (std::size_t i = shape.size(); i-- > 1;) result[i - 1] = result[i] * shape[i];
    return result;
  }
  std::vector<std::int64_t> effective_strides() const {
    return strides.empty() ? row_major() : strides;
  }
  // Elements from the first to the last one in memory, gaps between strides included.
  std::int64_t storage_elements() const {
    std::int64_t last = 0;
    const auto s = effective_strides();
    for (std::size_t i = 0; i < shape.size(); ++i) last += (shape[i] - 1) * s[i];
    return elements() == 0 ? 0 : last + 1;
  }
  std::size_t storage_bytes() const {
    return static_cast<std::size_t>(storage_elements()) * dtype_bytes(dtype);
  }
};

struct Input {
  Required<Tensor> tensor;
  Required<Role> role;
  Required<Distribution> distribution;
};

struct Output {
  Required<Tensor> tensor;
  Required<Tolerance> tolerance;
};

}  // namespace aisp
