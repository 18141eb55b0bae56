// SPDX-License-Identifier: Apache-2.0
#include "model/refusal.hpp"

#include <fmt/format.h>

#include <utility>

namespace synroute::model {
namespace {

struct RefusalText {
  std::string_view reason;
  std::string_view hint;  ///< a likely cause; may be empty
};

RefusalText text_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::NotPermitted: return {"not permitted", "local firewall or IPsec policy?"};
    case Refusal::Prohibited:
      return {"prohibited", "a prohibit route, see ip route get, or a security module"};
    case Refusal::NoBuffers:
      return {"no buffer space", "interface queue full, or an egress filter?"};
    case Refusal::TooLong: return {"packet too long", "longer than the MTU?"};
    case Refusal::NoRoute: return {"no route", "see ip route get"};
    case Refusal::InterfaceDown: return {"interface down", ""};
    case Refusal::AddressGone: return {"source address gone", ""};
    case Refusal::NoPorts: return {"out of source ports", "see net.ipv4.ip_local_port_range"};
    case Refusal::Blackhole: return {"blackhole route", "see ip route get"};
    case Refusal::NoNeighbour:
      return {"no neighbour", "the next hop does not answer ARP or neighbour discovery"};
    case Refusal::NoCarrier: return {"no carrier", "nothing is connected to the interface"};
    case Refusal::LocalReject: return {"rejected by this host", "a reject rule of its firewall"};
    case Refusal::RawCannot:
      return {"a route that raw packets cannot take", "--method connect takes it"};
    case Refusal::NoDescriptors: return {"out of file descriptors", "see ulimit -n"};
    case Refusal::Other: return {"system error", ""};
  }
  std::unreachable();
}

}  // namespace

std::string_view describe(Refusal refusal) {
  return text_of(refusal).reason;
}

std::string explain(Refusal refusal) {
  const RefusalText text = text_of(refusal);
  return text.hint.empty() ? std::string{text.reason}
                           : fmt::format("{} ({})", text.reason, text.hint);
}

std::string not_sent_text(Refusal refusal, std::size_t probes) {
  return fmt::format(
      "did not send {} {}: {}", probes, probes == 1 ? "probe" : "probes", explain(refusal));
}

}  // namespace synroute::model
