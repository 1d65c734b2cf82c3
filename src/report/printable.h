// Text that came from an implementation (its output, names, exception messages) made safe to show:
// it must not move the cursor, colour the terminal, or start a line of its own in a report.
#pragma once

#include <string>
#include <string_view>

namespace aisp {

// Control characters and bytes that are not UTF-8 become \xNN, line ends and tabs one space.
std::string printable_line(std::string_view text);

// For Markdown outside of code: printable_line, with the characters that have a meaning escaped.
std::string printable_markdown(std::string_view text);

// Columns that valid UTF-8 text takes on a terminal, one per code point: no wide characters are
// used in our own words, and a misaligned table is all that others can cause.
int display_width(std::string_view text);

// At most `width` columns, the last one an ellipsis if something was cut. width >= 1.
std::string cut_to_width(std::string_view text, int width);

}  // namespace aisp
