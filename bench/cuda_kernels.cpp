// What the judge's own kernels reach on the GPU, against a device-to-device copy of the same
// memory: bytes read and written a second, medians of repeated runs timed by events.
//   cuda_kernels [MiB of one buffer, default 256]
#include <cuda.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "device/cuda/driver.h"
#include "device/cuda/kernels.h"

namespace {

using namespace aisp;
using namespace aisp::cuda;

constexpr int kWarmUps = 3;
constexpr int kRepeats = 21;

void require(const Status& status) {
  if (status) return;
  fmt::print(stderr, "cuda_kernels: {}\n", status.error().message());
  std::exit(1);
}

class Bench {
 public:
  Bench(const Driver& driver, CUstream stream) : driver_(driver), stream_(stream) {
    require(check(driver_.EventCreate(&begin_, CU_EVENT_DEFAULT), "make an event"));
    require(check(driver_.EventCreate(&end_, CU_EVENT_DEFAULT), "make an event"));
  }

  // Prints a line; `bytes` are read and written by one `enqueue`.
  void run(const std::string& name, double bytes, const std::function<Status()>& enqueue) {
    std::vector<double> seconds;
    for (int i = -kWarmUps; i < kRepeats; ++i) {
      require(check(driver_.EventRecord(begin_, stream_), "record an event"));
      require(enqueue());
      require(check(driver_.EventRecord(end_, stream_), "record an event"));
      require(check(driver_.EventSynchronize(end_), "wait for " + name));
      float ms = 0;
      require(check(driver_.EventElapsedTime(&ms, begin_, end_), "read the events"));
      if (i >= 0) seconds.push_back(1e-3 * static_cast<double>(ms));
    }
    std::sort(seconds.begin(), seconds.end());
    const double rate = bytes / seconds[kRepeats / 2];
    if (copy_rate_ == 0) copy_rate_ = rate;
    fmt::print("{:<44} {:>9.1f} µs {:>8.0f} GB/s {:>6.1f} % of copy\n", name,
               1e6 * seconds[kRepeats / 2], 1e-9 * rate, 100 * rate / copy_rate_);
  }

 private:
  const Driver& driver_;
  CUstream stream_;
  CUevent begin_ = nullptr, end_ = nullptr;
  double copy_rate_ = 0;
};

Tensor line(Dtype dtype, std::uint64_t bytes) {
  return {.name = "x",
          .dtype = dtype,
          .shape = {static_cast<std::int64_t>(bytes / dtype_bytes(dtype))}};
}

CUdeviceptr allocate(const Driver& driver, std::uint64_t bytes) {
  CUdeviceptr address = 0;
  require(check(driver.MemAlloc(&address, bytes), "allocate memory of the GPU"));
  return address;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t bytes = (argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 256) << 20;
  if (bytes == 0) {
    fmt::print(stderr, "usage: cuda_kernels [MiB]\n");
    return 2;
  }
  const auto opened = driver();
  if (!opened) {
    fmt::print(stderr, "cuda_kernels: {}\n", opened.error().message());
    return 1;
  }
  const Driver& cuda = **opened;
  CUdevice device = 0;
  CUcontext context = nullptr;
  CUstream stream = nullptr;
  require(check(cuda.DeviceGet(&device, 0), "find the first GPU"));
  require(check(cuda.DevicePrimaryCtxRetain(&context, device), "open the first GPU"));
  require(check(cuda.CtxSetCurrent(context), "choose the first GPU"));
  require(check(cuda.StreamCreate(&stream, CU_STREAM_NON_BLOCKING), "make a stream"));
  auto loaded = Kernels::load(device);
  if (!loaded) {
    fmt::print(stderr, "cuda_kernels: {}\n", loaded.error().message());
    return 1;
  }
  const Kernels& kernels = *loaded;

  char name[256] = "";
  require(check(cuda.DeviceGetName(name, sizeof name, device), "ask for the GPU's name"));
  fmt::print("{}: {} multiprocessors, L2 {} MiB; buffers of {} MiB\n", name,
             kernels.multiprocessors(), kernels.l2_bytes() >> 20, bytes >> 20);

  // Expected values are doubles: eight times the bytes of the narrowest dtype would not fit
  // everywhere.
  const CUdeviceptr a = allocate(cuda, bytes), b = allocate(cuda, bytes);
  const CUdeviceptr expected = allocate(cuda, 2 * bytes), results = allocate(cuda, 4096);
  const Key key = {};
  const double n = static_cast<double>(bytes);
  const SetSpan at_a = {a, 0, 1}, at_b = {b, 0, 1};
  Bench bench(cuda, stream);

  bench.run("copy, device to device", 2 * n,
            [&] { return check(cuda.MemcpyDtoDAsync(b, a, bytes, stream), "copy"); });
  bench.run("memset", n,
            [&] { return check(cuda.MemsetD32Async(a, 1, bytes / 4, stream), "set memory"); });
  bench.run("poison", n, [&] { return kernels.poison(stream, a, bytes, 0xa5b6c7d8e9fa0b1cull); });
  bench.run("sweep", 2 * n, [&] { return kernels.sweep(stream, a, bytes); });
  bench.run("count_different", 2 * n,
            [&] { return kernels.count_different(stream, at_a, at_b, bytes, results); });
  bench.run("hash", n, [&] { return kernels.hash(stream, at_a, bytes, 1, results); });

  const std::pair<const char*, Distribution> draws[] = {
      {"uniform", Distribution::uniform(-1, 1)},
      {"normal", Distribution::normal(0, 1)},
      {"heavy_tailed", Distribution::heavy_tailed(1, 8)},
      {"structured", Distribution::structured(1)}};
  for (const Dtype dtype : {Dtype::fp32, Dtype::fp64, Dtype::bf16, Dtype::fp8_e4m3, Dtype::int32})
    for (const auto& [text, distribution] : draws)
      bench.run(fmt::format("fill {} {}", dtype_name(dtype), text), n, [&] {
        return kernels.fill(stream, line(dtype, bytes), distribution, key, 1, 1, at_a);
      });
  bench.run("fill int32 integers(0, 1000)", n, [&] {
    return kernels.fill(stream, line(Dtype::int32, bytes), Distribution::integers(0, 1000), key, 1,
                        1, at_a);
  });
  bench.run("count_changed fp32 uniform", n, [&] {
    return kernels.count_changed(stream, line(Dtype::fp32, bytes), Distribution::uniform(-1, 1),
                                 key, 1, 1, at_a, results);
  });

  const auto compare = [&](Dtype dtype, double rms, double noise) {
    const Tensor tensor = line(dtype, bytes);
    const Distribution values =
        is_integral(dtype) ? Distribution::integers(0, 100) : Distribution::uniform(1, 2);
    Tolerance tolerance = Tolerance::for_dtype(dtype);
    tolerance.rms = rms;
    require(kernels.fill(stream, tensor, values, key, 1, 1, at_a));
    // The same values, or others that are within a wide tolerance, as an honest output's would be.
    if (noise > 0) tolerance.rtol = noise;
    require(kernels.fill(stream, tensor, values, key, noise > 0 ? 2 : 1, 1, at_b));
    const std::uint64_t scratch_bytes = Kernels::compare_scratch_bytes(tensor, 1);
    const CUdeviceptr scratch = allocate(cuda, scratch_bytes);
    require(check(cuda.MemsetD8Async(scratch, 0, scratch_bytes, stream), "clear scratch memory"));
    bench.run(fmt::format("compare_same {}{}{}", dtype_name(dtype), noise > 0 ? ", inexact" : "",
                          rms > 0 ? ", with RMS" : ""),
              rms > 0 ? 3 * n : 2 * n, [&] {
                return kernels.compare_same(stream, tensor, tolerance, at_a, at_b, 0x12345678,
                                            scratch, results);
              });
    require(check(cuda.StreamSynchronize(stream), "wait for the comparison"));
    require(check(cuda.MemFree(scratch), "free memory of the GPU"));
  };
  for (const Dtype dtype : {Dtype::fp32, Dtype::fp64, Dtype::tf32, Dtype::fp16, Dtype::bf16,
                            Dtype::fp8_e4m3, Dtype::complex64, Dtype::int8, Dtype::int32})
    compare(dtype, 0, 0);
  for (const Dtype dtype : {Dtype::fp32, Dtype::bf16, Dtype::complex64}) compare(dtype, 0, 2);
  compare(Dtype::fp32, 0.01, 0);

  const Tensor tensor = line(Dtype::fp32, bytes);
  const Tensor doubles = line(Dtype::fp64, 2 * bytes);
  require(kernels.fill(stream, tensor, Distribution::uniform(1, 2), key, 1, 1, at_a));
  require(kernels.fill(stream, doubles, Distribution::uniform(1, 2), key, 1, 1, {expected, 0, 1}));
  const std::uint64_t scratch_bytes = Kernels::compare_scratch_bytes(tensor, 1);
  const CUdeviceptr scratch = allocate(cuda, scratch_bytes);
  require(check(cuda.MemsetD8Async(scratch, 0, scratch_bytes, stream), "clear scratch memory"));
  bench.run("compare_expected fp32, inexact", 3 * n, [&] {
    return kernels.compare_expected(stream, tensor, {2, 0, 0, {}}, at_a, {expected, 0, 1}, 0,
                                    scratch, results);
  });
  require(check(cuda.StreamSynchronize(stream), "wait for the comparison"));
}
