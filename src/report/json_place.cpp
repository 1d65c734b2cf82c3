#include "report/json_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace aisp {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLargestText = 16u << 20;
constexpr int kDeepest = 64;

int line_at(std::string_view text, std::size_t byte) {
  return 1 + static_cast<int>(std::count(
                 text.begin(),
                 text.begin() + static_cast<std::ptrdiff_t>(std::min(byte, text.size())), '\n'));
}

struct NotStrict : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Walks over well-formed JSON text.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  std::size_t find(const std::vector<std::string>& path) {
    std::size_t found = skip_space();
    for (const std::string& key : path) {
      if (peek() != '{' || !enter(key)) break;
      found = at_;
    }
    return found;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  std::size_t skip_space() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
    return at_;
  }
  std::string_view skip_string() {
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    const std::size_t end = std::min(at_, text_.size());
    at_ = std::min(end + 1, text_.size());
    return text_.substr(begin, end - begin);
  }
  void skip_value() {
    int depth = 0;
    do {
      skip_space();
      if (at_ >= text_.size()) return;
      const char c = peek();
      if (c == '"') {
        skip_string();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
        if (c != ',') ++at_;
        return;
      }
      ++at_;
      if (depth == 0)
        while (at_ < text_.size() &&
               std::string_view(",]} \t\r\n").find(text_[at_]) == std::string_view::npos)
          ++at_;
    } while (depth > 0);
  }
  // From '{' to the value of `key`; false, and somewhere behind, where there is none.
  bool enter(const std::string& key) {
    ++at_;
    for (;;) {
      skip_space();
      if (peek() != '"') return false;
      const std::size_t quote = at_;
      const std::string_view raw = skip_string();
      skip_space();
      if (peek() != ':') return false;
      ++at_;
      skip_space();
      if (decoded(quote, raw) == key) return true;
      skip_value();
      skip_space();
      if (peek() != ',') return false;
      ++at_;
    }
  }
  std::string decoded(std::size_t quote, std::string_view raw) const {
    if (raw.find('\\') == std::string_view::npos) return std::string(raw);
    const auto json = Json::parse(text_.substr(quote, raw.size() + 2), nullptr, false);
    return json.is_string() ? json.get<std::string>() : std::string(raw);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Json> parse_json_strictly(std::string_view text, const std::string& file,
                                 const std::string& what) {
  const auto fail = [&](int line, std::string why) {
    return Error{what, fmt::format("{}:{}", file, line), std::move(why), ""};
  };
  if (text.size() > kLargestText) return fail(1, "it is larger than 16 MiB");
  std::vector<std::set<std::string>> keys;
  std::vector<std::string> path;  // of the objects that are open
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > kDeepest) throw NotStrict("it is nested deeper than 64");
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second)
      throw NotStrict("the key \"" + value.get<std::string>() + "\" is there twice");
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), watch);
  } catch (const Json::parse_error& e) {
    std::string why = e.what();
    // "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
    if (const std::size_t colon = why.find(": "); colon != std::string::npos)
      why = why.substr(colon + 2);
    return fail(line_at(text, e.byte == 0 ? 0 : e.byte - 1), "it is no JSON: " + why);
  } catch (const Json::exception& e) {
    return fail(1, e.what());
  } catch (const NotStrict& e) {
    // The second place of the key that is there twice.
    std::string key = e.what();
    const std::size_t from = key.find('"'), to = key.rfind('"');
    std::size_t place = 0;
    if (from != std::string::npos && to > from) {
      const std::string quoted = key.substr(from, to - from + 1);
      place = text.find(quoted);
      if (place != std::string_view::npos) place = text.find(quoted, place + 1);
      if (place == std::string_view::npos) place = 0;
    }
    return fail(line_at(text, place), e.what());
  }
}

int line_of(std::string_view text, const std::vector<std::string>& path) {
  return line_at(text, Walker(text).find(path));
}

}  // namespace aisp
