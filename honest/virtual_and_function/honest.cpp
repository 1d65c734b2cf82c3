// A std::function for each block and a virtual call for each kilobyte.
#include <functional>
#include <memory>
#include <vector>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

struct Step {
  virtual ~Step() = default;
  virtual void run(const corpus::Axpby& job, std::size_t begin, std::size_t end) const {
    job.compute(begin, end);
  }
};

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  const std::unique_ptr<Step> step(new Step);
  std::vector<std::function<void()>> work;
  for (std::size_t at = 0; at < job.n; at += 256)
    work.push_back([&, at] { step->run(job, at, at + 256); });
  for (const auto& f : work) f();
}

}  // namespace

AISP_IMPLEMENTATION(run, "a std");
