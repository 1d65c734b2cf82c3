// The implementation that launches a bare kernel: its own file has the machine code and how to launch
// it behind it (worker/kernel_file.h). Ours, but loaded like any candidate's and trusted no more.
#include <cuda.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "aisp/implementation.h"
#include "device/cuda/driver.h"
#include "worker/kernel_file.h"

AISP_EXPORT const aisp_implementation_v1 aisp_implementation;

namespace {

using aisp::KernelFileEnd;

void must(const aisp::Status& status) {
  if (!status) throw std::runtime_error(status.error().message());
}

// This shared object's own file, mapped for as long as the process lives.
std::string_view own_file() {
  Dl_info info{};
  if (dladdr(&aisp_implementation, &info) == 0 || info.dli_fname == nullptr)
    throw std::runtime_error("the kernel's file has no name");
  const int fd = open(info.dli_fname, O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (fd < 0 || fstat(fd, &status) != 0)
    throw std::runtime_error(std::string("open the kernel's file: ") + std::strerror(errno));
  const auto bytes = static_cast<std::size_t>(status.st_size);
  const void* const at = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
  close(fd);
  if (at == MAP_FAILED)
    throw std::runtime_error(std::string("map the kernel's file: ") + std::strerror(errno));
  return {static_cast<const char*>(at), bytes};
}

std::string_view part(std::string_view file, std::uint64_t offset, std::uint64_t bytes) {
  if (offset > file.size() || bytes > file.size() - offset)
    throw std::runtime_error("the kernel's file is broken");
  return file.substr(offset, bytes);
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) {
    auto driver = aisp::cuda::driver();
    if (!driver) throw std::runtime_error(driver.error().message());
    driver_ = *driver;
    const std::string_view file = own_file();
    KernelFileEnd end;
    if (file.size() < sizeof end) throw std::runtime_error("the kernel's file is broken");
    std::memcpy(&end, file.data() + file.size() - sizeof end, sizeof end);
    if (std::memcmp(end.magic, aisp::kKernelFileMagic, sizeof end.magic) != 0 ||
        end.version != aisp::kKernelFileVersion)
      throw std::runtime_error("there is no kernel in this file");
    load(std::string(part(file, end.image_offset, end.image_bytes)),
         std::string(part(file, end.entry_offset, end.entry_bytes)));
    shape(end, launch);
    count_arguments(launch);
  }

  void run(const aisp::Launch& launch) {
    const aisp_launch& raw = launch.raw();
    std::size_t n = 0;
    for (std::uint32_t i = 0; i < raw.input_count; ++i) pointers_[n++] = raw.inputs[i].data;
    for (std::uint32_t i = 0; i < raw.output_count; ++i) pointers_[n++] = raw.outputs[i].data;
    must(aisp::cuda::check(
        driver_->LaunchKernel(function_, grid_[0], grid_[1], grid_[2], block_[0], block_[1],
                              block_[2], shared_bytes_, launch.stream<CUstream>(),
                              arguments_.data(), nullptr),
        "launch the kernel"));
  }

 private:
  void load(const std::string& image, const std::string& entry) {
    CUmodule module = nullptr;
    must(aisp::cuda::check(driver_->ModuleLoadData(&module, image.data()), "load the kernel"));
    must(aisp::cuda::check(driver_->ModuleGetFunction(&function_, module, entry.c_str()),
                           "find the kernel " + entry));
  }

  void shape(const KernelFileEnd& end, const aisp::Launch& launch) {
    std::memcpy(grid_, end.grid, sizeof grid_);
    std::memcpy(block_, end.block, sizeof block_);
    shared_bytes_ = end.shared_bytes;
    if (grid_[0] == 0) {
      const std::uint64_t threads = std::uint64_t{block_[0]} * block_[1] * block_[2];
      const std::uint64_t blocks = launch.raw().output_count == 0
                                       ? 1
                                       : (launch.output_tensor(0).elements + threads - 1) / threads;
      if (blocks > 2147483647)
        throw std::runtime_error("the first output has more elements than a grid has threads");
      grid_[0] = static_cast<std::uint32_t>(blocks > 0 ? blocks : 1);
      grid_[1] = grid_[2] = 1;
    }
    // What a kernel gets without being asked; more must be allowed.
    constexpr std::uint32_t kUsualShared = 48 << 10;
    if (shared_bytes_ > kUsualShared)
      must(aisp::cuda::check(
          driver_->FuncSetAttribute(function_, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                                    static_cast<int>(shared_bytes_)),
          "allow " + std::to_string(shared_bytes_) + " bytes of shared memory"));
  }

  // One value of 8 bytes for each: pointers, then doubles.
  void count_arguments(const aisp::Launch& launch) {
    const aisp_launch& raw = launch.raw();
    const std::size_t tensors = std::size_t{raw.input_count} + raw.output_count;
    const std::size_t given = tensors + raw.param_count;
    for (std::size_t i = 0;; ++i) {
      std::size_t offset = 0, bytes = 0;
      const CUresult code = driver_->FuncGetParamInfo(function_, i, &offset, &bytes);
      if (code == CUDA_ERROR_INVALID_VALUE) break;  // it has i of them
      must(aisp::cuda::check(code, "ask for the kernel's parameters"));
      if (i >= given)
        throw std::runtime_error("the kernel takes more than the " + std::to_string(given) +
                                 " arguments that there are: inputs, outputs, parameters");
      if (bytes != sizeof(double))
        throw std::runtime_error(
            "parameter " + std::to_string(i + 1) + " of the kernel has " + std::to_string(bytes) +
            " bytes, and 8 are passed: " +
            (i < tensors ? "a pointer to a tensor" : "a double, the problem's parameter"));
    }
    pointers_.resize(tensors);
    values_.resize(raw.param_count);
    for (std::uint32_t i = 0; i < raw.param_count; ++i) values_[i] = raw.params[i].value;
    for (void*& pointer : pointers_) arguments_.push_back(&pointer);
    for (double& value : values_) arguments_.push_back(&value);
  }

  const aisp::cuda::Driver* driver_ = nullptr;
  CUfunction function_ = nullptr;
  std::uint32_t grid_[3] = {};
  std::uint32_t block_[3] = {};
  std::uint32_t shared_bytes_ = 0;
  std::vector<void*> pointers_;
  std::vector<double> values_;
  std::vector<void*> arguments_;  // addresses of those, in the order of the kernel's parameters
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a bare kernel");
