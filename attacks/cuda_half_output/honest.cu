// Two launches, each of one half.
#include "../device_axpby.cuh"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  corpus::compute(job, corpus::stream_of(launch), job.out, 0, job.n / 2);
  corpus::compute(job, corpus::stream_of(launch), job.out, job.n / 2, job.n);
}

}  // namespace

AISP_IMPLEMENTATION(run, "two halves");
