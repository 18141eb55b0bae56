# Made by `synroute generate fish`; do not edit.
# Whether the command on the line, trace unless one is named, is one of these.
function __synroute_command
    set -l found trace
    for word in (commandline -opc)[2..-1]
        if contains -- $word trace scan replay demo generate
            set found $word
            break
        end
    end
    contains -- $found $argv
end
# Whether the command word is the last word before the cursor.
function __synroute_first_of
    set -l words (commandline -opc)
    test "$words[-1]" = $argv[1]
end
# Values separated by commas: the last one is completed.
function __synroute_list
    set -l done (commandline -ct | string replace -rf '^(.*[,=])?[^,=]*$' '$1' | string replace -r '^--[^=]*=' '')
    printf '%s\n' $done$argv
end
function __synroute_services
    string replace -rf '^([\w.+-]+)\s+\d+/tcp.*' '$1' </etc/services
end
complete -c synroute -f
complete -c synroute -n __fish_is_first_arg -a trace -d 'show the path to a TCP port (the default command)'
complete -c synroute -n __fish_is_first_arg -a scan -d 'show the state of many ports, and where each is stopped'
complete -c synroute -n __fish_is_first_arg -a replay -d 'show the traces in a packet capture, whichever tool made them'
complete -c synroute -n __fish_is_first_arg -a demo -d 'trace or "scan" a simulated internet'
complete -c synroute -n '__synroute_command trace scan' -a '(__fish_print_hostnames)'
complete -c synroute -n '__synroute_first_of demo' -a 'all-at-first-hop all-options-stripped balanced-by-destination balanced-by-flow balanced-by-label balanced-by-packet balanced-weighted censored closed cloud corruption data-centre dnat-port dnat dropped-halfway dscp-remarked duplicates ecn-bleached ecn-refused extension-right extension-wrong-length extension-zero-length half-answers home host-acks-same host-bare-options host-down host-drops-bare-syn host-filtered host-full-backlog host-full-without-cookies host-rejects host-resets-last-ttl host-slow host-syn-limit host-udp-echo icmp-blocked id-swapped id-zeroed interface-info jitter limit-bucket limit-ios limit-junos limit-linux limit-nokia long-way-back loop-three loop lossy-link mpls-core mpls-explicit mpls-implicit mpls-invisible mpls-opaque mss-clamped nat-repaired no-decrement no-route noise options-stripped proxy quote-28-bytes quote-8-bytes quote-all-left quote-id-changed quote-sequence-changed quote-source-left quote-untouched quote-zeroed-checksum rejected rejects reordering reply-sources reply-ttls reset-injected reset-without-ack satellite sequence-repaired silent-3 slow-icmp small-mtu synproxy tracetcp-blocked tracetcp-proxy ttl-raised two-satellites zero-ttl'
complete -c synroute -n '__synroute_first_of demo; or __synroute_first_of replay' -F
complete -c synroute -n '__synroute_command demo; and not __synroute_first_of demo' -a scan
complete -c synroute -n '__synroute_first_of generate' -a 'man bash zsh fish'
complete -c synroute -n '__synroute_command trace scan replay demo' -s 4 -l ipv4 -d 'use IPv4 only'
complete -c synroute -n '__synroute_command trace scan replay demo' -s 6 -l ipv6 -d 'use IPv6 only'
complete -c synroute -n '__synroute_command trace replay demo' -s p -l port -x -a '(__synroute_services)' -d 'port of targets that name none (80)'
complete -c synroute -n '__synroute_command trace' -l targets -r -F -d 'read targets from FILE, one per line (-: stdin)'
complete -c synroute -n '__synroute_command trace scan' -l parallel -x -d 'targets at once (512; scan: 64)'
complete -c synroute -n '__synroute_command trace scan demo' -l rate -x -d 'probes per second (1000; scan: 200 to each host)'
complete -c synroute -n '__synroute_command trace' -l network-rate -x -d 'probes per second to one /24 or /48 (50)'
complete -c synroute -n '__synroute_command trace' -l in-order -d 'with --json: results in the order of the targets'
complete -c synroute -n '__synroute_command demo' -l list -d 'list the scenarios that come with the program'
complete -c synroute -n '__synroute_command scan demo' -l where -d 'find the hop at which each port is stopped'
complete -c synroute -n '__synroute_command scan demo' -l retries -x -d 'SYNs to a silent port after the first (2)'
complete -c synroute -n '__synroute_command scan demo' -l yes -d 'allow large and public prefixes'
complete -c synroute -n '__synroute_command trace demo' -s f -l first -x -d 'first TTL, or hop limit (1)'
complete -c synroute -n '__synroute_command trace scan demo' -s m -l max-hops -x -d 'last TTL (30)'
complete -c synroute -n '__synroute_command trace demo' -s q -l queries -x -d 'probes per hop (3)'
complete -c synroute -n '__synroute_command trace demo' -s w -l wait -x -d 'seconds to wait for an answer (auto)'
complete -c synroute -n '__synroute_command trace demo' -s z -l sendwait -x -d 'least seconds between two probes (0.00005)'
complete -c synroute -n '__synroute_command trace demo' -s N -l ahead -x -d 'hops probed ahead in the first round (16)'
complete -c synroute -n '__synroute_command trace demo' -l gap-limit -x -d 'end after this many silent hops (8)'
complete -c synroute -n '__synroute_command trace scan demo' -l flags -x -a '(__synroute_list fin syn rst psh ack urg ece cwr ae none)' -d 'TCP flags of a probe: syn,ack,fin,... (syn)'
complete -c synroute -n '__synroute_command trace scan demo' -s S -l syn -d 'set the SYN flag'
complete -c synroute -n '__synroute_command trace scan demo' -s A -l ack -d 'set the ACK flag; without -S, only that'
complete -c synroute -n '__synroute_command trace scan demo' -s E -l ecn-setup -d 'ask the target for ECN: set ECE and CWR'
complete -c synroute -n '__synroute_command trace scan demo' -l bare-syn -d 'no TCP options: 20 bytes of TCP'
complete -c synroute -n '__synroute_command trace demo' -s l -l length -x -d 'length of the whole IP packet, padded with data'
complete -c synroute -n '__synroute_command trace scan demo' -s F -l dont-fragment -d 'set the DF bit (IPv4; on unless --bare-syn)'
complete -c synroute -n '__synroute_command trace scan demo' -s t -l tos -x -d 'type of service or traffic class, 0 to 255'
complete -c synroute -n '__synroute_command trace scan demo' -l dscp -x -a 'cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 ef le voice-admit' -d 'its upper six bits: 0 to 63, or ef, af41, cs5, ...'
complete -c synroute -n '__synroute_command trace scan demo' -l ecn -x -a 'not-ect ect1 ect0 ce' -d 'its lower two bits: 0 to 3, or ect0, ect1, ce'
complete -c synroute -n '__synroute_command trace scan' -s i -l interface -x -a '(command ls /sys/class/net)' -d 'send through this interface'
complete -c synroute -n '__synroute_command trace scan' -s s -l source -x -d 'source address, one of this host'
complete -c synroute -n '__synroute_command trace scan demo' -l sport -x -d 'source port'
complete -c synroute -n '__synroute_command trace scan' -l mark -x -d 'firewall mark of the probes, for policy routing'
complete -c synroute -n '__synroute_command trace scan' -l method -x -a 'auto raw connect' -d 'auto, raw or connect (auto)'
complete -c synroute -n '__synroute_command trace' -l paris -d 'with connect: one source port, a probe at a time'
complete -c synroute -n '__synroute_command trace scan demo' -l seed -x -d 'seed of all random numbers in the probes'
complete -c synroute -n '__synroute_command trace scan replay demo' -s n -l numeric -d 'do not look up names of hops'
complete -c synroute -n '__synroute_command trace scan replay demo' -s j -l json -d 'one JSON object per target and line'
complete -c synroute -n '__synroute_command scan demo' -l csv -d 'one line of CSV per port'
complete -c synroute -n '__synroute_command trace scan replay demo' -l color -x -a 'auto always never' -d 'auto, always or never (auto)'
complete -c synroute -n '__synroute_command trace scan demo' -l pcap -r -F -d 'record every packet sent and received to FILE'
complete -c synroute -n '__synroute_command trace scan demo' -s d -l debug -d 'show every packet sent and received, on stderr'
complete -c synroute -n '__synroute_command trace scan replay demo generate' -s h -l help -d 'show this help'
complete -c synroute -n '__synroute_command trace scan replay demo generate' -s V -l version -d 'show the version'
complete -c tcptraceroute -f -a '(__fish_print_hostnames)'
complete -c tcptraceroute -s 'n' -d 'no names of hops'
complete -c tcptraceroute -s 'N' -d 'names of hops even for private addresses'
complete -c tcptraceroute -s 'd' -d 'debug output'
complete -c tcptraceroute -s 'f' -x -d 'first TTL'
complete -c tcptraceroute -s 'm' -x -d 'last TTL'
complete -c tcptraceroute -s 'q' -x -d 'probes per hop'
complete -c tcptraceroute -s 'w' -x -d 'wait for an answer'
complete -c tcptraceroute -s 'i' -x -a '(command ls /sys/class/net)' -d 'interface'
complete -c tcptraceroute -s 's' -x -d 'source address'
complete -c tcptraceroute -s 'p' -x -d 'source port'
complete -c tcptraceroute -s 'P' -x -d 'first source port'
complete -c tcptraceroute -s 'l' -x -d 'packet length'
complete -c tcptraceroute -s 't' -x -d 'type of service'
complete -c tcptraceroute -s 'F' -d 'set the DF bit'
complete -c tcptraceroute -s 'S' -d 'set the SYN flag'
complete -c tcptraceroute -s 'A' -d 'set the ACK flag'
complete -c tcptraceroute -s 'E' -d 'send ECN SYN packets'
complete -c tcptraceroute -s 'h' -d 'show the usage'
complete -c tcptraceroute -s 'v' -d 'show the version'
complete -c tracetcp -f -a '(__fish_print_hostnames)'
complete -c tracetcp -s '?' -d 'show the help'
complete -c tracetcp -s 'F' -d 'no anti-flood pause'
complete -c tracetcp -s 'R' -d 'use raw sockets'
complete -c tracetcp -s 'c' -d 'condensed output'
complete -c tracetcp -s 'g' -x -d 'gateway'
complete -c tracetcp -s 'h' -x -d 'first hop'
complete -c tracetcp -s 'm' -x -d 'last hop'
complete -c tracetcp -s 'n' -d 'no names of hops'
complete -c tracetcp -s 'p' -x -d 'probes per hop'
complete -c tracetcp -s 'r' -x -a '(__synroute_services)' -d 'traces to a range of ports'
complete -c tracetcp -s 's' -x -a '(__synroute_services)' -d 'scan of a range of ports'
complete -c tracetcp -s 't' -x -d 'wait for an answer'
complete -c tracetcp -s 'v' -d 'show the version'
