// Copies its weight, which stays the same, into memory of its own in the first call.
#include "../../attacks/device_project.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) : w_(launch.input_tensor(1).elements) {}
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    const auto rows = static_cast<unsigned>(launch.input_tensor(0).shape[0]);
    const auto inner = static_cast<int>(launch.input_tensor(1).shape[0]);
    const auto columns = static_cast<int>(launch.input_tensor(1).shape[1]);
    if (!packed_)
      corpus::check(cudaMemcpyAsync(w_.get(), launch.input<float>(1),
                                    launch.input_tensor(1).elements * sizeof(float),
                                    cudaMemcpyDeviceToDevice, stream));
    packed_ = true;
    corpus::
        project_kernel<<<dim3(static_cast<unsigned>(columns) / corpus::kTile, rows / corpus::kTile),
                         dim3(corpus::kTile, corpus::kTile), 0, stream>>>(
            launch.input<float>(0), w_.get(), launch.output<float>(0), inner, columns);
    corpus::check(cudaGetLastError());
  }

 private:
  corpus::DeviceArray<float> w_;
  bool packed_ = false;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "packs in the first call");
