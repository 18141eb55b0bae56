// SPDX-License-Identifier: Apache-2.0
#include "sim/boxes/middlebox.hpp"

#include "sim/boxes/firewall.hpp"
#include "sim/boxes/mangle.hpp"
#include "sim/boxes/nat.hpp"
#include "sim/boxes/noise.hpp"
#include "sim/boxes/syn_proxy.hpp"

#include <variant>

namespace synroute::sim {

Verdict Middlebox::enter(Packet& /*packet*/, Passage& /*passage*/) {
  return Verdict::Pass;
}
Verdict Middlebox::forward(Packet& /*packet*/, Passage& /*passage*/) {
  return Verdict::Pass;
}
Verdict Middlebox::leave(Packet& /*packet*/, Passage& /*passage*/) {
  return Verdict::Pass;
}
std::optional<Instant> Middlebox::deadline() const {
  return std::nullopt;
}
void Middlebox::advance(Instant /*now*/, std::vector<Packet>& /*emitted*/) {}

std::unique_ptr<Middlebox> make_box(
    const BoxSettings& settings, const BoxHome& home, std::uint64_t seed) {
  struct Maker {
    const BoxHome& home;
    std::uint64_t seed;
    using Box = std::unique_ptr<Middlebox>;
    Box operator()(const SourceNatSettings& s) const {
      return std::make_unique<SourceNatBox>(s, seed);
    }
    Box operator()(const DestinationNatSettings& s) const {
      return std::make_unique<DestinationNatBox>(s);
    }
    Box operator()(const SequenceSettings& s) const {
      return std::make_unique<SequenceBox>(s, seed);
    }
    Box operator()(const IpIdSettings& s) const { return std::make_unique<IpIdBox>(s, seed); }
    Box operator()(const MssSettings& s) const { return std::make_unique<MssBox>(s); }
    Box operator()(const StripSettings& s) const { return std::make_unique<StripBox>(s); }
    Box operator()(const TosSettings& s) const { return std::make_unique<TosBox>(s); }
    Box operator()(const EcnStripSettings&) const { return std::make_unique<EcnStripBox>(); }
    Box operator()(const TtlSettings& s) const { return std::make_unique<TtlBox>(s); }
    Box operator()(const DropSettings& s) const { return std::make_unique<DropBox>(s); }
    Box operator()(const RejectSettings& s) const { return std::make_unique<RejectBox>(s, home); }
    Box operator()(const ResetSettings& s) const { return std::make_unique<ResetBox>(s); }
    Box operator()(const ProxySettings& s) const { return std::make_unique<ProxyBox>(s, seed); }
    Box operator()(const SynProxySettings& s) const {
      return std::make_unique<SynProxyBox>(s, seed);
    }
    Box operator()(const NoiseSettings& s) const { return std::make_unique<NoiseBox>(s, seed); }
  };
  return std::visit(Maker{home, seed}, settings);
}

}  // namespace synroute::sim
