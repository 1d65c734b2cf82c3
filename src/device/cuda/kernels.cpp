#include "device/cuda/kernels.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "device/cuda/driver.h"
#include "device/cuda/fill_job.h"
#include "device/cuda/kernels/compare_job.h"
#include "device/cuda/kernels/ranges.h"

extern "C" {
extern const unsigned char aisp_fatbin_fill[];
extern const unsigned char aisp_fatbin_poison[];
extern const unsigned char aisp_fatbin_bytes[];
extern const unsigned char aisp_fatbin_compare[];
extern const unsigned char aisp_fatbin_clocks[];
}

namespace aisp::cuda {
namespace {

static_assert(sizeof(ByteRange) == sizeof(Range));
static_assert(kNoDamage == kNothing);
static_assert(kMaxDimensions == TensorLayout::kMost);
static_assert(sizeof(FillJob) <= 4096 && sizeof(CompareJob) <= 4096);  // of a kernel's parameters

constexpr std::uint32_t kThreads = 256;
constexpr std::uint32_t kMostGridY = 65535;
constexpr std::uint64_t kMostPlainBlocks = 1ull << 31;  // of ChaCha: 32 bits count them

std::uint64_t ceil_div(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }
std::uint64_t round_up(std::uint64_t a, std::uint64_t b) { return ceil_div(a, b) * b; }

struct Grid {
  std::uint32_t x = 1, y = 1;
};

std::uint32_t grid_y(int sets) {
  return std::min(static_cast<std::uint32_t>(std::max(sets, 1)), kMostGridY);
}

std::uint32_t compare_blocks(const Tensor& tensor) {
  const auto bytes = static_cast<std::uint64_t>(tensor.elements()) * dtype_bytes(tensor.dtype);
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(ceil_div(bytes, kCompareBlockBytes), 1, kMostCompareBlocks));
}

// Scratch of a comparison: a counter and a base for each set, then the blocks' partial results.
struct CompareScratch {
  std::uint64_t bases, partials, bytes;
  CompareScratch(const Tensor& tensor, int sets) {
    const auto n = static_cast<std::uint64_t>(std::max(sets, 0));
    bases = round_up(n * sizeof(std::uint32_t), 16);
    partials = bases + round_up(n * sizeof(double), 16);
    bytes = partials + n * compare_blocks(tensor) * sizeof(ComparePartial);
  }
};

double smallest_normal_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::fp64:
    case Dtype::complex128: return 0x1p-1022;
    case Dtype::fp16:
    case Dtype::fp8_e5m2: return 0x1p-14;
    case Dtype::fp8_e4m3: return 0x1p-6;
    default: return 0x1p-126;
  }
}

Error refusal(const std::string& kernel, const std::string& on, std::string why) {
  return {"start the judge's kernel " + kernel, on, std::move(why), ""};
}

Error too_many_dimensions(const std::string& kernel, const Tensor& tensor) {
  return {"start the judge's kernel " + kernel, tensor.name,
          fmt::format("its strides make more than {} separate dimensions", kMaxDimensions),
          "Use a simpler layout"};
}

bool aligned(const SetSpan& span, std::uint64_t bytes) {
  return span.address % bytes == 0 && (span.sets <= 1 || span.stride % bytes == 0);
}

}  // namespace

struct Kernels::State {
  const Driver* driver = nullptr;
  std::array<CUmodule, 5> modules{};
  std::uint32_t multiprocessors = 0;
  std::uint64_t l2_bytes = 0;

  CUfunction fill_run{}, poison{}, poison_ranges{}, first_unpoisoned{}, mark_elements{},
      first_damaged_gap{}, gather_words{}, count_different{}, hash{}, sweep{}, canary{}, spin{},
      empty{};
  std::array<CUfunction, kDtypeCount> fill{}, compare_same{}, compare_expected{}, sum_want{};

  ~State() {
    for (const CUmodule module : modules)
      if (module != nullptr) driver->ModuleUnload(module);  // fails where the context is gone
  }

  Status load_all(CUdevice device);

  // Enough blocks to keep the device busy, and no more than `blocks`.
  std::uint32_t blocks_for(std::uint64_t blocks, std::uint32_t per_multiprocessor = 16) const {
    return static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(blocks, 1, std::uint64_t{multiprocessors} * per_multiprocessor));
  }

  template <class... Args>
  Status launch(CUfunction function, const char* name, CUstream stream, Grid grid,
                std::uint32_t threads, std::uint32_t shared_bytes, Args... args) const {
    void* parameters[] = {&args..., nullptr};  // a kernel without parameters needs an array too
    return check(driver->LaunchKernel(function, grid.x, grid.y, 1, threads, 1, 1, shared_bytes,
                                      stream, parameters, nullptr),
                 std::string("start the judge's kernel ") + name);
  }

  Status clear(CUdeviceptr at, unsigned char value, std::uint64_t bytes, CUstream stream) const {
    if (bytes == 0) return success();
    return check(driver->MemsetD8Async(at, value, bytes, stream),
                 "clear the results of the judge's kernels");
  }

  Status draw(CUstream stream, FillJob job) const;
  Status compare(CUstream stream, const Tensor& tensor, const Tolerance& tolerance,
                 const SetSpan& got, const SetSpan& want, bool same, std::uint64_t poison_word,
                 CUdeviceptr scratch, CUdeviceptr stats) const;
};

Status Kernels::State::load_all(CUdevice device) {
  const std::pair<const char*, const unsigned char*> images[] = {{"fill", aisp_fatbin_fill},
                                                                 {"poison", aisp_fatbin_poison},
                                                                 {"bytes", aisp_fatbin_bytes},
                                                                 {"compare", aisp_fatbin_compare},
                                                                 {"clocks", aisp_fatbin_clocks}};
  static_assert(std::size(images) == std::tuple_size_v<decltype(modules)>);
  for (std::size_t i = 0; i < std::size(images); ++i) {
    const Status status = check(driver->ModuleLoadData(&modules[i], images[i].second),
                                std::string("load the judge's kernels ") + images[i].first);
    if (!status) return status;
  }
  const auto [fills, poisons, bytes, compares, clocks] = modules;

  Status status = success();
  const auto find = [&](CUfunction& function, CUmodule module, const std::string& name) {
    if (!status) return;
    status = check(driver->ModuleGetFunction(&function, module, name.c_str()),
                   "find the judge's kernel " + name);
  };
  find(fill_run, fills, "fill_run");
  find(poison, poisons, "poison");
  find(poison_ranges, poisons, "poison_ranges");
  find(first_unpoisoned, poisons, "first_unpoisoned");
  find(mark_elements, poisons, "mark_elements");
  find(first_damaged_gap, poisons, "first_damaged_gap");
  find(gather_words, poisons, "gather_words");
  find(count_different, bytes, "count_different");
  find(hash, bytes, "hash");
  find(sweep, bytes, "sweep");
  find(canary, clocks, "canary");
  find(spin, clocks, "spin");
  find(empty, clocks, "empty");
  for (std::uint32_t i = 0; i < kDtypeCount; ++i) {
    const auto dtype = static_cast<Dtype>(i);
    const std::string name(dtype_name(dtype));
    find(fill[i], fills, "fill_" + std::string(dtype_name(component_dtype(dtype))));
    find(compare_same[i], compares, "compare_" + name + "_same");
    find(compare_expected[i], compares, "compare_" + name + "_expected");
    find(sum_want[i], compares, "sum_want_" + name);
  }
  if (!status) return status;

  int count = 0, l2 = 0;
  status =
      check(driver->DeviceGetAttribute(&count, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device),
            "ask the GPU for its number of multiprocessors");
  if (!status) return status;
  status = check(driver->DeviceGetAttribute(&l2, CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, device),
                 "ask the GPU for the size of its L2 cache");
  if (!status) return status;
  multiprocessors = static_cast<std::uint32_t>(std::max(count, 1));
  l2_bytes = static_cast<std::uint64_t>(std::max(l2, 0));
  return success();
}

Kernels::Kernels(std::unique_ptr<State> state) : state_(std::move(state)) {}
Kernels::Kernels(Kernels&&) noexcept = default;
Kernels& Kernels::operator=(Kernels&&) noexcept = default;
Kernels::~Kernels() = default;

Result<Kernels> Kernels::load(CUdevice device) {
  const auto opened = driver();
  if (!opened) return opened.error();
  auto state = std::make_unique<State>();
  state->driver = *opened;
  if (const Status status = state->load_all(device); !status) return status.error();
  return Kernels(std::move(state));
}

int Kernels::multiprocessors() const { return static_cast<int>(state_->multiprocessors); }
std::uint64_t Kernels::l2_bytes() const { return state_->l2_bytes; }

// --- inputs -----------------------------------------------------------------------------------

bool Kernels::can_fill(const Distribution& distribution) {
  return distribution.kind != Distribution::Kind::permutation &&
         distribution.kind != Distribution::Kind::custom;
}

Status Kernels::State::draw(CUstream stream, FillJob job) const {
  if (job.components == 0 || job.sets == 0) return success();
  const auto sets = static_cast<int>(job.sets);
  const std::uint64_t blocks = ceil_div(job.components, components_of_block(job.dtype, job.draw));
  const bool plain = !job.structured && job.layout.dimensions == 0 && job.data % 16 == 0 &&
                     (job.sets == 1 || job.data_stride % 16 == 0) && blocks <= kMostPlainBlocks;
  if (!plain) {
    std::uint64_t runs = ceil_div(job.components, kRunComponents);
    if (job.structured) runs = ceil_div(runs, kRunsOfStructureBlock);
    return launch(fill_run, "fill_run", stream, {blocks_for(runs, 64), grid_y(sets)},
                  kFillRunThreads, 0, job);
  }
  const auto threads =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(round_up(blocks, 32), kFillThreads));
  for (std::uint32_t left = job.sets;; left -= job.sets) {
    job.sets = std::min(left, kMostGridY);
    const Status status = launch(fill[static_cast<std::size_t>(job.dtype)], "fill", stream,
                                 {blocks_for(ceil_div(blocks, threads)), job.sets}, threads,
                                 fill_staging_bytes(job.dtype, threads), job);
    if (!status || left == job.sets) return status;
    job.data += job.sets * job.data_stride;
    job.nonce += job.sets * job.nonce_stride;
    if (job.counts != 0) job.counts += 8ull * job.sets;
  }
}

Status Kernels::fill(CUstream stream, const Tensor& tensor, const Distribution& distribution,
                     const Key& key, std::uint64_t nonce, std::uint64_t nonce_stride,
                     const SetSpan& data) const {
  if (!can_fill(distribution))
    return refusal("fill", tensor.name, "permutations and custom values are drawn on the host");
  const auto layout = layout_of(tensor);
  if (!layout) return too_many_dimensions("fill", tensor);
  FillJob job = make_fill_job(tensor, distribution, *layout, key);
  job.nonce = nonce;
  job.nonce_stride = nonce_stride;
  job.data = data.address;
  job.data_stride = data.stride;
  job.sets = static_cast<std::uint32_t>(std::max(data.sets, 0));
  return state_->draw(stream, job);
}

Status Kernels::count_changed(CUstream stream, const Tensor& tensor,
                              const Distribution& distribution, const Key& key, std::uint64_t nonce,
                              std::uint64_t nonce_stride, const SetSpan& data,
                              CUdeviceptr counts) const {
  if (!can_fill(distribution))
    return refusal("fill", tensor.name, "permutations and custom values are drawn on the host");
  const auto layout = layout_of(tensor);
  if (!layout) return too_many_dimensions("fill", tensor);
  FillJob job = make_fill_job(tensor, distribution, *layout, key);
  job.nonce = nonce;
  job.nonce_stride = nonce_stride;
  job.data = data.address;
  job.data_stride = data.stride;
  job.sets = static_cast<std::uint32_t>(std::max(data.sets, 0));
  job.counts = counts;
  if (const Status status = state_->clear(counts, 0, 8ull * job.sets, stream); !status)
    return status;
  return state_->draw(stream, job);
}

Status Kernels::count_different(CUstream stream, const SetSpan& a, const SetSpan& b,
                                std::uint64_t bytes, CUdeviceptr counts) const {
  if (a.sets <= 0) return success();
  const BytesJob job = {a.address, a.stride, b.address, b.stride,
                        bytes,     0,        counts,    static_cast<std::uint32_t>(a.sets)};
  if (const Status status = state_->clear(counts, 0, 8ull * job.sets, stream); !status)
    return status;
  if (bytes == 0) return success();
  return state_->launch(state_->count_different, "count_different", stream,
                        {state_->blocks_for(ceil_div(bytes, 64 * kThreads)), grid_y(a.sets)},
                        kThreads, 0, job);
}

Status Kernels::hash(CUstream stream, const SetSpan& data, std::uint64_t bytes, std::uint64_t key,
                     CUdeviceptr hashes) const {
  if (data.sets <= 0) return success();
  const BytesJob job = {data.address, data.stride, 0,      0,
                        bytes,        key,         hashes, static_cast<std::uint32_t>(data.sets)};
  if (const Status status = state_->clear(hashes, 0, 8ull * job.sets, stream); !status)
    return status;
  return state_->launch(state_->hash, "hash", stream,
                        {state_->blocks_for(ceil_div(bytes, 64 * kThreads)), grid_y(data.sets)},
                        kThreads, 0, job);
}

// --- outputs ----------------------------------------------------------------------------------

Status Kernels::poison(CUstream stream, CUdeviceptr address, std::uint64_t bytes,
                       std::uint64_t word) const {
  if (bytes == 0) return success();
  return state_->launch(state_->poison, "poison", stream,
                        {state_->blocks_for(ceil_div(bytes, 64 * kThreads))}, kThreads, 0,
                        static_cast<std::uint64_t>(address), bytes, word);
}

namespace {
RangesJob ranges_job(CUdeviceptr ranges, int count, std::uint64_t set_stride, int sets,
                     std::uint64_t word, CUdeviceptr offsets) {
  return {ranges,
          offsets,
          set_stride,
          word,
          static_cast<std::uint32_t>(std::max(count, 0)),
          static_cast<std::uint32_t>(std::max(sets, 0))};
}
}  // namespace

Status Kernels::poison_ranges(CUstream stream, CUdeviceptr ranges, int count,
                              std::uint64_t set_stride, int sets, std::uint64_t word) const {
  if (count <= 0 || sets <= 0) return success();
  const RangesJob job = ranges_job(ranges, count, set_stride, sets, word, 0);
  return state_->launch(state_->poison_ranges, "poison_ranges", stream,
                        {state_->blocks_for(std::uint64_t{job.count} * job.sets, 64)}, 128, 0, job);
}

Status Kernels::first_unpoisoned(CUstream stream, CUdeviceptr ranges, int count,
                                 std::uint64_t set_stride, int sets, std::uint64_t word,
                                 CUdeviceptr offsets) const {
  if (count <= 0 || sets <= 0) return success();
  const RangesJob job = ranges_job(ranges, count, set_stride, sets, word, offsets);
  return state_->launch(state_->first_unpoisoned, "first_unpoisoned", stream,
                        {state_->blocks_for(std::uint64_t{job.count} * job.sets, 64)}, 128, 0, job);
}

std::uint64_t Kernels::gap_bitmap_bytes(const Tensor& tensor) {
  return ceil_div(static_cast<std::uint64_t>(tensor.storage_elements()), 32) * 4;
}

Status Kernels::mark_elements(CUstream stream, const Tensor& tensor, CUdeviceptr used) const {
  const auto layout = layout_of(tensor);
  if (!layout) return too_many_dimensions("mark_elements", tensor);
  if (const Status status = state_->clear(used, 0, gap_bitmap_bytes(tensor), stream); !status)
    return status;
  const auto elements = static_cast<std::uint64_t>(tensor.elements());
  if (elements == 0) return success();
  return state_->launch(state_->mark_elements, "mark_elements", stream,
                        {state_->blocks_for(ceil_div(elements, kThreads))}, kThreads, 0, *layout,
                        elements, static_cast<std::uint64_t>(used));
}

Status Kernels::first_damaged_gap(CUstream stream, const Tensor& tensor, CUdeviceptr used,
                                  const SetSpan& data, std::uint64_t word,
                                  CUdeviceptr offsets) const {
  if (data.sets <= 0) return success();
  const auto places = static_cast<std::uint64_t>(tensor.storage_elements());
  const GapsJob job = {data.address,
                       data.stride,
                       used,
                       places,
                       offsets,
                       word,
                       static_cast<std::uint32_t>(dtype_bytes(tensor.dtype)),
                       static_cast<std::uint32_t>(data.sets)};
  if (const Status status = state_->clear(offsets, 0xff, 8ull * job.sets, stream); !status)
    return status;
  if (places == 0) return success();
  return state_->launch(state_->first_damaged_gap, "first_damaged_gap", stream,
                        {state_->blocks_for(ceil_div(places, kThreads)), grid_y(data.sets)},
                        kThreads, 0, job);
}

Status Kernels::gather_words(CUstream stream, CUdeviceptr addresses, int count,
                             CUdeviceptr words) const {
  if (count <= 0) return success();
  return state_->launch(state_->gather_words, "gather_words", stream,
                        {state_->blocks_for(ceil_div(static_cast<std::uint64_t>(count), kThreads))},
                        kThreads, 0, static_cast<std::uint64_t>(addresses), count,
                        static_cast<std::uint64_t>(words));
}

// --- comparing --------------------------------------------------------------------------------

std::uint64_t Kernels::compare_scratch_bytes(const Tensor& tensor, int sets) {
  return CompareScratch(tensor, sets).bytes;
}

Status Kernels::State::compare(CUstream stream, const Tensor& tensor, const Tolerance& tolerance,
                               const SetSpan& got, const SetSpan& want, bool same,
                               std::uint64_t poison_word, CUdeviceptr scratch,
                               CUdeviceptr stats) const {
  if (got.sets <= 0) return success();
  const auto layout = layout_of(tensor);
  if (!layout) return too_many_dimensions("compare", tensor);
  const SetSpan all_want = {want.address, want.stride, got.sets};
  if (layout->dimensions == 0 && !(aligned(got, 16) && aligned(all_want, 16)))
    return refusal("compare", tensor.name, "its sets are not aligned to 16 bytes");
  if (scratch % 16 != 0 || stats % 8 != 0)
    return refusal("compare", tensor.name, "scratch or statistics are not aligned");

  const CompareScratch parts(tensor, got.sets);
  CompareJob job{};
  job.got = got.address;
  job.got_stride = got.stride;
  job.want = want.address;
  job.want_stride = want.stride;
  job.elements = static_cast<std::uint64_t>(tensor.elements());
  job.poison = poison_word;
  job.rtol = tolerance.rtol;
  job.smallest_normal = smallest_normal_of(tensor.dtype);
  job.exact = tolerance.rtol == 0 && tolerance.atol == 0 && tolerance.rms == 0;
  job.counters = scratch;
  job.partials = scratch + parts.partials;
  job.stats = stats;
  job.sets = static_cast<std::uint32_t>(got.sets);
  job.layout = *layout;
  const Grid grid = {compare_blocks(tensor), grid_y(got.sets)};
  if (tolerance.rms != 0) {
    CompareJob sums = job;
    sums.base = tolerance.atol;
    sums.rms = tolerance.rms;
    sums.bases = scratch + parts.bases;
    Dtype stored = tensor.dtype;
    if (!same) {
      stored = is_integral(stored)  ? Dtype::int64
               : is_complex(stored) ? Dtype::complex128
                                    : Dtype::fp64;
      sums.layout.dimensions = 0;
    }
    const Status status = launch(sum_want[static_cast<std::size_t>(stored)], "sum_want", stream,
                                 grid, kCompareThreads, 0, sums);
    if (!status) return status;
    job.bases = sums.bases;
  } else {
    job.base = std::min(tolerance.atol, 1.7976931348623157e308);
  }
  const auto& functions = same ? compare_same : compare_expected;
  return launch(functions[static_cast<std::size_t>(tensor.dtype)], "compare", stream, grid,
                kCompareThreads, 0, job);
}

Status Kernels::compare_same(CUstream stream, const Tensor& tensor, const Tolerance& tolerance,
                             const SetSpan& got, const SetSpan& want, std::uint64_t poison_word,
                             CUdeviceptr scratch, CUdeviceptr stats) const {
  return state_->compare(stream, tensor, tolerance, got, want, true, poison_word, scratch, stats);
}

Status Kernels::compare_expected(CUstream stream, const Tensor& tensor, const Tolerance& tolerance,
                                 const SetSpan& got, const SetSpan& want, std::uint64_t poison_word,
                                 CUdeviceptr scratch, CUdeviceptr stats) const {
  return state_->compare(stream, tensor, tolerance, got, want, false, poison_word, scratch, stats);
}

// --- caches and time --------------------------------------------------------------------------

Status Kernels::sweep(CUstream stream, CUdeviceptr scratch, std::uint64_t bytes) const {
  if (bytes == 0) return success();
  if (scratch % 16 != 0 || bytes % 16 != 0)
    return refusal("sweep", "", "the scratch memory is not in units of 16 bytes");
  return state_->launch(state_->sweep, "sweep", stream,
                        {state_->blocks_for(ceil_div(bytes, 64 * kThreads))}, kThreads, 0,
                        static_cast<std::uint64_t>(scratch), bytes / 16);
}

Status Kernels::canary(CUstream stream, std::uint32_t steps, CUdeviceptr elapsed) const {
  return state_->launch(state_->canary, "canary", stream, {state_->multiprocessors}, kThreads, 0,
                        steps, 0.5f, static_cast<std::uint64_t>(elapsed));
}

Status Kernels::spin(CUstream stream, std::uint64_t nanoseconds) const {
  return state_->launch(state_->spin, "spin", stream, {}, 1, 0, nanoseconds);
}

Status Kernels::empty(CUstream stream) const {
  return state_->launch(state_->empty, "empty", stream, {}, 1, 0);
}

}  // namespace aisp::cuda
