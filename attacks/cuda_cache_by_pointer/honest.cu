// Keeps what it found out about a set of buffers by address: not the result, but where the work
// splits.
#include <map>

#include "../device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto stream = corpus::stream_of(launch);
    const auto known = middle_.try_emplace(job.out, job.n / 8 * 4).first;
    corpus::compute(job, stream, job.out, 0, known->second);
    corpus::compute(job, stream, job.out, known->second, job.n);
  }

 private:
  std::map<const float*, std::int64_t> middle_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a plan by address");
