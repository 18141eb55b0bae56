// SPDX-License-Identifier: Apache-2.0
#include "wire/tcp.hpp"

#ifdef SYNROUTE_WRONG
synroute::wire::TcpFlags syn = 0x002;
#else
synroute::wire::TcpFlags syn = synroute::wire::TcpFlag::Syn;
#endif
