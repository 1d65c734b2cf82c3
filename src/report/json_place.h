// Where in a text a JSON value stands, so that an error can name the line.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aisp {

// Parses, and refuses what a lenient reader would quietly accept: duplicate keys, text after the end,
// nesting deeper than 64, more than 16 MiB. The error's `on` is "<file>:<line>".
Result<nlohmann::ordered_json> parse_json_strictly(std::string_view text, const std::string& file,
                                                   const std::string& what);

// The line, from 1, on which the value at `path` (keys from the root) begins; that of the nearest
// object above it where there is none. `text` is well-formed.
int line_of(std::string_view text, const std::vector<std::string>& path);

}  // namespace aisp
