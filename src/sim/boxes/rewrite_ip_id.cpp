// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"
#include "sim/boxes/box_table.hpp"
#include "sim/line_words.hpp"
#include "sim/word_table.hpp"

#include <array>
#include <string_view>

namespace synroute::sim {

namespace {

enum class IpIdChange : std::uint8_t { Random, Swap, Zero };

constexpr std::array kIpIdChanges{
    WordEntry{std::string_view{"random"}, IpIdChange::Random},
    WordEntry{std::string_view{"swap"}, IpIdChange::Swap},
    WordEntry{std::string_view{"zero"}, IpIdChange::Zero},
};

/// Replaces the IPv4 ID, as scrubbers do (RFC 6864 allows it for atomic datagrams).
class IpIdBox final : public Middlebox {
 public:
  IpIdBox(IpIdChange change, std::uint64_t seed) : change_{change}, seed_{seed} {}
  BoxAction forward(Packet& packet, BoxContext& context) override;

 private:
  IpIdChange change_;
  std::uint64_t seed_;
  std::uint64_t count_ = 0;
};

BoxAction IpIdBox::forward(Packet& packet, BoxContext& context) {
  if (!context.outbound()) {
    return BoxAction::Pass;
  }
  const std::uint16_t id = packet.id();
  switch (change_) {
    case IpIdChange::Random:
      packet.set_id(static_cast<std::uint16_t>(mix(seed_ + ++count_) & 0xffff));
      break;
    case IpIdChange::Swap: packet.set_id(static_cast<std::uint16_t>(id << 8 | id >> 8)); break;
    case IpIdChange::Zero: packet.set_id(0); break;
  }
  return BoxAction::Pass;
}

}  // namespace

BoxSpecPtr read_ip_id_rewriting(LineWords& words) {
  return unobservable_box<IpIdBox>(one_of(words, "the IP ID change", kIpIdChanges));
}

}  // namespace synroute::sim
