// SPDX-License-Identifier: Apache-2.0
#include "base/strong.hpp"

#ifdef SYNROUTE_WRONG
synroute::Ttl first = 1;
#else
synroute::Ttl first{1};
#endif
