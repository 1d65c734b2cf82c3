#include "device/gpu_peaks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "device/cuda/cublas_lt.h"
#include "device/cuda/gpu.h"
#include "device/cuda/kernels/peak_data.h"
#include "device/cuda/memory.h"
#include "device/cuda/nvml.h"
#include "device/cuda/worker_access.h"

extern "C" {
extern const unsigned char aisp_fatbin_peaks[];
}

namespace aisp {
namespace {

using namespace cuda;

constexpr std::uint64_t kMemoryBytes = 1ull << 30;
constexpr std::uint64_t kLinkBytes = 256ull << 20;
constexpr std::uint64_t kWorkspaceBytes = 64ull << 20;
constexpr std::uint32_t kCheckedElements = 1024;
constexpr double kTrySeconds = 5e-3;    // launches of one try take at least this
constexpr double kWarmUpSeconds = 0.1;  // clocks rise while there is work

struct Buffer {
  Buffer(std::shared_ptr<Gpu> on, std::uint64_t bytes) : gpu(std::move(on)) {
    must(check(gpu->driver().MemAlloc(&address, bytes),
               fmt::format("allocate {} MiB of GPU memory", bytes >> 20)));
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { gpu->driver().MemFree(address); }
  std::shared_ptr<Gpu> gpu;
  CUdeviceptr address = 0;
};

// What all words of a buffer make together.
std::uint32_t mixed_words(std::uint64_t bytes) {
  std::uint32_t mixed = 0;
  for (std::uint64_t i = 0; i < bytes / 4; ++i) mixed ^= word_at(i);
  return mixed;
}

class Measurement {
 public:
  Measurement(std::shared_ptr<Gpu> gpu, const GpuPeakOptions& options)
      : gpu_(std::move(gpu)), options_(options), driver_(gpu_->driver()), word_(gpu_, 64) {
    must(check(driver_.ModuleLoadData(&module_, aisp_fatbin_peaks), "load the peak kernels"));
    for (CUevent* event : {&begin_, &end_})
      must(check(driver_.EventCreate(event, CU_EVENT_DEFAULT), "make a CUDA event"));
    blocks_ =
        2 * static_cast<std::uint32_t>(gpu_->attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT));
  }
  ~Measurement() {
    for (const CUevent event : {begin_, end_})
      if (event != nullptr) driver_.EventDestroy(event);
    if (module_ != nullptr) driver_.ModuleUnload(module_);
  }
  Measurement(const Measurement&) = delete;
  Measurement& operator=(const Measurement&) = delete;

  GpuPeakReport run() {
    report_.gpu = gpu_->name();
    report_.uuid = uuid_text(gpu_->uuid());
    chains("fp64", "peak_fp64", 1.0);
    chains("fp32", "peak_fp32", 1.0f);
    products();
    memory();
    links();
    return std::move(report_);
  }

 private:
  template <class... Args>
  Status launch(const char* kernel, std::uint32_t blocks, std::uint32_t threads, Args... args) {
    CUfunction function = nullptr;
    if (Status s = check(driver_.ModuleGetFunction(&function, module_, kernel), kernel); !s)
      return s;
    void* parameters[] = {&args...};
    return check(driver_.LaunchKernel(function, blocks, 1, 1, threads, 1, 1, 0, gpu_->stream(),
                                      parameters, nullptr),
                 std::string("start ") + kernel);
  }

  std::uint32_t read_word() {
    std::uint32_t word = 0;
    gpu_->synchronize();
    must(check(driver_.MemcpyDtoH(&word, word_.address, sizeof word), "copy from the GPU"));
    return word;
  }
  void clear_word() {
    must(check(driver_.MemsetD32Async(word_.address, 0, 1, gpu_->stream()), "set GPU memory"));
  }

  // Seconds of one launch, the best try's.
  template <class Work>
  double best(const Work& work) {
    const auto timed = [&](int launches) {
      must(check(driver_.EventRecord(begin_, gpu_->stream()), "record a CUDA event"));
      for (int i = 0; i < launches; ++i) must(work());
      must(check(driver_.EventRecord(end_, gpu_->stream()), "record a CUDA event"));
      gpu_->synchronize();
      float ms = 0;
      must(check(driver_.EventElapsedTime(&ms, begin_, end_), "read CUDA events"));
      return static_cast<double>(ms) * 1e-3 / launches;
    };
    double once = timed(1);
    for (const std::int64_t from = monotonic_ns();
         static_cast<double>(monotonic_ns() - from) * 1e-9 < kWarmUpSeconds;)
      once = std::min(once, timed(1));
    const int launches = std::clamp(static_cast<int>(kTrySeconds / once) + 1, 1, 1000);
    double least = once;
    for (int i = 0; i < options_.tries; ++i) least = std::min(least, timed(launches));
    return least;
  }

  void add(std::vector<GpuPeak>& to, bool right, const std::string& name, const std::string& how,
           const std::string& published, double per_second, double share = 1) {
    if (right)
      to.push_back({name, how, published, per_second, share});
    else
      report_.wrong.push_back(name);
  }

  template <class T>
  void chains(const char* name, const char* kernel, T one) {
    options_.progress(name);
    constexpr std::uint32_t kSteps = 20'000, kThreads = 256;
    const std::uint32_t blocks = 4 * blocks_;  // 64 warps a multiprocessor
    clear_word();
    const double seconds = best([&] {
      return launch(kernel, blocks, kThreads, kSteps, one, std::uint64_t{word_.address});
    });
    const double operations = 2.0 * kSteps * kPeakChains * kThreads * blocks;
    add(report_.arithmetic, read_word() == 0, name, "chains of multiply-adds", name,
        operations / seconds);
  }

  void products() {
    auto lt = CublasLt::open();
    if (!lt) {
      report_.missing.push_back("matrix products: " + lt.error().message());
      return;
    }
    struct Row {
      const char* name;
      PeakType type;
      bool tf32;
      std::uint64_t bytes, sum_bytes;
      std::int32_t most;
      const char* published;
    };
    // Sums stay below the 14 bits in which fp8 is added up.
    for (const Row& row : {Row{"fp64 tensor", PeakType::fp64, false, 8, 8, 4, "fp64 tensor"},
                           Row{"fp32 product", PeakType::fp32, false, 4, 4, 4, "fp32"},
                           Row{"tf32 tensor", PeakType::fp32, true, 4, 4, 4, "tf32 tensor"},
                           Row{"bf16 tensor", PeakType::bf16, false, 2, 4, 4, "bf16 tensor"},
                           Row{"fp16 tensor", PeakType::fp16, false, 2, 4, 4, "fp16 tensor"},
                           Row{"fp8 tensor", PeakType::fp8_e4m3, false, 1, 4, 2, "fp8 tensor"},
                           Row{"int8 tensor", PeakType::int8, false, 1, 4, 4, "int8 tensor"}}) {
      options_.progress(row.name);
      try {
        product(**lt, row.name, row.type, row.tf32, row.bytes, row.sum_bytes, row.most,
                row.published);
      } catch (const Failure& failure) {
        report_.missing.push_back(fmt::format("{}: {}", row.name, failure.what()));
      }
    }
  }

  void product(CublasLt& lt, const char* name, PeakType type, bool tf32, std::uint64_t bytes,
               std::uint64_t sum_bytes, std::int32_t most, const char* published) {
    constexpr std::uint64_t kSide = 8192;
    constexpr std::uint64_t kSeedA = 1ull << 40, kSeedB = 1ull << 41;
    const Buffer a(gpu_, kSide * kSide * bytes), b(gpu_, kSide * kSide * bytes),
        d(gpu_, kSide * kSide * sum_bytes), workspace(gpu_, kWorkspaceBytes);
    const auto number = static_cast<std::uint32_t>(type);
    must(launch("peak_numbers", 8 * blocks_, 256, number, std::uint64_t{a.address}, kSide * kSide,
                kSeedA, most));
    must(launch("peak_numbers", 8 * blocks_, 256, number, std::uint64_t{b.address}, kSide * kSide,
                kSeedB, most));
    const CublasLt::Product p{type,           tf32,      kSide,
                              kSide,          kSide,     a.address,
                              b.address,      d.address, workspace.address,
                              kWorkspaceBytes};
    auto ways = lt.ways(p, 8);
    if (!ways) throw Failure(ways.error().message());
    double seconds = INFINITY;
    bool right = true;
    for (const auto& way : *ways) {
      // What the last one left is no result of this one.
      must(check(driver_.MemsetD8Async(d.address, 0xff, kSide * kSide * sum_bytes, gpu_->stream()),
                 "set GPU memory"));
      if (!way(gpu_->stream())) continue;
      clear_word();
      must(launch("peak_check", kCheckedElements, 256, number, std::uint64_t{d.address}, kSide,
                  kSide, kSide, kSeedA, kSeedB, most, std::uint64_t{word_.address}));
      if (read_word() != 0) {
        right = false;
        continue;
      }
      seconds = std::min(seconds, best([&] { return way(gpu_->stream()); }));
    }
    if (std::isinf(seconds) && right) throw Failure("cuBLASLt has no kernel for it here");
    add(report_.arithmetic, !std::isinf(seconds), name,
        fmt::format("cuBLASLt, {0} x {0} x {0}", kSide), published,
        2.0 * kSide * kSide * kSide / seconds);
  }

  void memory() {
    const auto l2 = static_cast<std::uint64_t>(gpu_->attribute(CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE));
    const Buffer from(gpu_, kMemoryBytes), to(gpu_, kMemoryBytes);
    const std::uint64_t pieces = kMemoryBytes / 16;
    const std::uint64_t word = word_.address;
    constexpr std::uint32_t kThreads = 512;
    const auto read = [&](CUdeviceptr at, std::uint64_t count, std::uint32_t passes) {
      return launch("peak_read", 2 * blocks_, kThreads, std::uint64_t{at}, count, passes, word);
    };
    const auto holds = [&](CUdeviceptr at, std::uint64_t bytes, std::uint32_t passes) {
      clear_word();
      must(read(at, bytes / 16, passes));
      return read_word() == mixed_words(bytes);
    };
    options_.progress("memory");
    const double write = best([&] {
      return launch("peak_write", 2 * blocks_, kThreads, std::uint64_t{from.address}, pieces);
    });
    const bool written = holds(from.address, kMemoryBytes, 1);
    add(report_.memory, written, "memory write", "1 GiB", "memory", kMemoryBytes / write);
    const double reading = best([&] { return read(from.address, pieces, 1); });
    add(report_.memory, holds(from.address, kMemoryBytes, 1), "memory read", "1 GiB", "memory",
        kMemoryBytes / reading);
    must(check(driver_.MemsetD32Async(to.address, 0, kMemoryBytes / 4, gpu_->stream()),
               "set GPU memory"));
    const double copy = best([&] {
      return launch("peak_copy", 2 * blocks_, kThreads, std::uint64_t{from.address},
                    std::uint64_t{to.address}, pieces);
    });
    add(report_.memory, holds(to.address, kMemoryBytes, 1), "memory copy",
        "1 GiB to 1 GiB, both counted", "memory", 2.0 * kMemoryBytes / copy);

    // A third of it: what a processor's far half holds is part of that.
    options_.progress("L2");
    const std::uint64_t resident = l2 / 3 / (64 << 10) * (64 << 10);
    constexpr std::uint32_t kPasses = 31;  // odd: an even number would cancel out
    if (resident > 0) {
      const double seconds = best([&] { return read(from.address, resident / 16, kPasses); });
      add(report_.memory, holds(from.address, resident, kPasses), "L2 read",
          fmt::format("{:.1f} MiB of {:.0f}", static_cast<double>(resident) / (1 << 20),
                      static_cast<double>(l2) / (1 << 20)),
          "", static_cast<double>(resident) * kPasses / seconds);
    }
    options_.progress("shared memory");
    constexpr std::uint32_t kSharedPasses = 2001;
    const auto shared = [&](std::uint32_t blocks) {
      return launch("peak_shared", blocks, kSharedThreads, kSharedPasses, word);
    };
    const double seconds = best([&] { return shared(2 * blocks_); });
    clear_word();
    must(shared(2 * blocks_ - 1));  // odd, as the passes are
    add(report_.memory, read_word() == mixed_words(16 * kSharedPieces), "shared memory read",
        "48 KiB a block, all multiprocessors", "",
        16.0 * kSharedPieces * kSharedPasses * 2 * blocks_ / seconds);
  }

  // Copies to and from the host. `host` is written and looked at here.
  void link(const std::string& kind, std::uint32_t* host, CUdeviceptr device) {
    const std::uint64_t words = kLinkBytes / 4;
    const auto copy = [&](bool up) {
      double least = INFINITY;
      for (int i = 0; i <= options_.tries; ++i) {
        const std::int64_t from = monotonic_ns();
        must(check(up ? driver_.MemcpyHtoDAsync(device, host, kLinkBytes, gpu_->stream())
                      : driver_.MemcpyDtoHAsync(host, device, kLinkBytes, gpu_->stream()),
                   "copy between host and GPU"));
        gpu_->synchronize();
        least = std::min(least, static_cast<double>(monotonic_ns() - from) * 1e-9);
      }
      return least;
    };
    options_.progress("links, " + kind);
    for (std::uint64_t i = 0; i < words; ++i) host[i] = word_at(i);
    const double up = copy(true);
    clear_word();
    must(launch("peak_read", 2 * blocks_, 512u, std::uint64_t{device}, kLinkBytes / 16, 1u,
                std::uint64_t{word_.address}));
    const bool arrived = read_word() == mixed_words(kLinkBytes);
    add(report_.links, arrived, "host to GPU, " + kind, "256 MiB", "PCIe", kLinkBytes / up, 0.5);
    std::memset(host, 0, kLinkBytes);
    const double down = copy(false);
    bool right = true;
    for (std::uint64_t i = 0; i < words; ++i) right = right && host[i] == word_at(i);
    add(report_.links, right, "GPU to host, " + kind, "256 MiB", "PCIe", kLinkBytes / down, 0.5);
  }

  void links() {
    const Buffer device(gpu_, kLinkBytes);
    Pinned pinned(gpu_);
    link("pinned", static_cast<std::uint32_t*>(pinned.at_least(kLinkBytes)), device.address);
    both_ways(pinned.as<std::byte>(), device.address);
    std::vector<std::uint32_t> pageable(kLinkBytes / 4);
    link("pageable", pageable.data(), device.address);
    neighbour();
  }

  // The first other GPU that can be reached; nullptr = there is none, and the report says so.
  std::shared_ptr<Gpu> reachable() {
    int count = 0;
    must(check(driver_.DeviceGetCount(&count), "count the GPUs"));
    for (int ordinal = 0; ordinal < count; ++ordinal) {
      int reaches = 0;
      CUdevice other = 0;
      must(check(driver_.DeviceGet(&other, ordinal), "find a GPU"));
      if (ordinal == options_.ordinal ||
          driver_.DeviceCanAccessPeer(&reaches, gpu_->device(), other) != CUDA_SUCCESS ||
          reaches == 0)
        continue;
      auto gpu = Gpu::open(ordinal);
      if (!gpu) throw Failure(gpu.error().message());
      return std::move(*gpu);
    }
    report_.missing.push_back(count > 1 ? "NVLink: no other GPU lets this one reach its memory"
                                        : "NVLink: there is one GPU only");
    return nullptr;
  }

  // Copies to another GPU and back, one way and both ways at once.
  void neighbour() {
    CUcontext here = nullptr, there = nullptr;
    must(check(driver_.CtxGetCurrent(&here), "ask for the CUDA context"));
    const std::shared_ptr<Gpu> other = reachable();
    if (other == nullptr) return;
    options_.progress("links between GPUs");
    must(check(driver_.CtxGetCurrent(&there), "ask for the CUDA context"));
    must(check(driver_.CtxEnablePeerAccess(here, 0), "let GPUs reach each other"));
    const Buffer far(other, kMemoryBytes), far_source(other, kMemoryBytes);
    must(check(driver_.CtxSetCurrent(here), "go back to the first GPU"));
    must(check(driver_.CtxEnablePeerAccess(there, 0), "let GPUs reach each other"));
    const Buffer near(gpu_, kMemoryBytes), near_sink(gpu_, kMemoryBytes);
    const auto send = [&](CUdeviceptr to) {
      return check(
          driver_.MemcpyPeerAsync(to, there, near.address, here, kMemoryBytes, gpu_->stream()),
          "copy to another GPU");
    };
    const auto fetch = [&](CUdeviceptr to, CUdeviceptr from, CUstream stream) {
      return check(driver_.MemcpyPeerAsync(to, here, from, there, kMemoryBytes, stream),
                   "copy from another GPU");
    };
    const auto holds = [&](CUdeviceptr at) {
      clear_word();
      must(launch("peak_read", 2 * blocks_, 512u, std::uint64_t{at}, kMemoryBytes / 16, 1u,
                  std::uint64_t{word_.address}));
      return read_word() == mixed_words(kMemoryBytes);
    };
    const auto clear = [&](CUdeviceptr at) {
      must(
          check(driver_.MemsetD32Async(at, 0, kMemoryBytes / 4, gpu_->stream()), "set GPU memory"));
    };
    must(launch("peak_write", 2 * blocks_, 512u, std::uint64_t{near.address}, kMemoryBytes / 16));
    must(send(far_source.address));

    const auto nvml = Nvml::open(uuid_text(gpu_->uuid()));
    const int links = nvml ? (*nvml)->active_nvlinks() : 0;
    const std::string kind = links > 0 ? "NVLink" : "PCIe";
    const std::string how = links > 0 ? fmt::format("1 GiB, {} NVLinks", links) : "1 GiB";
    const double one_way = best([&] { return send(far.address); });
    clear(near_sink.address);
    must(fetch(near_sink.address, far.address, gpu_->stream()));
    add(report_.links, holds(near_sink.address), "GPU to GPU", how, kind, kMemoryBytes / one_way,
        0.5);

    // The second stream belongs to this GPU too: both copies are asked for from here.
    CUstream second = nullptr;
    must(check(driver_.StreamCreate(&second, CU_STREAM_NON_BLOCKING), "make a CUDA stream"));
    clear(near_sink.address);
    gpu_->synchronize();
    double least = INFINITY;
    for (int i = 0; i <= options_.tries; ++i) {
      const std::int64_t from = monotonic_ns();
      must(send(far.address));
      must(fetch(near_sink.address, far_source.address, second));
      gpu_->synchronize();
      must(check(driver_.StreamSynchronize(second), "wait for the GPU"));
      least = std::min(least, static_cast<double>(monotonic_ns() - from) * 1e-9);
    }
    driver_.StreamDestroy(second);
    bool right = holds(near_sink.address);
    must(fetch(near_sink.address, far.address, gpu_->stream()));
    right = right && holds(near_sink.address);
    add(report_.links, right, "GPU to GPU, both ways at once", how + " each way", kind,
        2.0 * kMemoryBytes / least);
  }

  // Half of the buffer each way at the same time.
  void both_ways(std::byte* host, CUdeviceptr device) {
    constexpr std::uint64_t kHalf = kLinkBytes / 2;
    options_.progress("links, both ways");
    CUstream other = nullptr;
    must(check(driver_.StreamCreate(&other, CU_STREAM_NON_BLOCKING), "make a CUDA stream"));
    for (std::uint64_t i = 0; i < kHalf / 4; ++i)
      reinterpret_cast<std::uint32_t*>(host)[i] = ~word_at(i);
    std::memset(host + kHalf, 0, kHalf);
    double least = INFINITY;
    for (int i = 0; i <= options_.tries; ++i) {
      const std::int64_t from = monotonic_ns();
      must(check(driver_.MemcpyHtoDAsync(device, host, kHalf, gpu_->stream()), "copy to the GPU"));
      must(check(driver_.MemcpyDtoHAsync(host + kHalf, device + kHalf, kHalf, other),
                 "copy from the GPU"));
      gpu_->synchronize();
      must(check(driver_.StreamSynchronize(other), "wait for the GPU"));
      least = std::min(least, static_cast<double>(monotonic_ns() - from) * 1e-9);
    }
    driver_.StreamDestroy(other);
    // There and back.
    std::memset(host, 0, kHalf);
    must(check(driver_.MemcpyDtoH(host, device, kHalf), "copy from the GPU"));
    bool right = true;
    for (std::uint64_t i = 0; i < kHalf / 4; ++i)
      right = right && reinterpret_cast<std::uint32_t*>(host)[i] == ~word_at(i);
    for (std::uint64_t i = kHalf / 4; i < kLinkBytes / 4; ++i)
      right = right && reinterpret_cast<std::uint32_t*>(host)[i] == word_at(i);
    add(report_.links, right, "both ways at once, pinned", "128 MiB each way", "PCIe",
        2.0 * kHalf / least);
  }

  std::shared_ptr<Gpu> gpu_;
  const GpuPeakOptions& options_;
  const Driver& driver_;
  Buffer word_;
  CUmodule module_ = nullptr;
  CUevent begin_ = nullptr, end_ = nullptr;
  std::uint32_t blocks_ = 0;  // two a multiprocessor
  GpuPeakReport report_;
};

}  // namespace

Result<GpuPeakReport> measure_gpu_peaks(const GpuPeakOptions& options) {
  try {
    auto gpu = Gpu::open(options.ordinal);
    if (!gpu) return gpu.error();
    return Measurement(std::move(*gpu), options).run();
  } catch (const Failure& failure) {
    return Error{"measure a GPU's peaks", std::to_string(options.ordinal), failure.what(), ""};
  }
}

}  // namespace aisp
