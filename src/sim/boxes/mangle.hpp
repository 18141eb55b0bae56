// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/boxes/middlebox.hpp"

#include <cstdint>

/// Boxes that change header fields of packets on their way to the target, and remember nothing.
namespace synroute::sim {

/// Replaces the IPv4 ID, as scrubbers do (RFC 6864 allows it for atomic datagrams).
class IpIdBox final : public Middlebox {
 public:
  IpIdBox(IpIdSettings settings, std::uint64_t seed) : settings_{settings}, seed_{seed} {}
  Verdict forward(Packet& packet, Passage& passage) override;

 private:
  IpIdSettings settings_;
  std::uint64_t seed_;
  std::uint64_t count_ = 0;
};

/// Adds a secret constant per connection to sequence numbers going out and takes it from
/// acknowledgements coming back, as firewalls that randomise initial sequence numbers do.
class SequenceBox final : public Middlebox {
 public:
  SequenceBox(SequenceSettings settings, std::uint64_t seed) : settings_{settings}, seed_{seed} {}
  Verdict forward(Packet& packet, Passage& passage) override;
  Verdict leave(Packet& packet, Passage& passage) override;

 private:
  [[nodiscard]] std::uint32_t offset(const Packet& packet, bool as_sent) const;
  SequenceSettings settings_;
  std::uint64_t seed_;
};

/// Lowers the MSS option of SYNs in both directions.
class MssBox final : public Middlebox {
 public:
  explicit MssBox(MssSettings settings) : settings_{settings} {}
  Verdict forward(Packet& packet, Passage& passage) override;

 private:
  MssSettings settings_;
};

/// Turns TCP options into NOPs.
class StripBox final : public Middlebox {
 public:
  explicit StripBox(StripSettings settings) : settings_{std::move(settings)} {}
  Verdict forward(Packet& packet, Passage& passage) override;

 private:
  StripSettings settings_;
};

/// Remarks or bleaches DSCP and ECN.
class TosBox final : public Middlebox {
 public:
  explicit TosBox(TosSettings settings) : settings_{settings} {}
  Verdict forward(Packet& packet, Passage& passage) override;

 private:
  TosSettings settings_;
};

/// Clears ECE and CWR, so that ECN is never agreed on.
class EcnStripBox final : public Middlebox {
 public:
  Verdict forward(Packet& packet, Passage& passage) override;
};

/// Sets or raises the TTL of whatever passes, either way, like the iptables target of that name.
class TtlBox final : public Middlebox {
 public:
  explicit TtlBox(TtlSettings settings) : settings_{settings} {}
  Verdict enter(Packet& packet, Passage& passage) override;

 private:
  TtlSettings settings_;
};

}  // namespace synroute::sim
