// SPDX-License-Identifier: Apache-2.0
#include "wire/pretty.hpp"

#include "base/text.hpp"
#include "wire/icmp_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>

namespace synroute::wire {
namespace {

using Line = fmt::memory_buffer;

template <class... Values>
void say(Line& line, fmt::format_string<Values...> format, Values&&... values) {
  fmt::format_to(std::back_inserter(line), format, std::forward<Values>(values)...);
}

void say_endpoint(Line& line, const IpAddress& address, Port port) {
  const bool v6 = address.family() == Family::V6;
  say(line, "{}{}{}:{}", v6 ? "[" : "", address.to_string(), v6 ? "]" : "", port.value());
}

void say_flags(Line& line, TcpFlags flags) {
  const auto set = names(flags);
  if (set.empty()) {
    say(line, "no flags");
    return;
  }
  std::string text = fmt::format("{}", fmt::join(set, ","));
  std::ranges::transform(text, text.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  say(line, "{}", text);
}

std::uint32_t number(std::span<const std::uint8_t> bytes) {
  std::uint32_t value = 0;
  for (const std::uint8_t byte : bytes) {
    value = value << 8 | byte;
  }
  return value;
}

/// The option in words; empty when it is unknown or has not the size of its kind.
std::string known_option(const TcpOption& option) {
  const auto data = option.data;
  switch (TcpOptionKind{option.kind}) {
    case TcpOptionKind::NoOperation: return "nop";
    case TcpOptionKind::MaximumSegmentSize:
      return data.size() == 2 ? fmt::format("mss {}", number(data)) : "";
    case TcpOptionKind::WindowScale:
      return data.size() == 1 ? fmt::format("wscale {}", number(data)) : "";
    case TcpOptionKind::SackPermitted: return data.empty() ? "sackOK" : "";
    case TcpOptionKind::Timestamps:
      return data.size() == 8
                 ? fmt::format("TS val {} ecr {}", number(data.first(4)), number(data.last(4)))
                 : "";
    case TcpOptionKind::FastOpen: return fmt::format("tfo {:02x}", fmt::join(data, ""));
    case TcpOptionKind::End:
    case TcpOptionKind::Sack: break;
  }
  return "";
}

void say_option(Line& line, const TcpOption& option) {
  const std::string known = known_option(option);
  if (known.empty()) {
    say(line, "option {} {:02x}", option.kind, fmt::join(option.data, ""));
  } else {
    say(line, "{}", known);
  }
}

void say_options(Line& line, const TcpOptions& options) {
  const auto list = options.list();
  if (list.empty()) {
    return;
  }
  say(line, " <");
  for (std::size_t i = 0; i < list.size(); ++i) {
    say(line, "{}", i == 0 ? "" : ",");
    say_option(line, list[i]);
  }
  say(line, ">");
}

void say_ip(Line& line, const IpHeader& ip) {
  say(line, " ttl {}", ip.ttl.value());
  if (ip.id != 0) {
    say(line, " id {}", ip.id);
  }
  if (ip.dont_fragment) {
    say(line, " DF");
  }
  if (ip.tos != 0) {
    say(line, " tos 0x{:02x}", ip.tos);
  }
  if (ip.flow_label != 0) {
    say(line, " flow 0x{:05x}", ip.flow_label);
  }
  if (ip.more_fragments || ip.fragment_offset != 0) {
    say(line, " fragment {}{}", ip.fragment_offset, ip.more_fragments ? "+" : "");
  }
  if (ip.has_options) {
    say(line, " {}", ip.family() == Family::V4 ? "ip options" : "extension headers");
  }
}

void say_checksum(Line& line, Checksum checksum) {
  if (checksum == Checksum::Bad) {
    say(line, " bad checksum");
  }
}

/// Flags, numbers and options of a TCP header; what the IP header says stands before the options.
void say_tcp(Line& line, const TcpHeader& tcp, const IpHeader* ip) {
  say_flags(line, tcp.flags);
  say(line, " seq {}", tcp.sequence);
  if (tcp.flags.has(TcpFlag::Ack) || tcp.acknowledgement != 0) {
    say(line, " ack {}", tcp.acknowledgement);
  }
  say(line, " win {}", tcp.window);
  if (tcp.urgent != 0) {
    say(line, " urg {}", tcp.urgent);
  }
  if (ip != nullptr) {
    say_ip(line, *ip);
  }
  say_options(line, tcp.options);
}

std::string_view title(Family family, const IcmpMessage& message) {
  switch (kind(family, message.type)) {
    case IcmpKind::TimeExceeded:
      return message.code == 0 ? "time exceeded" : "reassembly time exceeded";
    case IcmpKind::SourceQuench: return "source quench";
    case IcmpKind::Redirect: return "redirect";
    case IcmpKind::EchoRequest: return "echo request";
    case IcmpKind::EchoReply: return "echo reply";
    case IcmpKind::Unreachable:
    case IcmpKind::PacketTooBig:
    case IcmpKind::ParameterProblem:
      return unreachable_code(family, message.type, message.code).name;
    case IcmpKind::Other: break;
  }
  return "icmp";
}

void say_quote(Line& line, const Quote& quote) {
  say(line, " (");
  if (quote.tcp) {
    say_endpoint(line, quote.source, quote.tcp->source_port);
    say(line, " > ");
    say_endpoint(line, quote.destination, quote.tcp->destination_port);
  } else {
    say(line,
        "{} > {} protocol {}",
        quote.source.to_string(),
        quote.destination.to_string(),
        quote.protocol);
  }
  std::optional<IpHeader> ip;
  if (quote.ip) {
    ip = IpHeader{
        .destination = quote.destination,
        .ttl = quote.ip->ttl,
        .tos = quote.ip->tos,
        .id = quote.ip->id,
        .flow_label = quote.ip->flow_label,
        .dont_fragment = quote.ip->dont_fragment};
  }
  if (quote.tcp && quote.tcp->header) {
    say(line, " ");
    say_tcp(line, *quote.tcp->header, ip ? &*ip : nullptr);
  } else {
    if (quote.tcp) {
      say(line, " seq {}", quote.tcp->sequence);
    }
    if (ip) {
      say_ip(line, *ip);
    }
  }
  say(line, ")");
}

std::string_view name(InterfaceInfo::Role role) {
  switch (role) {
    case InterfaceInfo::Role::IncomingIp: return "incoming interface";
    case InterfaceInfo::Role::SubIp: return "incoming sub-interface";
    case InterfaceInfo::Role::OutgoingIp: return "outgoing interface";
    case InterfaceInfo::Role::NextHop: return "next hop";
  }
  return "";
}

void say_extensions(Line& line, const Extensions& extensions) {
  for (const MplsLabel& label : extensions.mpls) {
    say(line,
        " mpls {} tc {} s {} ttl {}",
        label.label,
        label.traffic_class,
        label.bottom ? 1 : 0,
        label.ttl);
  }
  for (const InterfaceInfo& info : extensions.interfaces) {
    say(line, " {}", name(info.role));
    if (info.index) {
      say(line, " index {}", *info.index);
    }
    if (info.address) {
      say(line, " {}", info.address->to_string());
    }
    if (info.name) {
      say(line, " \"{}\"", sanitise(*info.name));
    }
    if (info.mtu) {
      say(line, " mtu {}", *info.mtu);
    }
  }
  for (const UnknownObject& object : extensions.unknown) {
    say(line,
        " object {}/{} of {} bytes",
        object.class_number,
        object.class_type,
        object.payload.size());
  }
}

class Describer {
 public:
  Describer(const IpHeader& ip, Line& line) : ip_{ip}, line_{line} {}

  void operator()(const TcpSegment& segment) const {
    endpoints(segment.header.source_port, segment.header.destination_port);
    say(line_, " ");
    say_tcp(line_, segment.header, &ip_);
    payload(segment.payload.size());
    say_checksum(line_, segment.checksum);
  }

  void operator()(const UdpDatagram& udp) const {
    endpoints(udp.source_port, udp.destination_port);
    say(line_, " UDP");
    say_ip(line_, ip_);
    payload(udp.payload.size());
    say_checksum(line_, udp.checksum);
  }

  void operator()(const IcmpMessage& message) const {
    addresses();
    say(line_, " {} ({}/{})", title(ip_.family(), message), message.type, message.code);
    if (const auto mtu = next_hop_mtu(ip_.family(), message)) {
      say(line_, " mtu {}", *mtu);
    }
    say_ip(line_, ip_);
    if (message.quote) {
      say_quote(line_, *message.quote);
    }
    say_extensions(line_, message.extensions);
    say_checksum(line_, message.checksum);
  }

  void operator()(const OtherPayload& other) const {
    addresses();
    say(line_, " protocol {}", ip_.protocol);
    say_ip(line_, ip_);
    payload(other.bytes.size());
  }

 private:
  void endpoints(Port source, Port destination) const {
    say_endpoint(line_, ip_.source, source);
    say(line_, " > ");
    say_endpoint(line_, ip_.destination, destination);
  }
  void addresses() const {
    say(line_, "{} > {}", ip_.source.to_string(), ip_.destination.to_string());
  }
  void payload(std::size_t size) const {
    if (size != 0) {
      say(line_, " {} bytes", size);
    }
  }

  const IpHeader& ip_;
  Line& line_;
};

}  // namespace

std::string pretty(const Datagram& datagram) {
  Line line;
  std::visit(Describer{datagram.ip, line}, datagram.body);
  return fmt::to_string(line);
}

}  // namespace synroute::wire
