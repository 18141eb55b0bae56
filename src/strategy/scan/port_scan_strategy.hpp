// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/strategy.hpp"
#include "model/port_result.hpp"
#include "strategy/scan/boundary_search.hpp"
#include "strategy/scan/port_scan.hpp"
#include "strategy/scan/reset_origins.hpp"
#include "strategy/scan/weighed_ports.hpp"

#include <cstddef>
#include <deque>
#include <limits>
#include <optional>
#include <vector>

namespace synroute::strategy {

/// The strategy behind port_scan(). What answers mean for the ports is in port_scan_answers.cpp.
class PortScan final : public engine::Strategy {
 public:
  PortScan(const ScanOptions& options, std::size_t port_count)
      : options_{options}, ports_(port_count), wanted_{port_count - options.controls} {
    for (std::size_t i = wanted_; i < port_count; ++i) {
      ports_[i].result.control = true;
    }
  }

  engine::Move next(Instant now, bool may_send, const engine::Ledger& ledger) override;
  void asked(ProbeId id) override {
    probe_ports_.resize(id.value(), kNoPort);  // the engine has asked for the others
    probe_ports_.push_back(next_port_);
  }
  void settled(const model::ProbeRecord& record, const engine::Ledger& ledger) override;
  void revised(const model::ProbeRecord& record, const engine::Ledger& ledger) override;
  void waits_again(const model::ProbeRecord& record) override;
  void heard(const engine::UnnamedAnswer& answer) override;
  [[nodiscard]] Duration patience(
      const model::ProbeRecord& /*record*/, const engine::Ledger& /*ledger*/) const override {
    return patience_;
  }
  [[nodiscard]] std::optional<Instant> deadline() const override {
    const bool searches = search_ && !searched_;
    const auto own =
        earliest(weighed_.deadline(), searches ? search_->deadline(now_) : std::nullopt);
    return earliest(own, resets_.doubted_until(now_, patience_));
  }
  /// A middlebox that resets the packets to some ports lets others pass.
  [[nodiscard]] engine::ResetScreening reset_screening() const override {
    return engine::ResetScreening::Each;
  }
  [[nodiscard]] bool has_uniform_patience() const override { return true; }
  [[nodiscard]] model::Verdict verdict_so_far(const engine::Ledger& ledger) const override;

 private:
  /// Of probes that the scan has not asked for.
  static constexpr std::size_t kNoPort = std::numeric_limits<std::size_t>::max();

  struct PortWork {
    model::PortResult result;
    bool known = false;  ///< answered
    bool poor = false;   ///< by an answer that a better one may disprove
    bool final = false;  ///< answered, or silent often enough
    int asked = 0;
    int refused = 0;
  };

  /// All ports asked so far have their result.
  [[nodiscard]] bool is_scanned() const {
    return fresh_ >= wanted_ && again_.empty() && unfinished_ == 0;
  }
  [[nodiscard]] std::optional<engine::Ask> choose(Instant now);
  [[nodiscard]] engine::Ask ask_target(std::size_t index);
  void take_answer(PortWork& work, const model::ProbeRecord& record);
  void decide(PortWork& work, const model::ProbeRecord& record);
  void note_forgery(PortWork& work, const model::ProbeRecord& record);
  void settle_weighed_ports();
  void take_silence(PortWork& work, const model::ProbeRecord& record);
  void ask_again(PortWork& work, const model::ProbeRecord& record);
  void note_heard(PortWork& work);
  void note_unsent(const engine::Ledger& ledger);
  void settle(PortWork& work);
  void ask_silent_ones_again();
  void learn_rtt(Duration rtt);
  void start_search();
  [[nodiscard]] bool looks_too_open() const;
  [[nodiscard]] bool everything_is_open() const;
  void collect_reach();
  [[nodiscard]] std::size_t port_of(ProbeId id) const {
    return id.value() < probe_ports_.size() ? probe_ports_[id.value()] : kNoPort;
  }
  [[nodiscard]] int tries() const {
    return 1 + (lossy_ ? options_.retries_when_lossy : options_.retries);
  }
  [[nodiscard]] std::size_t index_of(const PortWork& work) const {
    return static_cast<std::size_t>(&work - ports_.data());
  }

  ScanOptions options_;
  std::vector<PortWork> ports_;
  std::vector<std::size_t> probe_ports_;  ///< the port of each probe; ProbeId is the index
  std::size_t next_port_ = 0;             ///< of the probe that next() returned last
  std::size_t wanted_;                    ///< ports asked in any case; controls follow
  std::size_t fresh_ = 0;                 ///< the first port not asked yet
  std::deque<std::size_t> again_;         ///< ports whose last SYN stayed unanswered
  WeighedPorts weighed_;                  ///< decided, and not final yet
  ResetOrigins resets_;
  std::deque<std::size_t> news_;  ///< ports with a result to announce
  std::size_t unfinished_ = 0;    ///< ports asked but not final
  bool lossy_ = false;
  Duration patience_ = options_.wait_max;
  std::optional<Duration> slowest_;
  bool was_impatient_ = false;  ///< probes were given up that should wait again
  std::optional<BoundarySearch> search_;
  bool searched_ = false;
  bool ended_ = false;  ///< nothing is left to ask
  Instant now_;         ///< of the last call of next()
};

}  // namespace synroute::strategy
