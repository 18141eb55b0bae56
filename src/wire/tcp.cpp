// SPDX-License-Identifier: Apache-2.0
#include "wire/tcp.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

#include <array>
#include <utility>

namespace synroute::wire {

std::vector<std::string_view> names(TcpFlags flags) {
  constexpr std::array<std::pair<TcpFlag, std::string_view>, 9> kNames{{
      {TcpFlag::Fin, "fin"},
      {TcpFlag::Syn, "syn"},
      {TcpFlag::Rst, "rst"},
      {TcpFlag::Psh, "psh"},
      {TcpFlag::Ack, "ack"},
      {TcpFlag::Urg, "urg"},
      {TcpFlag::Ece, "ece"},
      {TcpFlag::Cwr, "cwr"},
      {TcpFlag::Ae, "ae"},
  }};
  std::vector<std::string_view> set;
  for (const auto& [flag, name] : kNames) {
    if (flags.has(flag)) {
      set.push_back(name);
    }
  }
  return set;
}

std::optional<TcpHeaderRead> read_tcp_header(std::span<const std::uint8_t> segment) {
  Reader reader{segment};
  TcpHeaderRead read;
  TcpHeader& header = read.header;
  header.source_port = Port{reader.u16()};
  header.destination_port = Port{reader.u16()};
  header.sequence = reader.u32();
  header.acknowledgement = reader.u32();
  const std::uint16_t offset_and_flags = reader.u16();
  header.flags = TcpFlags{offset_and_flags};
  header.window = reader.u16();
  reader.skip(2);
  header.urgent = reader.u16();
  read.size = (offset_and_flags >> 12) * std::size_t{4};
  if (reader.failed() || read.size < TcpHeader::kSize) {
    return std::nullopt;
  }
  const std::size_t options_size = read.size - TcpHeader::kSize;
  read.complete = reader.left() >= options_size;
  header.options = TcpOptions{reader.take_at_most(options_size)};
  return read;
}

void write(const TcpHeader& header, Writer& to) {
  const std::size_t options_size = header.options.padded_size();
  const std::size_t words = (TcpHeader::kSize + options_size) / 4;
  to.u16(header.source_port.value()).u16(header.destination_port.value());
  to.u32(header.sequence).u32(header.acknowledgement);
  to.u16(static_cast<std::uint16_t>(words << 12 | header.flags.bits()));
  to.u16(header.window).u16(0).u16(header.urgent);
  to.bytes(header.options.bytes()).zeros(options_size - header.options.bytes().size());
}

}  // namespace synroute::wire
