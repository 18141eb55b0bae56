// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/box_table.hpp"
#include "sim/boxes/tcp_options_in_packet.hpp"
#include "sim/line_words.hpp"

namespace synroute::sim {

namespace {

struct EcnRefusalSettings {};

/// Clears ECE and CWR in SYNs and SYN|ACKs, so that ECN is never negotiated.
class EcnRefusalBox final : public Middlebox {
 public:
  EcnRefusalBox(EcnRefusalSettings /*settings*/, std::uint64_t /*seed*/) {}
  BoxAction forward(Packet& packet, BoxContext& /*context*/) override {
    if (is_syn(packet)) {
      const std::size_t flags = packet.transport_offset() + 12;
      packet.set_word(flags, static_cast<std::uint16_t>(packet.word(flags) & ~0x00c0U));
    }
    return BoxAction::Pass;
  }
};

}  // namespace

BoxSpecPtr read_ecn_refusal(LineWords& /*words*/) {
  return unobservable_box<EcnRefusalBox>(EcnRefusalSettings{});
}

}  // namespace synroute::sim
