// In a chroot, as build machines and installers use them, workers are held as elsewhere.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/program.h"

namespace aisp::test {
namespace {

std::string isolation_of(const std::string& json) {
  const auto said = nlohmann::json::parse(json, nullptr, false);
  if (said.is_discarded() || !said.contains("results") || said["results"].empty()) return json;
  return said["results"].front()["isolation"];
}

// "/" is no mount point there: all folders of the root are bound into a folder that is none.
TEST(Chroot, WorkersGetTheirOwnMountsThereAsWell) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can change its root";
  const Folder folder;
  const std::string root = folder / "root";
  const std::string verify = AISP_CLI " bench verify -t testbed:axpby --json --quiet";
  std::ofstream(folder / "inside.sh")
      << "set -e\n"
         "mkdir "
      << root
      << "\n"
         "for d in /*; do\n"
         "  if [ -L $d ]; then cp -P $d "
      << root
      << "$d\n"
         "  elif [ -d $d ]; then mkdir "
      << root << "$d; mount --rbind $d " << root
      << "$d; fi\n"
         "done\n"
         "exec chroot "
      << root << " env AISP_ALLOW_VIRTUALIZATION=1 " << verify << "\n";
  const std::string inside = "unshare --mount --propagation private sh " + folder / "inside.sh";
  const std::string out = folder / "out", err = folder / "err";
  const int status = std::system((inside + " >" + out + " 2>" + err).c_str());
  if (text_of(err).find("unshare: ") != std::string::npos)
    GTEST_SKIP() << "no mount namespaces here, or this is a chroot already: " << text_of(err);
  EXPECT_EQ(status, 0) << text_of(err);
  const Said outside = aisp({"bench", "verify", "-t", "testbed:axpby", "--json", "--quiet"},
                            folder.path(), {"AISP_ALLOW_VIRTUALIZATION=1"});
  EXPECT_EQ(isolation_of(text_of(out)), isolation_of(outside.out));
}

}  // namespace
}  // namespace aisp::test
