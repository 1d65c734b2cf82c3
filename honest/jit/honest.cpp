// Writes its machine code and makes it executable.
#include <sys/mman.h>

#include <cstring>
#include <new>
#include <stdexcept>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

using Function = float (*)(float, float, float, float);

// mulss xmm0, xmm1; mulss xmm2, xmm3; addss xmm0, xmm2; ret
constexpr unsigned char kCode[] = {0xf3, 0x0f, 0x59, 0xc1, 0xf3, 0x0f, 0x59,
                                   0xd3, 0xf3, 0x0f, 0x58, 0xc2, 0xc3};

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) throw std::bad_alloc();
    std::memcpy(page, kCode, sizeof kCode);
    if (mprotect(page, 4096, PROT_READ | PROT_EXEC) != 0) throw std::runtime_error("no W^X");
    function_ = reinterpret_cast<Function>(page);
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    for (std::size_t i = 0; i < job.n; ++i)
      job.out[i] = function_(job.a, job.x[i], job.b, job.y[i]);
  }

 private:
  Function function_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "writes its machine code and makes it executable");
