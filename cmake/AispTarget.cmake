# aisp_target(ch01 gemm): builds every problem.cpp, baseline.cpp, optimized*.cpp, ceiling_*.cpp and
# reference_serial.cpp of chapters/ch01/gemm into <build>/targets/ch01/gemm/<stem>.so, each one a
# shared object of its own: problems are trusted, implementations are not, and they never share one.
set(AISP_TARGETS_DIR ${CMAKE_BINARY_DIR}/targets)
add_custom_target(aisp_targets ALL)

function(aisp_module name source output_dir stem)
  add_library(${name} MODULE ${source})
  set_target_properties(${name} PROPERTIES PREFIX "" OUTPUT_NAME ${stem}
    LIBRARY_OUTPUT_DIRECTORY ${output_dir})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/include)
  target_link_libraries(${name} PRIVATE aisp_flags ${ARGN})
endfunction()

function(aisp_target chapter name)
  # What `aisp bench template` begins with; beside the shared objects, where an installation has it.
  set(naive ${CMAKE_CURRENT_SOURCE_DIR}/${name}/naive.inc)
  if(EXISTS ${naive})
    configure_file(${naive} ${AISP_TARGETS_DIR}/${chapter}/${name}/naive.inc COPYONLY)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  foreach(source ${sources})
    get_filename_component(stem ${source} NAME_WE)
    string(REPLACE "/" "_" module "${chapter}_${name}_${stem}")
    aisp_module(${module} ${source} ${AISP_TARGETS_DIR}/${chapter}/${name} ${stem} OpenMP::OpenMP_CXX)
    target_compile_options(${module} PRIVATE -O3)
    if(stem MATCHES "openblas")
      if(AISP_PORTABLE)
        find_library(AISP_OPENBLAS_ARCHIVE libopenblas.a REQUIRED)
        target_link_libraries(${module} PRIVATE ${AISP_OPENBLAS_ARCHIVE} gfortran m)
      else()
        target_link_libraries(${module} PRIVATE openblas)
      endif()
    endif()
    add_dependencies(aisp_targets ${module})
  endforeach()
endfunction()
