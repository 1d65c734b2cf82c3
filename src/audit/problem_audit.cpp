// What can be asked of a problem alone: are its tolerances sharp, is it more than a constant, does every
// input matter, is its work model possible?
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "audit/audit.h"
#include "audit/drawn_inputs.h"
#include "audit/output_values.h"
#include "base/clock.h"
#include "base/own_threads.h"
#include "device/cpu/cache.h"
#include "device/cpu/fill.h"
#include "device/cpu/poison.h"
#include "problem/loader.h"
#include "verify/agree.h"
#include "verify/compare.h"
#include "verify/verifier.h"

namespace aisp::audit {
namespace {

// Something that is accepted in every one of these draws is accepted; a single bool guessed right in
// one of them is chance.
constexpr int kDraws = 3;
constexpr std::size_t kBlocks = 8;
// Below this share of an output, an input hardly matters to it.
constexpr double kHardly = 0.01;
// As in guard/physics: peaks were measured, perhaps while the machine clocked lower.
constexpr double kShareOfFloor = 0.8;
constexpr std::size_t kLeastReason = 15;  // characters of a reason that says something

using Outputs = std::vector<ExpectedTensor>;

class ProblemAudit {
 public:
  ProblemAudit(const Problem& problem, const Options& options)
      : problem_(problem), options_(options), random_(options.key, ~0ull) {}

  std::vector<Finding> run() {
    looseness();
    bytes_of_work();
    if (!distributions()) return std::move(findings_);
    const double needed = bytes_needed();
    if (needed > static_cast<double>(options_.most_bytes)) {
      add("reference", Level::not_run, "",
          fmt::format("the tensors and what the audit adds to them take {:.3g} GiB, {:.3g} GiB are "
                      "allowed: nothing that needs outputs was looked at",
                      needed / (1u << 30), static_cast<double>(options_.most_bytes) / (1u << 30)));
      return std::move(findings_);
    }
    if (!reference()) return std::move(findings_);
    for (int draw = 0; draw < kDraws; ++draw) mutants(static_cast<std::uint64_t>(draw));
    conclude();
    dependence();
    flops_of_work();
    return std::move(findings_);
  }

 private:
  void add(std::string_view rule, Level level, std::string part, std::string message) {
    findings_.push_back({std::string(rule), level, std::move(part), std::move(message)});
  }
  std::string input_part(std::size_t i) const {
    return fmt::format("inputs[{}] '{}'", i, problem_.inputs[i].tensor->name);
  }
  std::string output_part(std::size_t o) const {
    return fmt::format("outputs[{}] '{}'", o, problem_.outputs[o].tensor->name);
  }

  // ---- what is declared

  void looseness() {
    for (std::size_t o = 0; o < problem_.outputs.size(); ++o) {
      const Tolerance& t = problem_.outputs[o].tolerance;
      const Dtype dtype = problem_.outputs[o].tensor->dtype;
      const Tolerance usual = Tolerance::for_dtype(dtype);
      if (!t.looser_than(usual)) continue;
      if (t.why.size() < kLeastReason) {
        add("looseness", Level::error, output_part(o),
            fmt::format(
                "its tolerance is looser than the default of {}, and its reason (\"{}\") says "
                "nothing",
                dtype_name(dtype), t.why));
        continue;
      }
      add("looseness", Level::note, output_part(o),
          fmt::format(
              "rtol {:.3g}, atol {:.3g}, {:.3g} of the RMS, where {} has {:.3g}, {:.3g}, 0: {}",
              t.rtol, t.atol, t.rms, dtype_name(dtype), usual.rtol, usual.atol, t.why));
    }
  }

  // Every input read once, every output written once.
  double tensor_bytes() const {
    double bytes = 0;
    for (const Input& input : problem_.inputs) bytes += payload(input.tensor);
    for (const Output& output : problem_.outputs) bytes += payload(output.tensor);
    return bytes;
  }
  static double payload(const Tensor& tensor) {
    return static_cast<double>(tensor.elements()) * static_cast<double>(dtype_bytes(tensor.dtype));
  }

  void bytes_of_work() {
    const double declared = problem_.work->bytes, tensors = tensor_bytes();
    // More than that is an upper floor that accuses honest code. 1 % is for those who count in MB.
    if (declared > 1.01 * tensors)
      add("work", Level::error, "work.bytes",
          fmt::format(
              "{:.4g} bytes are declared as the least that must move, and all tensors together "
              "have {:.4g}: an honest implementation would be called impossible",
              declared, tensors));
    else if (declared < 0.5 * tensors)
      add("work", Level::warning, "work.bytes",
          fmt::format(
              "{:.4g} bytes are declared, and all tensors together have {:.4g}: the floor under "
              "times is low, unless most of an input is not read",
              declared, tensors));
    double elements = 0;
    bool exact = true;
    for (const Output& output : problem_.outputs) {
      elements += static_cast<double>(output.tensor->elements());
      const Tolerance& t = output.tolerance;
      exact &= t.rtol == 0 && t.atol == 0 && t.rms == 0;
    }
    if (problem_.work->flops == 0 && !exact)
      add("work", Level::warning, "work.flops",
          "no operation is declared, but the tolerance allows for rounding: something is computed");
    else if (problem_.work->flops > 0 && problem_.work->flops < 0.5 * elements)
      add("work", Level::warning, "work.flops",
          fmt::format("{:.4g} operations are declared for {:.4g} elements of output",
                      problem_.work->flops, elements));
  }

  double bytes_needed() const {
    double bytes = 0;
    for (const Input& input : problem_.inputs)
      bytes += 3 * static_cast<double>(input.tensor->storage_bytes());
    // Right values of two draws, a mutant, and encoded ones, all as doubles.
    for (const Output& output : problem_.outputs)
      bytes += 6 * 8 * static_cast<double>(output.tensor->elements());
    return bytes;
  }

  // ---- inputs

  bool distributions() {
    bool drawable = true;
    for (std::size_t i = 0; i < problem_.inputs.size(); ++i) {
      const Input& input = problem_.inputs[i];
      const Status status = check_fill(input.tensor, input.distribution);
      if (status.ok()) continue;
      drawable = false;
      add("distribution", Level::error, input_part(i), status.error().message());
    }
    return drawable;
  }

  void draws_differ(const DrawnInputs& one, const DrawnInputs& other) {
    for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
      if (one.bytes(i) == other.bytes(i))
        add("distribution", Level::error, input_part(i),
            "two draws are the same, bit by bit: what is computed from it can be known beforehand");
    for (std::size_t i = 0; i < problem_.inputs.size(); ++i) {
      const Tensor& tensor = problem_.inputs[i].tensor;
      const std::size_t width = dtype_bytes(tensor.dtype);
      const auto& bytes = one.bytes(i);
      if (tensor.storage_elements() < 2) continue;
      if (std::equal(bytes.begin() + static_cast<std::ptrdiff_t>(width), bytes.end(),
                     bytes.begin()))
        add("distribution", Level::warning, input_part(i),
            "all of its elements are the same number: which of them are read cannot be told");
    }
  }

  // ---- the reference

  Outputs right(const std::vector<TensorView>& inputs, double filled, std::int64_t filled_integer) {
    Outputs expected;
    allocate_expected(problem_, expected);
    std::vector<std::span<double>> reals;
    std::vector<std::span<std::int64_t>> integers;
    for (ExpectedTensor& e : expected) {
      std::fill(e.real.begin(), e.real.end(), filled);
      std::fill(e.integer.begin(), e.integer.end(), filled_integer);
      reals.emplace_back(e.real);
      integers.emplace_back(e.integer);
    }
    const std::int64_t started = monotonic_ns();
    problem_.reference.get()(Inputs(inputs, problem_.params), Expected(reals, integers));
    const auto ns = static_cast<double>(monotonic_ns() - started);
    reference_ns_ = std::min(reference_ns_, ns);
    return expected;
  }
  Outputs right(const std::vector<TensorView>& inputs) { return right(inputs, 0, 0); }

  // Twice on equal inputs, over different leavings of somebody else.
  bool reference() {
    const DrawnInputs inputs(problem_, options_.key, 0), others(problem_, options_.key, 1);
    draws_differ(inputs, others);
    const Hash256 before = inputs.hash();
    const Outputs first = right(inputs.views(), 1.25, 77);
    if (inputs.hash() != before) {
      add("reference", Level::error, "reference", "it changes its inputs");
      return false;
    }
    if (!own_threads_are_quiet())
      add("reference", Level::warning, "reference",
          "threads of it keep a processor busy when it has returned, beside the windows that "
          "follow");
    const Outputs second = right(inputs.views(), -2.5, -78);
    const Outputs again = right(inputs.views(), 1.25, 77);
    bool good = true;
    for (std::size_t o = 0; o < first.size(); ++o) {
      std::size_t unwritten = 0;
      const auto count_unwritten = [&](const auto& a, const auto& b, auto filled_a, auto filled_b) {
        for (std::size_t i = 0; i < a.size(); ++i)
          unwritten += a[i] == filled_a && b[i] == filled_b;
      };
      count_unwritten(first[o].real, second[o].real, 1.25, -2.5);
      count_unwritten(first[o].integer, second[o].integer, 77, -78);
      const std::size_t odd = std::max(disagreements(problem_.outputs[o], first[o], second[o]),
                                       disagreements(problem_.outputs[o], first[o], again[o]));
      if (unwritten > 0)
        add("reference", Level::error, output_part(o),
            fmt::format("the reference leaves {} of its {} elements unwritten", unwritten,
                        first[o].real.size() + first[o].integer.size()));
      if (odd > unwritten)
        add("reference", Level::error, output_part(o),
            fmt::format("on equal inputs the reference gives other values in {} elements",
                        odd - unwritten));
      good &= odd == 0;
      if (!all_finite(first[o])) {
        add("finite", Level::error, output_part(o),
            "what the reference calls right is not finite: any NaN or infinity of an "
            "implementation "
            "could be right by chance");
        good = false;
      }
    }
    return good;
  }

  // ---- what must be refused

  bool accepted(std::size_t o, const std::vector<std::byte>& got, const ExpectedTensor& want,
                std::uint64_t poison) const {
    return compare(problem_.outputs[o].tensor, problem_.outputs[o].tolerance, got.data(), want,
                   poison)
               .mismatches == 0;
  }
  bool accepted(std::size_t o, const ExpectedTensor& got, const ExpectedTensor& want) const {
    return accepted(o, encode(problem_.outputs[o].tensor, got), want, 0);
  }

  // How often a mutant of an output was tried, and how often it passed for right.
  struct Tried {
    std::string rule;
    std::size_t output = 0;
    std::string what;  // said of an accepted one
    int times = 0;
    int accepted = 0;
  };

  void tried(std::string_view rule, std::size_t o, const std::string& what, bool was_accepted) {
    auto at = std::find_if(tried_.begin(), tried_.end(), [&](const Tried& t) {
      return t.rule == rule && t.output == o && t.what == what;
    });
    if (at == tried_.end()) at = tried_.insert(at, {std::string(rule), o, what, 0, 0});
    ++at->times;
    at->accepted += was_accepted;
  }

  // What one draw refused of many elements need not be tried with another: only for what is wrong in most of them whatever was drawn.
  // (A rule without `what`: whatever it says.)
  bool settled(std::string_view rule, std::size_t o, std::string_view what = {}) const {
    constexpr std::int64_t kMany = 1 << 16;
    if (problem_.outputs[o].tensor->elements() < kMany) return false;
    return std::any_of(tried_.begin(), tried_.end(), [&](const Tried& t) {
      return t.rule == rule && t.output == o && (what.empty() || t.what == what) && t.accepted == 0;
    });
  }

  void mutants(std::uint64_t draw) {
    const DrawnInputs inputs(problem_, options_.key, draw);
    const Outputs want = right(inputs.views());
    check_invariants(inputs, want, draw);
    for (std::size_t o = 0; o < want.size(); ++o) {
      const Tensor& tensor = problem_.outputs[o].tensor;
      const CompareStats itself = compare(tensor, problem_.outputs[o].tolerance,
                                          encode(tensor, want[o]).data(), want[o], 0);
      if (itself.mismatches != 0) {
        if (draw == 0)
          add("right", Level::error, output_part(o),
              fmt::format("{} of {} elements of the right output, rounded to {}, are refused: the "
                          "tolerance is tighter than the dtype, nobody can pass",
                          itself.mismatches, itself.elements, dtype_name(tensor.dtype)));
        continue;
      }
      const auto refuse = [&](std::string_view rule, const std::string& what, auto&& mutant) {
        const bool whatever_was_drawn = rule == "shuffled" || rule == "truncated";
        if (!(whatever_was_drawn && settled(rule, o)))
          tried(rule, o, what, accepted(o, mutant(), want[o]));
      };
      refuse("zeros", "zeros pass for the right output", [&] { return zeros(want[o]); });
      if (tensor.elements() > 1)
        refuse("shuffled", "the right values in a random order pass for the right output",
               [&] { return shuffled(tensor, want[o], random_); });
      refuse("truncated", "the output passes without its last eighth",
             [&] { return truncated(tensor, want[o]); });
      refuse("one_element",
             "one element that is off by half of its size (or by one) is not noticed",
             [&] { return one_element_off(tensor, want[o]); });
      if (!settled("lower_dtype", o))
        if (const auto lower = lower_dtype(tensor, want[o]))
          tried(
              "lower_dtype", o,
              fmt::format("rounded to {} it passes for {}", lower->dtype, dtype_name(tensor.dtype)),
              accepted(o, lower->values, want[o]));
      refuse("constant", "the same number everywhere passes for the right output",
             [&] { return best_constant(tensor, want[o]); });
      if (!before_.empty())
        refuse("stale", "the right output of another call, with other inputs, passes",
               [&]() -> const ExpectedTensor& { return before_[o]; });
      null_kernel(inputs, want, o);
      copies(inputs, want, o);
    }
    before_ = want;
  }

  // What is in the buffers before a call: poison, or the input of an in-out tensor.
  void null_kernel(const DrawnInputs& inputs, const Outputs& want, std::size_t o) {
    const Tensor& tensor = problem_.outputs[o].tensor;
    const std::uint64_t word = random_.next();
    std::vector<std::byte> bytes(tensor.storage_bytes());
    poison(bytes, word);
    for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
      if (problem_.inputs[i].role.get() == Role::in_out &&
          problem_.inputs[i].tensor->name == tensor.name)
        bytes = inputs.bytes(i);
    tried("null_kernel", o, "a kernel that does nothing passes", accepted(o, bytes, want[o], word));
  }

  void copies(const DrawnInputs& inputs, const Outputs& want, std::size_t o) {
    const Tensor& tensor = problem_.outputs[o].tensor;
    for (std::size_t i = 0; i < problem_.inputs.size(); ++i) {
      // An in-out input that is left alone is the null kernel's case.
      if (problem_.inputs[i].tensor->name == tensor.name) continue;
      const std::string what =
          fmt::format("a copy of {} passes for the right output", input_part(i));
      if (!settled("input_copy", o, what))
        tried("input_copy", o, what,
              accepted(o, copied(problem_.inputs[i].tensor, inputs.bytes(i).data(), tensor),
                       want[o]));
    }
  }

  void check_invariants(const DrawnInputs& inputs, const Outputs& want, std::uint64_t draw) {
    std::vector<std::vector<std::byte>> bytes;
    for (std::size_t o = 0; o < want.size(); ++o)
      bytes.push_back(encode(problem_.outputs[o].tensor, want[o]));
    std::vector<TensorView> views;
    for (std::size_t o = 0; o < want.size(); ++o)
      views.push_back({&problem_.outputs[o].tensor.get(), bytes[o].data()});
    const std::string violated =
        problem_.validate.get()(Inputs(inputs.views(), problem_.params), views);
    if (!violated.empty() && draw == 0)
      add("validate", Level::error, "validate",
          "the right output violates the problem's own invariant: " + violated);
  }

  void conclude() {
    for (const Tried& t : tried_) {
      if (t.accepted == 0) continue;
      // A problem that declares that nothing is computed moves values, and a copy is what it asks for.
      if (t.rule == "input_copy" && problem_.work->flops == 0) {
        add(t.rule, Level::note, output_part(t.output),
            t.what + ": it declares no operation, so that a copy is what it asks for");
        continue;
      }
      if (t.accepted == t.times)
        add(t.rule, Level::error, output_part(t.output), t.what);
      else
        add(t.rule, Level::warning, output_part(t.output),
            fmt::format("{}, in {} of {} draws", t.what, t.accepted, t.times));
    }
  }

  // ---- does every input matter

  // The largest share of an output that leaves its tolerance when the inputs do.
  struct Moved {
    double share = 0;
    bool any_bit = false;
  };
  Moved moved(const Outputs& from, const Outputs& to) const {
    Moved result;
    for (std::size_t o = 0; o < from.size(); ++o) {
      const Tensor& tensor = problem_.outputs[o].tensor;
      const CompareStats stats =
          compare(tensor, problem_.outputs[o].tolerance, encode(tensor, to[o]).data(), from[o], 0);
      result.share = std::max(result.share, static_cast<double>(stats.mismatches) /
                                                static_cast<double>(stats.elements));
      result.any_bit |= !equal(from[o], to[o]);
    }
    return result;
  }

  void dependence() {
    DrawnInputs inputs(problem_, options_.key, 0);
    const Outputs want = right(inputs.views());
    for (std::size_t i = 0; i < problem_.inputs.size(); ++i) {
      inputs.redraw(i, 1);
      const Moved whole = moved(want, right(inputs.views()));
      inputs.redraw(i, 0);
      if (!whole.any_bit) {
        add("dependence", Level::error, input_part(i), "no output depends on it");
      } else if (whole.share == 0) {
        add("dependence", Level::error, input_part(i),
            "other values of it change the outputs by less than the tolerance: an implementation "
            "that ignores it passes");
      } else if (whole.share < kHardly) {
        add("dependence", Level::warning, input_part(i),
            fmt::format("other values of it change only {:.2g} % of an output by more than the "
                        "tolerance",
                        100 * whole.share));
      } else {
        blocks(inputs, want, i);
      }
    }
  }

  // Parts of an input that nothing depends on need not be read, or could be a smaller input.
  void blocks(DrawnInputs& inputs, const Outputs& want, std::size_t i) {
    using Kind = Distribution::Kind;
    const Kind kind = problem_.inputs[i].distribution->kind;
    // What was drawn as a whole (a permutation, offsets) is not itself any more after half a draw.
    if (kind == Kind::permutation || kind == Kind::custom) return;
    const auto elements = static_cast<std::size_t>(problem_.inputs[i].tensor->storage_elements());
    const double all = static_cast<double>(kBlocks * problem_.inputs.size()) * reference_ns_ * 1e-9;
    const std::size_t wanted = all > options_.blocks_budget_s ? 2 : kBlocks;
    const std::size_t count = std::min(wanted, elements);
    for (std::size_t b = 0; b < count; ++b) {
      const std::size_t first = elements * b / count, last = elements * (b + 1) / count;
      inputs.redraw(i, 1, first, last);
      const Moved part = moved(want, right(inputs.views()));
      inputs.redraw(i, 0, first, last);
      if (part.share > 0) continue;
      add("dependence", Level::warning, input_part(i),
          fmt::format("{} its elements {} to {}: they need not be read",
                      part.any_bit ? "no output moves by more than the tolerance with"
                                   : "no output depends on",
                      first, last - 1));
    }
  }

  // ---- the work model against the clock

  // The reference computes in double, on this machine. If it is faster than the declared work allows at
  // the machine's peak, the declared work is not the work.
  void flops_of_work() {
    const Peaks& peaks = options_.peaks;
    if (peaks.flops_per_second <= 0 || peaks.bytes_per_second <= 0) {
      add("work", Level::not_run, "work", "the machine's peaks are not known");
      return;
    }
    double floor_ns = problem_.work->flops / peaks.flops_per_second * 1e9;
    std::string why = fmt::format("{:.3g} operations at {:.3g} GFLOP/s", problem_.work->flops,
                                  peaks.flops_per_second / 1e9);
    // What fits into caches may be there.
    if (tensor_bytes() > 2 * static_cast<double>(cache_sizes().last_level)) {
      const double ns = problem_.work->bytes / peaks.bytes_per_second * 1e9;
      if (ns > floor_ns) {
        floor_ns = ns;
        why = fmt::format("{:.3g} bytes at {:.3g} GB/s", problem_.work->bytes,
                          peaks.bytes_per_second / 1e9);
      }
    }
    if (reference_ns_ < kShareOfFloor * floor_ns)
      add("work", Level::error, "work",
          fmt::format(
              "{} take at least {:.3g} ms, but the reference itself takes {:.3g} ms: less is "
              "computed than is declared",
              why, floor_ns * 1e-6, reference_ns_ * 1e-6));
  }

  const Problem& problem_;
  const Options& options_;
  ChaChaSource random_;
  std::vector<Finding> findings_;
  std::vector<Tried> tried_;
  Outputs before_;
  double reference_ns_ = std::numeric_limits<double>::infinity();
};

}  // namespace

std::vector<Finding> audit_problem(const Problem& problem, const Options& options) {
  return ProblemAudit(problem, options).run();
}

}  // namespace aisp::audit
