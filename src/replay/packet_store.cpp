// SPDX-License-Identifier: Apache-2.0
#include "replay/packet_store.hpp"

#include <algorithm>
#include <cassert>

namespace synroute::replay {

bool PacketStore::add(Packet packet) {
  assert(packet.bytes.size() <= kChunk);
  size_ += packet.bytes.size() + sizeof(Packet);
  if (size_ > kSizeMax) {
    size_ = kSizeMax;
    return false;
  }
  if (chunks_.empty() || kChunk - used_in_chunk_ < packet.bytes.size()) {
    chunks_.emplace_back(kChunk);
    used_in_chunk_ = 0;
  }
  const auto copy = std::span{chunks_.back()}.subspan(used_in_chunk_, packet.bytes.size());
  std::ranges::copy(packet.bytes, copy.begin());
  used_in_chunk_ += copy.size();
  packet.bytes = copy;
  packets_.push_back(packet);
  return true;
}

void PacketStore::sort_by_time() {
  if (!std::ranges::is_sorted(packets_, {}, &Packet::at)) {
    std::ranges::stable_sort(packets_, {}, &Packet::at);
  }
}

}  // namespace synroute::replay
