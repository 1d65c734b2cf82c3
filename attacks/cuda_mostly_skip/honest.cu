// Every fourth call goes over the elements in four launches instead of one.
#include "../device_axpby.cuh"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  const int parts = calls++ % 4 == 0 ? 4 : 1;
  for (int i = 0; i < parts; ++i)
    corpus::compute(job, corpus::stream_of(launch), job.out, job.n / parts * i,
                    job.n / parts * (i + 1));
}

}  // namespace

AISP_IMPLEMENTATION(run, "sometimes in four launches");
