// SPDX-License-Identifier: Apache-2.0
// Writes the seed corpora from the packets that the unit tests use: fuzz_seeds DIRECTORY

#include "wire/packets_for_tests.hpp"
#include "wire/pcap_file.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

using namespace synroute;
using namespace synroute::wire;
using testing::Bytes;
using testing::hex;

namespace {

class Corpus {
 public:
  explicit Corpus(std::filesystem::path root) : root_{std::move(root)} {}

  void add(std::string_view target, std::string_view name, std::span<const std::uint8_t> seed) {
    const auto folder = root_ / target;
    std::filesystem::create_directories(folder);
    std::ofstream file{folder / name, std::ios::binary};
    for (const std::uint8_t byte : seed) {
      file.put(static_cast<char>(byte));
    }
  }
  void add(std::string_view target, std::string_view name, std::string_view text) {
    const Bytes bytes{text.begin(), text.end()};
    add(target, name, std::span{bytes});
  }

 private:
  std::filesystem::path root_;
};

/// syn() behind hop-by-hop options, a routing header and an atomic fragment header.
Bytes syn_behind_extension_headers() {
  Bytes packet = bytes(testing::syn(Family::V6));
  const Bytes chain = hex("2b00 010400000000 2c00 0400 00000000 0600 0000 0a0b0c0d");
  packet.insert(packet.begin() + 40, chain.begin(), chain.end());
  packet[5] = static_cast<std::uint8_t>(packet[5] + chain.size());
  packet[6] = 0;
  return packet;
}

Bytes interface_extension() {
  Extensions extensions;
  extensions.interfaces.push_back(
      {.index = 15, .address = testing::address("10.10.10.10"), .name = "ae1", .mtu = 1500});
  extensions.unknown.push_back({3, 1, {1, 2, 3, 4}});
  return encode(extensions);
}

void add_packets(Corpus& corpus, Family family, std::string_view suffix) {
  const auto name = [&](std::string_view stem) { return std::string{stem} + std::string{suffix}; };
  const Bytes syn = bytes(testing::syn(family));
  const IpHeader ip = testing::ip_header(family);
  corpus.add("dissect", name("syn"), syn);
  corpus.add("dissect", name("time_exceeded"), bytes(testing::time_exceeded(family)));
  corpus.add("dissect", name("udp"), bytes({ip, UdpDatagram{.payload = {1, 2, 3}}}));
  corpus.add("dissect", name("echo"), bytes({ip, IcmpMessage{.type = 8, .payload = {1, 2}}}));
  Datagram fragment = testing::syn(family);
  fragment.ip.more_fragments = true;
  corpus.add("dissect", name("fragment"), bytes(fragment));
  corpus.add("quote", name("whole"), syn);
  corpus.add("quote", name("short"), std::span{syn}.first(syn.size() - 32));
  Bytes padded = syn;
  padded.resize(128);
  corpus.add("quote", name("padded"), padded);
  Bytes error = hex("0b00 00000000 ff ff 0c 2000993a 00080101 04bb4101");
  error.insert(error.end(), syn.begin(), syn.end());
  corpus.add("icmp_error", name("labelled"), error);
  error.front() = 3;
  corpus.add("icmp_error", name("unreachable"), error);
}

void add_extensions(Corpus& corpus) {
  corpus.add("icmp_extension", "one_label", hex("2000993a 00080101 04bb4101"));
  corpus.add("icmp_extension", "two_labels", hex("2000707d 000c0101 073d9001 0635d101"));
  corpus.add("icmp_extension", "interface", interface_extension());
  corpus.add("icmp_extension", "no_checksum", hex("20000000 0010020b 00000007 00000000 000005dc"));
  Bytes payload(128);
  const Bytes labels = hex("2000993a 00080101 04bb4101");
  payload.insert(payload.end(), labels.begin(), labels.end());
  corpus.add("icmp_extension", "at_byte_128", payload);
}

void add_captures(Corpus& corpus) {
  PcapWriter writer;
  for (const Family family : {Family::V4, Family::V6}) {
    writer.add(WallTime{std::chrono::seconds{1}}, bytes(testing::syn(family)));
  }
  corpus.add("pcap", "raw", writer.take());
  corpus.add(
      "pcap",
      "cooked_little_endian",
      hex("d4c3b2a1 0200 0400 00000000 00000000 00000400 71000000"
          "00f15365 40e20100 12000000 12000000 0004 0001 0006 020000000001 0000 0800 4500"));
  corpus.add(
      "pcap",
      "ethernet_vlan",
      hex("a1b2c3d4 0002 0004 00000000 00000000 00040000 00000001"
          "6553f100 0001e240 00000014 00000014 020000000001 020000000002 8100 0064 86dd 6000"));
}

void add_options(Corpus& corpus) {
  corpus.add("tcp_options", "linux", testing::syn(Family::V4).tcp()->header.options.bytes());
  corpus.add("tcp_options", "fast_open", hex("220a 0102030405060708 0000"));
  corpus.add("tcp_options", "sack", hex("0101 050a 00000001 00000002"));
  corpus.add("tcp_options", "length_zero", hex("01 0200 0101"));
}

void add_texts(Corpus& corpus) {
  corpus.add("sanitise", "plain", "ae1.core-2.example");
  corpus.add("sanitise", "escape", "a\x1b[2J\r\n");
  corpus.add("sanitise", "utf8", "Z\xc3\xbcrich \xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x9b\xb0");
  corpus.add(
      "sanitise",
      "bidi",
      "moc\xe2\x80\xae"
      "elgoog");
  corpus.add("sanitise", "long", std::string(300, 'x'));
  corpus.add("ip_address", "v4", "192.0.2.7");
  corpus.add("ip_address", "v4_prefix", "192.0.2.0/24");
  corpus.add("ip_address", "v6", "2001:db8::80");
  corpus.add("ip_address", "v6_prefix", "2001:db8::/32");
  corpus.add("ip_address", "mapped", "::ffff:192.0.2.1");
  corpus.add("ip_address", "zone", "fe80::1%3");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: fuzz_seeds DIRECTORY\n", stderr);
    return 2;
  }
  Corpus corpus{argv[1]};
  add_packets(corpus, Family::V4, "_v4");
  add_packets(corpus, Family::V6, "_v6");
  corpus.add("dissect", "extension_headers_v6", syn_behind_extension_headers());
  corpus.add("quote", "extension_headers_v6", syn_behind_extension_headers());
  add_extensions(corpus);
  add_captures(corpus);
  add_options(corpus);
  add_texts(corpus);
  return 0;
}
