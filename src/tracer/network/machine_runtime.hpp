// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "enrich/dns_resolver.hpp"
#include "os/poll_waiter.hpp"
#include "tracer/network/network.hpp"
#include "tracer/network/public_names.hpp"
#include "tracer/network/source_ports.hpp"
#include "tracer/privileges.hpp"
#include "transport/connect_transport.hpp"
#include "transport/raw_transport.hpp"

#include <memory>
#include <optional>
#include <span>

namespace synroute::tracer {

/// A transport on this host's network, the clock, and the name servers.
class MachineRuntime final : public Runtime {
 public:
  /// `first`: the trace that decides the source address. `held`: source ports that are already
  /// reserved; absent: some are reserved where the method needs them. Throws os::SystemError.
  MachineRuntime(
      const TraceRequest& request,
      const Privileges& privileges,
      std::optional<SourcePorts> held,
      const PlannedTrace& first,
      const PacketRecorder& recorder);

  [[nodiscard]] seam::Transport& transport() override { return tapped_; }
  [[nodiscard]] seam::Waiter& waiter() override { return waiter_; }
  [[nodiscard]] seam::Resolver* resolver() override;
  [[nodiscard]] bool admit(PlannedTrace& trace) override;
  [[nodiscard]] int signal() const override { return waiter_.caught(); }

 private:
  [[nodiscard]] std::unique_ptr<seam::Transport> open_transport(
      const Privileges& privileges, const PlannedTrace& first);
  [[nodiscard]] std::unique_ptr<seam::Transport> open_connect(const PlannedTrace& first);
  [[nodiscard]] std::unique_ptr<seam::Transport> open_raw(
      const Privileges& privileges, const PlannedTrace& first);
  /// The transport can tell then that it does not answer.
  void tell_next_hop(const PlannedTrace& trace);
  /// Nobody else will be traced in this session.
  [[nodiscard]] bool is_alone() const;

  const TraceRequest& request_;
  IpAddress source_;  ///< of raw packets, and of reserved ports
  os::PollWaiter waiter_;
  PacketTap tap_;
  std::optional<SourcePorts> ports_;        ///< absent: the kernel chooses one for every probe
  transport::RawTransport* raw_ = nullptr;  ///< the transport, when it is one
  transport::ConnectTransport* connect_ = nullptr;  ///< likewise
  std::unique_ptr<seam::Transport> transport_;
  seam::Transport& tapped_;
  enrich::DnsResolver resolver_;
  PublicNames public_names_{resolver_};
};

}  // namespace synroute::tracer
