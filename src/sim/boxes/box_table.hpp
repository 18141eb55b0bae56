// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/boxes/box_spec.hpp"

#include <array>
#include <string_view>

/// All middleboxes. To add one: write its file, declare its reader here and give it a row.
namespace synroute::sim {

class LineWords;

/// Reads what follows the key of a box on a scenario line. A mistake is reported through `words`;
/// the result is then unused.
using BoxReader = BoxSpecPtr(LineWords& words);

BoxReader read_clamp_mss;
BoxReader read_destination_nat;
BoxReader read_drop;
BoxReader read_dscp;
BoxReader read_ecn_bleaching;
BoxReader read_ecn_refusal;
BoxReader read_ip_id_rewriting;
BoxReader read_noise;
BoxReader read_option_stripping;
BoxReader read_proxy;
BoxReader read_rejection;
BoxReader read_reset_injection;
BoxReader read_sequence_rewriting;
BoxReader read_source_nat;
BoxReader read_syn_proxy;
BoxReader read_ttl_change;

struct BoxRow {
  std::string_view key;  ///< in scenario files
  BoxReader* read;
};

inline constexpr std::array kBoxTable{
    BoxRow{"bleach-ecn", read_ecn_bleaching},
    BoxRow{"clamp-mss", read_clamp_mss},
    BoxRow{"dnat", read_destination_nat},
    BoxRow{"drop", read_drop},
    BoxRow{"dscp", read_dscp},
    BoxRow{"new-id", read_ip_id_rewriting},
    BoxRow{"new-sequence", read_sequence_rewriting},
    BoxRow{"noise", read_noise},
    BoxRow{"proxy", read_proxy},
    BoxRow{"refuse-ecn", read_ecn_refusal},
    BoxRow{"reject", read_rejection},
    BoxRow{"reset", read_reset_injection},
    BoxRow{"snat", read_source_nat},
    BoxRow{"strip-option", read_option_stripping},
    BoxRow{"synproxy", read_syn_proxy},
    BoxRow{"ttl", read_ttl_change},
};

}  // namespace synroute::sim
