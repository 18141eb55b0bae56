// SPDX-License-Identifier: Apache-2.0
// A custom presenter: the path as a Markdown table, written when the trace is finished. Runs in a
// simulated network.
#include <iostream>
#include <map>

#include <synroute/api/trace.hpp>
#include <synroute/base/text.hpp>

namespace {

using namespace synroute;

class Markdown final : public seam::Presenter {
 public:
  // Called with every event; returns the text to print.
  seam::Text on(const model::Event& event) override {
    if (const auto* known = std::get_if<model::NameKnown>(&event.what)) {
      // Names are bytes from the network: sanitised before they are shown.
      names_[known->address] = sanitise(known->name.value_or(""));
    } else if (const auto* hop = std::get_if<model::HopSettled>(&event.what)) {
      rows_[hop->ttl] = row(hop->probes);
    } else if (const auto* end = std::get_if<model::TraceFinished>(&event.what)) {
      done_ = true;
      return {.out = table(end->trace), .err = {}};
    }
    return {};
  }

  // This presenter has no timers. One that holds rows back for names would set a deadline.
  seam::Text advance(Instant) override { return {}; }
  std::optional<Instant> deadline() const override { return std::nullopt; }
  bool done() const override { return done_; }

 private:
  struct Row {
    std::optional<IpAddress> address;
    double best_ms = 0;
  };

  static Row row(const std::vector<model::ProbeRecord>& probes) {
    Row result;
    for (const model::ProbeRecord& probe : probes) {
      if (const model::Reply* reply = probe.reply()) {
        const double ms = milliseconds(reply->rtt);
        result.best_ms = result.address ? std::min(result.best_ms, ms) : ms;
        result.address = reply->from;
      }
    }
    return result;
  }

  std::string table(const model::Trace& trace) const {
    std::string text = "| hop | address | name | best |\n|--:|---|---|--:|\n";
    for (const auto& [ttl, row] : rows_) {
      text += "| " + std::to_string(ttl.value()) + " | ";
      text += row.address ? row.address->to_string() + " | " + name(*row.address) + " | "
                                + std::to_string(row.best_ms).substr(0, 4) + " ms |\n"
                          : "no reply | | |\n";
    }
    return text + "\nPort " + std::to_string(trace.target.port.value()) + ": "
           + std::string{model::name(trace.verdict.state)} + "\n";
  }

  std::string name(const IpAddress& address) const {
    const auto found = names_.find(address);
    return found == names_.end() ? "" : found->second;
  }

  std::map<IpAddress, std::string> names_;
  std::map<Ttl, Row> rows_;
  bool done_ = false;
};

}  // namespace

int main(int count, char** words) {
  api::Request request{.names = true};
  request.presenters.push_back(std::make_unique<Markdown>());
  request.sink = [](const seam::Text& text) {
    std::cout << text.out << std::flush;
    return std::cout.good();
  };
  const auto trace = api::trace_in(count > 1 ? words[1] : "home", std::move(request));
  if (!trace) {
    std::cerr << trace.error().message << '\n';
    return 1;
  }
}
