# Warnings are errors in everything that is ours; sanitizers apply to all of it or to none.
add_library(aisp_flags INTERFACE)
target_compile_options(aisp_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Werror
  # g++ 12 sees overlaps in std::string and unset values in std::optional that are not there (its
  # bugs 105651 and 80635)
  -Wno-restrict -Wno-maybe-uninitialized)
target_compile_features(aisp_flags INTERFACE cxx_std_20)
target_link_libraries(aisp_flags INTERFACE pthread dl)
if(AISP_SANITIZE)
  target_compile_options(aisp_flags INTERFACE -fsanitize=${AISP_SANITIZE} -fno-omit-frame-pointer -g)
  target_link_options(aisp_flags INTERFACE -fsanitize=${AISP_SANITIZE})
endif()
if(AISP_PORTABLE)
  target_link_options(aisp_flags INTERFACE -static-libstdc++ -static-libgcc)
endif()
