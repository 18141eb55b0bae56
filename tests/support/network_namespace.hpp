// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/fd.hpp"

#include <gtest/gtest.h>

#include <string>

namespace synroute::test {

/// A network namespace of our own, with nothing in it but a loopback that is up. It goes away with
/// this object and the sockets opened in it. Needs CAP_SYS_ADMIN.
class NetworkNamespace {
 public:
  NetworkNamespace();

  /// Runs a shell command line in it; a failure is a test failure.
  void run(const std::string& command) const;
  /// What `ip link set X netns` takes.
  [[nodiscard]] std::string path() const;
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }

 private:
  os::Fd descriptor_;
};

/// While it exists, the calling thread is in the namespace. Sockets opened meanwhile stay in it.
class Inside {
 public:
  explicit Inside(const NetworkNamespace& place);
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside();

 private:
  os::Fd before_;
};

/// False where no namespace can be made, after the running test has been marked as one that lacks
/// a right (required_right.hpp). For SetUp().
[[nodiscard]] bool require_namespaces();

/// Base of tests that need namespaces.
class NamespaceTest : public testing::Test {
 protected:
  void SetUp() override { static_cast<void>(require_namespaces()); }
};

}  // namespace synroute::test
