// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/fd.hpp"
#include "seam/resolver.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

struct ares_channeldata;

namespace synroute::enrich {

/// Reverse names from /etc/hosts and the name servers of the system, through c-ares. Nothing is set
/// up before the first question. Whatever goes wrong is "no name", never an exception: names are
/// extra.
class DnsResolver final : public seam::Resolver {
 public:
  struct Options {
    Duration patience = std::chrono::seconds{2};  ///< per question, from the moment it is sent
    Duration first_try = std::chrono::milliseconds{700};  ///< then once more, waiting twice as long
    std::size_t simultaneous = 64;
    std::size_t remembered = 4096;  ///< addresses; further ones have no name
    std::string servers;  ///< "127.0.0.1:5353,…" instead of the system's; empty: the system's
  };

  DnsResolver() : DnsResolver{Options{}} {}
  explicit DnsResolver(Options options);
  ~DnsResolver() override;

  /// Readable when receive() may have something to tell. Stays the same for life.
  [[nodiscard]] int descriptor() const { return ready_.get(); }

  void ask(const IpAddress& address) override;
  void receive(std::vector<seam::NameAnswer>& into) override;
  [[nodiscard]] int pending() const override;
  [[nodiscard]] std::optional<Instant> deadline() override;

 private:
  struct Question;
  struct CloseChannel {
    void operator()(ares_channeldata* channel) const;
  };

  [[nodiscard]] bool open();
  void send_waiting();
  void process_sockets();
  void give_up_old_questions();
  void settle(const IpAddress& address, std::optional<std::string> name);

  Options options_;
  os::Fd ready_;      ///< epoll over whatever sockets c-ares has open
  int watched_ = -1;  ///< ready_ as c-ares hands it to its callback
  bool opened_ = false;
  std::unique_ptr<ares_channeldata, CloseChannel> channel_;
  std::unordered_set<IpAddress> asked_;
  std::deque<IpAddress> waiting_;                     ///< asked, not yet sent
  std::unordered_map<IpAddress, Instant> in_flight_;  ///< sent; when we stop waiting for it
  std::vector<seam::NameAnswer> answers_;
};

}  // namespace synroute::enrich
