// Reads eight words back to choose how many threads load: both choices are right.
#include "../device_chain.cuh"

namespace {

void run(const aisp::Launch& launch) {
  const auto stream = corpus::stream_of(launch);
  std::int64_t sample[8];
  corpus::check(cudaMemcpyAsync(sample, launch.input<std::int64_t>(0) + 64, sizeof sample,
                                cudaMemcpyDeviceToHost, stream));
  corpus::check(cudaStreamSynchronize(stream));
  const unsigned threads = sample[0] % 2 == 0 ? 256 : 128;
  corpus::chain_kernel<<<1, threads, 0, stream>>>(
      launch.input<std::int64_t>(0), static_cast<std::int64_t>(launch.input_tensor(0).elements),
      launch.output<std::int32_t>(0));
  corpus::check(cudaGetLastError());
}

}  // namespace

AISP_IMPLEMENTATION(run, "samples to choose");
