// cuBLASLt, opened at run time: matrix products for `aisp bench peak`, the best that this GPU's maker can do.
#pragma once

#include <cuda.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "device/cuda/kernels/peak_data.h"

namespace aisp::cuda {

class CublasLt {
 public:
  // Opens libcublasLt.so.13, or AISP_CUBLASLT_LIBRARY, for the context that is current. The error says what is
  // missing.
  static Result<std::unique_ptr<CublasLt>> open();
  virtual ~CublasLt() = default;

  struct Product {
    PeakType type;  // fp32 is computed as fp32, or as tf32 if `tf32` says so
    bool tf32 = false;
    std::uint64_t rows = 0, columns = 0, depth = 0;
    // d[m + n rows] = sum over k of a[k + m depth] b[k + n depth]. d is double, int32 or, for all others, float.
    CUdeviceptr a = 0, b = 0, d = 0;
    CUdeviceptr workspace = 0;
    std::uint64_t workspace_bytes = 0;
  };
  // Ways to compute it, best guess of the library first; each enqueues one product. They hold what they need and
  // must not outlive this.
  using Launch = std::function<Status(CUstream)>;
  virtual Result<std::vector<Launch>> ways(const Product& product, int most) = 0;
};

}  // namespace aisp::cuda
