#include "redteam/corpus.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "redteam/checklist.h"

namespace aisp::redteam {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kLargestManifest = 64 << 10;

constexpr std::array<std::pair<std::string_view, Expected>, 4> kExpected = {
    {{"rejected", Expected::rejected},
     {"clean", Expected::clean},
     {"either", Expected::either},
     {"policy", Expected::policy}}};

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

// One field after the other; the first fault stays.
class Reader {
 public:
  explicit Reader(const nlohmann::json& json) : json_(json) {}

  std::string text(const char* field, bool required) {
    known_.insert(field);
    const auto at = json_.find(field);
    if (at == json_.end()) {
      if (required) fault(fmt::format("'{}' is missing", field));
      return {};
    }
    if (!at->is_string()) {
      fault(fmt::format("'{}' is no text", field));
      return {};
    }
    return at->get<std::string>();
  }

  std::vector<std::string> texts(const char* field) {
    known_.insert(field);
    std::vector<std::string> values;
    const auto at = json_.find(field);
    if (at == json_.end()) return values;
    if (!at->is_array()) {
      fault(fmt::format("'{}' is no list", field));
      return values;
    }
    for (const nlohmann::json& value : *at) {
      if (!value.is_string()) {
        fault(fmt::format("'{}' holds something that is no text", field));
        return values;
      }
      values.push_back(value.get<std::string>());
    }
    const std::set<std::string> once(values.begin(), values.end());
    if (once.size() != values.size()) fault(fmt::format("'{}' names something twice", field));
    return values;
  }

  void nothing_else() {
    for (const auto& [field, value] : json_.items())
      if (!known_.contains(field)) fault(fmt::format("there is no field '{}'", field));
  }

  void fault(std::string why) {
    if (fault_.empty()) fault_ = std::move(why);
  }
  const std::string& fault() const { return fault_; }

 private:
  const nlohmann::json& json_;
  std::set<std::string> known_;
  std::string fault_;
};

template <class T>
bool one_of(const T& value, std::initializer_list<T> values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

Result<std::string> read_text(const fs::path& file) {
  std::error_code failure;
  const auto size = fs::file_size(file, failure);
  if (failure) return Error{"read a manifest", file.string(), failure.message(), {}};
  if (size > kLargestManifest)
    return Error{"read a manifest", file.string(), "it is larger than 64 KiB", {}};
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in.good() && !in.eof())
    return Error{"read a manifest", file.string(), "it cannot be read", {}};
  return text;
}

// All entries of a folder, of whatever device.
Result<std::vector<Entry>> entries(const fs::path& folder, const fs::path& targets, bool honest) {
  std::vector<Entry> found;
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    const fs::path file = at->path() / "manifest.json";
    if (!fs::exists(file)) continue;
    const auto text = read_text(file);
    if (!text.ok()) return text.error();
    auto manifest = manifest_from_json(*text, honest);
    if (!manifest.ok()) return Error{"read a manifest", file.string(), manifest.error().why, {}};
    if (manifest->name != at->path().filename())
      return Error{"read a manifest", file.string(), "its name is not the folder's", {}};
    Entry entry{std::move(*manifest), {}, at->path() / "honest.so"};
    if (!honest) entry.attack = at->path() / "attack.so";
    if (!entry.manifest.implementation.empty())
      entry.honest = targets / entry.manifest.implementation;
    found.push_back(std::move(entry));
  }
  if (failure) return Error{"look for the corpus", folder.string(), failure.message(), {}};
  std::sort(found.begin(), found.end(),
            [](const Entry& a, const Entry& b) { return a.manifest.name < b.manifest.name; });
  return found;
}

}  // namespace

std::string_view to_string(Expected expected) {
  for (const auto& [word, value] : kExpected)
    if (value == expected) return word;
  return "?";
}

Result<Manifest> manifest_from_json(const std::string& text, bool honest) {
  const auto refuse = [](std::string why) {
    return Error{"read a manifest", "", std::move(why), {}};
  };
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return refuse("it is no JSON");
  if (!json.is_object()) return refuse("it is no JSON object");
  Reader in(json);
  Manifest m;
  m.name = in.text("name", true);
  m.klass = in.text("class", !honest);
  m.title = in.text("title", true);
  m.target = in.text("target", true);
  m.device = in.text("device", true);
  in.text("what", false);
  if (honest) {
    m.implementation = in.text("implementation", false);
  } else {
    m.ends = in.text("ends", true);
    m.guard = in.text("guard", true);
    m.rows = in.texts("rows");
    m.caught_by = in.texts("caught_by");
    in.text("honest", true);
    const std::string verdict = in.text("verdict", true);
    bool known = false;
    for (const auto& [word, value] : kExpected)
      if (word == verdict) m.expected = value, known = true;
    if (!known) in.fault("'verdict' is none of rejected, clean, either, policy");
    // It could not be missed.
    if (m.expected == Expected::policy && !m.klass.starts_with("P"))
      in.fault("'verdict' is policy, and 'class' is none of P1 to P3");
    if (!one_of<std::string>(m.ends, {"prevented", "refuted", "detected"}))
      in.fault("'ends' is none of prevented, refuted, detected");
    for (const std::string& row : m.rows)
      if (checklist_row(row) == nullptr)
        in.fault(fmt::format("the checklist has no row '{}'", row));
  }
  in.nothing_else();
  if (!is_name(m.name)) in.fault("'name' is not made of a-z, 0-9 and _");
  if (!one_of<std::string>(m.device, {"cpu", "cuda"})) in.fault("'device' is neither cpu nor cuda");
  const std::size_t colon = m.target.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == m.target.size() ||
      m.target.find("..") != std::string::npos || m.target.front() == '/')
    in.fault("'target' is not like testbed:axpby");
  if (m.implementation.find("..") != std::string::npos || m.implementation.starts_with('/'))
    in.fault("'implementation' leaves targets/");
  if (!in.fault().empty()) return refuse(in.fault());
  return m;
}

fs::path Corpus::control(const Manifest& manifest) const {
  const std::size_t colon = manifest.target.find(':');
  const std::string name = manifest.target.substr(colon + 1);
  const fs::path plain =
      attacks_dir / ("control_" + name) / (manifest.device == "cuda" ? "cuda" : "") / "honest.so";
  if (fs::exists(plain)) return plain;
  const fs::path folder = targets_dir / manifest.target.substr(0, colon) / name;
  return (manifest.device == "cuda" ? folder / "cuda" : folder) / "optimized.so";
}

Result<Corpus> find_corpus(const fs::path& prefix, const fs::path& targets_dir,
                           const std::string& device) {
  Corpus corpus;
  corpus.attacks_dir = prefix / "attacks";
  corpus.targets_dir = targets_dir;
  if (!fs::is_directory(corpus.attacks_dir))
    return Error{"find the corpus of attacks", corpus.attacks_dir.string(), "it is not there",
                 "This installation has none; build it from the sources (./setup.sh test) and run "
                 "build/bin/aisp redteam"};
  auto attacks = entries(corpus.attacks_dir, targets_dir, false);
  if (!attacks.ok()) return attacks.error();
  corpus.attacks = std::move(*attacks);
  if (fs::is_directory(prefix / "honest")) {
    auto honest = entries(prefix / "honest", targets_dir, true);
    if (!honest.ok()) return honest.error();
    corpus.honest = std::move(*honest);
  }
  for (auto* list : {&corpus.attacks, &corpus.honest})
    std::erase_if(*list, [&](const Entry& e) { return e.manifest.device != device; });
  if (corpus.attacks.empty() && corpus.honest.empty())
    return Error{"find the corpus of attacks",
                 corpus.attacks_dir.string(),
                 fmt::format("there is none for the device {}", device),
                 {}};
  return corpus;
}

bool selects(const std::string& pattern, const Manifest& manifest) {
  if (pattern.empty() || pattern == manifest.klass) return true;
  if (pattern.find_first_of("*?") != std::string::npos)
    return fnmatch(pattern.c_str(), manifest.name.c_str(), 0) == 0;
  return manifest.name.find(pattern) != std::string::npos;
}

Result<Slice> slice_from(const std::string& text) {
  Slice slice;
  const char* const end = text.data() + text.size();
  const auto at = std::from_chars(text.data(), end, slice.at);
  if (at.ec == std::errc{} && at.ptr != end && *at.ptr == '/') {
    const auto of = std::from_chars(at.ptr + 1, end, slice.of);
    if (of.ec == std::errc{} && of.ptr == end && slice.at >= 1 && slice.at <= slice.of &&
        slice.of <= 1000)
      return slice;
  }
  return Error{"choose a part of the corpus", text, "this is not K/N with 1 <= K <= N <= 1000",
               "'2/4' is the second quarter"};
}

}  // namespace aisp::redteam
