// Products on Hopper's tensor cores, asked for by a warpgroup (four warps, the first a multiple of four) and
// done while it goes on: wgmma, compute capability 9.0a. Factors are bf16 tiles in shared memory as
// the copy engine leaves them with its 128-byte swizzle (tensor_map.cuh); sums are fp32 in registers.
//
// A row of a tile in shared memory is a panel's 64 elements, 128 bytes; eight rows are 1024 bytes, in which
// 16-byte piece p of row r is kept at p ^ (r % 8). Hardware takes r % 8 and p from the address (bits
// 7 to 9 and 4 to 6), which is why tiles begin at multiples of 1024 bytes, and why a descriptor may
// begin in the middle of a row.
//
// d: register 4 j + 2 h + e of lane l, warp w holds row 16 w + 8 h + l / 4, column 8 j + 2 (l % 4) + e.
//
// Source: PTX ISA, "Asynchronous Warpgroup Level Matrix Multiply-Accumulate Instructions" (shared memory
// layouts, matrix descriptor, register fragments).
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "cuda_check.cuh"
#include "mbarrier.cuh"

// Whether this pass of nvcc is for 9.0a. cmake compiles files called *.sm_90a.cu for that architecture, and what
// includes this has such a name.
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
#define AISP_SM_90A 1
#else
#define AISP_SM_90A 0
#endif

namespace aisp::kernels {

// Throws where the device is not Hopper. Machine code of 9.0a runs there and nowhere else.
inline void require_hopper() {
  int device = 0, major = 0, minor = 0;
  check(cudaGetDevice(&device), "cudaGetDevice");
  check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device),
        "cudaDevAttrComputeCapabilityMajor");
  check(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device),
        "cudaDevAttrComputeCapabilityMinor");
  require(major == 9 && minor == 0, "not run: needs compute capability 9.0 (wgmma)");
}

// Which index of a factor has its elements side by side: `k`, which the sum goes over, or the other one (for
// b, a column of d). It is the transposition bit of the instruction.
enum class Major { k = 0, mn = 1 };

// Bits of a descriptor, all lengths and addresses in units of 16 bytes:
//    0 - 13  address
//   16 - 29  leading byte offset: `mn`: from a panel of 64 elements to the next one; `k`: not used with a
//            swizzle, 1 by convention
//   32 - 45  stride byte offset: from eight rows to the next eight: 1024 bytes in both cases (rows are m or
//            n for `k`, and k for `mn`)
//   49 - 51  base offset: 0, since tiles begin at multiples of 1024 bytes
//   62 - 63  layout: 1 = swizzle of 128 bytes
__device__ __forceinline__ std::uint64_t k_major_tile(const void* shared) {
  return std::uint64_t{1} << 62 | std::uint64_t{1024 / 16} << 32 | std::uint64_t{1} << 16 |
         (shared_address(shared) & 0x3ffff) >> 4;
}
template <int kPanelBytes>
__device__ __forceinline__ std::uint64_t mn_major_tile(const void* shared) {
  static_assert(kPanelBytes % 1024 == 0 && kPanelBytes / 16 < 1 << 14);
  return std::uint64_t{1} << 62 | std::uint64_t{1024 / 16} << 32 |
         std::uint64_t{kPanelBytes / 16} << 16 | (shared_address(shared) & 0x3ffff) >> 4;
}
// The descriptor of what lies `bytes` further on: 16 steps of k are 32 bytes of a row (`k`) or 16 rows
// (`mn`: 2048 bytes). Addresses are below 2^18, so that no bit is carried out of the field.
__device__ __forceinline__ std::uint64_t advance(std::uint64_t descriptor, int bytes) {
  return descriptor + static_cast<std::uint64_t>(bytes / 16);
}
inline constexpr int kStepBytesK = 32, kStepBytesMn = 2048;

// Before the first wgmma, and before one that takes registers written since by other instructions.
__device__ __forceinline__ void wgmma_fence() {
  asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}
__device__ __forceinline__ void wgmma_commit() {
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}
// Until at most kPending committed groups are under way.
template <int kPending>
__device__ __forceinline__ void wgmma_wait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kPending) : "memory");
}
// The compiler takes a wgmma's results for there once the instruction is issued. After the wait that they
// really need, this keeps it from moving what uses them to before it.
template <int kCount>
__device__ __forceinline__ void arrived(float (&registers)[kCount]) {
#pragma unroll
  for (int i = 0; i < kCount; ++i) asm volatile("" : "+f"(registers[i])::"memory");
}
// The same for a left factor in registers: until the wait they may not be given to anything else.
template <int kSteps>
__device__ __forceinline__ void arrived(unsigned (&factor)[kSteps][4]) {
#pragma unroll
  for (int i = 0; i < 4 * kSteps; ++i) asm volatile("" : "+r"(factor[i / 4][i % 4])::"memory");
}

#define AISP_EIGHT(d, i)                                                                      \
  "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3]), "+f"(d[i + 4]), "+f"(d[i + 5]), \
      "+f"(d[i + 6]), "+f"(d[i + 7])

#if AISP_SM_90A
// d[64, 256] = a b, plus what d was if `accumulate`.
template <Major kMajorB>
__device__ __forceinline__ void wgmma(float (&d)[128], std::uint64_t a, std::uint64_t b,
                                      int accumulate) {
  asm volatile(
      "{\n.reg .pred p;\nsetp.ne.b32 p, %130, 0;\n"
      "wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16 {"
      "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
      "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
      "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "
      "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "
      "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "
      "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, "
      "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, "
      "%127"
      "}, %128, %129, p, 1, 1, 0, %131;\n}\n"
      : AISP_EIGHT(d, 0), AISP_EIGHT(d, 8), AISP_EIGHT(d, 16), AISP_EIGHT(d, 24), AISP_EIGHT(d, 32),
        AISP_EIGHT(d, 40), AISP_EIGHT(d, 48), AISP_EIGHT(d, 56), AISP_EIGHT(d, 64),
        AISP_EIGHT(d, 72), AISP_EIGHT(d, 80), AISP_EIGHT(d, 88), AISP_EIGHT(d, 96),
        AISP_EIGHT(d, 104), AISP_EIGHT(d, 112), AISP_EIGHT(d, 120)
      : "l"(a), "l"(b), "r"(accumulate), "n"(static_cast<int>(kMajorB)));
}

// d[64, 128] = a b, plus what d was if `accumulate`.
template <Major kMajorB>
__device__ __forceinline__ void wgmma(float (&d)[64], std::uint64_t a, std::uint64_t b,
                                      int accumulate) {
  asm volatile(
      "{\n.reg .pred p;\nsetp.ne.b32 p, %66, 0;\n"
      "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {"
      "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
      "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
      "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"
      "}, %64, %65, p, 1, 1, 0, %67;\n}\n"
      : AISP_EIGHT(d, 0), AISP_EIGHT(d, 8), AISP_EIGHT(d, 16), AISP_EIGHT(d, 24), AISP_EIGHT(d, 32),
        AISP_EIGHT(d, 40), AISP_EIGHT(d, 48), AISP_EIGHT(d, 56)
      : "l"(a), "l"(b), "r"(accumulate), "n"(static_cast<int>(kMajorB)));
}

// The same with a[64, 16] in registers: lane l of warp w holds, of rows 16 w + l / 4 (a[0], a[2]) and 8
// below (a[1], a[3]), columns 2 (l % 4), + 1 (a[0], a[1]) and those 8 further on (a[2], a[3]).
template <Major kMajorB>
__device__ __forceinline__ void wgmma(float (&d)[64], const unsigned (&a)[4], std::uint64_t b,
                                      int accumulate) {
  asm volatile(
      "{\n.reg .pred p;\nsetp.ne.b32 p, %69, 0;\n"
      "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {"
      "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
      "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
      "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"
      "}, {%64, %65, %66, %67}, %68, p, 1, 1, %70;\n}\n"
      : AISP_EIGHT(d, 0), AISP_EIGHT(d, 8), AISP_EIGHT(d, 16), AISP_EIGHT(d, 24), AISP_EIGHT(d, 32),
        AISP_EIGHT(d, 40), AISP_EIGHT(d, 48), AISP_EIGHT(d, 56)
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(accumulate),
        "n"(static_cast<int>(kMajorB)));
}

#endif
#undef AISP_EIGHT

// A warpgroup gives registers back, or takes some: per thread, a multiple of 8. All four warps do it.
template <int kRegisters>
__device__ __forceinline__ void shrink_registers() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(kRegisters));
}
template <int kRegisters>
__device__ __forceinline__ void grow_registers() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(kRegisters));
}

}  // namespace aisp::kernels
