// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/boxes/middlebox.hpp"
#include "sim/stack/icmp_error.hpp"
#include "sim/stack/ip_stack.hpp"

#include <cstdint>
#include <utility>

/// Boxes that stop packets or speak in the name of others.
namespace synroute::sim {

/// Drops in silence.
class DropBox final : public Middlebox {
 public:
  explicit DropBox(DropSettings settings) : settings_{std::move(settings)} {}
  Verdict forward(Packet& packet, Passage& passage) override;

 private:
  DropSettings settings_;
};

/// Refuses aloud: a RST in the target's name, or an ICMP error in its own.
class RejectBox final : public Middlebox {
 public:
  RejectBox(RejectSettings settings, BoxHome home) : settings_{std::move(settings)}, home_{home} {}
  Verdict forward(Packet& packet, Passage& passage) override;

 private:
  RejectSettings settings_;
  BoxHome home_;
  std::uint16_t next_id_ = 1;
};

/// Resets connections, beside the path or on it.
class ResetBox final : public Middlebox {
 public:
  explicit ResetBox(ResetSettings settings) : settings_{std::move(settings)} {}
  Verdict forward(Packet& packet, Passage& passage) override;

 private:
  ResetSettings settings_;
};

/// Terminates TCP connections as if it were the target, before the TTL is looked at (REDIRECT).
class ProxyBox final : public Middlebox {
 public:
  ProxyBox(const ProxySettings& settings, std::uint64_t seed);
  Verdict enter(Packet& packet, Passage& passage) override;
  [[nodiscard]] std::optional<Instant> deadline() const override { return stack_.deadline(); }
  void advance(Instant now, std::vector<Packet>& emitted) override { stack_.advance(now, emitted); }

 private:
  PortSet ports_;
  TcpStack stack_;
};

}  // namespace synroute::sim
