// SPDX-License-Identifier: Apache-2.0
#include "cli/equipment.hpp"

#include "cli/option_words.hpp"
#include "cli/value.hpp"
#include "os/check.hpp"
#include "os/rights/confinement.hpp"
#include "os/rights/environment.hpp"
#include "os/rights/rights.hpp"

#include <limits>
#include <memory>
#include <string_view>

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

/// What --pcap takes: "-" is refused later on, and must not have become a file by then.
bool is_file_name(std::string_view word) {
  return !word.empty() && word != "-";
}

}  // namespace

Equipment equip(Words words, MayWrite may_write) {
  const os::Rights rights = os::rights();
  const bool lent = rights.elevated_at_start && ::getuid() != 0;
  Equipment result{
      .raw = nullptr,
      .low_ports = rights.bind_low_ports && !lent,
      .lent = lent,
      .capture = nullptr};
  if (lent) {
    os::forget_environment();
  }
  result.raw = open_sockets(lent ? 0 : mark_among(words));
  os::drop_rights();
  const std::string_view capture = last_value_among(words, "--pcap");
  if (may_write == MayWrite::Capture && is_file_name(capture)) {
    result.capture = std::make_shared<CaptureFile>(capture);
  }
  os::confine(os::Phase::Prepare);
  return result;
}

std::uint32_t mark_among(Words words) {
  constexpr Range kRange{.first = 0, .last = std::numeric_limits<std::uint32_t>::max()};
  const std::string_view value = last_value_among(words, "--mark");
  return static_cast<std::uint32_t>(read_number(value, kRange).value_or(0));
}

}  // namespace synroute::cli
