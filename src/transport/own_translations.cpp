// SPDX-License-Identifier: Apache-2.0
#include "transport/own_translations.hpp"

#include <variant>

namespace synroute::transport {
namespace {

/// Replaces `field` where it shows what our own NAT made of the probe. A NAT further on may have
/// changed it again: that is then left as evidence of that NAT.
template <class Value>
bool restore(Value& field, const Value& translated, const Value& original) {
  if (field != translated || translated == original) {
    return false;
  }
  field = original;
  return true;
}

}  // namespace

void OwnTranslations::learn(
    std::uint32_t sequence,
    const model::ConnectionTuple& before,
    const model::ConnectionTuple& after) {
  if (before == after) {
    return;
  }
  by_sequence_.insert_or_assign(sequence, Translation{.before = before, .after = after});
  by_tuple_.insert_or_assign(after, before);
}

bool OwnTranslations::undo(wire::Datagram& answer) const {
  if (!any()) {
    return false;
  }
  if (auto* segment = std::get_if<wire::TcpSegment>(&answer.body)) {
    return undo(answer, *segment);
  }
  if (auto* message = std::get_if<wire::IcmpMessage>(&answer.body)) {
    return undo(answer, *message);
  }
  return false;
}

bool OwnTranslations::undo(wire::Datagram& answer, wire::TcpSegment& segment) const {
  const auto found = by_tuple_.find(
      {.source = answer.ip.destination,
       .source_port = segment.header.destination_port,
       .destination = answer.ip.source,
       .destination_port = segment.header.source_port});
  if (found == by_tuple_.end()) {
    return false;
  }
  const model::ConnectionTuple& original = found->second;
  answer.ip.destination = original.source;
  answer.ip.source = original.destination;
  segment.header.destination_port = original.source_port;
  segment.header.source_port = original.destination_port;
  return true;
}

bool OwnTranslations::undo(wire::Datagram& answer, wire::IcmpMessage& message) const {
  if (!message.quote || !message.quote->tcp) {
    return false;
  }
  const auto known = of_quote(*message.quote);
  if (!known) {
    return false;
  }
  const auto& [before, after] = *known;
  wire::Quote& quote = *message.quote;
  bool changed = restore(answer.ip.destination, after.source, before.source);
  changed |= restore(quote.source, after.source, before.source);
  changed |= restore(quote.destination, after.destination, before.destination);
  changed |= restore(quote.tcp->source_port, after.source_port, before.source_port);
  changed |= restore(quote.tcp->destination_port, after.destination_port, before.destination_port);
  if (quote.tcp->header) {
    quote.tcp->header->source_port = quote.tcp->source_port;
    quote.tcp->header->destination_port = quote.tcp->destination_port;
  }
  return changed;
}

/// By the sequence number, which no NAT of this host changes; by the tuple where a box on the path
/// rewrote that number.
std::optional<OwnTranslations::Translation> OwnTranslations::of_quote(
    const wire::Quote& quote) const {
  if (const auto named = by_sequence_.find(quote.tcp->sequence); named != by_sequence_.end()) {
    return named->second;
  }
  const auto shown = by_tuple_.find(
      {.source = quote.source,
       .source_port = quote.tcp->source_port,
       .destination = quote.destination,
       .destination_port = quote.tcp->destination_port});
  return shown != by_tuple_.end()
             ? std::optional{Translation{.before = shown->second, .after = shown->first}}
             : std::nullopt;
}

}  // namespace synroute::transport
