// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace synroute::test {

/// True where a test that cannot run is a failure: in continuous integration, which sets
/// SYNROUTE_MUST_RUN_LAB (.ci/run) and has every right a test may need.
[[nodiscard]] bool must_run();

/// `held`. When it is not, the running test has been marked with the right it lacks: as skipped, or
/// as failed where it must run. A test then returns.
[[nodiscard]] bool require_right(bool held, std::string_view right);

}  // namespace synroute::test
