// Runs the real `aisp` and keeps what it said.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace aisp::test {

struct Said {
  int code = -1;  // exit code; 128 + signal when a signal ended it
  std::string out;
  std::string err;
};

// A running `aisp` whose stdout and stderr go to files.
class Program {
 public:
  // `environment`: "NAME=value" entries beside PATH; $CI is not passed on.
  Program(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
          const std::vector<std::string>& environment = {});
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  pid_t pid() const { return pid_; }
  // What it has written to stderr so far contains `text`, or it ends: true if it does.
  bool wait_for_stderr(const std::string& text);
  Said finish();

 private:
  std::string read(const char* name) const;
  std::filesystem::path folder_;
  pid_t pid_ = -1;
  bool ended_ = false;
  int status_ = 0;
};

Said aisp(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
          const std::vector<std::string>& environment = {});

std::string text_of(const std::filesystem::path& file);

// Empty when `json` follows schemas/<schema>; else what does not.
std::string schema_errors(const std::string& json, const std::string& schema,
                          const std::filesystem::path& folder);

// A folder in the temporary directory that goes with this.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();
  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace aisp::test
