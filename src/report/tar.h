// Archives that every tar reads (POSIX ustar), and that are the same bytes for the same files.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aisp {

// Names are relative, of at most 100 bytes, without "..". Files get mode 0644, owner 0 and the time 0.
Result<std::string> make_tar(const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace aisp
