// The CUDA driver, opened at run time: one binary runs with and without a GPU. Types come from
// cuda.h, functions from libcuda.so.1 (or AISP_CUDA_DRIVER, a path, for tests). Functions are named as in the driver API
// without the `cu`, and are the newest version that this build knows (cuMemcpyDtoH_v2 is MemcpyDtoH).
#pragma once

#include <cuda.h>

#include <string>

#include "base/result.h"

namespace aisp::cuda {

// X(name, symbol): Driver::name has the type of the function that cuda.h calls `symbol`.
#define AISP_CUDA_DRIVER_FUNCTIONS(X)                             \
  X(Init, cuInit)                                                 \
  X(DriverGetVersion, cuDriverGetVersion)                         \
  X(GetErrorName, cuGetErrorName)                                 \
  X(GetErrorString, cuGetErrorString)                             \
  X(DeviceGet, cuDeviceGet)                                       \
  X(DeviceGetCount, cuDeviceGetCount)                             \
  X(DeviceGetName, cuDeviceGetName)                               \
  X(DeviceGetUuid, cuDeviceGetUuid)                               \
  X(DeviceGetAttribute, cuDeviceGetAttribute)                     \
  X(DeviceTotalMem, cuDeviceTotalMem)                             \
  X(DeviceCanAccessPeer, cuDeviceCanAccessPeer)                   \
  X(DevicePrimaryCtxRetain, cuDevicePrimaryCtxRetain)             \
  X(DevicePrimaryCtxRelease, cuDevicePrimaryCtxRelease)           \
  X(CtxSetCurrent, cuCtxSetCurrent)                               \
  X(CtxGetCurrent, cuCtxGetCurrent)                               \
  X(CtxSynchronize, cuCtxSynchronize)                             \
  X(CtxSetLimit, cuCtxSetLimit)                                   \
  X(CtxEnablePeerAccess, cuCtxEnablePeerAccess)                   \
  X(CtxResetPersistingL2Cache, cuCtxResetPersistingL2Cache)       \
  X(ModuleLoadData, cuModuleLoadData)                             \
  X(ModuleUnload, cuModuleUnload)                                 \
  X(ModuleGetFunction, cuModuleGetFunction)                       \
  X(FuncSetAttribute, cuFuncSetAttribute)                         \
  X(FuncGetParamInfo, cuFuncGetParamInfo)                         \
  X(LaunchKernel, cuLaunchKernel)                                 \
  X(MemAlloc, cuMemAlloc)                                         \
  X(MemFree, cuMemFree)                                           \
  X(MemAllocHost, cuMemAllocHost)                                 \
  X(MemFreeHost, cuMemFreeHost)                                   \
  X(MemHostRegister, cuMemHostRegister)                           \
  X(MemHostUnregister, cuMemHostUnregister)                       \
  X(MemHostGetDevicePointer, cuMemHostGetDevicePointer)           \
  X(MemGetInfo, cuMemGetInfo)                                     \
  X(MemGetAllocationGranularity, cuMemGetAllocationGranularity)   \
  X(MemCreate, cuMemCreate)                                       \
  X(MemRelease, cuMemRelease)                                     \
  X(MemAddressReserve, cuMemAddressReserve)                       \
  X(MemAddressFree, cuMemAddressFree)                             \
  X(MemMap, cuMemMap)                                             \
  X(MemUnmap, cuMemUnmap)                                         \
  X(MemSetAccess, cuMemSetAccess)                                 \
  X(MemExportToShareableHandle, cuMemExportToShareableHandle)     \
  X(MemImportFromShareableHandle, cuMemImportFromShareableHandle) \
  X(IpcGetMemHandle, cuIpcGetMemHandle)                           \
  X(IpcOpenMemHandle, cuIpcOpenMemHandle)                         \
  X(MemcpyDtoH, cuMemcpyDtoH)                                     \
  X(MemcpyHtoD, cuMemcpyHtoD)                                     \
  X(MemcpyDtoD, cuMemcpyDtoD)                                     \
  X(MemcpyDtoHAsync, cuMemcpyDtoHAsync)                           \
  X(MemcpyHtoDAsync, cuMemcpyHtoDAsync)                           \
  X(MemcpyDtoDAsync, cuMemcpyDtoDAsync)                           \
  X(MemcpyPeerAsync, cuMemcpyPeerAsync)                           \
  X(MemsetD8Async, cuMemsetD8Async)                               \
  X(MemsetD32Async, cuMemsetD32Async)                             \
  X(StreamCreate, cuStreamCreate)                                 \
  X(StreamDestroy, cuStreamDestroy)                               \
  X(StreamSynchronize, cuStreamSynchronize)                       \
  X(StreamWaitEvent, cuStreamWaitEvent)                           \
  X(StreamBeginCapture, cuStreamBeginCapture)                     \
  X(StreamEndCapture, cuStreamEndCapture)                         \
  X(GraphGetNodes, cuGraphGetNodes)                               \
  X(GraphInstantiate, cuGraphInstantiate)                         \
  X(GraphUpload, cuGraphUpload)                                   \
  X(GraphLaunch, cuGraphLaunch)                                   \
  X(GraphDestroy, cuGraphDestroy)                                 \
  X(EventCreate, cuEventCreate)                                   \
  X(EventDestroy, cuEventDestroy)                                 \
  X(EventRecord, cuEventRecord)                                   \
  X(EventSynchronize, cuEventSynchronize)                         \
  X(EventElapsedTime, cuEventElapsedTime)

struct Driver {
#define AISP_CUDA_DECLARE(name, symbol) decltype(&::symbol) name = nullptr;
  AISP_CUDA_DRIVER_FUNCTIONS(AISP_CUDA_DECLARE)
#undef AISP_CUDA_DECLARE
};

// The driver, opened and initialized once a process. The error says what is missing or too old and what to do:
// no libcuda.so.1, a function that it lacks, cuInit's error, no device.
Result<const Driver*> driver();

// Success, or an error that names `what` and the driver's own words.
Status check(CUresult code, const std::string& what);

}  // namespace aisp::cuda
