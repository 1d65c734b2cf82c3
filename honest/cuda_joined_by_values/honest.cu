// Two streams with one half each, that wait for each other by words in memory instead of events: of these CUPTI has no
// records.
#include "../../attacks/device_axpby.cuh"
#include "../../attacks/stream_values.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : words_(2) {
    corpus::check(cudaMemset(words_.get(), 0, 2 * sizeof(std::uint32_t)));
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto stream = corpus::stream_of(launch);
    const std::uint32_t call = ++calls_;
    std::uint32_t* const begun = words_.get();
    std::uint32_t* const ended = begun + 1;
    done(values_.write(stream, begun, call));
    done(values_.wait_for(side_, begun, call));
    corpus::compute(job, side_, job.out, 0, job.n / 2);
    done(values_.write(side_, ended, call));
    corpus::compute(job, stream, job.out, job.n / 2, job.n);
    done(values_.wait_for(stream, ended, call));
  }

 private:
  static void done(bool well) {
    if (!well) throw corpus::DeviceError(cudaErrorNotSupported);
  }

  corpus::StreamValues values_;
  corpus::Stream side_;
  corpus::DeviceArray<std::uint32_t> words_;
  std::uint32_t calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "joined by words");
