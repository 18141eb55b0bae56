// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/probe.hpp"
#include "wire/datagram.hpp"

#include <compare>
#include <cstddef>
#include <vector>

namespace synroute::replay {

/// Who asked whom: what the probes of one trace have in common.
struct Course {
  IpAddress source;
  IpAddress target;
  Port port;
  friend auto operator<=>(const Course&, const Course&) = default;
};

/// Something that passed: a probe, or a packet that may answer one.
struct Item {
  WallTime at;
  wire::Datagram datagram;
  bool is_probe = false;
  model::ProbeRole role = model::ProbeRole::Hop;  ///< of a probe
  int attempt = 1;                                ///< of a probe, as in model::Probe
};

/// One trace as a capture has it, in the order of time; the first item is a probe.
struct Recording {
  Course course;
  Port source_port;
  int first_ttl = 1;
  int last_ttl = 1;
  int queries = 1;  ///< probes the first TTL got
  std::size_t packet_length = 0;
  std::size_t probes = 0;
  std::vector<Item> items;
};

}  // namespace synroute::replay
