// aisp-cuda-smoke [--targets DIR] [--repeats N] [NAME...]: loads every CUDA implementation of every
// target whose name ("ch07:transpose") or implementation contains one of the NAMEs, runs it on random
// inputs, compares all outputs with the reference and times it with events. Prints a line for each:
//
//   ch07:transpose optimized  123.4 µs  4.53 TB/s (97 % of copy)  0.00 TFLOP/s  error 0.12 ok
//
// time: median over the repeats, each call on buffers of its own choice with a cold L2 (twice its size
// is written in between). error: worst element in units of what the tolerance allows. No sandbox, no
// judge: the implementations are trusted here. Exit: 0 all right, 1 something is wrong, 77 no GPU.
#include <aisp/aisp.h>
#include <cuda_runtime.h>
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace fs = std::filesystem;

namespace {

constexpr int kNoGpu = 77;
constexpr std::size_t kGuard = 4096;  // poisoned bytes before and behind each output
constexpr unsigned char kPoison = 0xa5;
constexpr int kSets = 2;  // buffers that calls alternate between

void check(cudaError_t status, const std::string& what) {
  if (status == cudaSuccess) return;
  throw std::runtime_error(what + ": " + cudaGetErrorName(status) + ", " +
                           cudaGetErrorString(status));
}

// Counter-based: element i of a draw is the same whoever computes it.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}
double unit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

template <class F>
void in_parallel(std::size_t n, F&& f) {
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> pool;
  for (std::size_t t = 0; t < threads; ++t)
    pool.emplace_back([&, t] { f(n * t / threads, n * (t + 1) / threads); });
  for (std::thread& thread : pool) thread.join();
}

class Random : public aisp::RandomSource {
 public:
  explicit Random(std::uint64_t seed) : seed_(seed) {}
  std::uint64_t next() override { return mix(seed_ ^ mix(counter_++)); }

 private:
  std::uint64_t seed_;
  std::uint64_t counter_ = 0;
};

std::vector<std::byte> drawn(const aisp::Input& input, std::uint64_t seed) {
  const aisp::Tensor& tensor = input.tensor;
  const aisp::Distribution& d = input.distribution;
  using Kind = aisp::Distribution::Kind;
  std::vector<std::byte> bytes(tensor.storage_bytes());
  const auto n = static_cast<std::size_t>(tensor.storage_elements());
  const std::size_t size = aisp::dtype_bytes(tensor.dtype);
  if (d.kind == Kind::custom) {
    Random random(seed);
    d.generator(random, bytes.data(), n);
    return bytes;
  }
  if (d.kind == Kind::permutation) throw std::runtime_error("permutations are not drawn here");
  in_parallel(n, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const double u = unit(mix(seed ^ mix(2 * i))), v = unit(mix(seed ^ mix(2 * i + 1)));
      double value = 0;
      switch (d.kind) {
        case Kind::uniform: value = d.a + (d.b - d.a) * u; break;
        case Kind::normal:
          value = d.a + d.b * std::sqrt(-2 * std::log(1 - u)) * std::cos(6.283185307179586 * v);
          break;
        case Kind::heavy_tailed:
          value = (u < 0.5 ? -1 : 1) * d.a * std::exp2(d.b * (2 * v - 1));
          break;
        case Kind::integers: value = d.a + std::floor((d.b - d.a + 1) * u); break;
        default: value = d.a * (2 * u - 1); break;
      }
      if (tensor.dtype == aisp::Dtype::fp32) {
        const auto narrow = static_cast<float>(value);
        std::memcpy(bytes.data() + 4 * i, &narrow, 4);
      } else {
        aisp::store_real(tensor.dtype, bytes.data() + size * i, value);
      }
    }
  });
  return bytes;
}

struct Expected {
  std::vector<std::vector<double>> reals;
  std::vector<std::vector<std::int64_t>> integers;
};

Expected expected_of(const aisp::Problem& problem, const std::vector<std::vector<std::byte>>& in) {
  Expected expected;
  std::vector<std::span<double>> reals;
  std::vector<std::span<std::int64_t>> integers;
  for (const aisp::Output& output : problem.outputs) {
    const auto n = static_cast<std::size_t>(output.tensor->elements());
    const bool real = aisp::is_floating(output.tensor->dtype);
    expected.reals.emplace_back(real ? n : 0);
    expected.integers.emplace_back(real ? 0 : n);
  }
  for (auto& values : expected.reals) reals.emplace_back(values);
  for (auto& values : expected.integers) integers.emplace_back(values);
  std::vector<aisp::TensorView> views;
  for (std::size_t i = 0; i < in.size(); ++i)
    views.push_back({&problem.inputs[i].tensor.get(), in[i].data()});
  problem.reference.get()(aisp::Inputs(views, problem.params), aisp::Expected(reals, integers));
  return expected;
}

// The largest error in units of what the tolerance allows; NaN counts as infinite.
double worst_error(const aisp::Output& output, const std::vector<double>& want,
                   const std::vector<std::byte>& got) {
  const aisp::Tolerance& t = output.tolerance;
  const aisp::Dtype dtype = output.tensor->dtype;
  const std::size_t size = aisp::dtype_bytes(dtype);
  double squares = 0;
  for (const double v : want) squares += v * v;
  const double floor = t.atol + t.rms * std::sqrt(squares / static_cast<double>(want.size()));
  double worst = 0;
  std::mutex mutex;
  in_parallel(want.size(), [&](std::size_t begin, std::size_t end) {
    double mine = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const double error = std::fabs(aisp::load_real(dtype, got.data() + i * size) - want[i]);
      if (error == 0) continue;
      const double ratio = error / (floor + t.rtol * std::fabs(want[i]));
      mine = std::isnan(ratio) ? INFINITY : std::max(mine, ratio);
    }
    const std::lock_guard lock(mutex);
    worst = std::max(worst, mine);
  });
  return worst;
}

double worst_error(const std::vector<std::int64_t>& want, const aisp::Output& output,
                   const std::vector<std::byte>& got) {
  const std::size_t size = aisp::dtype_bytes(output.tensor->dtype);
  for (std::size_t i = 0; i < want.size(); ++i)
    if (aisp::load_real(output.tensor->dtype, got.data() + i * size) !=
        static_cast<double>(want[i]))
      return INFINITY;
  return 0;
}

struct DeviceMemory {
  explicit DeviceMemory(std::size_t bytes) { check(cudaMalloc(&data, bytes), "cudaMalloc"); }
  DeviceMemory(DeviceMemory&& other) noexcept : data(std::exchange(other.data, nullptr)) {}
  ~DeviceMemory() { cudaFree(data); }
  unsigned char* bytes() const { return static_cast<unsigned char*>(data); }
  void* data = nullptr;
};

// The tensors of one call.
struct Set {
  std::vector<DeviceMemory> inputs, outputs;
  std::vector<std::vector<std::byte>> host_inputs;
  Expected expected;
};

class Arguments {
 public:
  Arguments(const aisp::Problem& problem, const Set& set, bool setup, cudaStream_t stream) {
    shapes_.reserve(problem.inputs.size() + problem.outputs.size());
    for (std::size_t i = 0; i < problem.inputs.size(); ++i) {
      const bool hidden = setup && problem.inputs[i].role.get() != aisp::Role::weight;
      add(problem.inputs[i].tensor, hidden ? nullptr : set.inputs[i].data);
    }
    for (std::size_t i = 0; i < problem.outputs.size(); ++i)
      add(problem.outputs[i].tensor, setup ? nullptr : set.outputs[i].bytes() + kGuard);
    for (const aisp::Param& param : problem.params)
      params_.push_back({param.name.c_str(), param.value});
    launch_.inputs = tensors_.data();
    launch_.outputs = tensors_.data() + problem.inputs.size();
    launch_.params = params_.data();
    launch_.input_count = static_cast<std::uint32_t>(problem.inputs.size());
    launch_.output_count = static_cast<std::uint32_t>(problem.outputs.size());
    launch_.param_count = static_cast<std::uint32_t>(params_.size());
    launch_.stream = stream;
  }
  const aisp_launch* launch() const { return &launch_; }

 private:
  void add(const aisp::Tensor& t, void* data) {
    shapes_.push_back(t.effective_strides());
    tensors_.push_back({t.name.c_str(), data, static_cast<std::uint32_t>(t.dtype),
                        static_cast<std::uint32_t>(t.shape.size()), t.shape.data(),
                        shapes_.back().data(), static_cast<std::uint64_t>(t.elements())});
  }
  std::vector<std::vector<std::int64_t>> shapes_;
  std::vector<aisp_tensor> tensors_;
  std::vector<aisp_param> params_;
  aisp_launch launch_{};
};

class Smoke {
 public:
  explicit Smoke(int repeats) : repeats_(repeats) {
    check(cudaStreamCreate(&stream_), "cudaStreamCreate");
    check(cudaEventCreate(&begin_), "cudaEventCreate");
    check(cudaEventCreate(&end_), "cudaEventCreate");
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, 0), "cudaGetDeviceProperties");
    flush_bytes_ = static_cast<std::size_t>(properties.l2CacheSize) * 2 + (64 << 20);
    flush_.emplace_back(flush_bytes_);
    measure_copy();
    std::printf("%s, %d multiprocessors, L2 %.0f MiB; copy of 1 GiB: %.2f TB/s read and written\n",
                properties.name, properties.multiProcessorCount, properties.l2CacheSize / 1048576.0,
                copy_bytes_per_s_ / 1e12);
  }

  // Whether all is right.
  bool target(const std::string& name, const fs::path& folder, const std::vector<fs::path>& files) {
    const auto started = std::chrono::steady_clock::now();
    void* library = dlopen((folder / "problem.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return failed(name, "problem", dlerror());
    using GetFor = const aisp::Problem*(const char*);
    using Get = const aisp::Problem*();
    auto* const get_for = reinterpret_cast<GetFor*>(dlsym(library, "aisp_problem_for"));
    auto* const get = reinterpret_cast<Get*>(dlsym(library, "aisp_problem"));
    const aisp::Problem& problem = *(get_for != nullptr ? get_for("cuda") : get());

    std::vector<Set> sets;
    double reference_s = 0;
    for (int s = 0; s < kSets; ++s) {
      Set set;
      for (std::size_t i = 0; i < problem.inputs.size(); ++i) {
        // Weights are the same in all sets.
        const bool weight = problem.inputs[i].role.get() == aisp::Role::weight;
        set.host_inputs.push_back(drawn(
            problem.inputs[i], mix(1000 * (weight ? 0 : static_cast<std::uint64_t>(s) + 1) + i)));
        set.inputs.emplace_back(set.host_inputs[i].size());
        check(cudaMemcpy(set.inputs[i].data, set.host_inputs[i].data(), set.host_inputs[i].size(),
                         cudaMemcpyHostToDevice),
              "copy of an input");
      }
      for (const aisp::Output& output : problem.outputs)
        set.outputs.emplace_back(output.tensor->storage_bytes() + 2 * kGuard);
      const auto before = std::chrono::steady_clock::now();
      set.expected = expected_of(problem, set.host_inputs);
      reference_s = seconds_since(before);
      sets.push_back(std::move(set));
    }
    std::printf(
        "%s: %.1f MB, %.3f GFLOP a call; prepared in %.1f s, reference %.2f s on %u threads\n",
        name.c_str(), problem.work->bytes / 1e6, problem.work->flops / 1e9, seconds_since(started),
        reference_s, std::thread::hardware_concurrency());
    bool good = true;
    for (const fs::path& file : files) {
      try {
        good = implementation(name, file, problem, sets) && good;
      } catch (const std::exception& e) {
        good = failed(name, file.stem().string(), e.what());
        // An illegal access poisons the context: nothing after it would mean anything.
        if (cudaDeviceSynchronize() != cudaSuccess) throw;
      }
      std::fflush(stdout);
    }
    return good;
  }

 private:
  static double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

  static bool failed(const std::string& name, const std::string& file, const std::string& why) {
    std::printf("%-26s %-24s FAILED: %s\n", name.c_str(), file.c_str(), why.c_str());
    return false;
  }

  void measure_copy() {
    constexpr std::size_t kBytes = std::size_t{1} << 30;
    DeviceMemory from(kBytes), to(kBytes);
    check(cudaMemset(from.data, 1, kBytes), "cudaMemset");
    std::vector<float> times;
    for (int i = 0; i < 10; ++i)
      times.push_back(timed([&] {
        check(cudaMemcpyAsync(to.data, from.data, kBytes, cudaMemcpyDeviceToDevice, stream_),
              "copy");
      }));
    copy_bytes_per_s_ = 2.0 * kBytes / (1e-3 * median(times));
  }

  template <class F>
  float timed(F&& f) {
    check(cudaEventRecord(begin_, stream_), "cudaEventRecord");
    f();
    check(cudaEventRecord(end_, stream_), "cudaEventRecord");
    check(cudaDeviceSynchronize(), "the call");
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, begin_, end_), "cudaEventElapsedTime");
    return milliseconds;
  }

  static double median(std::vector<float> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }

  bool implementation(const std::string& name, const fs::path& file, const aisp::Problem& problem,
                      std::vector<Set>& sets) {
    const std::string stem = file.stem().string();
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      std::printf("%-26s %-24s not run: %s\n", name.c_str(), stem.c_str(), dlerror());
      return true;  // a library that this machine does not have
    }
    const auto* const found =
        static_cast<const aisp_implementation_v1*>(dlsym(library, "aisp_implementation"));
    if (found == nullptr) return failed(name, stem, "it exports no implementation");
    void* state = nullptr;
    if (found->setup != nullptr) {
      const Arguments arguments(problem, sets[0], true, stream_);
      if (found->setup(arguments.launch(), &state) != 0) return failed(name, stem, "setup");
      check(cudaDeviceSynchronize(), "setup");
    }
    std::vector<float> times;
    double error = 0;
    std::string fault;
    for (int call = 0; call < repeats_; ++call) {
      Set& set = sets[static_cast<std::size_t>(call % kSets)];
      // Outputs are looked at in the first calls and the last one.
      const bool looked_at = call < kSets || call + 1 == repeats_;
      for (std::size_t o = 0; o < set.outputs.size(); ++o)
        check(cudaMemset(set.outputs[o].data, kPoison,
                         problem.outputs[o].tensor->storage_bytes() + 2 * kGuard),
              "poison");
      check(cudaMemset(flush_[0].data, call, flush_bytes_), "flush");
      check(cudaDeviceSynchronize(), "before the call");
      const Arguments arguments(problem, set, false, stream_);
      int status = 0;
      times.push_back(timed([&] { status = found->run(arguments.launch(), state); }));
      if (status != 0) return failed(name, stem, "run returned " + std::to_string(status));
      if (!looked_at) continue;
      for (std::size_t o = 0; o < set.outputs.size(); ++o) {
        const aisp::Output& output = problem.outputs[o];
        std::vector<std::byte> got(output.tensor->storage_bytes() + 2 * kGuard);
        check(cudaMemcpy(got.data(), set.outputs[o].data, got.size(), cudaMemcpyDeviceToHost),
              "copy of an output");
        const auto poisoned = [](std::byte b) { return b == std::byte{kPoison}; };
        if (!std::all_of(got.begin(), got.begin() + kGuard, poisoned) ||
            !std::all_of(got.end() - kGuard, got.end(), poisoned))
          fault = "writes outside of its output";
        got.erase(got.begin(), got.begin() + kGuard);
        error = std::max(error, aisp::is_floating(output.tensor->dtype)
                                    ? worst_error(output, set.expected.reals[o], got)
                                    : worst_error(set.expected.integers[o], output, got));
      }
      for (std::size_t i = 0; call < kSets && i < set.inputs.size(); ++i) {
        if (problem.inputs[i].role.get() == aisp::Role::in_out) continue;
        std::vector<std::byte> after(set.host_inputs[i].size());
        check(cudaMemcpy(after.data(), set.inputs[i].data, after.size(), cudaMemcpyDeviceToHost),
              "copy of an input");
        if (after != set.host_inputs[i]) fault = "changes its inputs";
      }
    }
    if (found->teardown != nullptr) found->teardown(state);
    const double seconds = 1e-3 * median(times);
    const double bytes_per_s = problem.work->bytes / seconds;
    if (fault.empty() && !(error <= 1)) fault = "WRONG";
    std::printf(
        "%-26s %-24s %10.2f µs  [%.2f %.2f]  %6.3f TB/s (%5.1f %% of copy)  %7.2f TFLOP/s"
        "  error %.3g  %s\n",
        name.c_str(), stem.c_str(), 1e6 * seconds,
        1e3 * *std::min_element(times.begin(), times.end()),
        1e3 * *std::max_element(times.begin(), times.end()), bytes_per_s / 1e12,
        100 * bytes_per_s / copy_bytes_per_s_, problem.work->flops / seconds / 1e12, error,
        fault.empty() ? "ok" : fault.c_str());
    return fault.empty();
  }

  int repeats_;
  cudaStream_t stream_ = nullptr;
  cudaEvent_t begin_ = nullptr;
  cudaEvent_t end_ = nullptr;
  std::size_t flush_bytes_ = 0;
  std::vector<DeviceMemory> flush_;
  double copy_bytes_per_s_ = 0;
};

bool wanted(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& part) {
           return name.find(part) != std::string::npos;
         });
}

}  // namespace

int main(int argc, char** argv) {
  fs::path root = fs::path(argv[0]).parent_path() / "../targets";
  int repeats = 20;
  std::vector<std::string> names;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--targets" && i + 1 < argc)
      root = argv[++i];
    else if (word == "--repeats" && i + 1 < argc)
      repeats = std::max(1, std::atoi(argv[++i]));
    else
      names.push_back(word);
  }
  int devices = 0;
  if (const cudaError_t status = cudaGetDeviceCount(&devices);
      status != cudaSuccess || devices == 0) {
    std::printf("not run: there is no GPU (%s)\n", cudaGetErrorString(status));
    return kNoGpu;
  }
  std::map<std::string, std::pair<fs::path, std::vector<fs::path>>> targets;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const fs::path file = entry.path();
    if (file.extension() != ".so" || file.parent_path().filename() != "cuda") continue;
    const fs::path folder = file.parent_path().parent_path();
    const std::string name = fs::relative(folder.parent_path(), root).generic_string() + ":" +
                             folder.filename().string();
    if (!wanted(names, name + "/" + file.stem().string())) continue;
    targets[name].first = folder;
    targets[name].second.push_back(file);
  }
  if (targets.empty()) {
    std::printf("nothing to run in %s: build aisp_targets with a CUDA toolkit\n", root.c_str());
    return 1;
  }
  bool good = true;
  try {
    Smoke smoke(repeats);
    for (auto& [name, target] : targets) {
      std::sort(target.second.begin(), target.second.end());
      good = smoke.target(name, target.first, target.second) && good;
    }
  } catch (const std::exception& e) {
    std::printf("FAILED, and the rest was not run: %s\n", e.what());
    return 1;
  }
  std::printf(good ? "all right\n" : "something is wrong\n");
  return good ? 0 : 1;
}
