#include "cli/source_outline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <sstream>

namespace aisp::cli {
namespace {

// Comments and the insides of strings become spaces, so that braces and words in them do not count.
// Of the same length as the text.
std::string code_only(const std::string& text) {
  std::string code = text;
  enum { plain, line_comment, block_comment, string, character } state = plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i], next = i + 1 < text.size() ? text[i + 1] : '\0';
    const auto blank = [&](std::size_t n) {
      for (std::size_t k = i; k < std::min(i + n, code.size()); ++k)
        if (code[k] != '\n') code[k] = ' ';
    };
    switch (state) {
      case plain:
        if (c == '/' && next == '/')
          state = line_comment, blank(1);
        else if (c == '/' && next == '*')
          state = block_comment, blank(2), ++i;
        else if (c == '"')
          state = string;
        else if (c == '\'' &&
                 !(i > 0 && std::isalnum(static_cast<unsigned char>(text[i - 1])) != 0))
          state = character;
        break;
      case line_comment:
        if (c == '\n')
          state = plain;
        else
          blank(1);
        break;
      case block_comment:
        if (c == '*' && next == '/')
          blank(2), ++i, state = plain;
        else
          blank(1);
        break;
      case string:
      case character:
        if (c == '\\')
          blank(2), ++i;
        else if (c == (state == string ? '"' : '\'') || c == '\n')
          state = plain;
        else
          blank(1);
        break;
    }
  }
  return code;
}

int line_at(const std::string& text, std::size_t at) {
  return 1 + static_cast<int>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

}  // namespace

Result<SourceOutline> outline_of(const std::string& text, const std::string& file) {
  constexpr const char* kWhat = "migrate a program";
  // std::regex recurses over its input.
  constexpr std::size_t kLongest = 1u << 20;
  if (text.size() > kLongest) return Error{kWhat, file, "it is longer than 1 MiB", ""};
  const std::string code = code_only(text);
  SourceOutline outline;
  std::size_t at = std::string::npos, open = std::string::npos;
  for (std::size_t from = 0; (from = code.find("main", from)) != std::string::npos; from += 4) {
    const auto word = [&](std::size_t i) {
      return i < code.size() &&
             (std::isalnum(static_cast<unsigned char>(code[i])) != 0 || code[i] == '_');
    };
    if ((from > 0 && word(from - 1)) || word(from + 4)) continue;
    const std::size_t paren = code.find_first_not_of(" \t\n", from + 4);
    if (paren == std::string::npos || code[paren] != '(') continue;
    const std::size_t close = code.find(')', paren);
    if (close == std::string::npos) continue;
    const std::size_t brace = code.find_first_not_of(" \t\n", close + 1);
    if (brace == std::string::npos || code[brace] != '{') continue;
    const std::size_t line = code.rfind('\n', from);
    at = line == std::string::npos ? 0 : line + 1;
    open = brace;
    break;
  }
  if (at == std::string::npos)
    return Error{kWhat, file, "it has no main", "Give a program that times something by itself"};
  int depth = 0;
  std::size_t end = open;
  for (; end < code.size(); ++end) {
    if (code[end] == '{') ++depth;
    if (code[end] == '}' && --depth == 0) break;
  }
  if (depth != 0)
    return Error{kWhat, fmt::format("{}:{}", file, line_at(text, at)),
                 "the braces of main do not match", ""};
  ++end;
  outline.before_main = text.substr(0, at);
  outline.main_text = text.substr(at, end - at);
  outline.after_main = text.substr(end);
  outline.main_line = line_at(text, at);

  std::stringstream lines(code);
  int number = 0;
  const std::regex kernel(
      R"(__global__\s+(?:static\s+)?void\s+(?:__launch_bounds__\([^)]*\)\s*)?(\w+))");
  const std::regex vector(R"(std::vector\s*<\s*([\w:]+)\s*>\s+(\w+)\s*[({]\s*([^,;)}]+))");
  const std::regex allocated(
      R"((?:float|double|int|half|__half|std::\w+)\s*\*\s*(\w+)\s*=[^;]*(malloc|new|aligned_alloc)\b([^;]*))");
  const std::regex on_gpu(
      R"(cudaMalloc\w*\s*\(\s*(?:\(void\s*\*\*\)\s*)?&\s*(\w+)\s*,\s*([^;]+)\))");
  const std::pair<const char*, const char*> clocks[] = {{"std::chrono", "chrono"},
                                                        {"clock_gettime", "clock_gettime"},
                                                        {"gettimeofday", "gettimeofday"},
                                                        {"omp_get_wtime", "omp_get_wtime"},
                                                        {"cudaEventRecord", "cudaEventRecord"},
                                                        {"rdtsc", "rdtsc"}};
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.size() > 2000) continue;
    std::smatch m;
    if (std::regex_search(line, m, kernel)) outline.kernels.push_back(m[1]);
    if (std::regex_search(line, m, vector))
      outline.arrays.push_back({m[2], m[1], m[3], number});
    else if (std::regex_search(line, m, allocated))
      outline.arrays.push_back({m[1], "", m[3], number});
    if (std::regex_search(line, m, on_gpu)) outline.arrays.push_back({m[1], "", m[2], number});
    for (const auto& [name, word] : clocks)
      if (line.find(word) != std::string::npos)
        outline.timing.push_back(fmt::format("line {}: {}", number, name));
    for (const char* word : {"rand(", "srand(", "mt19937", "curand", "random_device"})
      if (line.find(word) != std::string::npos)
        outline.random_sources.push_back(fmt::format("line {}: {}", number, word));
    outline.cuda |=
        line.find("<<<") != std::string::npos || line.find("cuda_runtime") != std::string::npos;
  }
  outline.cuda |= !outline.kernels.empty();
  return outline;
}

}  // namespace aisp::cli
