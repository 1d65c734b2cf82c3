#include "device/cuda/buffers.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/chacha.h"
#include "base/clock.h"
#include "device/cpu/fill.h"
#include "device/cpu/poison.h"
#include "device/draws.h"

namespace aisp::cuda {
namespace {

std::uint64_t as_u64(int n) { return static_cast<std::uint64_t>(n); }

}  // namespace

CudaBuffers::CudaBuffers(std::shared_ptr<Gpu> gpu, const Problem& problem, Layout layout)
    : gpu_(gpu),
      problem_(problem),
      layout_(std::move(layout)),
      frozen_(gpu),
      evictor_(gpu),
      small_(gpu),
      again_(gpu),
      one_count_(gpu),
      band_ranges_(gpu),
      probe_(gpu),
      probe_words_(gpu),
      checks_(gpu) {}

Result<std::unique_ptr<Buffers>> CudaBuffers::create(std::shared_ptr<Gpu> gpu,
                                                     const Problem& problem, Layout layout) {
  for (const Input& input : problem.inputs)
    if (Status status = check_fill(input.tensor, input.distribution); !status)
      return status.error();
  std::unique_ptr<CudaBuffers> b(new CudaBuffers(gpu, problem, std::move(layout)));
  const Result<Key> drawn = random_key();
  if (!drawn) return drawn.error();
  std::memcpy(&b->look_key_, drawn->bytes.data(), sizeof b->look_key_);
  b->look_key_ |= 1;
  try {
    auto inputs = SharedRegion::create(gpu, b->layout_.inputs_bytes());
    if (!inputs) return inputs.error();
    b->inputs_ = std::move(*inputs);
    auto outputs = SharedRegion::create(gpu, b->layout_.outputs_bytes());
    if (!outputs) return outputs.error();
    b->outputs_ = outputs->get();
    b->all_outputs_.push_back(std::move(*outputs));
    if (Status s = b->create_host_regions(); !s) return s.error();
    b->frozen_.at_least(b->layout_.outputs_bytes());
    // Twice the L2: what was there before is gone whatever the replacement policy spares.
    b->evictor_.at_least((2 * gpu->kernels().l2_bytes() + 15) / 16 * 16);

    std::vector<ByteRange> ranges;
    const auto add = [&](std::size_t o, std::uint64_t begin, std::uint64_t bytes) {
      if (bytes == 0) return;
      ranges.push_back({b->frozen_.address() + begin, bytes});
      b->band_output_.push_back(o);
      b->band_offset_.push_back(static_cast<std::int64_t>(begin) -
                                static_cast<std::int64_t>(b->layout_.outputs[o].offset));
    };
    for (std::size_t o = 0; o < b->layout_.outputs.size(); ++o) {
      const TensorPlace& place = b->layout_.outputs[o];
      add(o, place.offset - place.band_before, place.band_before);
      add(o, place.offset + place.bytes, place.band_after);
    }
    b->bands_ = static_cast<int>(ranges.size());
    const std::uint64_t bytes = ranges.size() * sizeof(ByteRange);
    gpu->upload(b->band_ranges_.at_least(bytes), ranges.data(), bytes);
  } catch (const Failure& failure) {
    return Error{"allocate buffers on the GPU", problem.target.get(), failure.what(), ""};
  }
  return std::unique_ptr<Buffers>(std::move(b));
}

CUdeviceptr CudaBuffers::input(int set, std::size_t i) const {
  const TensorPlace& place = layout_.inputs[i];
  return region_of(place) + place.offset + place.set_stride * as_u64(set);
}

// Inputs are sealed against writable mappings of workers only where their driver can page-lock what is mapped for
// reading alone; they are compared after each window in any case.
Status CudaBuffers::create_host_regions() {
  if (layout_.host_inputs_bytes() > 0) {
    const bool sealed = gpu_->attribute(CU_DEVICE_ATTRIBUTE_READ_ONLY_HOST_REGISTER_SUPPORTED) != 0;
    auto region = HostRegion::create(
        gpu_, "aisp-host-inputs", layout_.host_inputs_bytes(),
        sealed ? SharedMemory::Access::worker_reads : SharedMemory::Access::worker_writes);
    if (!region) return region.error();
    host_inputs_ = std::move(*region);
  }
  if (layout_.host_outputs_bytes() > 0) {
    auto region = HostRegion::create(gpu_, "aisp-host-outputs", layout_.host_outputs_bytes(),
                                     SharedMemory::Access::worker_writes);
    if (!region) return region.error();
    host_outputs_ = std::move(*region);
  }
  all_outputs_on_host_ = std::all_of(layout_.outputs.begin(), layout_.outputs.end(),
                                     [](const TensorPlace& place) { return place.on_host; });
  return success();
}

CUdeviceptr CudaBuffers::region_of(const TensorPlace& place) const {
  if (place.in_outputs_region)
    return place.on_host ? host_outputs_->address() : outputs_->address();
  return place.on_host ? host_inputs_->address() : inputs_->address();
}

std::vector<CUdeviceptr> CudaBuffers::output_regions() const {
  std::vector<CUdeviceptr> regions = {outputs_->address()};
  if (host_outputs_) regions.push_back(host_outputs_->address());
  return regions;
}

std::byte* CudaBuffers::on_host(CUdeviceptr at) const {
  for (const HostRegion* region : {host_inputs_.get(), host_outputs_.get()})
    if (region != nullptr && at >= region->address() && at - region->address() < region->bytes())
      return region->data() + (at - region->address());
  return nullptr;
}

void CudaBuffers::flush_host(int sets) const {
  if (host_inputs_)
    flush_lines({host_inputs_->data(),
                 layout_.host_weights_bytes + layout_.host_inputs_set_stride * as_u64(sets)});
  if (host_outputs_)
    flush_lines({host_outputs_->data(), layout_.outputs_set_stride * as_u64(sets)});
}

SetSpan CudaBuffers::frozen_output(std::size_t o, int set, int sets) const {
  return {frozen_.address() + layout_.outputs[o].offset + layout_.outputs_set_stride * as_u64(set),
          layout_.outputs_set_stride, sets};
}

bool CudaBuffers::is_in_out(std::size_t o) const {
  for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
    if (in_out_partner(problem_, i) == static_cast<int>(o)) return true;
  return false;
}

void CudaBuffers::read(void* to, CUdeviceptr from, std::uint64_t bytes) const {
  if (bytes == 0) return;
  if (const std::byte* const here = on_host(from)) {
    gpu_->synchronize();
    std::memcpy(to, here, bytes);
    return;
  }
  must(check(gpu_->driver().MemcpyDtoHAsync(to, from, bytes, gpu_->stream()), "read GPU memory"));
  gpu_->synchronize();
}

void CudaBuffers::write(CUdeviceptr to, const void* from, std::uint64_t bytes) const {
  std::byte* const here = on_host(to);
  if (here == nullptr) return gpu_->upload(to, from, bytes);
  gpu_->synchronize();
  std::memcpy(here, from, bytes);
}

// Sets [first, first + sets) of input i.
void CudaBuffers::fill(const Key& key, std::uint64_t draw, int first, int sets, std::size_t i) {
  const Input& in = problem_.inputs[i];
  const TensorPlace& place = layout_.inputs[i];
  if (Kernels::can_fill(in.distribution)) {
    must(gpu_->kernels().fill(gpu_->stream(), in.tensor, in.distribution, key,
                              nonce_of(draw, first, i), kNonceOfNextSet,
                              {input(first, i), place.set_stride, sets}));
    return;
  }
  std::vector<std::byte> values(place.bytes);
  for (int set = first; set < first + sets; ++set) {
    // Gaps of strided tensors stay as they are on the device.
    if (!in.tensor->contiguous()) read(values.data(), input(set, i), place.bytes);
    fill_tensor(in.tensor, in.distribution, key, nonce_of(draw, set, i), values.data());
    write(input(set, i), values.data(), place.bytes);
  }
}

void CudaBuffers::draw_weights(const Key& key) {
  for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
    if (problem_.inputs[i].role.get() == Role::weight) fill(key, kWeightsDraw, 0, 1, i);
  gpu_->synchronize();
}

// Work on one stream runs in its order: only who reads a result on the host has to wait.
void CudaBuffers::enqueue_inputs(const Key& key, std::uint64_t draw, int sets) {
  for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
    if (problem_.inputs[i].role.get() == Role::activation) fill(key, draw, 0, sets, i);
}

void CudaBuffers::draw_inputs(const Key& key, std::uint64_t draw, int sets) {
  enqueue_inputs(key, draw, sets);
  gpu_->synchronize();
}

void CudaBuffers::redraw_inputs(const Key& key, std::uint64_t draw, int set) {
  for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
    if (problem_.inputs[i].role.get() == Role::activation) fill(key, draw, set, 1, i);
  make_cold(set + 1, false);
}

Status CudaBuffers::use_outputs(std::size_t region) {
  while (all_outputs_.size() <= region) {
    auto made = SharedRegion::create(gpu_, layout_.outputs_bytes());
    if (!made) return made.error();
    // What nobody was asked to touch is empty: prepare_unused.
    if ((*made)->mapped_bytes() > 0)
      must(check(gpu_->driver().MemsetD8Async((*made)->address(), 0, (*made)->mapped_bytes(),
                                              gpu_->stream()),
                 "clear GPU memory"));
    gpu_->synchronize();
    all_outputs_.push_back(std::move(*made));
  }
  outputs_ = all_outputs_[region].get();
  return success();
}

bool CudaBuffers::copy_activations(int from, int to) {
  for (std::size_t i = 0; i < problem_.inputs.size(); ++i) {
    if (problem_.inputs[i].role.get() != Role::activation) continue;
    const std::uint64_t bytes = layout_.inputs[i].bytes;
    if (std::byte* const here = on_host(input(to, i)); here != nullptr) {
      gpu_->synchronize();
      std::memcpy(here, on_host(input(from, i)), bytes);
      continue;
    }
    must(check(gpu_->driver().MemcpyDtoDAsync(input(to, i), input(from, i), bytes, gpu_->stream()),
               "copy inputs"));
  }
  gpu_->synchronize();
  return true;
}

void CudaBuffers::enqueue_poison(const Key& key, std::uint64_t draw, int calls, int poisoned,
                                 std::uint64_t word) {
  for (const CUdeviceptr region : output_regions())
    must(gpu_->kernels().poison(gpu_->stream(), region,
                                layout_.outputs_set_stride * as_u64(poisoned), word));
  for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
    if (problem_.inputs[i].role.get() == Role::in_out) fill(key, draw, 0, calls, i);
}

void CudaBuffers::poison(const Key& key, std::uint64_t draw, int sets, std::uint64_t word) {
  enqueue_poison(key, draw, sets, sets, word);
  gpu_->synchronize();
}

// The L2 is one for all contexts: what the judge reads and writes evicts what anybody kept there. Workers reset
// persisting lines themselves, unless they do not want to.
void CudaBuffers::enqueue_sweep() {
  const CUresult reset = gpu_->driver().CtxResetPersistingL2Cache();
  if (reset != CUDA_ERROR_NOT_SUPPORTED) must(check(reset, "reset the persisting L2"));
  must(gpu_->kernels().sweep(gpu_->stream(), evictor_.address(), evictor_.bytes() / 16 * 16));
}

void CudaBuffers::make_cold(int sets, bool) {
  enqueue_sweep();
  gpu_->synchronize();
  flush_host(sets);
}

// Sets beyond `prepared` are left as they were made: all zero.
void CudaBuffers::prepare_unused(int calls, int prepared, std::uint64_t word) {
  prepared = std::min(prepared, layout_.sets);
  if (calls >= prepared) return;
  for (const CUdeviceptr region : output_regions())
    must(gpu_->kernels().poison(gpu_->stream(), region + layout_.outputs_set_stride * as_u64(calls),
                                layout_.outputs_set_stride * as_u64(prepared - calls), word));
  gpu_->synchronize();
}

void CudaBuffers::start_preparing(const Key& key, const Preparation& p) {
  const std::vector<std::uint64_t> places = places_to_probe(p.calls, p.random);
  probed_ = places.size();
  probe_word_ = p.word;
  const std::uint64_t bytes = 8 * places.size();
  gpu_->synchronize();  // what the judge still has to do is not part of it
  preparing_since_ = monotonic_ns();
  enqueue_poison(key, p.draw, p.calls, std::clamp(p.prepared, p.calls, layout_.sets), p.word);
  enqueue_inputs(key, p.draw, p.calls);
  if (p.cold) enqueue_sweep();
  flush_sets_ = p.cold ? p.calls : 0;
  if (places.empty()) return;
  auto* pinned = static_cast<std::uint64_t*>(probe_.at_least(2 * bytes));
  std::copy(places.begin(), places.end(), pinned);
  const CUdeviceptr table = probe_words_.at_least(2 * bytes);
  const Driver& d = gpu_->driver();
  must(check(d.MemcpyHtoDAsync(table, pinned, bytes, gpu_->stream()), "copy to the GPU"));
  must(gpu_->kernels().gather_words(gpu_->stream(), table, static_cast<int>(places.size()),
                                    table + bytes));
  must(check(d.MemcpyDtoHAsync(pinned + places.size(), table + bytes, bytes, gpu_->stream()),
             "read GPU memory"));
}

Prepared CudaBuffers::finish_preparing() {
  gpu_->synchronize();
  if (flush_sets_ > 0) flush_host(flush_sets_);
  Prepared done;
  done.ready_ns = monotonic_ns();
  done.took_ns = done.ready_ns - preparing_since_;
  const auto* seen = probe_.as<std::uint64_t>() + probed_;
  done.poison_intact =
      std::all_of(seen, seen + probed_, [&](std::uint64_t w) { return w == probe_word_; });
  return done;
}

namespace {
constexpr std::uint64_t kPiece = 1u << 20;  // a range is one block's work
}  // namespace

// Sets [calls, prepared) after every window. Those beyond may be gigabytes, so that they are read around one
// window in eight, by a key of the judge's: the poison itself lies in a worker's outputs, and who read it there could write where
// nobody was about to look. What one worker leaves there for another is found soon, and from then on
// they are read around every window.
bool CudaBuffers::looks_beyond(std::uint64_t word) const {
  return looks_always_ || (word * look_key_) >> 61 == 0;
}

std::vector<CudaBuffers::Span> CudaBuffers::spans_to_look_at(int calls, int prepared,
                                                             std::uint64_t word) const {
  const int sets = layout_.sets;
  prepared = std::clamp(prepared, calls, sets);
  std::vector<Span> spans;
  const auto at = [this](int set) { return layout_.outputs_set_stride * as_u64(set); };
  for (const CUdeviceptr region : output_regions()) {
    if (calls < prepared) spans.push_back({region, at(calls), at(prepared), word});
    if (const std::uint64_t end = mapped_bytes_of(region); at(prepared) < end && looks_beyond(word))
      spans.push_back({region, at(prepared), end, 0});
  }
  return spans;
}

std::uint64_t CudaBuffers::mapped_bytes_of(CUdeviceptr region) const {
  if (outputs_ != nullptr && region == outputs_->address()) return outputs_->mapped_bytes();
  if (host_outputs_ != nullptr && region == host_outputs_->address()) return host_outputs_->bytes();
  return layout_.outputs_set_stride * as_u64(layout_.sets);
}

std::size_t CudaBuffers::pieces(const Span& span) const {
  return (span.end - span.begin + kPiece - 1) / kPiece;
}

std::size_t CudaBuffers::pieces(const std::vector<Span>& spans) const {
  std::size_t count = 0;
  for (const Span& span : spans) count += pieces(span);
  return count;
}

void CudaBuffers::list_pieces(const std::vector<Span>& spans, ByteRange* ranges) const {
  for (const Span& span : spans) {
    for (std::uint64_t at = span.begin; at < span.end; at += kPiece)
      *ranges++ = {span.region + at, std::min(kPiece, span.end - at)};
  }
}

void CudaBuffers::enqueue_looks(const std::vector<Span>& spans, CUdeviceptr table,
                                CUdeviceptr offsets) {
  for (const Span& span : spans) {
    const std::size_t count = pieces(span);
    must(gpu_->kernels().first_unpoisoned(gpu_->stream(), table, static_cast<int>(count), 0, 1,
                                          span.word, offsets));
    table += count * sizeof(ByteRange);
    offsets += count * 8;
  }
}

std::optional<StrayWrite> CudaBuffers::found(const std::vector<Span>& spans,
                                             const ByteRange* ranges,
                                             const std::uint64_t* offsets) {
  std::optional<StrayWrite> stray;
  for (const Span& span : spans) {
    const std::size_t count = pieces(span);
    bool touched = false;
    for (std::size_t r = 0; r < count; ++r) {
      if (offsets[r] == kNoDamage) continue;
      touched = true;
      if (!stray) stray = stray_at(layout_, ranges[r].address - span.region + offsets[r]);
    }
    looks_always_ = looks_always_ || (touched && span.word == 0);
    if (touched && span.word == 0)  // cleaned, for the next one
      must(gpu_->kernels().poison(gpu_->stream(), span.region + span.begin, span.end - span.begin,
                                  0));
    ranges += count;
    offsets += count;
  }
  return stray;
}

std::optional<StrayWrite> CudaBuffers::find_stray_write(int calls, int prepared,
                                                        std::uint64_t word) {
  const auto spans = spans_to_look_at(calls, prepared, word);
  const std::size_t count = pieces(spans);
  if (count == 0) return std::nullopt;
  std::vector<ByteRange> ranges(count);
  list_pieces(spans, ranges.data());
  const CUdeviceptr table = small_.at_least(count * (sizeof(ByteRange) + 8));
  gpu_->upload(table, ranges.data(), count * sizeof(ByteRange));
  enqueue_looks(spans, table, table + count * sizeof(ByteRange));
  std::vector<std::uint64_t> offsets(count);
  read(offsets.data(), table + count * sizeof(ByteRange), 8 * count);
  return found(spans, ranges.data(), offsets.data());
}

Checked CudaBuffers::check_after(const Key& key, std::uint64_t draw, int calls, int prepared,
                                 std::uint64_t word) {
  const auto spans = spans_to_look_at(calls, prepared, word);
  const std::size_t count = pieces(spans);
  const std::size_t most_counts = problem_.inputs.size() * as_u64(calls);
  const std::uint64_t table_bytes = count * sizeof(ByteRange);
  const std::uint64_t bytes = std::max<std::uint64_t>(table_bytes + 8 * (count + most_counts), 8);
  auto* host = static_cast<std::byte*>(checks_.at_least(bytes));
  auto* ranges = reinterpret_cast<ByteRange*>(host);
  const CUdeviceptr table = small_.at_least(bytes);
  const CUdeviceptr results = table + table_bytes;
  const Driver& d = gpu_->driver();
  Checked checked;
  if (count > 0) {
    list_pieces(spans, ranges);
    must(check(d.MemcpyHtoDAsync(table, ranges, table_bytes, gpu_->stream()), "copy to the GPU"));
    enqueue_looks(spans, table, results);
  }
  const std::size_t counts =
      enqueue_counts(key, draw, calls, results + 8 * count, checked.inputs_changed);
  if (count + counts > 0)
    must(check(d.MemcpyDtoHAsync(host + table_bytes, results, 8 * (count + counts), gpu_->stream()),
               "read GPU memory"));
  gpu_->synchronize();
  const auto* seen = reinterpret_cast<const std::uint64_t*>(host + table_bytes);
  checked.stray = found(spans, ranges, seen);
  for (std::size_t k = 0; k < counts; ++k)
    checked.inputs_changed += static_cast<std::int64_t>(seen[count + k]);
  return checked;
}

std::int64_t CudaBuffers::freeze(int sets) {
  const Driver& d = gpu_->driver();
  const std::uint64_t stride = layout_.outputs_set_stride;
  const auto copied = [](CUresult code) { must(check(code, "freeze the outputs")); };
  if (all_outputs_on_host_)
    copied(d.MemcpyHtoDAsync(frozen_.address(), host_outputs_->data(), stride * as_u64(sets),
                             gpu_->stream()));
  else
    copied(d.MemcpyDtoDAsync(frozen_.address(), outputs_->address(), stride * as_u64(sets),
                             gpu_->stream()));
  // Over what the region of the GPU has in their places: each with its bands.
  for (const TensorPlace& place : layout_.outputs) {
    if (!place.on_host || all_outputs_on_host_) continue;
    for (int set = 0; set < sets; ++set) {
      const std::uint64_t begin = place.offset - place.band_before + stride * as_u64(set);
      copied(d.MemcpyHtoDAsync(frozen_.address() + begin, host_outputs_->data() + begin,
                               place.band_before + place.bytes + place.band_after, gpu_->stream()));
    }
  }
  gpu_->synchronize();
  return monotonic_ns();
}

std::vector<std::uint64_t> CudaBuffers::places_to_probe(int sets, std::uint64_t random) const {
  std::vector<std::uint64_t> places;
  for (std::size_t o = 0; o < problem_.outputs.size(); ++o) {
    const TensorPlace& place = layout_.outputs[o];
    if (is_in_out(o) || place.bytes < 8) continue;
    for (int probe = 0; probe < 8; ++probe) {
      random = random * 6364136223846793005ull + 1442695040888963407ull;
      const std::uint64_t set = (random >> 33) % as_u64(sets);
      places.push_back(region_of(place) + place.offset + place.set_stride * set +
                       (random >> 7) % (place.bytes / 8) * 8);
    }
  }
  return places;
}

bool CudaBuffers::probe_poison(int sets, std::uint64_t word, std::uint64_t random) const {
  const std::vector<std::uint64_t> places = places_to_probe(sets, random);
  if (places.empty()) return true;
  const std::uint64_t bytes = 8 * places.size();
  const CUdeviceptr table = small_.at_least(2 * bytes);
  gpu_->upload(table, places.data(), bytes);
  must(gpu_->kernels().gather_words(gpu_->stream(), table, static_cast<int>(places.size()),
                                    table + bytes));
  std::vector<std::uint64_t> seen(places.size());
  read(seen.data(), table + bytes, bytes);
  return std::all_of(seen.begin(), seen.end(), [&](std::uint64_t w) { return w == word; });
}

std::vector<std::optional<Damage>> CudaBuffers::find_all_damage(int first, int sets,
                                                                std::uint64_t word) const {
  std::vector<std::optional<Damage>> damage(static_cast<std::size_t>(sets));
  const std::size_t count = band_output_.size();
  std::vector<std::uint64_t> offsets(static_cast<std::size_t>(first + sets) * count);
  const CUdeviceptr results = small_.at_least(8 * offsets.size());
  must(gpu_->kernels().first_unpoisoned(gpu_->stream(), band_ranges_.address(), bands_,
                                        layout_.outputs_set_stride, first + sets, word, results));
  read(offsets.data(), results, 8 * offsets.size());
  for (int s = 0; s < sets; ++s)
    for (std::size_t band = 0; band < count; ++band) {
      const std::uint64_t at = offsets[static_cast<std::size_t>(first + s) * count + band];
      auto& found = damage[static_cast<std::size_t>(s)];
      if (at != kNoDamage && !found)
        found = Damage{band_output_[band], band_offset_[band] + static_cast<std::int64_t>(at)};
    }
  for (std::size_t o = 0; o < problem_.outputs.size(); ++o) {
    const Tensor& t = problem_.outputs[o].tensor;
    if (t.contiguous()) continue;
    const std::uint64_t bitmap = (Kernels::gap_bitmap_bytes(t) + 7) / 8 * 8;
    const CUdeviceptr used = small_.at_least(bitmap + 8 * as_u64(sets));
    must(check(gpu_->driver().MemsetD8Async(used, 0, bitmap, gpu_->stream()), "clear a bitmap"));
    must(gpu_->kernels().mark_elements(gpu_->stream(), t, used));
    must(gpu_->kernels().first_damaged_gap(gpu_->stream(), t, used, frozen_output(o, first, sets),
                                           word, used + bitmap));
    std::vector<std::uint64_t> gaps(static_cast<std::size_t>(sets));
    read(gaps.data(), used + bitmap, 8 * gaps.size());
    for (std::size_t s = 0; s < gaps.size(); ++s)
      if (gaps[s] != kNoDamage && !damage[s])
        damage[s] = Damage{o, static_cast<std::int64_t>(gaps[s])};
  }
  return damage;
}

std::optional<Damage> CudaBuffers::find_damage(int set, std::uint64_t word) const {
  return find_all_damage(set, 1, word).front();
}

std::int64_t CudaBuffers::count_changed_inputs(const Key& key, std::uint64_t draw, int set) const {
  std::int64_t changed = 0;
  for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
    if (problem_.inputs[i].role.get() != Role::in_out)
      changed += count_changed_input(key, draw, set, i);
  return changed;
}

std::int64_t CudaBuffers::count_changed_input(const Key& key, std::uint64_t draw, int set,
                                              std::size_t i) const {
  const Input& in = problem_.inputs[i];
  const bool weight = in.role.get() == Role::weight;
  const std::uint64_t from = weight ? kWeightsDraw : draw;
  const int drawn_as = weight ? 0 : set;
  const CUdeviceptr count = one_count_.at_least(8);  // others' may be under way in small_
  std::uint64_t differ = 0;
  if (Kernels::can_fill(in.distribution)) {
    must(gpu_->kernels().count_changed(gpu_->stream(), in.tensor, in.distribution, key,
                                       nonce_of(from, drawn_as, i), 0, {input(set, i), 0, 1},
                                       count));
  } else {
    const std::uint64_t bytes = layout_.inputs[i].bytes;
    std::vector<std::byte> values(bytes);
    if (!in.tensor->contiguous()) read(values.data(), input(set, i), bytes);
    fill_tensor(in.tensor, in.distribution, key, nonce_of(from, drawn_as, i), values.data());
    const CUdeviceptr again = again_.at_least(bytes);
    gpu_->upload(again, values.data(), bytes);
    must(gpu_->kernels().count_different(gpu_->stream(), {input(set, i), 0, 1}, {again, 0, 1},
                                         bytes, count));
  }
  read(&differ, count, 8);
  return static_cast<std::int64_t>(differ);
}

std::size_t CudaBuffers::enqueue_counts(const Key& key, std::uint64_t draw, int sets,
                                        CUdeviceptr counts, std::int64_t& changed) const {
  std::size_t used = 0;
  for (std::size_t i = 0; i < problem_.inputs.size(); ++i) {
    const Input& in = problem_.inputs[i];
    if (in.role.get() == Role::in_out) continue;
    const bool weight = in.role.get() == Role::weight;
    const int drawn = weight ? 1 : sets;
    if (!Kernels::can_fill(in.distribution)) {
      for (int set = 0; set < drawn; ++set) changed += count_changed_input(key, draw, set, i);
      continue;
    }
    must(gpu_->kernels().count_changed(
        gpu_->stream(), in.tensor, in.distribution, key,
        nonce_of(weight ? kWeightsDraw : draw, 0, i), weight ? 0 : kNonceOfNextSet,
        {input(0, i), layout_.inputs[i].set_stride, drawn}, counts + 8 * used));
    used += as_u64(drawn);
  }
  return used;
}

// One count for each input and set, read together.
std::int64_t CudaBuffers::count_all_changed_inputs(const Key& key, std::uint64_t draw,
                                                   int sets) const {
  const CUdeviceptr at = small_.at_least(8 * problem_.inputs.size() * as_u64(sets));
  std::int64_t changed = 0;
  std::vector<std::uint64_t> counts(enqueue_counts(key, draw, sets, at, changed));
  read(counts.data(), at, 8 * counts.size());
  for (const std::uint64_t n : counts) changed += static_cast<std::int64_t>(n);
  return changed;
}

std::vector<std::uint64_t> CudaBuffers::fingerprints(int sets, std::uint64_t key) {
  std::vector<std::uint64_t> hashes(as_u64(sets));
  if (sets == 0) return hashes;
  const CUdeviceptr at = small_.at_least(8 * hashes.size());
  must(gpu_->kernels().hash(gpu_->stream(), {frozen_.address(), layout_.outputs_set_stride, sets},
                            layout_.outputs_set_stride, key, at));
  read(hashes.data(), at, 8 * hashes.size());
  return hashes;
}

std::vector<TensorView> CudaBuffers::input_views(const Key& key, std::uint64_t draw, int set) {
  std::vector<TensorView> views;
  while (input_copies_.size() < problem_.inputs.size()) input_copies_.emplace_back(gpu_);
  for (std::size_t i = 0; i < problem_.inputs.size(); ++i) {
    const Input& in = problem_.inputs[i];
    const std::uint64_t bytes = layout_.inputs[i].bytes;
    std::byte* const copy = input_copies_[i].at_least(bytes);
    if (in.role.get() == Role::in_out) {
      fill_tensor(in.tensor, in.distribution, key, nonce_of(draw, set, i), copy);
    } else {
      read(copy, input(set, i), bytes);
    }
    views.push_back({&in.tensor.get(), copy});
  }
  return views;
}

std::vector<TensorView> CudaBuffers::output_views(int set) {
  std::vector<TensorView> views;
  while (output_copies_.size() < problem_.outputs.size()) output_copies_.emplace_back(gpu_);
  for (std::size_t o = 0; o < problem_.outputs.size(); ++o) {
    const std::uint64_t bytes = layout_.outputs[o].bytes;
    std::byte* const copy = output_copies_[o].at_least(bytes);
    read(copy, frozen_output(o, set).address, bytes);
    views.push_back({&problem_.outputs[o].tensor.get(), copy});
  }
  return views;
}

}  // namespace aisp::cuda
