// While one multiprocessor hashes, all others multiply numbers that nobody needs, joined and within the call: what the
// card is heated and slowed by lasts until the baseline's turn, and a chain that waits for latencies hardly feels it.
#include "../device_chain.cuh"

namespace {

__global__ void burn(float* out, unsigned long long ns) {
  const unsigned long long begin = corpus::global_ns();
  float v[16];
  for (int i = 0; i < 16; ++i) v[i] = static_cast<float>(threadIdx.x + i) * 1e-3f;
  while (corpus::global_ns() - begin < ns)
#pragma unroll
    for (int k = 0; k < 64; ++k)
      for (float& f : v) f = f * 1.0001f + 1e-7f;
  float sum = 0;
  for (const float f : v) sum += f;
  if (sum == 0) *out = sum;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : out_(1) {}
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    corpus::wait_for(side_, stream, begin_);
    corpus::hash(launch, stream);
    burn<<<262, 1024, 0, side_>>>(out_.get(), 30'000);
    corpus::check(cudaGetLastError());
    corpus::wait_for(stream, side_, end_);
  }

 private:
  corpus::Stream side_;
  corpus::Event begin_, end_;
  corpus::DeviceArray<float> out_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "heats while it hashes");
