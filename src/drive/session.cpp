// SPDX-License-Identifier: Apache-2.0
#include "drive/session.hpp"

#include <utility>

namespace synroute::drive {

Session::Session(
    seam::Transport& transport,
    seam::Waiter& waiter,
    seam::Resolver* resolver,
    TextSink sink,
    SessionOptions options)
    : transport_{transport},
      waiter_{waiter},
      resolver_{resolver},
      sink_{std::move(sink)},
      options_{std::move(options)} {}

Session::~Session() = default;

void Session::add(
    std::unique_ptr<engine::Engine> engine,
    std::vector<std::unique_ptr<seam::Presenter>> presenters) {
  first_.push_back({.engine = std::move(engine), .presenters = std::move(presenters)});
}

}  // namespace synroute::drive
