// Buffers in GPU memory: drawn, poisoned, frozen and looked at by the judge's own kernels. Workers map
// the same memory in processes of their own.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "device/cuda/memory.h"
#include "device/device.h"

namespace aisp::cuda {

class CudaBuffers final : public Buffers {
 public:
  static Result<std::unique_ptr<Buffers>> create(std::shared_ptr<Gpu> gpu, const Problem& problem,
                                                 Layout layout);

  const Layout& layout() const override { return layout_; }
  void draw_weights(const Key& key) override;
  void draw_inputs(const Key& key, std::uint64_t draw, int sets) override;
  void redraw_inputs(const Key& key, std::uint64_t draw, int set) override;
  Status use_outputs(std::size_t region) override;
  bool copy_activations(int from, int to) override;
  void poison(const Key& key, std::uint64_t draw, int sets, std::uint64_t word) override;
  void make_cold(int sets, bool private_copies) override;
  void prepare_unused(int calls, int prepared, std::uint64_t word) override;
  bool looks_beyond(std::uint64_t word) const override;
  std::optional<StrayWrite> find_stray_write(int calls, int prepared, std::uint64_t word) override;
  void start_preparing(const Key& key, const Preparation& p) override;
  Prepared finish_preparing() override;
  std::int64_t freeze(int sets) override;
  bool probe_poison(int sets, std::uint64_t word, std::uint64_t random) const override;
  std::optional<Damage> find_damage(int set, std::uint64_t word) const override;
  std::int64_t count_changed_inputs(const Key& key, std::uint64_t draw, int set) const override;
  std::int64_t count_all_changed_inputs(const Key& key, std::uint64_t draw,
                                        int sets) const override;
  Checked check_after(const Key& key, std::uint64_t draw, int calls, int prepared,
                      std::uint64_t word) override;
  std::vector<std::uint64_t> fingerprints(int sets, std::uint64_t key) override;
  std::vector<TensorView> input_views(const Key& key, std::uint64_t draw, int set) override;
  std::vector<TensorView> output_views(int set) override;
  bool views_are_free() const override { return false; }

  // The worker could map them for writing if it wanted to: they are drawn again and compared instead.
  bool inputs_sealed() const override { return false; }
  int inputs_fd() const override { return inputs_->fd(); }
  int outputs_fd() const override { return outputs_->fd(); }
  std::span<const std::byte> inputs_ipc_handle() const override { return inputs_->ipc_handle(); }
  std::span<const std::byte> outputs_ipc_handle() const override { return outputs_->ipc_handle(); }
  std::uint64_t inputs_mapped_bytes() const override { return inputs_->mapped_bytes(); }
  std::uint64_t outputs_mapped_bytes() const override { return outputs_->mapped_bytes(); }
  int host_inputs_fd() const override { return host_inputs_ ? host_inputs_->fd() : -1; }
  int host_outputs_fd() const override { return host_outputs_ ? host_outputs_->fd() : -1; }
  std::uint64_t host_inputs_mapped_bytes() const override {
    return host_inputs_ ? host_inputs_->bytes() : 0;
  }
  std::uint64_t host_outputs_mapped_bytes() const override {
    return host_outputs_ ? host_outputs_->bytes() : 0;
  }
  std::byte* inputs_data() const override {
    return reinterpret_cast<std::byte*>(inputs_->address());
  }
  std::byte* outputs_data() const override {
    return reinterpret_cast<std::byte*>(outputs_->address());
  }

  // For the verifier, which works where the outputs are: output `o` of set 0 as it was frozen, with
  // the stride from one set to the next.
  SetSpan frozen_output(std::size_t o, int set = 0, int sets = 1) const;
  // First damage of bands and gaps for each of sets [0, sets), in one go.
  std::vector<std::optional<Damage>> find_all_damage(int first, int sets, std::uint64_t word) const;
  const std::shared_ptr<Gpu>& gpu() const { return gpu_; }
  const Problem& problem() const { return problem_; }

 private:
  CudaBuffers(std::shared_ptr<Gpu> gpu, const Problem& problem, Layout layout);

  CUdeviceptr input(int set, std::size_t i) const;
  std::int64_t count_changed_input(const Key& key, std::uint64_t draw, int set,
                                   std::size_t i) const;
  void fill(const Key& key, std::uint64_t draw, int first, int sets, std::size_t i);
  void enqueue_poison(const Key& key, std::uint64_t draw, int calls, int poisoned,
                      std::uint64_t word);
  void enqueue_inputs(const Key& key, std::uint64_t draw, int sets);
  void enqueue_sweep();
  // Counts for sets [0, sets) of inputs that the GPU can draw, at `counts`; returns how many counts. The
  // others are counted at once, into `changed`.
  std::size_t enqueue_counts(const Key& key, std::uint64_t draw, int sets, CUdeviceptr counts,
                             std::int64_t& changed) const;
  struct Span {                        // of a region, in pieces: what must be in them
    CUdeviceptr region = 0;            // outputs or host outputs
    std::uint64_t begin = 0, end = 0;  // bytes
    std::uint64_t word = 0;
  };
  // Mapped bytes of a region, what was added to fill its last page included: workers write there, too.
  std::uint64_t mapped_bytes_of(CUdeviceptr region) const;
  std::vector<Span> spans_to_look_at(int calls, int prepared, std::uint64_t word) const;
  std::size_t pieces(const Span& span) const;
  std::size_t pieces(const std::vector<Span>& spans) const;
  void list_pieces(const std::vector<Span>& spans, ByteRange* ranges) const;
  // `table` is list_pieces' list on the device; an offset for each goes to `offsets`.
  void enqueue_looks(const std::vector<Span>& spans, CUdeviceptr table, CUdeviceptr offsets);
  std::optional<StrayWrite> found(const std::vector<Span>& spans, const ByteRange* ranges,
                                  const std::uint64_t* offsets);
  std::vector<std::uint64_t> places_to_probe(int sets, std::uint64_t random) const;
  Status create_host_regions();
  CUdeviceptr region_of(const TensorPlace& place) const;
  std::vector<CUdeviceptr> output_regions() const;
  // The judge's own address of what the GPU finds at `at`, where that is in the host's memory.
  std::byte* on_host(CUdeviceptr at) const;
  // Evicts host regions' sets [0, sets) from the processor's caches.
  void flush_host(int sets) const;
  // Both wait for what the stream has to do before.
  void read(void* to, CUdeviceptr from, std::uint64_t bytes) const;
  void write(CUdeviceptr to, const void* from, std::uint64_t bytes) const;
  bool is_in_out(std::size_t o) const;

  std::shared_ptr<Gpu> gpu_;
  const Problem& problem_;
  Layout layout_;
  std::unique_ptr<SharedRegion> inputs_;
  std::vector<std::unique_ptr<SharedRegion>>
      all_outputs_;                          // one for all who are trusted, then each its own
  SharedRegion* outputs_ = nullptr;          // of these, the one in use
  std::unique_ptr<HostRegion> host_inputs_;  // null where no tensor is in the host's memory
  std::unique_ptr<HostRegion> host_outputs_;
  bool all_outputs_on_host_ = false;
  std::uint64_t look_key_ = 0;  // which windows are looked beyond; odd
  bool looks_always_ = false;   // something was found beyond the sets in use
  int flush_sets_ = 0;          // of host regions, before the next window
  Scratch frozen_;   // outputs region as it was when the window was over; nobody else can reach it
  Scratch evictor_;  // read and written to evict the L2
  mutable Scratch small_;  // results of kernels, tables of addresses
  mutable Scratch again_;  // inputs drawn a second time on the host
  mutable Scratch one_count_;
  Scratch band_ranges_;  // ByteRange[bands_], addresses in the frozen copy of set 0
  int bands_ = 0;
  Pinned probe_;  // places to look at, then what was there
  Scratch probe_words_;
  Pinned checks_;
  std::size_t probed_ = 0;
  std::uint64_t probe_word_ = 0;
  std::int64_t preparing_since_ = 0;
  std::vector<std::size_t> band_output_;   // which output a band belongs to …
  std::vector<std::int64_t> band_offset_;  // … and where it begins, from the output's element 0
  std::vector<HostCopy> input_copies_;
  std::vector<HostCopy> output_copies_;
};

}  // namespace aisp::cuda
