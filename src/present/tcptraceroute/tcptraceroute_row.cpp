// SPDX-License-Identifier: Apache-2.0
#include "present/tcptraceroute/tcptraceroute_row.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

namespace synroute::present {
namespace {

using model::Reply;
using model::ReplyKind;
using wire::TcpFlag;

constexpr std::string_view kNewLine = "\n    ";

std::string unknown_flags(wire::TcpFlags flags) {
  constexpr std::array<std::pair<TcpFlag, std::string_view>, 8> kInOrder{{
      {TcpFlag::Rst, " RST"},
      {TcpFlag::Syn, " SYN"},
      {TcpFlag::Ack, " ACK"},
      {TcpFlag::Psh, " PSH"},
      {TcpFlag::Fin, " FIN"},
      {TcpFlag::Urg, " URG"},
      {TcpFlag::Cwr, " CWR"},
      {TcpFlag::Ece, " ECN"},
  }};
  std::string text;
  for (const auto& [flag, word] : kInOrder) {
    text += flags.has(flag) ? word : "";
  }
  return text.empty() ? " no flags" : text;
}

/// The codes of ICMP destination unreachable (RFC 792, RFC 1812 §5.2.7.1).
std::string mark_v4(std::uint8_t code) {
  constexpr std::array<std::string_view, 14> kMarks{
      "!N", "!H", "!P", "!p", "!F", "!S", "!U", "!U", "!I", "!A", "!C", "!T", "!T", "!A"};
  return code < kMarks.size() ? std::string{kMarks.at(code)} : fmt::format("!<{}>", code);
}

/// The letters of the equivalent IPv4 codes (RFC 4443 §3.1); later codes as numbers.
std::string mark_v6(std::uint8_t type, std::uint8_t code) {
  constexpr std::uint8_t kPacketTooBig = 2;
  constexpr std::uint8_t kParameterProblem = 4;
  constexpr std::uint8_t kUnknownNextHeader = 1;
  constexpr std::array<std::string_view, 7> kMarks{"!N", "!A", "!I", "!H", "!p", "!A", "!A"};
  if (type == kPacketTooBig) {
    return "!F";
  }
  if (type == kParameterProblem) {
    return code == kUnknownNextHeader ? "!P" : fmt::format("!<{}>", code);
  }
  return code < kMarks.size() ? std::string{kMarks.at(code)} : fmt::format("!<{}>", code);
}

/// An IPv4 parameter problem.
bool is_unexpected(const Reply& reply) {
  constexpr std::uint8_t kUnreachable = 3;
  return reply.kind == ReplyKind::Unreachable && reply.from.family() == Family::V4
         && reply.icmp_type != kUnreachable;
}

}  // namespace

std::string tcptraceroute_state(const Reply& reply) {
  if (!reply.is_tcp()) {
    return {};
  }
  if (reply.flags.has(TcpFlag::Rst)) {
    return "closed";
  }
  if (reply.flags.has(TcpFlag::Syn) && reply.flags.has(TcpFlag::Ack)) {
    return reply.flags.has(TcpFlag::Ece) ? "open, ecn" : "open";
  }
  return "unknown," + unknown_flags(reply.flags);
}

std::string tcptraceroute_mark(const Reply& reply) {
  if (reply.kind != ReplyKind::Unreachable) {
    return {};
  }
  if (reply.from.family() == Family::V6) {
    return " " + mark_v6(reply.icmp_type, reply.icmp_code);
  }
  return is_unexpected(reply) ? " -- Unexpected ICMP" : " " + mark_v4(reply.icmp_code);
}

bool ends_tcptraceroute(const Reply& reply) {
  return reply.is_tcp() || (reply.kind == ReplyKind::Unreachable && !is_unexpected(reply));
}

const Reply* TcptracerouteRows::shown(const model::ProbeRecord& record) const {
  const Reply* reply = record.reply();
  if (reply == nullptr || reply->rtt > options_.wait
      || (is_unexpected(*reply) && !options_.any_icmp)) {
    return nullptr;
  }
  if (options_.dnat == DnatDisplay::Strict && reply->quote) {
    const bool other_address =
        reply->kind == ReplyKind::TimeExceeded && reply->quote->destination != record.probe.target;
    const bool other_port =
        reply->quote->tcp && reply->quote->tcp->destination_port != record.probe.target_port;
    return other_address || other_port ? nullptr : reply;
  }
  return reply;
}

bool TcptracerouteRows::wants_name(const IpAddress& address) const {
  return options_.names && (options_.private_names || !address.is_rfc1918());
}

std::string TcptracerouteRows::print(const Entry& entry, const NameCache& names) {
  const Reply* reply = shown(entry.record);
  std::string text;
  const std::string dnat = dnat_lines(entry.record, entry.first);
  const bool forced = !dnat.empty();
  text += dnat;
  if (entry.first) {
    text += fmt::format("{:2}  ", entry.ttl.value());
    responder_.reset();
    timed_out_ = false;
  }
  const bool new_line = reply != nullptr && responder_ && *responder_ != reply->from;
  const bool behind_timeout = timed_out_ && !new_line;
  bool shows_host = false;
  if (new_line) {
    text += kNewLine;
  }
  if (reply != nullptr && (new_line || forced || !responder_)) {
    text += behind_timeout ? " " : "";
    text += host(reply->from, names);
    shows_host = true;
  }
  if (reply != nullptr) {
    const std::string state = tcptraceroute_state(*reply);
    if (!state.empty() && (entry.first || shows_host || state != state_)) {
      text += fmt::format(" [{}]", state);
      state_ = state;
    }
    text += behind_timeout ? " " : "  ";
    text += fmt::format("{:.3f} ms{}", milliseconds(reply->rtt), tcptraceroute_mark(*reply));
    responder_ = reply->from;
  } else {
    text += entry.first ? "*" : " *";
  }
  timed_out_ = reply == nullptr;
  return text + (entry.last ? "\n" : "");
}

std::string TcptracerouteRows::dnat_lines(const model::ProbeRecord& record, bool first) {
  const Reply* reply = shown(record);
  if (options_.dnat != DnatDisplay::Show || reply == nullptr || !reply->quote) {
    return {};
  }
  std::optional<IpAddress> address;
  std::optional<Port> port;
  if (reply->kind == ReplyKind::TimeExceeded && reply->quote->destination != record.probe.target) {
    address = reply->quote->destination;
  }
  if (reply->quote->tcp && reply->quote->tcp->destination_port != record.probe.target_port) {
    port = reply->quote->tcp->destination_port;
  }
  if ((!address || address == dnat_address_) && (!port || port == dnat_port_)) {
    return {};
  }
  dnat_address_ = address.value_or(IpAddress{});  // 0.0.0.0 when only the port differs
  dnat_port_ = port;
  return fmt::format(
      "{}      Detected DNAT to {}{}\n{}",
      first ? "" : "\n",
      dnat_address_->to_string(),
      port ? fmt::format(":{}", port->value()) : "",
      first ? "" : "    ");
}

std::string TcptracerouteRows::host(const IpAddress& address, const NameCache& names) const {
  const std::string text = address.to_string();
  const std::string* name = wants_name(address) ? names.find(address) : nullptr;
  return name != nullptr && *name != text ? fmt::format("{} ({})", sanitise(*name), text) : text;
}

}  // namespace synroute::present
