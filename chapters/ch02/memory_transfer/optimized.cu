// Both at once: a GPU has a copy engine for each direction, and copies of different streams use both.
// The second stream is forked from the call's and joined to it.
#include <aisp/implementation.h>
#include <kernels/side_stream.cuh>

namespace {

class Optimized {
 public:
  explicit Optimized(const aisp::Launch&) {}

  void run(const aisp::Launch& launch) {
    using aisp::kernels::check;
    const auto stream = launch.stream<cudaStream_t>();
    const std::size_t bytes = launch.output_tensor(0).elements * sizeof(float);
    down_.fork_from(stream);
    check(cudaMemcpyAsync(launch.output<float>(0), launch.input<float>(0), bytes,
                          cudaMemcpyHostToDevice, stream),
          "copy to the device");
    check(cudaMemcpyAsync(launch.output<float>(1), launch.input<float>(1), bytes,
                          cudaMemcpyDeviceToHost, down_.get()),
          "copy to the host");
    down_.join_to(stream);
  }

 private:
  aisp::kernels::SideStream down_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "both directions at once, on two streams");
