// SPDX-License-Identifier: Apache-2.0
#include "tracer/privileges.hpp"

#include "os/check.hpp"
#include "os/rights/confinement.hpp"
#include "os/rights/environment.hpp"
#include "os/rights/rights.hpp"

#include <cerrno>

#include <unistd.h>

namespace synroute::tracer {

std::shared_ptr<const transport::RawSockets> open_raw_sockets(std::uint32_t mark) {
  if (!os::raise_net_raw()) {
    return nullptr;
  }
  try {
    return std::make_shared<const transport::RawSockets>(mark);
  } catch (const os::SystemError& error) {
    if (error.error() == EMFILE || error.error() == ENFILE) {
      throw;  // no lack of permission
    }
    return nullptr;  // such as a capability that is valid in another network namespace only
  }
}

Privileges take_privileges(std::uint32_t mark, std::string_view capture_path) {
  const os::Rights rights = os::rights();
  const bool lent = rights.elevated_at_start && ::getuid() != 0;
  if (lent) {
    os::forget_environment();
  }
  os::raise_descriptor_limit();
  Privileges result{
      .raw = open_raw_sockets(lent ? 0 : mark),
      .low_ports = rights.bind_low_ports && !lent,
      .lent = lent,
      .capture = nullptr,
      .confined = true};
  os::drop_rights();
  if (lent && !os::has_call_filters()) {
    throw os::SystemError{
        "confine this process",
        ENOSYS,
        "this kernel has no system call filters (seccomp): run as root, or without permissions"};
  }
  if (!capture_path.empty()) {
    result.capture = std::make_shared<CaptureFile>(capture_path);
  }
  os::confine(os::Phase::Prepare);
  return result;
}

}  // namespace synroute::tracer
