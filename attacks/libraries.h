// Functions of the libraries that the agent has opened in this process.
#pragma once

#include <dlfcn.h>

#include <cstdlib>

namespace corpus {

// Null when libcuda is not in this process, or has no such function.
inline void* driver_function(const char* name) {
  void* const library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
  return library == nullptr ? nullptr : dlsym(library, name);
}

inline void* cupti_function(const char* name) {
  void* library = dlopen("libcupti.so.13", RTLD_NOW | RTLD_NOLOAD);
  const char* const path = std::getenv("AISP_CUPTI_LIBRARY");
  if (library == nullptr && path != nullptr) library = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  return library == nullptr ? nullptr : dlsym(library, name);
}

}  // namespace corpus
