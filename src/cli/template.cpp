#include "cli/template.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <string>

#include "cli/install.h"
#include "cli/terminal.h"
#include "problem/loader.h"
#include "problem/registry.h"

namespace aisp::cli {
namespace {

// Beside the target's shared objects: the body of `void run(const aisp::Launch& launch)`, and for CUDA
// the kernels and all of `run`.
constexpr const char* kNaiveBody = "naive.inc";
constexpr const char* kNaiveCuda = "naive.cu.inc";

constexpr const char* kZeros =
    "  // WRONG ON PURPOSE: this target has no naive version to start from, so this writes zeros "
    "and\n"
    "  // will be judged incorrect until you replace it.\n";

std::string extents(const std::vector<std::int64_t>& values) {
  return fmt::format("[{}]", fmt::join(values, ", "));
}

std::string role_text(Role role) {
  switch (role) {
    case Role::activation: return "activation: drawn anew for every call";
    case Role::weight:
      return "weight: drawn once a run, and there in setup already: may be packed then";
    case Role::in_out: return "in-out: drawn anew for every call, and overwritten by it";
  }
  return "?";
}

std::string distribution_text(const Distribution& d) {
  switch (d.kind) {
    case Distribution::Kind::uniform: return fmt::format("uniform in [{}, {})", d.a, d.b);
    case Distribution::Kind::normal:
      return fmt::format("normal, mean {}, deviation {:.6g}", d.a, d.b);
    case Distribution::Kind::heavy_tailed:
      return fmt::format("heavy-tailed, ±{} × 2^[-{}, {}]", d.a, d.b, d.b);
    case Distribution::Kind::structured:
      return fmt::format("in [-{}, {}) with runs, zeros and outliers", d.a, d.a);
    case Distribution::Kind::permutation: return "a permutation of 0 … elements-1";
    case Distribution::Kind::integers: return fmt::format("integers from {} to {}", d.a, d.b);
    case Distribution::Kind::custom: return "a generator of the problem's own";
  }
  return "?";
}

std::string tolerance_text(const Tolerance& t) {
  if (t.rtol == 0 && t.atol == 0 && t.rms == 0) return "exact";
  std::string text = fmt::format("|got - want| <= {:g} + {:g} |want|", t.atol, t.rtol);
  if (t.rms != 0) text += fmt::format(" + {:g} RMS(want)", t.rms);
  return text;
}

const char* element_type(Dtype dtype, bool cuda) {
  if (cuda) {
    switch (dtype) {
      case Dtype::fp16: return "__half";
      case Dtype::bf16: return "__nv_bfloat16";
      case Dtype::fp8_e4m3: return "__nv_fp8_e4m3";
      case Dtype::fp8_e5m2: return "__nv_fp8_e5m2";
      case Dtype::complex64: return "float2";
      case Dtype::complex128: return "double2";
      default: break;
    }
  }
  switch (dtype) {
    case Dtype::fp64: return "double";
    case Dtype::fp32:
    case Dtype::tf32: return "float";
    case Dtype::fp16:
    case Dtype::bf16: return "std::uint16_t";
    case Dtype::fp8_e4m3:
    case Dtype::fp8_e5m2:
    case Dtype::uint8:
    case Dtype::boolean: return "std::uint8_t";
    case Dtype::int8: return "std::int8_t";
    case Dtype::int16: return "std::int16_t";
    case Dtype::int32: return "std::int32_t";
    case Dtype::int64: return "std::int64_t";
    case Dtype::complex64: return "std::complex<float>";
    case Dtype::complex128: return "std::complex<double>";
  }
  return "std::uint8_t";
}

// Comment lines of at most 100 columns.
class Comment {
 public:
  void line(const std::string& text, const std::string& indent = "") {
    constexpr std::size_t kColumns = 96;
    std::string current = "// " + indent;
    const std::size_t bare = current.size();
    std::stringstream words(text);
    for (std::string word; words >> word;) {
      if (current.size() > bare && current.size() + 1 + word.size() > kColumns) {
        text_ += current + "\n";
        current = "// " + indent + "  ";
        current += word;
        continue;
      }
      current += (current.size() > bare ? " " : "") + word;
    }
    while (!current.empty() && current.back() == ' ') current.pop_back();
    text_ += current + "\n";
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void describe(Comment& comment, const char* accessor, std::size_t index, const Tensor& tensor,
              bool cuda) {
  comment.line(
      fmt::format("launch.{}<{}>({}) is {}: {} {}", accessor, element_type(tensor.dtype, cuda),
                  index, tensor.name, dtype_name(tensor.dtype), extents(tensor.shape)),
      "  ");
  comment.line(fmt::format("strides {} elements{}, aligned to {} bytes, {} elements, {} bytes",
                           extents(tensor.effective_strides()),
                           tensor.contiguous() ? " (contiguous, row-major)" : "", tensor.alignment,
                           tensor.elements(), tensor.storage_bytes()),
               "      ");
}

std::string header(const Problem& problem, bool cuda) {
  Comment comment;
  comment.line(fmt::format("A candidate for {}: {}.", problem.target.get(), problem.summary.get()));
  comment.line("");
  comment.line("Judge it:  aisp bench run -t " + problem.target.get() +
               (cuda ? " --device cuda --candidate THIS_FILE.cu" : " --candidate THIS_FILE.cpp"));
  comment.line("");
  if (cuda) {
    comment.line(
        "All tensors are in the GPU's memory. Everything a call starts goes to "
        "launch.stream<cudaStream_t>(), or is waited for: when run() returns, work may be left on "
        "that stream and on no other.");
    comment.line("");
  }
  comment.line("Inputs:");
  for (std::size_t i = 0; i < problem.inputs.size(); ++i) {
    const Input& input = problem.inputs[i];
    describe(comment, "input", i, input.tensor.get(), cuda);
    comment.line(role_text(input.role.get()), "      ");
    comment.line(distribution_text(input.distribution.get()), "      ");
  }
  comment.line("Outputs, every element of which has to be written in every call:");
  for (std::size_t i = 0; i < problem.outputs.size(); ++i) {
    const Output& output = problem.outputs[i];
    describe(comment, "output", i, output.tensor.get(), cuda);
    comment.line("tolerance: " + tolerance_text(output.tolerance.get()), "      ");
    if (!output.tolerance->why.empty()) comment.line("(" + output.tolerance->why + ")", "      ");
  }
  if (problem.params.empty()) {
    comment.line("Parameters: none.");
  } else {
    comment.line("Parameters:");
    for (const Param& param : problem.params)
      comment.line(fmt::format("launch.param(\"{}\") is {}", param.name, param.value), "  ");
  }
  const Work& work = problem.work.get();
  comment.line(
      fmt::format("Work of one call: {:.4g} floating-point operations, at least {:.4g} bytes "
                  "moved.",
                  work.flops, work.bytes));
  const char* goal = problem.goal.get() == Goal::speed    ? "speed: a shorter time per call"
                     : problem.goal.get() == Goal::memory ? "memory: less of it at the peak"
                                                          : "throughput: more work per second";
  comment.line(fmt::format("Goal: {}.", goal));
  comment.line("");
  comment.line(
      "For state between calls (packed weights, scratch memory) write a class with a "
      "constructor from const aisp::Launch& (shapes, parameters, weights) and void run(const "
      "aisp::Launch&), and end with AISP_IMPLEMENTATION_CLASS(TheClass, \"one line\").");
  return comment.text();
}

// The target's own naive version; empty when it has none.
Result<std::string> naive_of(const TargetFiles& target, const char* file) {
  std::ifstream in(target.folder / file);
  if (!in) return std::string();
  std::stringstream text;
  text << in.rdbuf();
  if (in.bad()) return Error{"read a naive version", (target.folder / file).string(), {}, {}};
  return text.str();
}

std::string cpp_zeros(const Problem& problem) {
  std::string text = kZeros;
  for (std::size_t i = 0; i < problem.outputs.size(); ++i)
    text += fmt::format("  for (auto& value : launch.output_span<{}>({})) value = {{}};  // {}\n",
                        element_type(problem.outputs[i].tensor->dtype, false), i,
                        problem.outputs[i].tensor->name);
  return text;
}

std::string cuda_zeros(const Problem& problem) {
  std::string text = fmt::format("static void run(const aisp::Launch& launch) {{\n{}", kZeros);
  for (std::size_t i = 0; i < problem.outputs.size(); ++i)
    text += fmt::format(
        "  check(cudaMemsetAsync(launch.output<void>({}), 0, {},  // {}\n"
        "                        launch.stream<cudaStream_t>()));\n",
        i, problem.outputs[i].tensor->storage_bytes(), problem.outputs[i].tensor->name);
  return text + "}\n";
}

constexpr const char* kCppTemplate =
    "{}"
    "#include <aisp/dtype.h>\n"
    "#include <aisp/implementation.h>\n"
    "\n"
    "#include <algorithm>\n"
    "#include <cmath>\n"
    "#include <complex>\n"
    "#include <cstdint>\n"
    "#include <vector>\n"
    "\n"
    "static void run(const aisp::Launch& launch) {{\n"
    "{}"
    "}}\n"
    "\n"
    "AISP_IMPLEMENTATION(run, \"naive, from the template\");\n";

constexpr const char* kCudaTemplate =
    "{}"
    "#include <aisp/implementation.h>\n"
    "#include <cuda_bf16.h>\n"
    "#include <cuda_fp16.h>\n"
    "#include <cuda_fp8.h>\n"
    "#include <cuda_runtime.h>\n"
    "\n"
    "#include <cstdint>\n"
    "#include <stdexcept>\n"
    "\n"
    "// An exception is a failed call.\n"
    "[[maybe_unused]] static void check(cudaError_t code) {{\n"
    "  if (code != cudaSuccess) throw std::runtime_error(cudaGetErrorString(code));\n"
    "}}\n"
    "\n"
    "[[maybe_unused]] constexpr int kThreads = 256;\n"
    "[[maybe_unused]] static unsigned blocks_for(std::int64_t threads) {{\n"
    "  return static_cast<unsigned>((threads + kThreads - 1) / kThreads);\n"
    "}}\n"
    "\n"
    "{}"
    "\n"
    "AISP_IMPLEMENTATION(run, \"naive, from the template\");\n";

}  // namespace

ExitCode print_template(const TemplateOptions& options) {
  const auto fail = [](const Error& error) {
    say(stderr, "aisp: {}\n", error.message());
    return ExitCode::usage;
  };
  const bool cuda = options.language == "cu";
  const char* const device = cuda ? "cuda" : "cpu";
  const auto install = find_install(options.targets_dir);
  if (!install.ok()) return fail(install.error());
  const auto found = find_targets(install->targets);
  if (!found.ok()) return fail(found.error());
  const auto selected = select_targets(*found, {options.target}, device);
  if (!selected.ok()) return fail(selected.error());
  if (selected->size() != 1)
    return fail({"print a template", options.target,
                 fmt::format("that names {} targets", selected->size()),
                 "Name one, as ch01:gemm; `aisp bench list-targets` shows them"});
  const TargetFiles& target = selected->front();
  const auto loaded = LoadedProblem::load(target.problem, device);
  if (!loaded.ok()) return fail(loaded.error());
  const Problem& problem = ***loaded;
  auto body = naive_of(target, cuda ? kNaiveCuda : kNaiveBody);
  if (!body.ok()) return fail(body.error());
  if (body->empty()) *body = cuda ? cuda_zeros(problem) : cpp_zeros(problem);
  if (cuda)
    say(stdout, kCudaTemplate, header(problem, true), *body);
  else
    say(stdout, kCppTemplate, header(problem, false), *body);
  return ExitCode::good;
}

}  // namespace aisp::cli
