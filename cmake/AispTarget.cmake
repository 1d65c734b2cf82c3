# aisp_target(ch01 gemm): builds the problem.cpp and the implementations of chapters/ch01/gemm, each
# one a shared object of its own: problems are trusted, implementations are not, and they never
# share one.
#   baseline.cpp, optimized*.cpp, ceiling_*.cpp, reference_serial.cpp -> <build>/targets/ch01/gemm/<stem>.so
#   the same with .cu or .sm_90a.cu, where there is a CUDA toolkit -> <build>/targets/ch01/gemm/cuda/<stem>.so
set(AISP_TARGETS_DIR ${CMAKE_BINARY_DIR}/targets)
add_custom_target(aisp_targets ALL)  # and aisp_targets_ch01: those of one chapter

function(aisp_of_chapter chapter module)
  string(REPLACE "/" "_" all "aisp_targets_${chapter}")
  if(NOT TARGET ${all})
    add_custom_target(${all})
    add_dependencies(aisp_targets ${all})
  endif()
  add_dependencies(${all} ${module})
endfunction()

# A shared object that is loaded while aisp runs: <output_dir>/<stem>.so. A problem is loaded by the
# judge, anything else by workers.
function(aisp_module name source output_dir stem)
  add_library(${name} MODULE ${source})
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF PREFIX "" OUTPUT_NAME ${stem}
    LIBRARY_OUTPUT_DIRECTORY ${output_dir})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/include)
  set(flags aisp_worker_flags)
  if(stem STREQUAL "problem")
    set(flags aisp_flags)
  endif()
  target_link_libraries(${name} PRIVATE ${flags} ${ARGN})
endfunction()

# CUDA code is compiled by nvcc itself and not as a language of CMake's, so that a machine without
# nvcc configures and builds everything else.
if(NOT DEFINED AISP_HAVE_CUDA)
  include(AispCuda)
endif()
if(AISP_HAVE_CUDA)
  set(AISP_CUDA_FLAGS -std=c++20 -O3 -Werror all-warnings
    -Xcompiler=-fPIC,-fvisibility=hidden,-Wall,-Wextra,-Werror)
  # Machine code for the architectures asked for, and PTX that the driver translates for later ones.
  set(AISP_CUDA_CODES)
  foreach(architecture ${AISP_CUDA_ARCHITECTURES})
    list(APPEND AISP_CUDA_CODES
      -gencode arch=compute_${architecture},code=[sm_${architecture},compute_${architecture}])
  endforeach()
  set(AISP_CUDA_LINK_FLAGS -cudart static -Xlinker --exclude-libs,ALL)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND AISP_CUDA_FLAGS -ccbin ${CMAKE_CXX_COMPILER})
    list(APPEND AISP_CUDA_LINK_FLAGS -ccbin ${CMAKE_CXX_COMPILER})
  endif()
  if(AISP_PORTABLE)
    list(APPEND AISP_CUDA_LINK_FLAGS -Xcompiler=-static-libstdc++,-static-libgcc)
  endif()
  set(AISP_CCACHE_COMMAND)
  if(CCACHE)
    set(AISP_CCACHE_COMMAND ${CCACHE})
  endif()
  find_library(AISP_CUBLAS cublas HINTS ${AISP_CUDA_LIBRARY_DIR})
endif()

# aisp_cuda_module(name kernel.cu <output folder> <stem> [libraries and linker flags of nvcc...])
# A source called *.sm_90a.cu is compiled for that architecture alone: wgmma and setmaxnreg are not in any
# other, and a pass over the file for plain 9.0 would refuse them.
function(aisp_cuda_module name source output_dir stem)
  set(codes ${AISP_CUDA_CODES})
  if(source MATCHES "\\.sm_([0-9]+a)\\.cu$")
    set(codes -gencode arch=compute_${CMAKE_MATCH_1},code=sm_${CMAKE_MATCH_1})
  endif()
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.o)
  set(library ${output_dir}/${stem}.so)
  file(MAKE_DIRECTORY ${output_dir})
  add_custom_command(OUTPUT ${object}
    COMMAND ${AISP_CCACHE_COMMAND} ${AISP_NVCC} ${AISP_CUDA_FLAGS} ${codes}
      -I${CMAKE_SOURCE_DIR}/include
      -I${CMAKE_SOURCE_DIR}/chapters -MD -MF ${object}.d -MT ${object} -c ${source} -o ${object}
    DEPENDS ${source} DEPFILE ${object}.d COMMENT "CUDA ${source}" VERBATIM)
  add_custom_command(OUTPUT ${library}
    COMMAND ${AISP_NVCC} ${AISP_CUDA_LINK_FLAGS} -shared ${object} -o ${library} ${ARGN}
    DEPENDS ${object} COMMENT "Linking ${library}" VERBATIM)
  add_custom_target(${name} DEPENDS ${library})
endfunction()

# aisp_cuda_check(name kernel.cu...): compiles modules, each in a namespace of its own, many in one file and into nothing
# that is kept. Nearly all of what nvcc takes for one is the headers: one alone takes 2 s of processor
# time, 169 together 46.
function(aisp_cuda_check name)
  set(batch 40)
  set(number 0)
  set(objects)
  set(sources ${ARGN})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sources})
  list(LENGTH sources count)
  math(EXPR last "${count} - 1")
  foreach(first RANGE 0 ${last} ${batch})
    list(SUBLIST sources ${first} ${batch} some)
    list(LENGTH some length)
    # All headers first, outside of any namespace; their guards leave nothing of them for later.
    set(headers)
    set(bodies)
    foreach(source ${some})
      cmake_path(GET source PARENT_PATH folder)
      file(STRINGS ${source} lines REGEX "^[ \t]*#include")
      foreach(line ${lines})
        if(line MATCHES "\"(.+)\"")
          cmake_path(ABSOLUTE_PATH CMAKE_MATCH_1 BASE_DIRECTORY ${folder} NORMALIZE)
          set(line "#include \"${CMAKE_MATCH_1}\"")
        endif()
        list(APPEND headers "${line}")
      endforeach()
      math(EXPR number "${number} + 1")
      string(APPEND bodies "namespace module_${number} {\n#include \"${source}\"\n}\n")
    endforeach()
    list(REMOVE_DUPLICATES headers)
    list(JOIN headers "\n" headers)
    set(together ${CMAKE_CURRENT_BINARY_DIR}/${name}_${number})
    file(CONFIGURE OUTPUT ${together}.cu @ONLY CONTENT [=[
@headers@
#undef AISP_IMPLEMENTATION
#define AISP_IMPLEMENTATION(run_function, text) \
  [[maybe_unused]] void (*const aisp_run)(const aisp::Launch&) = &run_function;
#undef AISP_IMPLEMENTATION_CLASS
#define AISP_IMPLEMENTATION_CLASS(state_class, text)                              \
  [[maybe_unused]] int (*const aisp_setup)(const aisp_launch*, void**) =          \
      &aisp::detail::setup_state<state_class>;                                    \
  [[maybe_unused]] int (*const aisp_run)(const aisp_launch*, void*) =             \
      &aisp::detail::run_state<state_class>;
@bodies@]=])
    add_custom_command(OUTPUT ${together}.o
      COMMAND ${AISP_CCACHE_COMMAND} ${AISP_NVCC} ${AISP_CUDA_FLAGS} ${AISP_CUDA_CODES}
        -I${CMAKE_SOURCE_DIR}/include -I${CMAKE_SOURCE_DIR}/chapters
        -MD -MF ${together}.o.d -MT ${together}.o -c ${together}.cu -o ${together}.o
      DEPENDS ${together}.cu DEPFILE ${together}.o.d COMMENT "CUDA, ${length} modules together" VERBATIM)
    list(APPEND objects ${together}.o)
  endforeach()
  add_custom_target(${name} ALL DEPENDS ${objects})
endfunction()

function(aisp_target chapter name)
  # Without nvcc there is nothing to judge of a target for GPUs only.
  file(GLOB baselines CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/baseline*.cpp)
  if(NOT baselines AND NOT AISP_HAVE_CUDA)
    return()
  endif()
  # What `aisp bench template` begins with; beside the shared objects, where an installation has it.
  foreach(file naive.inc naive.cu.inc)
    set(naive ${CMAKE_CURRENT_SOURCE_DIR}/${name}/${file})
    if(EXISTS ${naive})
      configure_file(${naive} ${AISP_TARGETS_DIR}/${chapter}/${name}/${file} COPYONLY)
    endif()
  endforeach()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  foreach(source ${sources})
    get_filename_component(stem ${source} NAME_WE)
    string(REPLACE "/" "_" module "${chapter}_${name}_${stem}")
    aisp_module(${module} ${source} ${AISP_TARGETS_DIR}/${chapter}/${name} ${stem} OpenMP::OpenMP_CXX)
    target_include_directories(${module} PRIVATE ${CMAKE_SOURCE_DIR}/chapters)
    target_compile_options(${module} PRIVATE -O3)
    if(stem MATCHES "openblas")
      if(AISP_PORTABLE)
        find_library(AISP_OPENBLAS_ARCHIVE libopenblas.a REQUIRED)
        target_link_libraries(${module} PRIVATE ${AISP_OPENBLAS_ARCHIVE} gfortran m)
      else()
        target_link_libraries(${module} PRIVATE openblas)
      endif()
    endif()
    aisp_of_chapter(${chapter} ${module})
  endforeach()

  if(NOT AISP_HAVE_CUDA)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cu)
  foreach(source ${sources})
    get_filename_component(stem ${source} NAME_WE)
    string(REPLACE "/" "_" module "${chapter}_${name}_cuda_${stem}")
    set(libraries)
    if(stem MATCHES "cublas")
      if(NOT AISP_CUBLAS)
        message(STATUS "${chapter}:${name} ${stem} is left out: there is no cuBLAS")
        continue()
      endif()
      set(libraries -lcublas)  # no path in it: found by the loader of the machine that runs it
    endif()
    aisp_cuda_module(${module} ${source} ${AISP_TARGETS_DIR}/${chapter}/${name}/cuda ${stem}
      ${libraries})
    aisp_of_chapter(${chapter} ${module})
  endforeach()
endfunction()
