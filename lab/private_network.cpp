// SPDX-License-Identifier: Apache-2.0
#include "private_network.hpp"

#include "os/check.hpp"
#include "os/fd.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace synroute::lab {

namespace {

void write_whole(int file, std::string_view text, std::string_view attempt) {
  while (!text.empty()) {
    const ssize_t size = os::check(attempt, ::write(file, text.data(), text.size()));
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

void write_proc(const std::string& path, const std::string& text) {
  const os::Fd file{os::check(path, ::open(path.c_str(), O_WRONLY | O_CLOEXEC))};
  write_whole(file.get(), text, path);
}

/// Makes an unprivileged user root of a new user namespace with no other users.
void become_root(uid_t user, gid_t group) {
  write_proc("/proc/self/setgroups", "deny");
  write_proc("/proc/self/uid_map", fmt::format("0 {} 1", user));
  write_proc("/proc/self/gid_map", fmt::format("0 {} 1", group));
}

/// Replaces a file of /etc by `text` for this process and its children, if the file exists.
void replace(const char* path, std::string_view text) {
  std::string mine = "/tmp/synroute-lab-XXXXXX";
  const os::Fd file{os::check("make a temporary file", ::mkstemp(mine.data()))};
  write_whole(file.get(), text, mine);
  ::fchmod(file.get(), 0644);
  const bool there = ::access(path, F_OK) == 0;
  const int done = there ? ::mount(mine.c_str(), path, nullptr, MS_BIND, nullptr) : 0;
  const int error = errno;
  ::unlink(mine.c_str());
  if (done != 0) {
    throw os::SystemError{fmt::format("replace {}", path), error};
  }
}

/// The names of the scenario, as the addresses are called there. Hosts also go by their name in the
/// file; a router without one of its own has none, as in virtual time.
std::string hosts_text(const sim::Scenario& scenario) {
  std::string text = "127.0.0.1 localhost\n::1 localhost\n";
  std::map<IpAddress, std::string> names{scenario.names.begin(), scenario.names.end()};
  for (const sim::NodeSpec& node : scenario.nodes) {
    for (const IpAddress& address : node.addresses) {
      const bool is_named = names.contains(address);
      if (is_named || node.kind == sim::NodeKind::Host) {
        names[address] += (is_named ? " " : "") + node.name;
      }
    }
  }
  for (const auto& [address, name] : names) {
    text += fmt::format("{} {}\n", address.to_string(), name);
  }
  return text;
}

}  // namespace

void enter_private_network(const sim::Scenario& scenario) {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  const int as_user = user == 0 ? 0 : CLONE_NEWUSER;
  if (::unshare(as_user | CLONE_NEWNET | CLONE_NEWNS) != 0) {
    throw os::SystemError{
        "make a network of our own",
        errno,
        "run as root, or allow users to have namespaces (user.max_user_namespaces)"};
  }
  if (as_user != 0) {
    become_root(user, group);
  }
  os::check("make mounts private", ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr));
  replace("/etc/hosts", hosts_text(scenario));
  replace(
      "/etc/nsswitch.conf",
      "passwd: files\ngroup: files\nhosts: files\nservices: files\nprotocols: files\n");
  // No name server: a query fails at once instead of timing out.
  replace("/etc/resolv.conf", "nameserver 127.0.0.1\n");
}

}  // namespace synroute::lab
