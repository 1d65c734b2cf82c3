// A libnvidia-ml.so.1 that says what a test told it to say. The event-reasons function is left out,
// as drivers before 535 do, so that the older name is used.
#include "worker_cuda/fake_nvml.h"

#include <cstring>

#define FAKE extern "C" __attribute__((visibility("default")))

namespace {

using aisp::testing::FakeNvml;
FakeNvml state;

struct Utilization {
  unsigned gpu, memory;
};
struct ProcessInfo {
  unsigned pid;
  unsigned long long memory;
  unsigned gpu_instance, compute_instance;
};

int list(unsigned first_pid, unsigned there, unsigned* count, ProcessInfo* infos) {
  const unsigned room = *count;
  *count = there;
  if (room < there) return 7;  // NVML_ERROR_INSUFFICIENT_SIZE
  for (unsigned i = 0; i < there; ++i) infos[i] = {first_pid + i, 1ull << 20, 0, 0};
  return 0;
}

}  // namespace

FAKE FakeNvml* fake_nvml_state() { return &state; }

FAKE int nvmlInit_v2() {
  if (state.init_code == 0) ++state.initialized;
  return state.init_code;
}
FAKE int nvmlShutdown() {
  --state.initialized;
  return 0;
}
FAKE const char* nvmlErrorString(int code) { return code == 9 ? "Driver Not Loaded" : "Not Found"; }
FAKE int nvmlDeviceGetHandleByUUID(const char* uuid, void** device) {
  if (std::strcmp(uuid, aisp::testing::kFakeUuid) != 0) return 6;
  *device = &state;
  return 0;
}
FAKE int nvmlSystemGetDriverVersion(char* text, unsigned length) {
  std::strncpy(text, "580.00", length);
  return 0;
}
FAKE int nvmlDeviceGetClockInfo(void*, int type, unsigned* mhz) {
  *mhz = type == 1 ? state.sm_mhz : state.memory_mhz;
  return type == 1 || type == 2 ? 0 : 2;
}
FAKE int nvmlDeviceGetMaxClockInfo(void*, int type, unsigned* mhz) {
  *mhz = type == 1 ? 1980 : 3201;
  return 0;
}
FAKE int nvmlDeviceGetCurrentClocksThrottleReasons(void*, unsigned long long* reasons) {
  *reasons = state.reasons;
  return 0;
}
FAKE int nvmlDeviceGetPowerUsage(void*, unsigned* mw) {
  ++state.samples;
  *mw = state.power_mw;
  return 0;
}
FAKE int nvmlDeviceGetTotalEnergyConsumption(void*, unsigned long long* mj) {
  *mj = state.energy_mj;
  return 0;
}
FAKE int nvmlDeviceGetTemperature(void*, int, unsigned* celsius) {
  *celsius = 61;
  return state.temperature_code;
}
FAKE int nvmlDeviceGetUtilizationRates(void*, Utilization* utilization) {
  *utilization = {97, 40};
  return 0;
}
FAKE int nvmlDeviceGetComputeRunningProcesses_v3(void*, unsigned* count, ProcessInfo* infos) {
  if (state.processes_code != 0) return state.processes_code;
  if (state.own_pid == 0) return list(100, state.processes, count, infos);
  const unsigned room = *count;
  *count = state.processes + 1;
  if (room < *count) return 7;
  infos[0] = {state.own_pid, 1ull << 20, 0, 0};
  unsigned others = room - 1;
  return list(100, state.processes, &others, infos + 1);
}
FAKE int nvmlDeviceGetMPSComputeRunningProcesses_v3(void*, unsigned* count, ProcessInfo* infos) {
  return list(200, state.mps_processes, count, infos);
}
FAKE int nvmlDeviceGetMinorNumber(void*, unsigned* minor) {
  *minor = 3;
  return 0;
}
FAKE int nvmlDeviceGetComputeMode(void*, int* mode) {
  *mode = state.compute_mode;
  return 0;
}
