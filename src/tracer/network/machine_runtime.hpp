// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "enrich/dns_resolver.hpp"
#include "os/poll_waiter.hpp"
#include "tracer/network/network.hpp"
#include "tracer/network/public_names.hpp"
#include "tracer/network/source_ports.hpp"
#include "tracer/privileges.hpp"

#include <memory>
#include <optional>
#include <span>

namespace synroute::tracer {

/// A transport on this host's network, the clock, and the name servers.
class MachineRuntime final : public Runtime {
 public:
  /// `held`: source ports that are already reserved, all for the first trace; absent: some are
  /// reserved where the method needs them. Throws os::SystemError.
  MachineRuntime(
      const TraceRequest& request,
      const Privileges& privileges,
      std::optional<SourcePorts> held,
      std::span<PlannedTrace> traces,
      const PacketRecorder& recorder);

  [[nodiscard]] seam::Transport& transport() override { return tapped_; }
  [[nodiscard]] seam::Waiter& waiter() override { return waiter_; }
  [[nodiscard]] seam::Resolver* resolver() override;
  [[nodiscard]] int signal() const override { return waiter_.caught(); }

 private:
  [[nodiscard]] std::unique_ptr<seam::Transport> open_transport(
      const TraceRequest& request, const Privileges& privileges, std::span<PlannedTrace> traces);
  [[nodiscard]] std::unique_ptr<seam::Transport> open_connect(
      const TraceRequest& request, std::span<const PlannedTrace> traces);
  [[nodiscard]] std::unique_ptr<seam::Transport> open_raw(
      const TraceRequest& request,
      const Privileges& privileges,
      std::span<const PlannedTrace> traces);

  HopNames names_;
  os::PollWaiter waiter_;
  PacketTap tap_;
  std::optional<SourcePorts> ports_;  ///< absent: the kernel chooses one for every probe
  std::unique_ptr<seam::Transport> transport_;
  seam::Transport& tapped_;
  enrich::DnsResolver resolver_;
  PublicNames public_names_{resolver_};
};

}  // namespace synroute::tracer
