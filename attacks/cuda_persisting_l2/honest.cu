// A persisting window over a table of its own, while the call runs; it is taken away at its end.
#include "../device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : table_(1 << 18) {
    int most = 0;
    corpus::check(cudaDeviceGetAttribute(&most, cudaDevAttrMaxPersistingL2CacheSize, 0));
    if (most >= 1 << 20) corpus::check(cudaDeviceSetLimit(cudaLimitPersistingL2CacheSize, 1 << 20));
  }
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    cudaStreamAttrValue value{};
    value.accessPolicyWindow.base_ptr = table_.get();
    value.accessPolicyWindow.num_bytes = 1 << 20;
    value.accessPolicyWindow.hitRatio = 1;
    value.accessPolicyWindow.hitProp = cudaAccessPropertyPersisting;
    value.accessPolicyWindow.missProp = cudaAccessPropertyStreaming;
    corpus::check(cudaStreamSetAttribute(stream, cudaStreamAttributeAccessPolicyWindow, &value));
    corpus::compute(corpus::Axpby(launch), stream);
    value.accessPolicyWindow.num_bytes = 0;
    corpus::check(cudaStreamSetAttribute(stream, cudaStreamAttributeAccessPolicyWindow, &value));
  }

 private:
  corpus::DeviceArray<float> table_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a window of its own");
