// What fake_nvml.cpp answers; nvml_test.cpp sets it through the library's own `fake_nvml_state`.
#pragma once

#include <atomic>

namespace aisp::testing {

struct FakeNvml {
  int init_code = 0;
  std::atomic<int> initialized{0};
  std::atomic<unsigned> sm_mhz{1980};
  std::atomic<unsigned> memory_mhz{3201};
  std::atomic<unsigned long long> reasons{0};
  std::atomic<unsigned long long> energy_mj{1000};
  std::atomic<unsigned> power_mw{700'000};
  int temperature_code = 0;    // of nvmlDeviceGetTemperature
  unsigned own_pid = 0;        // listed as well, unless it is 0
  unsigned processes = 0;      // how many, with pids 100, 101, …
  unsigned mps_processes = 0;  // 200, 201, …
  int processes_code = 0;
  int compute_mode = 0;
  std::atomic<int> samples{0};  // calls of nvmlDeviceGetPowerUsage
};

inline constexpr const char* kFakeUuid = "GPU-00010203-0405-0607-0809-0a0b0c0d0e0f";

}  // namespace aisp::testing
