// The CPU: regions are memfd pages, a call is complete when it returns.
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/backend.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

namespace aisp::agent {
namespace {

Result<std::byte*> map_region(int fd, const char* name, int protection) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return errno_error("look at a region", name);
  void* p = mmap(nullptr, static_cast<std::size_t>(info.st_size), protection, MAP_SHARED, fd, 0);
  if (p == MAP_FAILED) return errno_error("map a region", name);
  close(fd);
  return static_cast<std::byte*>(p);
}

void touch(std::byte* base, std::uint64_t bytes, int advice) {
  bytes = (bytes + 4095) / 4096 * 4096;
  if (bytes == 0 || madvise(base, bytes, advice) == 0) return;
  volatile std::byte sink{};
  for (std::uint64_t i = 0; i < bytes; i += 4096) sink = base[i];  // kernels before 5.14
  (void)sink;
}

struct NoMarks {
  static constexpr bool before(std::uint32_t) { return true; }
  static constexpr bool after(std::uint32_t) { return true; }
};

class CpuBackend final : public Backend {
 public:
  LockdownProfile lockdown_profile() const override { return LockdownProfile::cpu; }

  Result<Regions> open(const protocol::Orders&) override {
    const auto inputs = map_region(protocol::kInputsFd, "inputs", PROT_READ);
    if (!inputs) return inputs.error();
    const auto outputs = map_region(protocol::kOutputsFd, "outputs", PROT_READ | PROT_WRITE);
    if (!outputs) return outputs.error();
    regions_ = {*inputs, *outputs};
    return regions_;
  }

  // Page faults on shared buffers must not happen inside a timed call.
  Status populate(const protocol::Orders& orders, std::uint32_t sets, std::uint32_t) override {
    const std::uint64_t in = orders.inputs_set_begin + sets * orders.inputs_set_stride;
    const std::uint64_t out = sets * orders.outputs_set_stride;
    touch(regions_.inputs, in < orders.inputs_bytes ? in : orders.inputs_bytes, MADV_POPULATE_READ);
    touch(regions_.outputs, out < orders.outputs_bytes ? out : orders.outputs_bytes,
          MADV_POPULATE_WRITE);
    return success();
  }

  WindowEnd run(const WindowOrder& order) override { return run_calls(order, NoMarks{}); }
  void collect(protocol::Answers&) override {}

 private:
  Regions regions_;
};

}  // namespace

std::unique_ptr<Backend> make_cpu_backend() { return std::make_unique<CpuBackend>(); }

}  // namespace aisp::agent
