#include "device/cuda/cublas_lt.h"

#include <dlfcn.h>

#include <cstdlib>

#if __has_include(<cublasLt.h>)
#include <cublasLt.h>
#define AISP_HAVE_CUBLASLT 1
#endif

namespace aisp::cuda {

#ifndef AISP_HAVE_CUBLASLT

Result<std::unique_ptr<CublasLt>> CublasLt::open() {
  return Error{"use cuBLASLt", "", "this build had no cublasLt.h",
               "Install libcublas-dev of the CUDA toolkit 13 and rebuild"};
}

#else

namespace {

#define AISP_CUBLASLT_FUNCTIONS(X)        \
  X(cublasLtCreate)                       \
  X(cublasLtDestroy)                      \
  X(cublasLtMatmulDescCreate)             \
  X(cublasLtMatmulDescDestroy)            \
  X(cublasLtMatmulDescSetAttribute)       \
  X(cublasLtMatrixLayoutCreate)           \
  X(cublasLtMatrixLayoutDestroy)          \
  X(cublasLtMatmulPreferenceCreate)       \
  X(cublasLtMatmulPreferenceDestroy)      \
  X(cublasLtMatmulPreferenceSetAttribute) \
  X(cublasLtMatmulAlgoGetHeuristic)       \
  X(cublasLtMatmul)                       \
  X(cublasLtGetStatusString)

struct Functions {
#define AISP_CUBLASLT_DECLARE(name) decltype(&::name) name = nullptr;
  AISP_CUBLASLT_FUNCTIONS(AISP_CUBLASLT_DECLARE)
#undef AISP_CUBLASLT_DECLARE
};

struct Types {
  cudaDataType_t factors, sum, scale;
  cublasComputeType_t compute;
};

Types types_of(PeakType type, bool tf32) {
  switch (type) {
    case PeakType::fp64: return {CUDA_R_64F, CUDA_R_64F, CUDA_R_64F, CUBLAS_COMPUTE_64F};
    case PeakType::fp32:
      return {CUDA_R_32F, CUDA_R_32F, CUDA_R_32F,
              tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F};
    case PeakType::bf16: return {CUDA_R_16BF, CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F};
    case PeakType::fp16: return {CUDA_R_16F, CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F};
    case PeakType::fp8_e4m3: return {CUDA_R_8F_E4M3, CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F};
    case PeakType::int8: return {CUDA_R_8I, CUDA_R_32I, CUDA_R_32I, CUBLAS_COMPUTE_32I};
  }
  return {};
}

// One product's descriptions.
struct Plan {
  Functions lt;
  cublasLtMatmulDesc_t operation = nullptr;
  cublasLtMatrixLayout_t a = nullptr, b = nullptr, d = nullptr;
  ~Plan() {
    if (d != nullptr) lt.cublasLtMatrixLayoutDestroy(d);
    if (b != nullptr) lt.cublasLtMatrixLayoutDestroy(b);
    if (a != nullptr) lt.cublasLtMatrixLayoutDestroy(a);
    if (operation != nullptr) lt.cublasLtMatmulDescDestroy(operation);
  }
};

class Opened final : public CublasLt {
 public:
  explicit Opened(const Functions& functions) : lt_(functions) {}
  ~Opened() override {
    if (handle_ != nullptr) lt_.cublasLtDestroy(handle_);
  }

  Status create() { return check(lt_.cublasLtCreate(&handle_), "begin"); }

  Result<std::vector<Launch>> ways(const Product& p, int most) override {
    const Types types = types_of(p.type, p.tf32);
    const auto plan = std::make_shared<Plan>();
    plan->lt = lt_;
    if (Status s = describe(*plan, types, p); !s) return s.error();
    cublasLtMatmulPreference_t preference = nullptr;
    if (Status s = check(lt_.cublasLtMatmulPreferenceCreate(&preference), "prefer"); !s)
      return s.error();
    std::vector<cublasLtMatmulHeuristicResult_t> found(static_cast<std::size_t>(most));
    int count = 0;
    Status asked = check(lt_.cublasLtMatmulPreferenceSetAttribute(
                             preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                             &p.workspace_bytes, sizeof p.workspace_bytes),
                         "prefer");
    if (asked)
      asked = check(
          lt_.cublasLtMatmulAlgoGetHeuristic(handle_, plan->operation, plan->a, plan->b, plan->d,
                                             plan->d, preference, most, found.data(), &count),
          "find a kernel");
    lt_.cublasLtMatmulPreferenceDestroy(preference);
    if (!asked) return asked.error();
    std::vector<Launch> launches;
    for (int i = 0; i < count; ++i)
      launches.push_back([this, plan, p, algorithm = found[static_cast<std::size_t>(i)].algo](
                             CUstream stream) { return launch(*plan, p, algorithm, stream); });
    return launches;
  }

 private:
  Status check(cublasStatus_t code, const std::string& what) const {
    if (code == CUBLAS_STATUS_SUCCESS) return success();
    const char* text = lt_.cublasLtGetStatusString(code);
    return Error{"compute a matrix product: " + what, "cuBLASLt", text != nullptr ? text : "?", {}};
  }

  Status describe(Plan& plan, const Types& types, const Product& p) const {
    if (Status s = check(lt_.cublasLtMatmulDescCreate(&plan.operation, types.compute, types.scale),
                         "describe");
        !s)
      return s;
    const cublasOperation_t transposed = CUBLAS_OP_T;
    if (Status s =
            check(lt_.cublasLtMatmulDescSetAttribute(plan.operation, CUBLASLT_MATMUL_DESC_TRANSA,
                                                     &transposed, sizeof transposed),
                  "describe");
        !s)
      return s;
    if (p.type == PeakType::fp8_e4m3) {
      const std::int8_t fast = 1;  // sums of some 14 bits, in steps: enough for numbers this small
      if (Status s = check(lt_.cublasLtMatmulDescSetAttribute(
                               plan.operation, CUBLASLT_MATMUL_DESC_FAST_ACCUM, &fast, sizeof fast),
                           "describe");
          !s)
        return s;
    }
    const auto layout = [&](cublasLtMatrixLayout_t& made, cudaDataType_t type, std::uint64_t rows,
                            std::uint64_t columns) {
      return check(lt_.cublasLtMatrixLayoutCreate(&made, type, rows, columns,
                                                  static_cast<std::int64_t>(rows)),
                   "describe");
    };
    if (Status s = layout(plan.a, types.factors, p.depth, p.rows); !s) return s;
    if (Status s = layout(plan.b, types.factors, p.depth, p.columns); !s) return s;
    return layout(plan.d, types.sum, p.rows, p.columns);
  }

  Status launch(const Plan& plan, const Product& p, const cublasLtMatmulAlgo_t& algorithm,
                CUstream stream) const {
    // As the scale's type has it.
    const double one64 = 1, zero64 = 0;
    const float one32 = 1, zero32 = 0;
    const std::int32_t one_i = 1, zero_i = 0;
    const void* one = p.type == PeakType::fp64   ? static_cast<const void*>(&one64)
                      : p.type == PeakType::int8 ? static_cast<const void*>(&one_i)
                                                 : &one32;
    const void* zero = p.type == PeakType::fp64   ? static_cast<const void*>(&zero64)
                       : p.type == PeakType::int8 ? static_cast<const void*>(&zero_i)
                                                  : &zero32;
    const auto at = [](CUdeviceptr address) { return reinterpret_cast<void*>(address); };
    return check(
        lt_.cublasLtMatmul(handle_, plan.operation, one, at(p.a), plan.a, at(p.b), plan.b, zero,
                           at(p.d), plan.d, at(p.d), plan.d, &algorithm, at(p.workspace),
                           p.workspace_bytes, reinterpret_cast<cudaStream_t>(stream)),
        "start");
  }

  Functions lt_;
  cublasLtHandle_t handle_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<CublasLt>> CublasLt::open() {
  const char* given = std::getenv("AISP_CUBLASLT_LIBRARY");
  void* handle = nullptr;
  if (given != nullptr) {
    handle = dlopen(given, RTLD_NOW | RTLD_LOCAL);
  } else {
    for (const char* name :
         {"libcublasLt.so.13", "/usr/local/cuda/lib64/libcublasLt.so.13", "libcublasLt.so"})
      if (handle == nullptr) handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  }
  if (handle == nullptr)
    return Error{"use cuBLASLt", given != nullptr ? given : "libcublasLt.so.13",
                 "it cannot be opened",
                 "Install libcublas of the CUDA toolkit 13, or name it in AISP_CUBLASLT_LIBRARY"};
  Functions functions;
#define AISP_CUBLASLT_FIND(name)                                              \
  functions.name = reinterpret_cast<decltype(&::name)>(dlsym(handle, #name)); \
  if (functions.name == nullptr)                                              \
    return Error{"use cuBLASLt", #name, "the library has no such function", "Install a newer one"};
  AISP_CUBLASLT_FUNCTIONS(AISP_CUBLASLT_FIND)
#undef AISP_CUBLASLT_FIND
  auto opened = std::make_unique<Opened>(functions);
  if (Status s = opened->create(); !s) return s.error();
  return std::unique_ptr<CublasLt>(std::move(opened));
}

#endif

}  // namespace aisp::cuda
