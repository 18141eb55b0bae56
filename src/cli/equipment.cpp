// SPDX-License-Identifier: Apache-2.0
#include "cli/equipment.hpp"

#include "cli/value.hpp"
#include "os/check.hpp"
#include "os/confinement.hpp"
#include "os/environment.hpp"
#include "os/rights.hpp"

#include <limits>

#include <unistd.h>

namespace synroute::cli {
namespace {

std::shared_ptr<const transport::RawSockets> open_sockets(std::uint32_t mark) {
  if (!os::raise_net_raw()) {
    return nullptr;
  }
  try {
    return std::make_shared<const transport::RawSockets>(mark);
  } catch (const os::SystemError&) {
    return nullptr;  // a capability that counts for another network namespace, for example
  }
}

}  // namespace

Equipment equip(Words words) {
  const os::Rights rights = os::rights();
  const bool lent = rights.elevated_at_start && ::getuid() != 0;
  Equipment result{.raw = nullptr, .low_ports = rights.bind_low_ports && !lent, .lent = lent};
  if (lent) {
    os::forget_environment();
  }
  result.raw = open_sockets(lent ? 0 : mark_among(words));
  os::drop_rights();
  os::confine(os::Phase::Prepare);
  return result;
}

std::uint32_t mark_among(Words words) {
  constexpr std::string_view kOption = "--mark";
  constexpr Range kRange{.first = 0, .last = std::numeric_limits<std::uint32_t>::max()};
  std::uint32_t mark = 0;
  for (std::size_t at = 0; at < words.size(); ++at) {
    std::string_view value;
    if (words[at] == kOption && at + 1 < words.size()) {
      value = words[at + 1];
    } else if (words[at].starts_with("--mark=")) {
      value = words[at].substr(kOption.size() + 1);
    } else {
      continue;
    }
    mark = static_cast<std::uint32_t>(read_number(value, kRange).value_or(0));
  }
  return mark;
}

}  // namespace synroute::cli
