#include "problem/loader.h"

#include <dlfcn.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace aisp {
namespace {

constexpr std::size_t kMaxTensors = 64;
constexpr std::size_t kMaxRank = 8;
constexpr std::size_t kMaxName = 63;

// Whether its elements and its memory, gaps included, stay below 2^47 bytes, the user's half of the
// address space: then no later sum of sizes overflows. The rest of the tensor must be in order.
bool fits(const Tensor& t) {
  const std::uint64_t most = (1ull << 47) / dtype_bytes(t.dtype);
  unsigned __int128 elements = 1;
  for (const std::int64_t extent : t.shape) {
    elements *= static_cast<std::uint64_t>(extent);
    if (elements > most) return false;
  }
  unsigned __int128 last = 0;
  for (std::size_t i = 0; i < t.strides.size(); ++i) {
    last +=
        static_cast<unsigned __int128>(t.shape[i] - 1) * static_cast<std::uint64_t>(t.strides[i]);
    if (last >= most) return false;
  }
  return true;
}

// Whether each dimension steps over all that those of smaller strides span, so that no two indices
// have one place. Strides that interleave without meeting (2 and 3 for 3 x 2) are refused, too.
bool nested(const Tensor& t) {
  std::vector<std::pair<std::int64_t, std::int64_t>> by_stride;
  for (std::size_t i = 0; i < t.strides.size(); ++i)
    if (t.shape[i] > 1) by_stride.emplace_back(t.strides[i], t.shape[i]);
  std::sort(by_stride.begin(), by_stride.end());
  std::int64_t span = 0;
  for (const auto& [stride, extent] : by_stride) {
    if (stride <= span) return false;
    span += (extent - 1) * stride;
  }
  return true;
}

void check_name(const std::string& name, const std::string& part,
                std::vector<std::string>& faults) {
  if (name.empty()) faults.push_back(part + ".name is empty");
  if (name.size() > kMaxName) faults.push_back(part + ".name is longer than 63 characters");
}

// False when sizes must not be computed from it.
bool check_tensor(const Tensor& t, const std::string& part, std::vector<std::string>& faults) {
  const std::size_t before = faults.size();
  if (t.shape.size() > kMaxRank) faults.push_back(part + ".shape has more than 8 dimensions");
  for (const std::int64_t extent : t.shape)
    if (extent <= 0) faults.push_back(fmt::format("{}.shape has the extent {}", part, extent));
  if (!t.strides.empty() && t.strides.size() != t.shape.size())
    faults.push_back(part + ".strides and .shape differ in length");
  for (const std::int64_t stride : t.strides)
    if (stride <= 0)
      faults.push_back(fmt::format("{}.strides has {}; it must be > 0", part, stride));
  if (!std::has_single_bit(t.alignment) || t.alignment > 4096)
    faults.push_back(part + ".alignment must be a power of two, at most 4096");
  if (static_cast<std::uint32_t>(t.dtype) >= kDtypeCount)
    faults.push_back(part + ".dtype is unknown");
  if (faults.size() == before && !fits(t))
    faults.push_back(part + ": .shape and .strides ask for more than 2^47 bytes");
  const bool sizes_are_good = faults.size() == before;
  check_name(t.name, part, faults);
  return sizes_are_good;
}

void check_distribution(const Input& input, const std::string& part,
                        std::vector<std::string>& faults) {
  const Distribution& d = input.distribution;
  const Dtype dtype = input.tensor->dtype;
  using Kind = Distribution::Kind;
  if (d.kind == Kind::custom && !d.generator)
    faults.push_back(part + ".distribution is custom and has no generator");
  if (d.kind == Kind::uniform && !(d.a < d.b))
    faults.push_back(part + ".distribution: uniform needs low < high");
  if (d.kind == Kind::integers && !(d.a <= d.b))
    faults.push_back(part + ".distribution: integers need low <= high");
  if (d.kind == Kind::permutation && !is_integral(dtype))
    faults.push_back(part + ".distribution: a permutation needs an integer dtype");
  if (!std::isfinite(d.a) || !std::isfinite(d.b))
    faults.push_back(part + ".distribution has a parameter that is not finite");
}

bool same_shape(const Tensor& a, const Tensor& b) {
  return a.dtype == b.dtype && a.shape == b.shape &&
         a.effective_strides() == b.effective_strides() && a.placement == b.placement;
}

// Threads of a reference that wait for their next loop by spinning take a processor from the window that follows. Read by
// libgomp, libomp and OpenBLAS when a problem brings them; workers get an environment of their own.
void let_threads_sleep_between_loops() {
  setenv("OMP_WAIT_POLICY", "PASSIVE", 1);
  setenv("KMP_BLOCKTIME", "0", 1);
  setenv("OPENBLAS_THREAD_TIMEOUT", "4", 1);
}

}  // namespace

bool states_invariants(const Problem& problem) {
  return problem.validate.get().target<NoInvariants>() == nullptr;
}

std::vector<std::string> problem_faults(const Problem& problem) {
  std::vector<std::string> faults;
  if (problem.target.get().find(':') == std::string::npos)
    faults.push_back("target must be named like 'ch01:gemm', not '" + problem.target.get() + "'");
  if (problem.summary.get().empty()) faults.push_back("summary is empty");
  if (problem.inputs.empty()) faults.push_back("inputs is empty");
  if (problem.outputs.empty()) faults.push_back("outputs is empty");
  if (problem.inputs.size() > kMaxTensors || problem.outputs.size() > kMaxTensors)
    faults.push_back("there are more than 64 inputs or outputs");
  if (problem.params.size() > kMaxTensors) faults.push_back("there are more than 64 params");
  if (!problem.reference.get()) faults.push_back("reference is an empty function");
  if (!problem.validate.get())
    faults.push_back("validate is an empty function; no_invariants says that there are none");
  if (!(problem.work->flops >= 0) || !(problem.work->bytes > 0))
    faults.push_back("work needs flops >= 0 and bytes > 0");

  std::set<std::string> names;
  for (std::size_t i = 0; i < problem.params.size(); ++i) {
    const std::string& name = problem.params[i].name;
    const std::string part = fmt::format("params[{}] '{}'", i, name);
    check_name(name, part, faults);
    if (!names.insert(name).second) faults.push_back(part + ": the name is taken");
  }
  names.clear();
  for (std::size_t i = 0; i < problem.inputs.size(); ++i) {
    const Input& input = problem.inputs[i];
    const std::string part = fmt::format("inputs[{}] '{}'", i, input.tensor->name);
    const bool sizes_are_good = check_tensor(input.tensor, part, faults);
    check_distribution(input, part, faults);
    if (!names.insert(input.tensor->name).second) faults.push_back(part + ": the name is taken");
    if (input.role.get() == Role::in_out) {
      const Output* partner = nullptr;
      for (const Output& output : problem.outputs)
        if (output.tensor->name == input.tensor->name) partner = &output;
      if (partner == nullptr)
        faults.push_back(part + " is in-out, and no output has its name");
      else if (sizes_are_good && !same_shape(input.tensor, partner->tensor))
        faults.push_back(
            part + " and the output of its name differ in dtype, shape, strides or placement");
    }
  }
  std::set<std::string> output_names;
  for (std::size_t i = 0; i < problem.outputs.size(); ++i) {
    const Output& output = problem.outputs[i];
    const std::string part = fmt::format("outputs[{}] '{}'", i, output.tensor->name);
    if (check_tensor(output.tensor, part, faults) && !nested(output.tensor))
      faults.push_back(part + ".strides overlap: two indices may have one place in memory");
    if (!output_names.insert(output.tensor->name).second)
      faults.push_back(part + ": the name is taken");
    for (const Input& input : problem.inputs)
      if (input.tensor->name == output.tensor->name && input.role.get() != Role::in_out)
        faults.push_back(part + " has the name of an input that is not in-out");
    const Tolerance& t = output.tolerance;
    if (!(t.rtol >= 0) || !(t.atol >= 0) || !(t.rms >= 0) ||
        !std::isfinite(t.rtol + t.atol + t.rms))
      faults.push_back(part + ".tolerance has a part that is negative or not finite");
    if (t.looser_than(Tolerance::for_dtype(output.tensor->dtype)) && t.why.empty())
      faults.push_back(
          part + ".tolerance is looser than the default of its dtype and gives no reason (why)");
  }
  return faults;
}

Result<std::unique_ptr<LoadedProblem>> LoadedProblem::load(const std::filesystem::path& file,
                                                           const std::string& device) {
  let_threads_sleep_between_loops();
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = dlerror();
    return Error{"load the problem", file.string(), why != nullptr ? why : "unknown",
                 "Build it again"};
  }
  auto loaded = std::unique_ptr<LoadedProblem>(new LoadedProblem);
  loaded->library_ = library;
  using GetAbi = std::uint64_t();
  using GetProblem = const Problem*();
  using GetProblemFor = const Problem*(const char*);
  auto* const abi = reinterpret_cast<GetAbi*>(dlsym(library, "aisp_problem_abi"));
  auto* const get = reinterpret_cast<GetProblem*>(dlsym(library, "aisp_problem"));
  auto* const get_for = reinterpret_cast<GetProblemFor*>(dlsym(library, "aisp_problem_for"));
  if (abi == nullptr || get == nullptr)
    return Error{"load the problem", file.string(), "it exports no problem",
                 "End its source with AISP_PROBLEM(make)"};
  const std::uint64_t expected = static_cast<std::uint64_t>(kProblemAbi) << 32 | sizeof(Problem);
  if (abi() != expected)
    return Error{"load the problem", file.string(), "it was built against other headers",
                 "Build it again"};
  loaded->problem_ = get_for != nullptr ? get_for(device.c_str()) : get();
  if (loaded->problem_ == nullptr)
    return Error{"load the problem", file.string(),
                 fmt::format("it is not posed on the device '{}'", device),
                 "Devices are cpu and cuda"};
  const auto faults = problem_faults(**loaded);
  if (!faults.empty())
    return Error{"use the problem", file.string(), fmt::format("{}", fmt::join(faults, "; ")), ""};
  return loaded;
}

LoadedProblem::~LoadedProblem() {
  // Never dlclose: OpenMP threads of a reference may still be parked in the library.
}

}  // namespace aisp
