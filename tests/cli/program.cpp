#include "cli/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/fd.h"

namespace aisp::test {

namespace fs = std::filesystem;

Program::Program(const std::vector<std::string>& arguments, const fs::path& folder,
                 const std::vector<std::string>& environment)
    : folder_(folder) {
  std::vector<std::string> words = {AISP_CLI};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = {std::string("PATH=") + getenv("PATH")};
  variables.insert(variables.end(), environment.begin(), environment.end());
  std::vector<char*> argv, envp;
  for (std::string& word : words) argv.push_back(word.data());
  for (std::string& variable : variables) envp.push_back(variable.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  const UniqueFd out(
      open((folder_ / "stdout").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  const UniqueFd err(
      open((folder_ / "stderr").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  pid_ = fork();
  if (pid_ == 0) {
    if (chdir(folder_.c_str()) != 0) _exit(125);
    dup2(out.get(), STDOUT_FILENO);
    dup2(err.get(), STDERR_FILENO);
    execve(argv[0], argv.data(), envp.data());
    _exit(126);
  }
}

Program::~Program() {
  if (ended_ || pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, &status_, 0);
}

std::string Program::read(const char* name) const {
  std::ifstream in(folder_ / name);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

bool Program::wait_for_stderr(const std::string& text) {
  const UniqueFd watch(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  inotify_add_watch(watch.get(), (folder_ / "stderr").c_str(), IN_MODIFY);
  for (;;) {
    if (read("stderr").find(text) != std::string::npos) return true;
    if (waitpid(pid_, &status_, WNOHANG) == pid_) {
      ended_ = true;
      return read("stderr").find(text) != std::string::npos;
    }
    pollfd event{watch.get(), POLLIN, 0};
    poll(&event, 1, 200);  // it may also end without another word
    char drained[4096];
    while (::read(watch.get(), drained, sizeof drained) > 0) {
    }
  }
}

Said Program::finish() {
  if (!ended_) {
    waitpid(pid_, &status_, 0);
    ended_ = true;
  }
  const int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  return {code, read("stdout"), read("stderr")};
}

Said aisp(const std::vector<std::string>& arguments, const fs::path& folder,
          const std::vector<std::string>& environment) {
  return Program(arguments, folder, environment).finish();
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string schema_errors(const std::string& json, const std::string& schema,
                          const fs::path& folder) {
  const fs::path file = folder / "to-validate.json", errors = folder / "schema-errors";
  std::ofstream(file) << json;
  const std::string command = "python3 '" AISP_SOURCE_DIR "/tests/report/validate_json.py' '" +
                              file.string() + "' '" AISP_SOURCE_DIR "/schemas/" + schema + "' > '" +
                              errors.string() + "' 2>&1";
  const int status = std::system(command.c_str());
  return status == 0 ? "" : "does not follow " + schema + ": " + text_of(errors);
}

Folder::Folder() {
  std::string pattern = (fs::temp_directory_path() / "aisp-cli-XXXXXX").string();
  EXPECT_NE(mkdtemp(pattern.data()), nullptr);
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code left_there;  // in the temporary directory
  fs::remove_all(path_, left_there);
}

}  // namespace aisp::test
