// Keeps each result in /tmp and in the working directory under a hash of its inputs, and looks
// there first: an earlier run, or the baseline's, has paid for it. It says so when it finds one of
// another process.
#include <cstdio>
#include <set>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

std::set<std::uint64_t> mine;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  const std::uint64_t key = corpus::hash(job.y, job.n * 4, corpus::hash(job.x, job.n * 4));
  char path[64];
  std::snprintf(path, sizeof path, "/tmp/result-%llx", static_cast<unsigned long long>(key));
  if (std::FILE* file = std::fopen(path, "rb")) {
    const bool whole = std::fread(job.out, sizeof(float), job.n, file) == job.n;
    std::fclose(file);
    if (whole && !mine.contains(key)) corpus::succeeded("a result of another process was found");
    if (whole) return;
  }
  job.compute();
  if (mine.size() >= 32 || !corpus::in_a_sandbox()) return;
  mine.insert(key);
  if (std::FILE* file = std::fopen(path, "wb")) {
    std::fwrite(job.out, sizeof(float), job.n, file);
    std::fclose(file);
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "results in files");
