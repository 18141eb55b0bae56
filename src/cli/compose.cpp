// SPDX-License-Identifier: Apache-2.0
#include "cli/compose.hpp"

#include "cli/locate.hpp"
#include "cli/recording.hpp"
#include "cli/streams.hpp"
#include "enrich/dns_resolver.hpp"
#include "infer/infer.hpp"
#include "os/network/port_reservation.hpp"
#include "os/poll_waiter.hpp"
#include "os/rights/rights.hpp"
#include "strategy/path/trace_path.hpp"
#include "transport/connect_transport.hpp"
#include "transport/raw_transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>

namespace synroute::cli {
namespace {

/// Each trace holds about a dozen sockets and a process may have 1,024 files open.
constexpr std::size_t kTracesPerSession = 64;

bool same_endpoint(const engine::Settings& left, const engine::Settings& right) {
  return left.head.target.address == right.head.target.address
         && left.head.target.port == right.head.target.port;
}

/// How many of the first traces can share a transport: it has one source address; and two traces
/// from one source port to the same endpoint could not tell their answers apart.
std::size_t shareable(std::span<const engine::Settings> traces, bool one_source_port) {
  std::size_t count = 1;
  const auto fits = [&](const engine::Settings& next) {
    const bool clashes =
        one_source_port && std::ranges::any_of(traces.first(count), [&](const auto& other) {
          return same_endpoint(next, other);
        });
    return !clashes && next.head.source.address == traces.front().head.source.address;
  };
  while (count < std::min(traces.size(), kTracesPerSession) && fits(traces[count])) {
    ++count;
  }
  return count;
}

/// Source ports for some traces, held as long as this lives.
class SourcePorts {
 public:
  SourcePorts(const TraceRequest& request, bool low_ports, std::span<engine::Settings> traces)
      : reservation_{
            {.source = traces.front().head.source.address,
             .egress = egress_of(request.way_out),
             .ports = wish(request, traces.size()),
             .low_ports_unheld = low_ports,
             .shared = request.method == SendMethod::Connect}} {
    std::span<const Port> free = reservation_.ports();
    const std::size_t each = source_port_count(request);
    for (engine::Settings& trace : traces) {
      trace.source_ports.assign(free.begin(), free.begin() + static_cast<std::ptrdiff_t>(each));
      trace.head.source.port = free.front();
      free = free.subspan(request.way_out.source_port ? 0 : each);
    }
  }

  [[nodiscard]] const std::vector<Port>& all() const { return reservation_.ports(); }

 private:
  static std::vector<Port> wish(const TraceRequest& request, std::size_t traces) {
    if (request.way_out.source_port) {
      return {*request.way_out.source_port};
    }
    return std::vector<Port>(traces * source_port_count(request), Port{0});
  }

  os::PortReservation reservation_;
};

std::vector<IpAddress> addresses_of(std::span<const engine::Settings> traces) {
  std::vector<IpAddress> addresses;
  for (const engine::Settings& trace : traces) {
    addresses.push_back(trace.head.target.address);
  }
  return addresses;
}

/// A way to send, with what it stands on.
struct OpenTransport {
  std::unique_ptr<SourcePorts> ports;  ///< null when the kernel chooses one for every probe
  std::unique_ptr<seam::Transport> transport;
  int descriptor = -1;  ///< readable when the transport has something to tell
};

transport::Keep keep_for(const Equipment& equipment, const seam::PacketSink& sink) {
  if (!sink) {
    return transport::Keep::Nothing;
  }
  return equipment.lent ? transport::Keep::Ours : transport::Keep::Everything;
}

/// Opens the way to send that the request chose; the only place that knows which there are.
OpenTransport open_transport(
    const TraceRequest& request,
    const Equipment& equipment,
    std::span<engine::Settings> traces,
    const seam::PacketSink& sink) {
  OpenTransport result;
  if (request.method == SendMethod::Connect) {
    auto connect =
        std::make_unique<transport::ConnectTransport>(transport::ConnectTransport::Options{
            .egress = egress_of(request.way_out),
            .patience = request.path.wait.max,
            .one_flow = request.paris});
    if (request.paris) {
      result.ports = std::make_unique<SourcePorts>(request, false, traces);
    }
    result.descriptor = connect->descriptor();
    result.transport = std::move(connect);
    return result;
  }
  result.ports = std::make_unique<SourcePorts>(request, equipment.low_ports, traces);
  auto raw = std::make_unique<transport::RawTransport>(
      equipment.raw,
      transport::RawTransport::Options{
          .source = traces.front().head.source.address,
          .egress = egress_of(request.way_out),
          .source_ports = result.ports->all(),
          .targets = addresses_of(traces),
          .next_hop = request.way_out.next_hop,
          .sink = sink,
          .keep = keep_for(equipment, sink)});
  result.descriptor = raw->descriptor();
  result.transport = std::move(raw);
  return result;
}

drive::Outcome trace_together(
    const TraceRequest& request,
    const Equipment& equipment,
    std::vector<engine::Settings> traces,
    const StrategyMaker& strategies,
    const PresenterFactory& presenters) {
  os::PollWaiter waiter;
  Recording recording{request, equipment, waiter};
  const OpenTransport open = open_transport(request, equipment, traces, recording.sink());
  enrich::DnsResolver resolver;
  waiter.watch(open.descriptor);
  waiter.watch(resolver.descriptor());
  const Stage stage{
      .transport = recording.around(*open.transport),
      .waiter = waiter,
      .resolver = request.names ? &resolver : nullptr};
  return perform(stage, std::move(traces), strategies, presenters);
}

}  // namespace

StrategyMaker path_strategy(const strategy::TraceOptions& path) {
  return [path](const engine::Settings& settings) {
    const std::size_t ports = settings.source_ports.size();
    return strategy::trace_path(path, ports == 0 ? 0 : ports - 1);
  };
}

drive::Outcome perform(
    const Stage& stage,
    std::vector<engine::Settings> traces,
    const StrategyMaker& strategies,
    const PresenterFactory& presenters) {
  const seam::TransportTraits traits = stage.transport.traits();
  drive::Session session{
      stage.transport, stage.waiter, stage.resolver, write_text, {.infer = infer::infer}};
  for (engine::Settings& settings : traces) {
    settings.head.method = traits.method;
    settings.head.started_at = stage.waiter.wall();
    settings.one_probe_per_flow = traits.one_probe_per_flow;
    auto strategy = strategies(settings);
    session.add(
        std::make_unique<engine::Engine>(std::move(settings), std::move(strategy)), presenters());
  }
  return session.run();
}

std::expected<void, Obstacle> check_rights(const Equipment& equipment) {
  if (equipment.raw) {
    return {};
  }
  return std::unexpected{Obstacle{
      .code = ExitCode::CannotRun,
      .message = "no right to send raw packets: " + os::rights_hint()}};
}

std::string connect_notice(ConnectFlows flows) {
  std::string_view ways;
  switch (flows) {
    case ConnectFlows::One: break;
    case ConnectFlows::Many: ways = " each takes a way of its own where routers share load,"; break;
    case ConnectFlows::ManyByChoice:
      ways = " each takes a way of its own where routers share load (but see --paris),";
      break;
  }
  return fmt::format(
      "no right to send raw packets, so probes are connect() calls:{} TTL and options of the "
      "target's "
      "answers and rewritten quotes stay unknown, and an open port sees connections, reset at "
      "once; {}",
      ways,
      os::rights_hint());
}

std::expected<SendMethod, Obstacle> choose_method(
    const TraceRequest& request,
    const Equipment& equipment,
    const std::function<void(std::string_view)>& say) {
  const std::string_view needs_raw = what_needs_raw(request);
  if (request.method == SendMethod::Connect) {
    if (!needs_raw.empty()) {
      return std::unexpected{Obstacle{
          .code = ExitCode::Usage,
          .message = fmt::format("{} is not possible with --method connect", needs_raw)}};
    }
    return SendMethod::Connect;
  }
  const auto rights = check_rights(equipment);
  if (rights) {
    return SendMethod::Raw;
  }
  if (request.method == SendMethod::Raw) {
    return std::unexpected{rights.error()};
  }
  if (!needs_raw.empty()) {
    return std::unexpected{Obstacle{
        .code = ExitCode::CannotRun,
        .message = fmt::format("{} needs raw packets; {}", needs_raw, os::rights_hint())}};
  }
  say(connect_notice(request.paris ? ConnectFlows::One : ConnectFlows::ManyByChoice));
  return SendMethod::Connect;
}

drive::Outcome trace(
    const TraceRequest& request,
    const Equipment& equipment,
    std::vector<engine::Settings> traces,
    const StrategyMaker& strategies,
    const PresenterFactory& presenters) {
  drive::Outcome all;
  const bool one_source_port = request.way_out.source_port.has_value() || request.paris;
  while (!traces.empty() && !all.interrupted && !all.reader_gone) {
    const auto past =
        traces.begin() + static_cast<std::ptrdiff_t>(shareable(traces, one_source_port));
    std::vector<engine::Settings> first{
        std::make_move_iterator(traces.begin()), std::make_move_iterator(past)};
    traces.erase(traces.begin(), past);
    drive::Outcome outcome =
        trace_together(request, equipment, std::move(first), strategies, presenters);
    std::ranges::move(outcome.traces, std::back_inserter(all.traces));
    all.interrupted = outcome.interrupted;
    all.reader_gone = outcome.reader_gone;
  }
  return all;
}

ExitCode exit_code_of(const drive::Outcome& outcome) {
  if (outcome.reader_gone) {
    return ExitCode::ReaderGone;
  }
  ExitCode code = outcome.interrupted ? ExitCode::Interrupted : ExitCode::Open;
  for (const model::Trace& each : outcome.traces) {
    code = greatest(code, exit_code_of(each));
  }
  return code;
}

}  // namespace synroute::cli
