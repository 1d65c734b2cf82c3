// What leads to the person in front of it: how wide it is, and how to write to it.
#pragma once

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <cstdio>
#include <string>
#include <utility>

namespace aisp::cli {

inline constexpr int kColumnsInPipe = 100;

// kColumnsInPipe where it is no terminal, or one that does not say.
inline int columns_of(int fd) {
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kColumnsInPipe;
  return size.ws_col;
}

// Writes and never throws: nobody may be there to read (a closed pipe, a full disk), and a run must
// not die of that. Whoever needs to know asks std::ferror.
template <class... T>
void say(std::FILE* to, fmt::format_string<T...> format, T&&... values) {
  const std::string text = fmt::format(format, std::forward<T>(values)...);
  std::fwrite(text.data(), 1, text.size(), to);
}

}  // namespace aisp::cli
