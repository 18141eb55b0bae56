// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/random.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "sim/settings.hpp"
#include "sim/stack/packet.hpp"
#include "sim/stack/schedule.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace synroute::sim {

using NodeId = Strong<struct NodeIdTag, std::uint32_t>;

class World;

/// A node that receives packets: a router, a host, the prober. Owned by the world.
class Node {
 public:
  Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  virtual ~Node() = default;

  /// A packet was received on `interface`.
  virtual void receive(World& world, Packet packet, std::uint32_t interface) = 0;
  /// A timer set by World::set_timer() has expired.
  virtual void expire(World& world, std::uint64_t timer);

  [[nodiscard]] NodeId id() const { return id_; }

 private:
  friend class World;
  NodeId id_;
};

/// Why a packet was dropped.
enum class DropReason : std::uint8_t {
  Loss,        ///< the link lost it
  Checksum,    ///< IPv4 header, or transport at a host
  TtlExpired,  ///< and no error was sent: silent, limited, or about an error
  NoRoute,
  TooBig,
  Filtered,
  NotForUs,  ///< a host that does not forward
  Ignored,   ///< the stack does not answer it
  Malformed,
  Overflow,  ///< World::kPacketsMax were under way
};
/// "lost", "bad checksum", …
[[nodiscard]] std::string_view describe(DropReason reason);

/// What an Observer is notified of.
enum class PacketEvent : std::uint8_t {
  Sent,       ///< entered the world at the prober
  Forwarded,  ///< was sent by a node on an interface
  Dropped,
  Delivered,  ///< arrived at the prober
};

/// Is notified of every packet event, in order. Must not change the world.
class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;
  virtual void on(
      Instant at,
      NodeId node,
      PacketEvent what,
      std::optional<DropReason> reason,
      const Packet& packet) = 0;
};

/// A packet that arrived at the prober.
struct Delivery {
  std::vector<std::uint8_t> bytes;
  Instant at;
};

/// A network in virtual time: nodes, links, and a schedule of events. Time advances only in run().
/// The same nodes, links, seed and packets give the same events, byte for byte.
class World {
 public:
  /// Packets under way at a time. Links that duplicate, in a row or in a loop, would double them
  /// without end; a scan of 65,536 ports has a few thousand.
  static constexpr std::size_t kPacketsMax = 65'536;

  explicit World(std::uint64_t seed) : random_{seed} {}

  NodeId add(std::unique_ptr<Node> node);
  /// Joins two nodes; each gets its next interface number.
  void connect(NodeId left, NodeId right, const LinkSettings& there, const LinkSettings& back);
  /// The node where packets enter the world and leave it.
  void set_prober(NodeId prober) { prober_ = prober; }
  void observe(Observer* observer) { observer_ = observer; }

  // For the driver of the world.
  [[nodiscard]] Instant now() const { return now_; }
  /// Puts a packet into the world at the prober, now.
  void send(std::vector<std::uint8_t> bytes);
  /// The time of the next event.
  [[nodiscard]] std::optional<Instant> next() const { return schedule_.next(); }
  /// Processes all events up to and at `until`, but stops at the first instant that delivers a
  /// packet or wakes the driver: then returns true with now() at that instant, else with now() at
  /// `until`.
  bool run(Instant until);
  /// Makes run() stop at this time.
  void wake_at(Instant when);
  /// Packets delivered since the last call.
  [[nodiscard]] std::vector<Delivery> take_delivered();

  // For nodes.
  [[nodiscard]] Random& random() { return random_; }
  void transmit(const Node& from, std::uint32_t interface, Packet packet);
  /// Sends `packet` after `delay` without calling the node again.
  void transmit_after(const Node& from, std::uint32_t interface, Packet packet, Duration delay);
  void set_timer(const Node& node, Duration delay, std::uint64_t timer);
  void drop(const Node& node, DropReason reason, const Packet& packet);
  void deliver(const Node& prober, Packet packet);

  /// Packets dropped because kPacketsMax were under way.
  [[nodiscard]] std::size_t overflowed() const { return overflowed_; }
  [[nodiscard]] std::size_t mtu(NodeId node, std::uint32_t interface) const;
  [[nodiscard]] Node& node(NodeId id) { return *nodes_[id.value()].node; }
  [[nodiscard]] const Node& node(NodeId id) const { return *nodes_[id.value()].node; }

 private:
  /// One direction of a link, as its sender sees it.
  struct Egress {
    NodeId peer;
    std::uint32_t peer_interface = 0;
    LinkSettings settings;
    Random random{0};
  };
  struct NodeSlot {
    std::unique_ptr<Node> node;
    std::vector<Egress> egresses;  ///< by interface
  };
  struct PacketArrival {
    NodeId node;
    std::uint32_t interface = 0;
    Packet packet;
  };
  struct PacketDeparture {
    NodeId node;
    std::uint32_t interface = 0;
    Packet packet;
  };
  struct TimerExpiry {
    NodeId node;
    std::uint64_t timer = 0;
  };
  struct WakeUp {};
  using Event = std::variant<PacketArrival, PacketDeparture, TimerExpiry, WakeUp>;

  void process(Event event);
  /// `event` has a packet.
  template <class PacketEventType>
  void schedule_packet(const Node& from, Instant when, PacketEventType event);
  void enqueue(const Node& from, Egress& egress, Packet packet);
  void notify(
      const Node& node, PacketEvent what, std::optional<DropReason> why, const Packet& packet);

  Random random_;
  Instant now_;
  Schedule<Event> schedule_;
  std::vector<NodeSlot> nodes_;
  std::optional<NodeId> prober_;
  std::vector<Delivery> delivered_;
  std::size_t packets_ = 0;  ///< in the schedule
  std::size_t overflowed_ = 0;
  bool woken_ = false;
  Observer* observer_ = nullptr;
};

}  // namespace synroute::sim
