// What the kernel says about a running worker, seen from the judge.
#include <unistd.h>

#include <fstream>
#include <map>
#include <sstream>

#include "worker/sandbox.h"

namespace aisp {
namespace {

std::map<std::string, std::string> read_status(pid_t pid) {
  std::map<std::string, std::string> fields;
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    fields[line.substr(0, colon)] = value == std::string::npos ? "" : line.substr(value);
  }
  return fields;
}

std::string read_link(const std::string& path) {
  char target[256];
  const ssize_t n = readlink(path.c_str(), target, sizeof target);
  return n > 0 ? std::string(target, static_cast<std::size_t>(n)) : std::string();
}

// Mount point -> options, the topmost mount last.
std::map<std::string, std::string> read_mounts(pid_t pid) {
  std::map<std::string, std::string> mounts;
  std::ifstream in("/proc/" + std::to_string(pid) + "/mountinfo");
  for (std::string line; std::getline(in, line);) {
    std::stringstream fields(line);
    std::string id, parent, device, root, point, options, field, type;
    fields >> id >> parent >> device >> root >> point >> options;
    while (fields >> field && field != "-") {
    }
    fields >> type;
    mounts[point] = options + " " + type;
  }
  return mounts;
}

bool starts_with(const std::string& text, const std::string& start) {
  return text.rfind(start, 0) == 0;
}

bool all_zero(const std::string& hex) {
  return !hex.empty() && hex.find_first_not_of('0') == std::string::npos;
}

// "Uid: real effective saved filesystem": all four the same, and which.
bool same_four(const std::string& ids, unsigned& id) {
  std::stringstream in(ids);
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!(in >> a >> b >> c >> d) || a != b || b != c || c != d) return false;
  id = a;
  return true;
}

}  // namespace

std::vector<Protection> observe_protections(const SandboxedProcess& process) {
  std::vector<Protection> list;
  const std::string base = "/proc/" + std::to_string(process.pid);
  const auto status = read_status(process.pid);
  const auto field = [&](const char* name) {
    const auto it = status.find(name);
    return it == status.end() ? std::string() : it->second;
  };
  const auto add = [&](std::string name, bool active, std::string detail) {
    list.push_back({std::move(name), active, std::move(detail)});
  };

  const auto separate = [&](const char* name, const char* file) {
    const std::string theirs = read_link(base + "/ns/" + file);
    const std::string ours = read_link(std::string("/proc/self/ns/") + file);
    const bool active = !theirs.empty() && !ours.empty() && theirs != ours;
    std::string detail = theirs.empty() ? "cannot be read" : theirs;
    if (!active && !process.missing_namespaces.empty()) detail = process.missing_namespaces;
    add(name, active, detail);
    return active;
  };
  separate("pid namespace", "pid");
  const bool own_mounts = separate("mount namespace", "mnt");
  separate("network namespace", "net");
  separate("ipc namespace", "ipc");
  separate("uts namespace", "uts");
  separate("cgroup namespace", "cgroup");

  {
    unsigned uid = 0;
    const bool uniform = same_four(field("Uid"), uid);
    const std::string theirs = read_link(base + "/ns/user");
    const bool other_namespace = !theirs.empty() && theirs != read_link("/proc/self/ns/user");
    const bool other_uid = uniform && uid != geteuid() && uid != getuid() && uid != 0;
    add("other user", uniform && (other_uid || other_namespace),
        other_uid         ? "uid " + std::to_string(uid)
        : other_namespace ? "the judge's uid, in a user namespace of its own"
                          : "uid " + field("Uid") + ", the judge's own");
    unsigned gid = 0;
    const bool groups = same_four(field("Gid"), gid) && (!other_uid || field("Groups").empty());
    add("no other groups", groups, "gid " + field("Gid") + ", groups '" + field("Groups") + "'");
  }
  const bool no_caps = all_zero(field("CapEff")) && all_zero(field("CapPrm")) &&
                       all_zero(field("CapInh")) && all_zero(field("CapAmb"));
  add("capabilities dropped", no_caps,
      "effective " + field("CapEff") + ", bounding " + field("CapBnd"));
  add("no new privileges", field("NoNewPrivs") == "1", "NoNewPrivs " + field("NoNewPrivs"));
  add("seccomp", field("Seccomp") == "2",
      "mode " + field("Seccomp") + ", filters " + field("Seccomp_filters"));

  const auto mounts = read_mounts(process.pid);
  const auto mounted = [&](const char* point) {
    const auto it = mounts.find(point);
    return it == mounts.end() ? std::string() : it->second;
  };
  const std::string why = process.missing_mounts.empty() ? "not seen" : process.missing_mounts;
  const bool root =
      own_mounts && starts_with(mounted("/"), "ro") && starts_with(mounted("/usr"), "ro");
  add("read-only root", root, root ? "/ " + mounted("/") : why);
  const std::string tmp = mounted("/tmp");
  const bool private_tmp = own_mounts && process.tmp_on_host.empty() && tmp.size() > 6 &&
                           tmp.substr(tmp.size() - 6) == " tmpfs";
  add("private /tmp", private_tmp, private_tmp ? tmp : why);

  std::map<std::string, std::string> limits;
  std::ifstream in(base + "/limits");
  for (std::string line; std::getline(in, line);) {
    if (line.size() > 26) limits[line.substr(0, line.find("  "))] = line.substr(26, 21);
  }
  const auto limit = [&](const char* name) {
    std::string text = limits[name];
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
  };
  const auto limited = [&](const char* name) {
    const std::string value = limit(name);
    return !value.empty() && value != "unlimited";
  };
  const std::string group = process.cgroup.missing();
  add("memory limit", process.cgroup.limits_memory(),
      (process.cgroup.limits_memory() ? "cgroup, and " : group + "; only ") + std::string("data ") +
          limit("Max data size") + ", address space " + limit("Max address space"));
  const bool tasks = process.cgroup.limits_tasks() || limited("Max processes");
  add("process limit", tasks,
      std::string(process.cgroup.limits_tasks() ? "cgroup, and " : "no pids cgroup; ") +
          "processes " + limit("Max processes"));
  add("file limits", limited("Max file size") && limit("Max core file size") == "0",
      "files of " + limit("Max file size") + " bytes, " + limit("Max open files") + " open");
  return list;
}

Protection lockdown_protection(std::uint32_t probes_refused, std::uint32_t probes_allowed) {
  return {"lockdown", probes_refused > 0 && probes_allowed == 0,
          std::to_string(probes_refused) + " of " +
              std::to_string(probes_refused + probes_allowed) +
              " forbidden requests were refused in the worker"};
}

}  // namespace aisp
