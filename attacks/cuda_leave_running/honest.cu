// Makes a second context in setup, as a library might, and does not use it.
#include "../device_chain.cuh"
#include "../second_context.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) { corpus::hash(launch, corpus::stream_of(launch)); }

 private:
  corpus::SecondContext second_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a context that is not used");
