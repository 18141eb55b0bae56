// SPDX-License-Identifier: Apache-2.0
#include "cli/tcptraceroute.hpp"

#include "base/text.hpp"
#include "cli/compose.hpp"
#include "cli/plan.hpp"
#include "cli/seed.hpp"
#include "cli/streams.hpp"
#include "cli/tcptraceroute_arguments.hpp"
#include "cli/tcptraceroute_place.hpp"
#include "drive/session.hpp"
#include "enrich/dns_resolver.hpp"
#include "os/check.hpp"
#include "os/network/name_lookup.hpp"
#include "os/poll_waiter.hpp"
#include "os/rights/confinement.hpp"
#include "os/rights/rights.hpp"
#include "present/tcptraceroute/tcptraceroute.hpp"
#include "strategy/classic/classic_path.hpp"
#include "transport/connect_transport.hpp"
#include "transport/raw_transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <utility>

#include <unistd.h>

namespace synroute::cli {
namespace {

constexpr int kSuccess = 0;
constexpr int kFailure = 1;

void say(std::string_view line) {
  write_text({.out = {}, .err = std::string{line} + "\n"});
}

int fail(std::string_view line) {
  say(line);
  return kFailure;
}

/// Private addresses are nobody's business outside: their names are asked for with -N only.
class PublicNames final : public seam::Resolver {
 public:
  explicit PublicNames(seam::Resolver& all) : all_{all} {}

  void ask(const IpAddress& address) override {
    if (!address.is_rfc1918()) {
      all_.ask(address);
    }
  }
  void receive(std::vector<seam::NameAnswer>& into) override { all_.receive(into); }
  [[nodiscard]] int pending() const override { return all_.pending(); }
  [[nodiscard]] std::optional<Instant> deadline() override { return all_.deadline(); }

 private:
  seam::Resolver& all_;
};

TcptracerouteSetting setting_of(std::string_view program, const Equipment& equipment) {
  return {
      .program = program,
      .posixly_correct = std::getenv("POSIXLY_CORRECT") != nullptr,
      // Who could send any packet anyway may choose any source: root, and whoever was given the
      // right himself. Not those to whom only the program lends it.
      .may_choose_source = ::getuid() == 0 || (equipment.raw && !equipment.lent),
      .services = os::service_port};
}

ProbeLook look_of(const TcptracerouteArguments& arguments) {
  wire::TcpFlags flags;
  flags = arguments.syn || !arguments.ack ? flags | wire::TcpFlag::Syn : flags;
  flags = arguments.ack ? flags | wire::TcpFlag::Ack : flags;
  return {
      .flags = flags,
      .ecn_setup = arguments.ecn,
      .bare = !arguments.os_syn,
      .dont_fragment = arguments.dont_fragment,
      .tos = static_cast<std::uint8_t>(arguments.tos)};
}

/// What the probes look like. A length below that of the headers is raised with a warning, as it
/// always was; one above the MTU is for the kernel to refuse.
engine::ProbeShape probe_shape(const TcptracerouteArguments& arguments, const Place& place) {
  const Family family = place.target.family();
  ProbeLook look = look_of(arguments);
  const std::size_t least = shape_of(look, family, place)->length(family);
  if (arguments.length != 0 && arguments.length < least) {
    say(fmt::format("Warning: Increasing packet length to {} bytes", least));
  }
  look.length = static_cast<int>(std::max<std::uint64_t>(arguments.length, least));
  Place way = place;
  way.mtu = arguments.length > place.mtu ? 0 : place.mtu;
  return *shape_of(look, family, way);
}

/// The first option whose wish only raw packets can fulfil; empty when there is none.
std::string_view what_needs_raw(const TcptracerouteArguments& arguments) {
  if (arguments.ack) {
    return "-A";
  }
  if (arguments.ecn) {
    return "-E";
  }
  if (arguments.length != 0) {
    return "the packet length";
  }
  return arguments.local_port || arguments.take_port ? "-p" : "";
}

engine::Settings engine_settings(
    const TcptracerouteArguments& arguments, const Place& place, std::vector<Port> ports) {
  engine::Settings settings;
  model::Trace& head = settings.head;
  head.target = {
      .input = arguments.host,
      .address = place.target,
      .port = arguments.port,
      .service = os::service_name(arguments.port),
      .zone = place.target.is_link_local() ? place.interface : ""};
  head.source = {
      .address = place.source,
      .port = ports.empty() ? Port{} : ports.front(),
      .interface = place.interface};
  head.first_ttl = static_cast<int>(arguments.first_ttl);
  head.last_ttl = static_cast<int>(arguments.last_ttl);
  head.queries = static_cast<int>(arguments.queries);
  settings.shape = probe_shape(arguments, place);
  head.packet_length = settings.shape.length(place.target.family());
  settings.source_ports = std::move(ports);
  settings.descending_sequence = true;
  settings.seed = seed_of({});
  settings.report_packets = arguments.debug;
  // A row takes twice the probes at most, when each is sent again alone.
  const auto rows = arguments.last_ttl - arguments.first_ttl + 1;
  settings.probes_max = 2 * rows * arguments.queries + arguments.queries;
  return settings;
}

strategy::ClassicOptions strategy_of(const TcptracerouteArguments& arguments) {
  return {
      .first_ttl = static_cast<int>(arguments.first_ttl),
      .last_ttl = static_cast<int>(arguments.last_ttl),
      .queries = static_cast<int>(arguments.queries),
      .wait = arguments.wait,
      .sequential = arguments.sequential,
      .flow_per_probe = arguments.track_port};
}

present::TcptracerouteOptions output_of(
    const TcptracerouteArguments& arguments, bool one_probe_per_flow) {
  using Names = TcptracerouteArguments::Names;
  return {
      .rows =
          {.names = arguments.names != Names::None,
           .private_names = arguments.names == Names::All,
           .dnat = arguments.dnat,
           .wait = arguments.wait,
           .any_icmp = arguments.any_icmp},
      .show_source_port = !arguments.track_port && !one_probe_per_flow,
      .one_by_one = arguments.sequential,
      .debug = arguments.debug};
}

/// Zero when anything answered for the target: itself, or an ICMP message that it cannot be
/// reached.
int status_of(const drive::Outcome& outcome) {
  constexpr int kReaderGone = 141;  // as of a program that SIGPIPE ended
  if (outcome.reader_gone) {
    return kReaderGone;
  }
  using model::StopReason;
  const bool answered = std::ranges::any_of(outcome.traces, [](const model::Trace& trace) {
    return trace.verdict.stop == StopReason::TargetAnswered
           || trace.verdict.stop == StopReason::Unreachable;
  });
  return answered ? kSuccess : kFailure;
}

/// Ends the process by the signal that interrupted it, so that whoever waits for it sees that.
[[noreturn]] void die_by(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  std::_Exit(128 + signal);
}

/// A way to send, and what is readable when it has something to tell.
struct Way {
  std::unique_ptr<seam::Transport> transport;
  int descriptor = -1;
};

Way open_way(
    const TcptracerouteArguments& arguments,
    const Equipment& equipment,
    const Place& place,
    const std::vector<Port>& ports) {
  const os::Egress egress{.interface = arguments.device == kAnyDevice ? "" : arguments.device};
  if (equipment.raw) {
    auto raw = std::make_unique<transport::RawTransport>(
        equipment.raw,
        transport::RawTransport::Options{
            .source = place.source,
            .egress = egress,
            .source_ports = ports,
            .targets = {place.target}});
    const int descriptor = raw->descriptor();
    return {.transport = std::move(raw), .descriptor = descriptor};
  }
  auto connect = std::make_unique<transport::ConnectTransport>(
      transport::ConnectTransport::Options{.egress = egress, .patience = arguments.wait});
  const int descriptor = connect->descriptor();
  return {.transport = std::move(connect), .descriptor = descriptor};
}

int trace(
    const TcptracerouteArguments& arguments,
    const Equipment& equipment,
    const Place& place,
    LocalPorts ports) {
  const Way way = open_way(arguments, equipment, place, ports.numbers);
  os::confine(os::Phase::Trace);
  enrich::DnsResolver names;
  PublicNames public_names{names};
  int signal = 0;
  drive::Outcome outcome;
  {
    os::PollWaiter waiter;
    waiter.watch(way.descriptor);
    waiter.watch(names.descriptor());
    const auto wanted = arguments.names;
    using Names = TcptracerouteArguments::Names;
    seam::Resolver* resolver = nullptr;
    if (wanted != Names::None) {
      resolver = wanted == Names::All ? static_cast<seam::Resolver*>(&names) : &public_names;
    }
    engine::Settings settings = engine_settings(arguments, place, std::move(ports.numbers));
    const seam::TransportTraits traits = way.transport->traits();
    settings.head.method = traits.method;
    settings.head.started_at = waiter.wall();
    settings.one_probe_per_flow = traits.one_probe_per_flow;
    drive::Session session{*way.transport, waiter, resolver, write_text};
    std::vector<std::unique_ptr<seam::Presenter>> presenters;
    presenters.push_back(
        std::make_unique<present::Tcptraceroute>(output_of(arguments, traits.one_probe_per_flow)));
    session.add(
        std::make_unique<engine::Engine>(
            std::move(settings), strategy::classic_path(strategy_of(arguments))),
        std::move(presenters));
    outcome = session.run();
    signal = waiter.caught();
  }
  if (signal != 0) {
    die_by(signal);
  }
  return status_of(outcome);
}

/// Complaints come in the order of tcptraceroute: rights, target, way, source, device, port,
/// numbers.
int prepare_and_trace(TcptracerouteArguments arguments, const Equipment& equipment) {
  if (!equipment.raw) {
    if (const auto option = what_needs_raw(arguments); !option.empty()) {
      return fail(fmt::format("Got root?\n{} needs raw packets; {}", option, os::rights_hint()));
    }
    say(connect_notice(ConnectFlows::Many));
    arguments.os_syn = true;  // connect() knows no other
  }
  const auto place = find_place(arguments);
  if (!place) {
    return fail(place.error());
  }
  if (arguments.track_port && arguments.local_port.value_or(0) != 0) {
    say("Warning: --track-id implied by specifying the local source port");
    arguments.track_port = false;
  }
  auto ports = equipment.raw ? hold_ports(arguments, *place, equipment.low_ports) : LocalPorts{};
  if (!ports) {
    return fail(ports.error());
  }
  if (const auto error = range_error(arguments)) {
    return fail(*error);
  }
  return trace(arguments, equipment, *place, std::move(*ports));
}

}  // namespace

int run_tcptraceroute(std::string_view program, Words words, const Equipment& equipment) {
  auto arguments = read_tcptraceroute(words, setting_of(program, equipment));
  if (!arguments) {
    const LastWords& last = arguments.error();
    write_text({.out = last.out, .err = {}});
    write_text({.out = {}, .err = last.err});
    return last.status;
  }
  if (arguments->debug) {
    // The second line tells of raw packets.
    const std::string_view banner = tcptraceroute_debug_banner();
    const std::size_t size = equipment.raw ? banner.size() : banner.find('\n') + 1;
    write_text({.out = {}, .err = std::string{banner.substr(0, size)}});
  }
  try {
    return prepare_and_trace(std::move(*arguments), equipment);
  } catch (const os::SystemError& error) {
    return fail(error.hint().empty() ? error.what() : error.what() + ("\n" + error.hint()));
  }
}

}  // namespace synroute::cli
