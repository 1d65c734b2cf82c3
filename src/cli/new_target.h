// Folders of new targets, for `aisp new` and `aisp migrate`.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aisp::cli {

// <chapters>/<chapter>/<name>. Error: no name of a target, no such chapters, or there already.
Result<std::filesystem::path> folder_of_new_target(const std::string& chapters,
                                                   const std::string& target);
// Name and text of each file. Nothing that is there is overwritten.
Status write_new_target(const std::filesystem::path& folder,
                        const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace aisp::cli
