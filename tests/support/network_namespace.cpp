// SPDX-License-Identifier: Apache-2.0
#include "support/network_namespace.hpp"

#include "os/check.hpp"
#include "support/required_right.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace synroute::test {
namespace {

os::Fd current() {
  return os::Fd{
      os::check("open own namespace", ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC))};
}

void enter(int descriptor) {
  os::check("enter network namespace", ::setns(descriptor, CLONE_NEWNET));
}

/// Why no namespace can be made here; empty when one can.
std::string why_no_namespaces() {
  const os::Fd before = current();
  if (::unshare(CLONE_NEWNET) != 0) {
    return fmt::format("CAP_SYS_ADMIN, for a network namespace: {}", std::strerror(errno));
  }
  enter(before.get());
  return {};
}

}  // namespace

NetworkNamespace::NetworkNamespace() {
  const os::Fd before = current();
  os::check("make network namespace", ::unshare(CLONE_NEWNET));
  descriptor_ = current();
  enter(before.get());
  // Without waiting for duplicate address detection (RFC 4862 §5.4) IPv6 would not answer for a
  // second.
  run("echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad; ip link set lo up");
}

void NetworkNamespace::run(const std::string& command) const {
  const Inside inside{*this};
  // NOLINTNEXTLINE(cert-env33-c): the commands stand in the tests
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  // The kernel finishes IPv6 addresses in the background, even without duplicate address detection:
  // until then nothing is routed to them.
  const char* const settled =
      "timeout 5 sh -c 'until [ -z \"$(ip -6 addr show up tentative)\" ]; do :; done'";
  EXPECT_EQ(std::system(settled), 0) << command;  // NOLINT(cert-env33-c): the same
}

std::string NetworkNamespace::path() const {
  return fmt::format("/proc/{}/fd/{}", ::getpid(), descriptor_.get());
}

Inside::Inside(const NetworkNamespace& place) : before_{current()} {
  enter(place.descriptor());
}

Inside::~Inside() {
  if (::setns(before_.get(), CLONE_NEWNET) != 0) {
    std::abort();
  }
}

bool require_namespaces() {
  const std::string why = why_no_namespaces();
  return require_right(why.empty(), why);
}

}  // namespace synroute::test
