// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace synroute::os {

/// Removes every environment variable but those that only say how text should look. For programs
/// whose caller has fewer rights than they: variables tell the C library and the resolver which
/// files to read, which servers to ask and which modules to load. One thread only.
void forget_environment();

}  // namespace synroute::os
