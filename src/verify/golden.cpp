#include "verify/golden.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <fstream>

#include "base/fd.h"
#include "base/hash.h"
#include "verify/agree.h"

namespace aisp {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "aisp golden output 1\n";
constexpr const char* kRead = "use a golden output";
constexpr const char* kFix = "Remove the file, or write them anew with --update-golden";
constexpr std::size_t kHashDigits = 64;
constexpr std::int64_t kCheckOneIn = 16;

std::string tensor_words(const Tensor& t) {
  return fmt::format("{} {} [{}] strides [{}]", t.name, dtype_name(t.dtype),
                     fmt::join(t.shape, ","), fmt::join(t.effective_strides(), ","));
}

void append_number(std::string& text, std::uint64_t n) {
  for (int i = 0; i < 8; ++i) text += static_cast<char>(n >> (8 * i));
}

template <class T>
void append_values(std::string& text, const std::vector<T>& values) {
  append_number(text, values.size());
  text.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

// Takes from the front of `text`; false when there is not enough, or another number of values.
template <class T>
bool take_values(std::string_view& text, std::vector<T>& values) {
  if (text.size() < 8) return false;
  std::uint64_t n = 0;
  for (int i = 0; i < 8; ++i)
    n |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[static_cast<std::size_t>(i)]))
         << (8 * i);
  text.remove_prefix(8);
  if (n != values.size() || text.size() / sizeof(T) < n) return false;
  if (n > 0) std::memcpy(values.data(), text.data(), n * sizeof(T));
  text.remove_prefix(n * sizeof(T));
  return true;
}

bool is_entry(const fs::path& file) {
  const std::string stem = file.stem().string();
  return file.extension() == ".golden" && stem.size() == kHashDigits &&
         stem.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool is_draft(const fs::path& file) {
  return file.filename().string().find(".golden.") == kHashDigits;
}

}  // namespace

std::string golden_identity(const Problem& problem, const std::string& device, const Key& key,
                            const std::string& reference_hash) {
  std::string text = fmt::format("target {}\ndevice {}\nkey {}\nreference {}\n",
                                 problem.target.get(), device, key.to_hex(), reference_hash);
  for (const Input& input : problem.inputs)
    text +=
        fmt::format("input {} role {} distribution {} {} {}\n", tensor_words(input.tensor),
                    static_cast<int>(input.role.get()), static_cast<int>(input.distribution->kind),
                    input.distribution->a, input.distribution->b);
  for (const Output& output : problem.outputs)
    text += fmt::format("output {}\n", tensor_words(output.tensor));
  for (const Param& param : problem.params)
    text += fmt::format("param {} {}\n", param.name, param.value);
  return text;
}

Result<GoldenStore> GoldenStore::open(const fs::path& folder, const Problem& problem,
                                      std::string identity, bool update) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (!failure) fs::permissions(folder, fs::perms::owner_all, failure);  // answers: nobody else's
  if (failure) return Error{"keep golden outputs", folder.string(), failure.message(), ""};
  return GoldenStore(folder, problem, std::move(identity), update);
}

std::string GoldenStore::header(std::uint64_t draw, int set) const {
  return fmt::format("{}{}draw {}\nset {}\n", kMagic, identity_, draw, set);
}

fs::path GoldenStore::file_of(std::uint64_t draw, int set) const {
  return folder_ / (blake2b_hex(header(draw, set)) + ".golden");
}

// header, then for each output its reals and integers with their numbers, then the checksum of it all.
Result<bool> GoldenStore::load(std::uint64_t draw, int set, Outputs& expected) const {
  const fs::path file = file_of(draw, set);
  std::error_code failure;
  if (!fs::exists(file, failure)) {
    if (failure) return Error{kRead, file.string(), failure.message(), kFix};
    return false;
  }
  std::ifstream in(file, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in) return Error{kRead, file.string(), "it cannot be read", kFix};
  const auto fault = [&](const char* why) { return Error{kRead, file.string(), why, kFix}; };
  if (!std::string_view(bytes).starts_with(kMagic)) return fault("it is no golden output");
  if (bytes.size() < kMagic.size() + kHashDigits) return fault("it is cut off");
  const std::string_view payload(bytes.data(), bytes.size() - kHashDigits);
  if (blake2b_hex(payload) != std::string_view(bytes).substr(payload.size()))
    return fault("it is damaged: its checksum is another one");
  const std::string begin = header(draw, set);
  if (!payload.starts_with(begin)) return fault("it belongs to another problem, key or call");
  std::string_view rest = payload.substr(begin.size());
  for (ExpectedTensor& output : expected)
    if (!take_values(rest, output.real) || !take_values(rest, output.integer))
      return fault("its outputs have other sizes than the problem's");
  if (!rest.empty()) return fault("it holds more than the problem's outputs");
  ::utimensat(AT_FDCWD, file.c_str(), nullptr, 0);  // used now; that it fails costs its order only
  return true;
}

Status GoldenStore::save(std::uint64_t draw, int set, const Outputs& expected) const {
  std::string bytes = header(draw, set);
  for (const ExpectedTensor& output : expected) {
    append_values(bytes, output.real);
    append_values(bytes, output.integer);
  }
  bytes += blake2b_hex(bytes);
  const fs::path file = file_of(draw, set);
  std::string draft = file.string() + ".XXXXXX";
  const UniqueFd fd(::mkostemp(draft.data(), O_CLOEXEC));
  const auto failed = [&] {
    const Error error = errno_error("keep a golden output", file.string());
    ::unlink(draft.c_str());
    return error;
  };
  if (!fd) return failed();
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd.get(), rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed();
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  // No fsync: what a power cut leaves of it fails its checksum, and nothing is lost.
  if (::rename(draft.c_str(), file.c_str()) != 0) return failed();
  return success();
}

void GoldenStore::expect(std::uint64_t draw, int set, Outputs& expected,
                         const std::function<void()>& compute) {
  Outputs kept = expected;  // sizes
  Result<bool> there = load(draw, set, kept);
  if (!there.ok() && !update_) throw GoldenFailure(there.error().message());
  const bool found = there.ok() && *there;
  if (found && !update_) {
    // The first one, and one in so many: what was kept must be what the reference says.
    if (counts_.taken++ % kCheckOneIn == 0) {
      ++counts_.checked;
      compute();
      if (!agree(*problem_, kept, expected))
        throw GoldenFailure(Error{kRead, file_of(draw, set).string(),
                                  "the reference says something else now, on the same inputs", kFix}
                                .message());
      return;
    }
    expected = std::move(kept);
    return;
  }
  compute();
  ++counts_.made;
  if (found && !agree(*problem_, kept, expected)) ++counts_.replaced;
  if (const Status saved = save(draw, set, expected); !saved.ok())
    throw GoldenFailure(saved.error().message());
}

Result<GoldenCollected> collect_golden(const fs::path& folder, std::uint64_t most_bytes) {
  struct Entry {
    fs::path file;
    fs::file_time_type used;
    std::uint64_t bytes;
  };
  std::vector<Entry> entries;
  GoldenCollected result;
  std::error_code failure;
  const auto remove = [&](const Entry& entry) {
    std::error_code gone;
    if (!fs::remove(entry.file, gone)) return;
    ++result.removed;
    result.removed_bytes += entry.bytes;
  };
  const auto day_ago = fs::file_time_type::clock::now() - std::chrono::hours(24);
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    std::error_code vanished;  // another run's collection may be faster
    Entry entry{at->path(), at->last_write_time(vanished), 0};
    if (vanished) continue;
    entry.bytes = at->file_size(vanished);
    if (vanished) continue;
    if (is_draft(entry.file)) {
      if (entry.used < day_ago) remove(entry);
    } else if (is_entry(entry.file)) {
      entries.push_back(std::move(entry));
      result.kept_bytes += entries.back().bytes;
    }
  }
  if (failure) return Error{"collect old golden outputs", folder.string(), failure.message(), ""};
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.used < b.used; });
  for (const Entry& entry : entries) {
    if (result.kept_bytes <= most_bytes) break;
    remove(entry);
    result.kept_bytes -= entry.bytes;
  }
  return result;
}

}  // namespace aisp
