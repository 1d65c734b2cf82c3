// Everything that `aisp bench peak --device cuda` measures of a GPU: arithmetic by type, its memory, its L2 cache,
// shared memory, and the way to the host. The best of several tries counts, and what each computed or copied is
// checked. Needs no header of the CUDA toolkit.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace aisp {

struct GpuPeak {
  std::string name;  // "bf16 tensor", "memory copy"
  std::string how;   // "cuBLASLt, 8192 x 8192 x 8192"
  std::string
      published;  // what the published table calls it: a type, "memory", a link; empty = it does not
  // Operations a second (a multiply-add counts two), or bytes; a copy counts what is read and what is written.
  double per_second = 0;
  double published_share =
      1;  // of the published figure, how much this could be: 0.5 for one way of a link
};

struct GpuPeakReport {
  std::string gpu, uuid;
  std::vector<GpuPeak> arithmetic;
  std::vector<GpuPeak> memory;
  std::vector<GpuPeak> links;
  std::vector<std::string> wrong;    // whose result was not right: there is no figure
  std::vector<std::string> missing;  // what was not measured, and why
};

struct GpuPeakOptions {
  int ordinal = 0;
  int tries = 7;
  std::function<void(const std::string&)> progress = [](const std::string&) {};
};

// The error says what is missing: CUDA in this build, the driver, the GPU. Takes some ten seconds.
Result<GpuPeakReport> measure_gpu_peaks(const GpuPeakOptions& options);

}  // namespace aisp
