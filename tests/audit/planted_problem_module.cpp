// Problems with one fault each, and honest ones. Which one it is, the folder says that the file lies
// in: planted/<fault>/problem.so. They are listed, with what must be found, in planted_faults.h.
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>

#include "aisp/problem.h"

namespace {

using namespace aisp;

constexpr std::int64_t kX = 4096, kW = 64;

Tensor tensor(const char* name, Dtype dtype, std::int64_t elements) {
  return {.name = name, .dtype = dtype, .shape = {elements}};
}

Input input(Tensor t, Distribution d, Role role = Role::activation) {
  return {.tensor = std::move(t), .role = role, .distribution = std::move(d)};
}

float x_of(const Inputs& in, std::size_t i) { return in[0].as<float>()[i]; }
float w_of(const Inputs& in, std::size_t i) { return in[1].as<float>()[i % kW]; }

// y[i] = x[i] w[i mod 64] + x[7 i mod 4096]
double right(const Inputs& in, std::size_t i) {
  return static_cast<double>(x_of(in, i)) * w_of(in, i) + x_of(in, i * 7 % kX);
}

template <class F>
std::function<void(const Inputs&, const Expected&)> each(F f) {
  return [f](const Inputs& in, const Expected& expected) {
    const auto y = expected.real(0);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = f(in, i);
  };
}

struct Draft {
  std::string target;
  std::vector<Input> inputs = {
      input(tensor("x", Dtype::fp32, kX), Distribution::uniform(-1, 1)),
      input(tensor("w", Dtype::fp32, kW), Distribution::normal(0, 1), Role::weight)};
  std::vector<Tensor> outputs = {tensor("y", Dtype::fp32, kX)};
  Tolerance tolerance = Tolerance::for_dtype(Dtype::fp32);
  std::function<void(const Inputs&, const Expected&)> reference = each(right);
  std::function<std::string(const Inputs&, Outputs)> validate = no_invariants;
  Work work{.flops = 2.0 * kX, .bytes = 4.0 * (2 * kX + kW)};
};

void integers_out(Draft& d, std::int64_t bins) {
  d.outputs = {tensor("counts", Dtype::int32, bins)};
  d.tolerance = Tolerance::exact();
  d.work.bytes = 0;
  for (const Input& i : d.inputs) d.work.bytes += static_cast<double>(i.tensor->storage_bytes());
  d.work.bytes += 4.0 * static_cast<double>(bins);
}

Draft draft_of(const std::string& fault, std::string_view device) {
  Draft d;
  d.target = "planted:" + fault;
  if (fault == "wrong_name") d.target = "planted:other";
  if (fault == "no_outputs") d.outputs.clear();
  if (fault == "empty_reference") d.reference = nullptr;
  if (fault == "loose_without_reason") d.tolerance = {1e-2, 1e-5, 0, ""};
  if (fault == "loose_for_no_reason") d.tolerance = {2e-5, 1e-8, 0, "it must be"};
  if (fault == "same_every_time")
    d.inputs[0] = input(tensor("x", Dtype::fp32, kX),
                        Distribution::custom([](RandomSource&, void* data, std::size_t n) {
                          auto* x = static_cast<float*>(data);
                          for (std::size_t i = 0; i < n; ++i)
                            x[i] = static_cast<float>(i % 97) - 48;
                        }));
  if (fault == "all_the_same")
    d.inputs[1] = input(tensor("w", Dtype::fp32, kW),
                        Distribution::custom([](RandomSource& random, void* data, std::size_t n) {
                          const auto one = static_cast<float>(random.uniform() + 1);
                          std::fill_n(static_cast<float*>(data), n, one);
                        }));
  if (fault == "undrawable")
    d.inputs[1] = input(tensor("w", Dtype::int8, kW), Distribution::integers(0, 1 << 20));
  if (fault == "crashes") d.reference = [](const Inputs&, const Expected&) { raise(SIGSEGV); };
  if (fault == "throws")
    d.reference = [](const Inputs&, const Expected&) { throw std::runtime_error("no luck"); };
  if (fault == "exits") d.reference = [](const Inputs&, const Expected&) { _exit(0); };
  if (fault == "hangs")
    d.reference = [](const Inputs&, const Expected&) {
      for (;;) pause();
    };
  if (fault == "not_repeatable") {
    static double moment = 0;
    d.reference = each([](const Inputs& in, std::size_t i) {
      return right(in, i) + (i == 11 ? (moment += 1e-3) : 0);
    });
  }
  if (fault == "unwritten")
    d.reference = [](const Inputs& in, const Expected& expected) {
      const auto y = expected.real(0);
      for (std::size_t i = 0; i < y.size() - 1; ++i) y[i] = right(in, i);
    };
  if (fault == "changes_inputs")
    d.reference = [](const Inputs& in, const Expected& expected) {
      each(right)(in, expected);
      const_cast<float*>(in[0].as<float>().data())[5] = 0;
    };
  if (fault == "leaves_a_thread")
    d.reference = [](const Inputs& in, const Expected& expected) {
      each(right)(in, expected);
      static std::thread spinner([] {
        for (volatile bool go = true; go;) {
        }
      });
    };
  if (fault == "not_finite")
    d.reference = each([](const Inputs& in, std::size_t i) {
      return i == 9 ? std::numeric_limits<double>::quiet_NaN() : right(in, i);
    });
  if (fault == "invariant_that_does_not_hold")
    d.validate = [](const Inputs&, Outputs out) -> std::string {
      return out[0].real(0) == 42 ? "" : "y[0] is not 42";
    };
  if (fault == "tighter_than_its_dtype") {
    d.outputs[0].dtype = Dtype::bf16;
    d.tolerance = {1e-6, 0, 0, {}};
    d.work.bytes = 4.0 * (kX + kW) + 2.0 * kX;
  }
  if (fault == "zeros_pass")
    d.tolerance = {1e-5, 100, 0, "large values were seen in one of the runs"};
  if (fault == "any_order_passes")
    d.reference = [](const Inputs& in, const Expected& expected) {
      double sum = 0;
      for (std::size_t i = 0; i < kX; ++i) sum += right(in, i);
      for (double& y : expected.real(0)) y = sum;
    };
  if (fault == "last_eighth_is_zero")
    d.reference =
        each([](const Inputs& in, std::size_t i) { return i < kX / 8 * 7 ? right(in, i) : 0.0; });
  if (fault == "one_element_passes")
    d.tolerance = {1e-5, 1e-8, 0.7, "elements are as large as the RMS, more or less"};
  if (fault == "lower_dtype_passes")
    d.tolerance = {2e-3, 1e-5, 1e-3, "the result is used as an index of a histogram"};
  if (fault == "a_constant_passes")
    d.reference = each([](const Inputs& in, std::size_t i) { return 3 + 1e-6 * right(in, i); });
  if (fault == "never_moves")
    d.reference =
        each([](const Inputs&, std::size_t i) { return std::sin(static_cast<double>(i)); });
  if (fault == "counts_never_move") {
    d.inputs = {input(tensor("p", Dtype::int32, kX), Distribution::permutation())};
    integers_out(d, 16);
    d.reference = [](const Inputs& in, const Expected& expected) {
      const auto counts = expected.integer(0);
      for (std::int64_t& c : counts) c = 0;
      for (const std::int32_t v : in[0].as<std::int32_t>())
        counts[static_cast<std::size_t>(v * 16 / kX)] += v % 5;
    };
  }
  if (fault == "nothing_to_do" || fault == "good_in_place") {
    d.inputs = {input(tensor("y", Dtype::fp32, kX), Distribution::uniform(-1, 1), Role::in_out)};
    const double factor = fault == "good_in_place" ? 1.5 : 1;
    d.reference = each([factor](const Inputs& in, std::size_t i) { return factor * x_of(in, i); });
    d.work = {.flops = 1.0 * kX, .bytes = 8.0 * kX};
  }
  if (fault == "a_copy_passes" || fault == "good_copy") {
    d.inputs.pop_back();
    d.reference = each([](const Inputs& in, std::size_t i) { return x_of(in, i); });
    d.work = {.flops = fault == "good_copy" ? 0.0 : 1.0 * kX, .bytes = 8.0 * kX};
    if (fault == "good_copy") d.tolerance = Tolerance::exact();
  }
  if (fault == "input_ignored")
    d.reference = each([](const Inputs& in, std::size_t i) {
      return static_cast<double>(x_of(in, i)) * x_of(in, i * 7 % kX);
    });
  if (fault == "input_within_the_tolerance")
    d.reference = each([](const Inputs& in, std::size_t i) {
      return 1.5 * x_of(in, i) + 1e-9 * static_cast<double>(w_of(in, i)) * x_of(in, i);
    });
  if (fault == "input_hardly_matters")
    d.reference = each([](const Inputs& in, std::size_t i) {
      return 1.5 * x_of(in, i) + (i < 8 ? w_of(in, i) : 0);
    });
  if (fault == "half_is_not_read")
    d.reference = each([](const Inputs& in, std::size_t i) {
      return static_cast<double>(x_of(in, i / 2)) * w_of(in, i);
    });
  if (fault == "moves_too_many_bytes") d.work.bytes *= 1.5;
  if (fault == "moves_too_few_bytes") d.work.bytes *= 0.2;
  if (fault == "impossible_flops") d.work.flops = 1e15;
  if (fault == "no_flops") d.work.flops = 0;
  if (fault == "other_dtype_on_cuda" && device == "cuda") {
    d.inputs[0] = input(tensor("x", Dtype::bf16, kX), Distribution::uniform(-1, 1));
    d.work.bytes -= 2.0 * kX;
  }
  if (fault == "other_role_on_cuda" && device == "cuda")
    d.inputs[0] = input(tensor("x", Dtype::fp32, kX), Distribution::uniform(-1, 1), Role::weight);

  if (fault == "good_counts") {
    d.inputs = {input(tensor("v", Dtype::uint8, kX), Distribution::integers(0, 15))};
    integers_out(d, 16);
    d.work.flops = kX;
    d.reference = [](const Inputs& in, const Expected& expected) {
      const auto counts = expected.integer(0);
      for (std::int64_t& c : counts) c = 0;
      for (const std::uint8_t v : in[0].as<std::uint8_t>()) ++counts[v];
    };
  }
  if (fault == "good_strided") {
    d.outputs[0].shape = {64, 64};
    d.outputs[0].strides = {72, 1};
  }
  if (fault == "good_bf16") {
    d.outputs[0].dtype = Dtype::bf16;
    d.tolerance = Tolerance::for_dtype(Dtype::bf16);
    d.work.bytes = 4.0 * (kX + kW) + 2.0 * kX;
  }
  if (fault == "good_complex") {
    d.outputs[0] = tensor("y", Dtype::complex64, kX / 2);
    d.tolerance = Tolerance::for_dtype(Dtype::complex64);
  }
  return d;
}

Problem make(std::string_view device) {
  Dl_info self{};
  dladdr(reinterpret_cast<void*>(&draft_of), &self);
  const std::filesystem::path file(self.dli_fname);
  Draft d = draft_of(file.parent_path().filename().string(), device);
  std::vector<Output> outputs;
  for (Tensor& t : d.outputs) outputs.push_back({.tensor = std::move(t), .tolerance = d.tolerance});
  return {.target = d.target,
          .summary = "a planted fault, or none",
          .inputs = std::move(d.inputs),
          .outputs = std::move(outputs),
          .params = {},
          .reference = std::move(d.reference),
          .validate = std::move(d.validate),
          .work = d.work,
          .goal = Goal::speed};
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
