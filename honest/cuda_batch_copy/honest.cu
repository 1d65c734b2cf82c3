// Computes into memory of its own and moves the result out in two parts with one batched copy.
#include "../../attacks/device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) : result_(launch.output_tensor(0).elements) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto stream = corpus::stream_of(launch);
    corpus::compute(job, stream, result_.get(), 0, job.n);
    const std::int64_t half = job.n / 2;
    void* to[] = {job.out, job.out + half};
    const void* from[] = {result_.get(), result_.get() + half};
    const std::size_t bytes[] = {static_cast<std::size_t>(half) * sizeof(float),
                                 static_cast<std::size_t>(job.n - half) * sizeof(float)};
    cudaMemcpyAttributes attributes{};
    attributes.srcAccessOrder = cudaMemcpySrcAccessOrderStream;
    std::size_t first = 0;
    corpus::check(cudaMemcpyBatchAsync(to, from, bytes, 2, &attributes, &first, 1, stream));
  }

 private:
  corpus::DeviceArray<float> result_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a batched copy");
