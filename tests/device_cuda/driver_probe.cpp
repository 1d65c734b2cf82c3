// Prints why CUDA cannot be used, or "available".
#include <cstdio>

#include "device/cuda_available.h"

int main() {
  const aisp::Status status = aisp::cuda_available();
  std::printf("%s\n", status ? "available" : status.error().message().c_str());
}
