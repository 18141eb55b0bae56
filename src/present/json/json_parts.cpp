// SPDX-License-Identifier: Apache-2.0
#include "present/json/json_parts.hpp"

#include <fmt/format.h>

#include <chrono>

namespace synroute::present::json {
namespace {

void write_finding(Writer& to, const model::Finding& finding) {
  to.object([&] {
    to.member("kind", name(finding.kind));
    to.member("first_hop", finding.first_hop);
    to.member("last_hop", finding.last_hop);
    to.member("certainty", name(finding.certainty));
    to.member("sentence", finding.sentence);
    to.member("evidence", [&] {
      to.array([&] {
        for (const ProbeId probe : finding.evidence) {
          to.value(probe);
        }
      });
    });
  });
}

void write_tuple(Writer& to, const model::ConnectionTuple& tuple) {
  to.object([&] {
    to.member("source", tuple.source);
    to.member("source_port", tuple.source_port);
    to.member("destination", tuple.destination);
    to.member("destination_port", tuple.destination_port);
  });
}

}  // namespace

std::string timestamp(WallTime time) {
  namespace chrono = std::chrono;
  const auto since_1970 = chrono::floor<chrono::milliseconds>(time.since_1970());
  const chrono::sys_days day{chrono::floor<chrono::days>(since_1970)};
  const chrono::year_month_day date{day};
  const chrono::hh_mm_ss clock{since_1970 - day.time_since_epoch()};
  return fmt::format(
      "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
      static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()),
      clock.hours().count(),
      clock.minutes().count(),
      clock.seconds().count(),
      clock.subseconds().count());
}

void write_target(Writer& to, const model::Target& target, TargetPort port) {
  to.object([&] {
    to.member("input", target.input);
    to.member("name", text_or_null(target.name));
    to.member("address", target.address);
    to.member("zone", text_or_null(target.zone));
    if (port == TargetPort::Shown) {
      to.member("port", target.port);
      to.member("service", text_or_null(target.service));
    }
  });
}

void write_source(Writer& to, const model::Source& source) {
  const bool is_known = !source.address.is_unspecified();
  const bool has_port = source.port.value() != 0;
  to.object([&] {
    to.member("address", is_known ? std::optional{source.address} : std::nullopt);
    to.member("port", has_port ? std::optional{source.port} : std::nullopt);
    to.member("interface", text_or_null(source.interface));
    if (source.missing_hop) {
      to.member("missing_next_hop", [&] {
        to.object([&] {
          to.member("address", source.missing_hop->address);
          to.member("interface", source.missing_hop->interface);
        });
      });
    }
  });
}

void write_icmp(Writer& to, const model::Reply* reply) {
  if (reply == nullptr || reply->is_tcp()) {
    to.value(nullptr);
    return;
  }
  to.object([&] {
    to.member("type", reply->icmp_type);
    to.member("code", reply->icmp_code);
    to.member("next_hop_mtu", reply->next_hop_mtu);
  });
}

void write_own_translations(Writer& to, const std::vector<model::OwnTranslation>& translations) {
  to.array([&] {
    for (const model::OwnTranslation& translation : translations) {
      to.object([&] {
        to.member("before", [&] { write_tuple(to, translation.before); });
        to.member("after", [&] { write_tuple(to, translation.after); });
      });
    }
  });
}

void write_findings(Writer& to, const std::vector<model::Finding>& findings) {
  to.array([&] {
    for (const model::Finding& finding : findings) {
      write_finding(to, finding);
    }
  });
}

void write_counters(Writer& to, const model::Counters& counters) {
  to.object([&] {
    for (const auto& [name, counter] : model::kCounterNames) {
      to.member(name, counters.*counter);
    }
  });
}

}  // namespace synroute::present::json
