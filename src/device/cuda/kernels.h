// The judge's own kernels: what it does to memory on the GPU, and the work of known length by which
// it calibrates.
//
// Launchers only enqueue. `stream` belongs to the context that load() was called in, which must be
// current. An error says which kernel and why; what a kernel does wrong later (an address that is
// not mapped) comes from the stream's next synchronization. Sizes are bytes unless a name says
// otherwise; addresses are of the device and, unless said otherwise, may have any alignment.
//
// Most work on `sets` equal buffers at once: buffer s begins at address + s * stride.
#pragma once

#include <cuda.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "aisp/tensor.h"
#include "base/chacha.h"
#include "base/result.h"
#include "device/cuda/kernels/device_stats.h"

namespace aisp::cuda {

// `sets` buffers of one kind.
struct SetSpan {
  CUdeviceptr address = 0;
  std::uint64_t stride = 0;  // from one buffer to the next; unused when sets is 1
  int sets = 1;
};

// A piece of device memory of set 0.
struct ByteRange {
  std::uint64_t address;
  std::uint64_t bytes;
};

inline constexpr std::uint64_t kNoDamage = ~0ull;

// Dimensions of a strided tensor after those that lie row-major inside each other have been joined.
inline constexpr int kMaxDimensions = 8;

class Kernels {
 public:
  // Loads the kernels into the current context, which is of `device`.
  static Result<Kernels> load(CUdevice device);
  Kernels(Kernels&&) noexcept;
  Kernels& operator=(Kernels&&) noexcept;
  ~Kernels();  // the context must be current, or gone

  int multiprocessors() const;
  std::uint64_t l2_bytes() const;

  // --- inputs -------------------------------------------------------------------------------

  // Whether fill() draws this distribution; permutation and custom are drawn on the host.
  static bool can_fill(const Distribution& distribution);
  // Writes the bits that fill_tensor (device/cpu/fill.h) writes: set s is drawn with nonce
  // `nonce` + s * `nonce_stride`. check_fill must have said yes. Fast where the tensor is
  // contiguous and buffers are aligned to 16 bytes.
  Status fill(CUstream stream, const Tensor& tensor, const Distribution& distribution,
              const Key& key, std::uint64_t nonce, std::uint64_t nonce_stride,
              const SetSpan& data) const;
  // Draws the same values again, and counts the bytes of elements that are something else:
  // counts[s], std::uint64_t, `counts` aligned to 8.
  Status count_changed(CUstream stream, const Tensor& tensor, const Distribution& distribution,
                       const Key& key, std::uint64_t nonce, std::uint64_t nonce_stride,
                       const SetSpan& data, CUdeviceptr counts) const;
  // The bytes in which buffers `a` and `b` differ: counts[s], std::uint64_t. `b.sets` is not looked
  // at; a stride of 0 compares each set of `a` with the same `b`.
  Status count_different(CUstream stream, const SetSpan& a, const SetSpan& b, std::uint64_t bytes,
                         CUdeviceptr counts) const;
  // A keyed 64-bit hash of each buffer: hashes[s]. Depends on bytes and their places, not on the
  // buffer's address. It finds changes by somebody who does not know `key`; not cryptographic.
  Status hash(CUstream stream, const SetSpan& data, std::uint64_t bytes, std::uint64_t key,
              CUdeviceptr hashes) const;

  // --- outputs ------------------------------------------------------------------------------

  // Poison is anchored to addresses: a byte whose address is k modulo 8 becomes byte k of `word`
  // (little-endian). So tensors and sets that begin at multiples of 8 hold what poison() of
  // device/cpu/poison.h writes.
  Status poison(CUstream stream, CUdeviceptr address, std::uint64_t bytes,
                std::uint64_t word) const;
  // The same for `count` ranges of each set; `ranges` points to ByteRange[count] on the device,
  // addresses of set 0. A range is one block's work: for bands, not for whole tensors.
  Status poison_ranges(CUstream stream, CUdeviceptr ranges, int count, std::uint64_t set_stride,
                       int sets, std::uint64_t word) const;
  // offsets[s * count + r], std::uint64_t: offset in the range of its first byte that is not
  // poison, or kNoDamage. Every byte is read.
  Status first_unpoisoned(CUstream stream, CUdeviceptr ranges, int count, std::uint64_t set_stride,
                          int sets, std::uint64_t word, CUdeviceptr offsets) const;

  // Gaps between the elements of a strided tensor. `used` is a bitmap of gap_bitmap_bytes(tensor),
  // aligned to 4, that mark_elements fills once; first_damaged_gap writes to offsets[s] the offset
  // from element 0 of the first gap element (storage place without an element) with a byte that is
  // not poison, or kNoDamage. `data` is element 0 of each set.
  static std::uint64_t gap_bitmap_bytes(const Tensor& tensor);
  Status mark_elements(CUstream stream, const Tensor& tensor, CUdeviceptr used) const;
  Status first_damaged_gap(CUstream stream, const Tensor& tensor, CUdeviceptr used,
                           const SetSpan& data, std::uint64_t word, CUdeviceptr offsets) const;

  // words[i] = the 8 bytes at addresses[i], for `count` addresses (std::uint64_t[count] on the
  // device) that are multiples of 8: a look at random places.
  Status gather_words(CUstream stream, CUdeviceptr addresses, int count, CUdeviceptr words) const;

  // --- comparing ----------------------------------------------------------------------------

  // Bytes of scratch memory, aligned to 16, for comparing `sets` sets of `tensor`. It must be zero
  // before its first use; each comparison leaves it ready for the next one on the same stream.
  static std::uint64_t compare_scratch_bytes(const Tensor& tensor, int sets);
  // stats[s], a DeviceCompareStats for each set of `got`: the numbers that compare_same
  // (verify/compare.h) gives. Sums of squares are added up in another order, the same on each run.
  // `want` has the dtype and layout of `got`; its `sets` is not looked at. got, want: element 0.
  Status compare_same(CUstream stream, const Tensor& tensor, const Tolerance& tolerance,
                      const SetSpan& got, const SetSpan& want, std::uint64_t poison_word,
                      CUdeviceptr scratch, CUdeviceptr stats) const;
  // The numbers that compare (verify/compare.h) gives. `want`: contiguous row-major double
  // (complex: pairs) or, for integers and bool, std::int64_t; aligned to 16.
  Status compare_expected(CUstream stream, const Tensor& tensor, const Tolerance& tolerance,
                          const SetSpan& got, const SetSpan& want, std::uint64_t poison_word,
                          CUdeviceptr scratch, CUdeviceptr stats) const;

  // --- caches and time ----------------------------------------------------------------------

  // Reads and writes `bytes` at `scratch` (both multiples of 16): evicts what the L2 cache holds
  // when that is larger than it. The bytes keep changing; nobody looks at them.
  Status sweep(CUstream stream, CUdeviceptr scratch, std::uint64_t bytes) const;
  // Work of known length: one block on each multiprocessor runs `steps` dependent fused
  // multiply-adds in each thread (4 cycles a step on sm_80 and sm_90, so 10,000 take about 23 µs at
  // 1.75 GHz). elapsed[i], std::uint64_t nanoseconds, for multiprocessor i of multiprocessors(), by
  // the device's global timer. A device that does other work takes longer.
  Status canary(CUstream stream, std::uint32_t steps, CUdeviceptr elapsed) const;
  // One thread that waits until the global timer has advanced by `nanoseconds`.
  Status spin(CUstream stream, std::uint64_t nanoseconds) const;
  // One thread that does nothing.
  Status empty(CUstream stream) const;

 private:
  struct State;
  explicit Kernels(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace aisp::cuda
