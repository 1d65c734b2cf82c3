# Headers that nearly every file includes are parsed once: most of what compiling this tree costs is
# parsing them. Each file still includes what it uses, and presets that turn this off (fuzz) show
# when one does not.
#
# A precompiled header serves only files with the same flags. So there is one for the judge
# (aisp_core), one for the command line (aisp), one for all test programs and one for all modules of
# the red team; a target that takes another's names it: aisp_precompile(tests REUSE_FROM aisp_tests_headers).
option(AISP_PRECOMPILE "Precompile common headers" ON)

set(AISP_COMMON_HEADERS <algorithm> <array> <atomic> <chrono> <cmath> <cstddef> <cstdint> <cstring>
  <filesystem> <fstream> <functional> <map> <memory> <optional> <set> <span> <sstream> <string>
  <string_view> <thread> <utility> <vector> <fmt/format.h>)
set(AISP_MODULE_HEADERS <algorithm> <chrono> <cstdint> <cstring> <string> <thread> <vector>
  ${CMAKE_SOURCE_DIR}/include/aisp/implementation.h)

function(aisp_precompile target)
  if(AISP_PRECOMPILE)
    if(ARGV1 STREQUAL "REUSE_FROM")
      target_precompile_headers(${target} REUSE_FROM ${ARGV2})
    else()
      target_precompile_headers(${target} PRIVATE ${ARGN})
    endif()
    # Windows' export macro, different for each module, would make each a stranger to the other's header.
    set_target_properties(${target} PROPERTIES DEFINE_SYMBOL "")
  endif()
endfunction()

# aisp_precompiled(name executable|module headers...): a target that exists for its headers.
function(aisp_precompiled name kind)
  set(source ${CMAKE_BINARY_DIR}/precompiled/${name}.cpp)
  if(kind STREQUAL "executable")
    file(CONFIGURE OUTPUT ${source} CONTENT "int main() {}\n")
    add_executable(${name} EXCLUDE_FROM_ALL ${source})
  else()
    file(CONFIGURE OUTPUT ${source} CONTENT "")
    add_library(${name} MODULE EXCLUDE_FROM_ALL ${source})
  endif()
  aisp_precompile(${name} ${ARGN})
endfunction()
