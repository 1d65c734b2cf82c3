// Which file may include what: rooms lie on top of each other, and what users write sees only the
// public headers.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace aisp::architecture {

// What the includes of one file break, one line each; empty when nothing.
// `path` is relative to the repository root, with forward slashes; `text` is the file.
std::vector<std::string> violations(const std::string& path, std::string_view text);

// The C and C++ sources under root/{src,include,chapters,testbed,attacks}, relative to `root`.
std::vector<std::string> checked_files(const std::filesystem::path& root);

}  // namespace aisp::architecture
