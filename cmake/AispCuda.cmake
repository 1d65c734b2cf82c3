# NVIDIA GPUs, where the CUDA toolkit (13 or later) is there to build for them. Nothing here is
# linked: the driver is opened at run time. Sets
#   AISP_HAVE_CUDA         whether this build has CUDA support
#   AISP_NVCC              the compiler
#   AISP_CUDA_INCLUDE_DIR  the folder of cuda.h
#   AISP_CUDA_LIBRARY_DIR  the folder of the toolkit's libraries, for modules that link them
set(AISP_CUDA AUTO CACHE STRING "CUDA support: AUTO (where nvcc is found), ON, OFF")
set_property(CACHE AISP_CUDA PROPERTY STRINGS AUTO ON OFF)
option(AISP_CUDA_CHECK "Only compile what nobody can run without a GPU: the judge's kernels unoptimized, the \
CUDA corpus many files at a time and into no module" OFF)
set(AISP_CUDA_ARCHITECTURES 90 CACHE STRING
  "Compute capabilities that get machine code; others compile PTX when they start")

set(AISP_HAVE_CUDA OFF)
if(NOT AISP_CUDA STREQUAL "OFF")
  find_program(AISP_NVCC nvcc
    HINTS ENV CUDA_HOME ENV CUDA_PATH PATH_SUFFIXES bin
    PATHS /usr/local/cuda/bin)
  if(AISP_NVCC)
    get_filename_component(nvcc_real ${AISP_NVCC} REALPATH)
    cmake_path(GET nvcc_real PARENT_PATH toolkit)
    cmake_path(GET toolkit PARENT_PATH toolkit)
    execute_process(COMMAND ${AISP_NVCC} --version OUTPUT_VARIABLE nvcc_version ERROR_QUIET)
    string(REGEX MATCH "release ([0-9]+)\\.([0-9]+)" nvcc_version "${nvcc_version}")
    set(nvcc_version ${CMAKE_MATCH_1}.${CMAKE_MATCH_2})
  endif()
  # nvcc first: /usr/bin/nvcc of a distribution has its headers in /usr/include.
  find_path(AISP_CUDA_INCLUDE_DIR cuda.h
    HINTS ${toolkit}/include ${toolkit}/targets/${CMAKE_SYSTEM_PROCESSOR}-linux/include)
  find_path(AISP_CUDA_LIBRARY_DIR NAMES libcudart.so libcudart_static.a
    HINTS ${toolkit}/lib64 ${toolkit}/lib ${toolkit}/targets/${CMAKE_SYSTEM_PROCESSOR}-linux/lib)

  if(NOT AISP_NVCC)
    set(no_cuda "nvcc was not found: put it in PATH or set AISP_NVCC")
  elseif(NOT AISP_CUDA_INCLUDE_DIR)
    set(no_cuda "${AISP_NVCC} was found, cuda.h was not: set AISP_CUDA_INCLUDE_DIR")
  elseif(nvcc_version VERSION_LESS 13.0)
    set(no_cuda "${AISP_NVCC} is of CUDA ${nvcc_version}, and 13.0 is needed")
  else()
    set(AISP_HAVE_CUDA ON)
  endif()
  if(AISP_HAVE_CUDA)
    message(STATUS "CUDA: ${nvcc_version}, ${AISP_NVCC}")
  elseif(AISP_CUDA STREQUAL "AUTO")
    message(STATUS "CUDA: no (${no_cuda})")
  else()
    message(FATAL_ERROR "AISP_CUDA=${AISP_CUDA}: ${no_cuda}")
  endif()
endif()

# aisp_cuda_fatbin(target source.cu...): compiles device code, each file into a fat binary, and
# embeds it in the target as
#   extern "C" const unsigned char aisp_fatbin_<stem>[];   // what cuModuleLoadData takes
# The fat binary has machine code for AISP_CUDA_ARCHITECTURES and PTX of compute capability 8.0.
#
# -fmad=false: one multiplication and one addition are two operations, as on the CPU. Kernels that
# want them fused say fma().
function(aisp_cuda_fatbin target)
  set(codes -O3 -gencode arch=compute_80,code=compute_80)
  foreach(architecture ${AISP_CUDA_ARCHITECTURES})
    list(APPEND codes -gencode arch=compute_${architecture},code=sm_${architecture})
  endforeach()
  # Sanitizers see nothing of device code: it need only be there.
  if(AISP_SANITIZE OR AISP_CUDA_CHECK)
    set(codes -G -gencode arch=compute_80,code=compute_80)
  endif()
  set(host_compiler)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(host_compiler -ccbin ${CMAKE_CXX_COMPILER})
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}_fatbins)
  file(MAKE_DIRECTORY ${folder})
  foreach(source ${ARGN})
    cmake_path(GET source STEM stem)
    set(fatbin ${folder}/${stem}.fatbin)
    add_custom_command(OUTPUT ${fatbin}
      COMMAND ${AISP_NVCC} -fatbin -std=c++20 -fmad=false ${codes}
        ${host_compiler} -Werror all-warnings
        -I ${CMAKE_SOURCE_DIR}/include -I ${CMAKE_SOURCE_DIR}/src
        -MD -MF ${fatbin}.d -MT ${fatbin} -o ${fatbin} ${source}
      DEPENDS ${source}
      DEPFILE ${fatbin}.d
      COMMENT "Compiling ${stem}.cu for the GPU"
      VERBATIM)
    set(symbol aisp_fatbin_${stem})
    set(embedding ${folder}/${stem}.cpp)
    file(CONFIGURE OUTPUT ${embedding} @ONLY CONTENT [[
// Made by cmake/AispCuda.cmake.
asm(R"(
  .pushsection .rodata
  .balign 64
  .global @symbol@
  .hidden @symbol@
  .type @symbol@, @object
@symbol@:
  .incbin "@fatbin@"
  .byte 0
  .size @symbol@, . - @symbol@
  .popsection
)");
]])
    set_source_files_properties(${embedding} PROPERTIES OBJECT_DEPENDS ${fatbin})
    target_sources(${target} PRIVATE ${embedding})
  endforeach()
endfunction()
