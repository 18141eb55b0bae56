// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "seam/presenter.hpp"

#include <string_view>

namespace synroute::cli {

/// Makes the standard streams safe to write to: a closed one becomes /dev/null, so that no socket
/// gets its number and our text; writing to a closed pipe fails instead of raising SIGPIPE.
void prepare_streams();

/// A drive::TextSink on the standard streams: unbuffered, one write(2) each. False when standard
/// output is a closed pipe, or was given up after a signal. Throws os::SystemError when it cannot
/// be written (disk full).
bool write_text(const seam::Text& text);

/// The same for text that goes to standard output only.
bool write_out(std::string_view text);

}  // namespace synroute::cli
