// SPDX-License-Identifier: Apache-2.0
#include "os/rights/filter.hpp"

#include "os/check.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <limits>
#include <ranges>

#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace synroute::os {
namespace {

constexpr std::uint32_t kWholePacket = 0x40000;

// RFC 8200 §4.1 and RFC 4302.
constexpr std::array<std::uint32_t, 5> kExtensions = {
    IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_FRAGMENT, IPPROTO_DSTOPTS, IPPROTO_AH};

/// Where a conditional jump goes. Classic BPF counts instructions to skip, in eight bits, forward
/// only; labels are written first and become counts when the program is complete.
enum class Label : std::uint8_t { Next, Accept, Reject, Tcp, Port, NextTarget, NotOurs };

class Assembler {
 public:
  void load_byte(std::uint32_t offset) { plain(BPF_LD | BPF_B | BPF_ABS, offset); }
  void load_half(std::uint32_t offset) { plain(BPF_LD | BPF_H | BPF_ABS, offset); }
  void load_word(std::uint32_t offset) { plain(BPF_LD | BPF_W | BPF_ABS, offset); }
  void load_byte_indexed(std::uint32_t offset) { plain(BPF_LD | BPF_B | BPF_IND, offset); }
  void load_half_indexed(std::uint32_t offset) { plain(BPF_LD | BPF_H | BPF_IND, offset); }
  void load_packet_type() {
    plain(BPF_LD | BPF_B | BPF_ABS, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE));
  }
  void mask(std::uint32_t bits) { plain(BPF_ALU | BPF_AND | BPF_K, bits); }
  /// X becomes the length of the IPv4 header.
  void index_ipv4_header() { plain(BPF_LDX | BPF_B | BPF_MSH, 0); }
  void index(std::uint32_t value) { plain(BPF_LDX | BPF_IMM, value); }

  void if_equal(std::uint32_t value, Label yes, Label no = Label::Next) {
    jump(BPF_JEQ, value, yes, no);
  }
  void if_at_least(std::uint32_t value, Label yes, Label no = Label::Next) {
    jump(BPF_JGE, value, yes, no);
  }
  void if_above(std::uint32_t value, Label yes, Label no = Label::Next) {
    jump(BPF_JGT, value, yes, no);
  }
  void if_any_bit(std::uint32_t bits, Label yes, Label no = Label::Next) {
    jump(BPF_JSET, bits, yes, no);
  }

  /// Every open jump to `label` lands on the next instruction.
  void here(Label label) {
    for (std::size_t at = 0; at < open_.size(); ++at) {
      resolve(open_[at].yes, program_[at].jt, label, at);
      resolve(open_[at].no, program_[at].jf, label, at);
    }
  }
  void give(std::uint32_t bytes) { plain(BPF_RET | BPF_K, bytes); }
  [[nodiscard]] FilterProgram take() { return std::move(program_); }

 private:
  struct Open {
    Label yes = Label::Next;
    Label no = Label::Next;
  };

  void plain(int code, std::uint32_t operand) {
    program_.push_back({static_cast<std::uint16_t>(code), 0, 0, operand});
    open_.push_back({});
  }
  void jump(int test, std::uint32_t value, Label yes, Label no) {
    plain(BPF_JMP | test | BPF_K, value);
    open_.back() = {yes, no};
  }
  void resolve(Label& open, std::uint8_t& count, Label label, std::size_t at) const {
    if (open == label) {
      const std::size_t skipped = program_.size() - at - 1;
      assert(skipped <= std::numeric_limits<std::uint8_t>::max());
      count = static_cast<std::uint8_t>(skipped);
      open = Label::Next;
    }
  }

  FilterProgram program_;
  std::vector<Open> open_;
};

struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
};

/// The ports as runs of neighbours; a single run over all of them when there are too many.
std::vector<PortRange> ranges_of(std::vector<Port> ports) {
  std::ranges::sort(ports);
  std::vector<PortRange> ranges;
  for (const Port port : ports) {
    if (ranges.empty() || port.value() > ranges.back().last + 1) {
      ranges.push_back({port.value(), port.value()});
    }
    ranges.back().last = port.value();
  }
  if (ranges.size() > kMaxPortRanges) {
    ranges = {{ranges.front().first, ranges.back().last}};
  }
  return ranges;
}

std::uint32_t word_at(const IpAddress& address, std::size_t offset) {
  std::uint32_t word = 0;
  for (const std::uint8_t byte : address.bytes().subspan(offset, 4)) {
    word = word << 8 | byte;
  }
  return word;
}

/// Goes to Label::Port when the source address (at `offset`) is one of the targets.
void test_targets(Assembler& code, const std::vector<IpAddress>& targets, std::uint32_t offset) {
  if (targets.empty() || targets.size() > kMaxTargets) {
    return;
  }
  for (const IpAddress& target : targets) {
    const std::size_t size = target.bytes().size();
    for (std::size_t word = 0; word < size; word += 4) {
      code.load_word(offset + static_cast<std::uint32_t>(word));
      const bool last = word + 4 == size;
      code.if_equal(word_at(target, word), last ? Label::Port : Label::Next, Label::NextTarget);
    }
    code.here(Label::NextTarget);
  }
  code.if_at_least(0, Label::NotOurs);
}

/// Goes to `yes` for a SYN|ACK or a reset, whoever sent it.
void test_answer_flags(Assembler& code, Label yes) {
  constexpr std::uint32_t kSyn = 0x02;
  constexpr std::uint32_t kReset = 0x04;
  constexpr std::uint32_t kAck = 0x10;
  code.load_byte_indexed(13);
  code.if_any_bit(kReset, yes);
  code.if_any_bit(kSyn, Label::Next, Label::Reject);
  code.if_any_bit(kAck, yes, Label::Reject);
}

/// Accepts when the destination port of the TCP header at X is one of ours.
void test_ports(Assembler& code, const std::vector<PortRange>& ranges) {
  code.here(Label::Port);
  code.load_half_indexed(2);
  for (const PortRange range : ranges) {
    code.if_at_least(range.first, Label::Next, Label::NextTarget);
    code.if_above(range.last, Label::Next, Label::Accept);
    code.here(Label::NextTarget);
  }
  if (ranges.empty()) {
    code.if_at_least(0, Label::Accept);
  }
}

void begin_ipv4(Assembler& code) {
  code.load_half(6);
  code.if_any_bit(0x1fff, Label::Reject);  // fragment offset
  code.index_ipv4_header();
  code.load_byte(9);
  code.if_equal(IPPROTO_TCP, Label::Tcp);
  code.if_equal(IPPROTO_ICMP, Label::Next, Label::Reject);
  code.load_byte_indexed(0);
  for (const std::uint32_t type : {3U, 4U, 5U, 11U, 12U}) {
    code.if_equal(type, Label::Accept);
  }
  code.give(0);
}

void begin_ipv6(Assembler& code) {
  code.index(40);
  code.load_byte(6);
  code.if_equal(IPPROTO_TCP, Label::Tcp);
  for (const std::uint32_t extension : kExtensions) {
    code.if_equal(extension, Label::Accept);
  }
  code.if_equal(IPPROTO_ICMPV6, Label::Next, Label::Reject);
  code.load_byte_indexed(0);
  code.if_at_least(1, Label::Next, Label::Reject);
  code.if_above(4, Label::Reject, Label::Accept);
}

}  // namespace

FilterProgram receive_filter(const FilterRequest& request) {
  Assembler code;
  code.load_packet_type();
  code.if_equal(PACKET_OTHERHOST, Label::Reject);
  request.family == Family::V4 ? begin_ipv4(code) : begin_ipv6(code);
  code.here(Label::Tcp);
  test_targets(code, request.targets, request.family == Family::V4 ? 12 : 8);
  test_ports(code, ranges_of(request.ports));
  code.here(Label::NotOurs);
  if (request.any_answer) {
    test_answer_flags(code, Label::Accept);
  }
  code.here(Label::Reject);
  code.give(0);
  code.here(Label::Accept);
  code.give(kWholePacket);
  return code.take();
}

FilterProgram outgoing_filter(Family family, std::uint8_t tcp_flags) {
  constexpr std::uint32_t kFlagsThatMatter = 0x17;  // ACK, RST, SYN, FIN
  Assembler code;
  code.load_packet_type();
  code.if_equal(PACKET_OUTGOING, Label::Next, Label::Reject);
  // Bound to every ethertype, the socket gets both families: the version is in the first four bits.
  code.load_byte(0);
  code.mask(0xf0);
  if (family == Family::V4) {
    code.if_equal(0x40, Label::Next, Label::Reject);
    code.load_half(6);
    code.if_any_bit(0x1fff, Label::Reject);  // fragment offset
    code.load_byte(9);
  } else {
    code.if_equal(0x60, Label::Next, Label::Reject);
    code.load_byte(6);
  }
  code.if_equal(IPPROTO_TCP, Label::Next, Label::Reject);
  if (family == Family::V4) {
    code.index_ipv4_header();
  } else {
    code.index(40);
  }
  code.load_byte_indexed(13);
  code.mask(kFlagsThatMatter);
  code.if_equal(tcp_flags & kFlagsThatMatter, Label::Accept);
  code.here(Label::Reject);
  code.give(0);
  code.here(Label::Accept);
  code.give(kWholePacket);
  return code.take();
}

FilterProgram delivered_filter(Family family, const std::vector<Port>& ports) {
  Assembler code;
  if (family == Family::V4) {
    code.index_ipv4_header();
  } else {
    code.index(0);
  }
  test_answer_flags(code, Label::Port);
  test_ports(code, ranges_of(ports));
  code.here(Label::Reject);
  code.give(0);
  code.here(Label::Accept);
  code.give(kWholePacket);
  return code.take();
}

void attach_filter(int descriptor, const FilterProgram& program) {
  // The kernel only reads through this pointer; its structure is from before const.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): see above
  auto* const first = const_cast<sock_filter*>(program.data());
  const sock_fprog raw{.len = static_cast<unsigned short>(program.size()), .filter = first};
  check(
      "attach packet filter",
      ::setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &raw, sizeof raw));
}

}  // namespace synroute::os
