# Warnings are errors in everything that is ours. Code that runs inside workers takes aisp_worker_flags,
# everything else aisp_flags: the same, and sanitized where that is asked for. A sanitizer's shadow
# memory does not fit into a worker's address space, and what a worker does is looked at from outside.
add_library(aisp_worker_flags INTERFACE)
target_compile_options(aisp_worker_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Werror
  # g++ 12 sees overlaps in std::string and unset values in std::optional that are not there (its
  # bugs 105651 and 80635)
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-maybe-uninitialized>
  # libseccomp's SCMP_CMP64 leaves a field out
  $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-field-initializers>)
target_compile_features(aisp_worker_flags INTERFACE cxx_std_20)
target_link_libraries(aisp_worker_flags INTERFACE pthread dl)
if(AISP_PORTABLE)
  target_link_options(aisp_worker_flags INTERFACE -static-libstdc++ -static-libgcc)
endif()

add_library(aisp_flags INTERFACE)
target_link_libraries(aisp_flags INTERFACE aisp_worker_flags)
if(AISP_SANITIZE)
  target_compile_options(aisp_flags INTERFACE -fsanitize=${AISP_SANITIZE} -fno-omit-frame-pointer -g1)
  target_link_options(aisp_flags INTERFACE -fsanitize=${AISP_SANITIZE})
endif()
