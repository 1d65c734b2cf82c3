// Manifests of any bytes: a manifest or an error. What is a manifest names no path outside.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "redteam/corpus.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const bool honest : {false, true}) {
    const auto manifest = aisp::redteam::manifest_from_json(text, honest);
    if (!manifest.ok()) {
      if (manifest.error().why.empty()) std::abort();
      continue;
    }
    for (const std::string* path : {&manifest->name, &manifest->target, &manifest->implementation})
      if (path->find("..") != std::string::npos || path->starts_with('/')) std::abort();
    if (manifest->name.find('/') != std::string::npos) std::abort();
  }
  return 0;
}
