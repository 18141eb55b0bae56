# Made by `synroute generate bash`; do not edit. Needs no other package.
_synroute_offer() {
  mapfile -t COMPREPLY < <(compgen "$@" -- "$cur")
}
# Values separated by commas: the last one is completed.
_synroute_offer_list() {
  local done=''
  [[ $cur == *,* ]] && done=${cur%,*},
  mapfile -t COMPREPLY < <(compgen -P "$done" -W "$1" -- "${cur##*,}")
}
_synroute() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes words of "=" and ":".
  [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}
  [[ $cur == = ]] && cur=''
  [[ $cur == : ]] && prev=: cur=''
  case $prev in
    -p|--port)
      _synroute_offer -A service
      return
      ;;
    --targets)
      _synroute_offer -A file
      return
      ;;
    --parallel)
      return
      ;;
    --rate)
      return
      ;;
    --network-rate)
      return
      ;;
    --retries)
      return
      ;;
    -f|--first)
      return
      ;;
    -m|--max-hops)
      return
      ;;
    -q|--queries)
      return
      ;;
    -w|--wait)
      return
      ;;
    -z|--sendwait)
      return
      ;;
    -N|--ahead)
      return
      ;;
    --gap-limit)
      return
      ;;
    --flags)
      _synroute_offer_list 'fin syn rst psh ack urg ece cwr ae none'
      return
      ;;
    -l|--length)
      return
      ;;
    -t|--tos)
      return
      ;;
    --dscp)
      _synroute_offer -W 'cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 ef le voice-admit'
      return
      ;;
    --ecn)
      _synroute_offer -W 'not-ect ect1 ect0 ce'
      return
      ;;
    -i|--interface)
      _synroute_offer -W "$(command ls /sys/class/net 2>/dev/null)"
      return
      ;;
    -s|--source)
      return
      ;;
    --sport)
      return
      ;;
    --mark)
      return
      ;;
    --method)
      _synroute_offer -W 'auto raw connect'
      return
      ;;
    --seed)
      return
      ;;
    --color)
      _synroute_offer -W 'auto always never'
      return
      ;;
    --pcap)
      _synroute_offer -A file
      return
      ;;
    :)
      _synroute_offer -A service
      return
      ;;
  esac
  local command='' operands=0 i word options
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      -p|--port|--targets|--parallel|--rate|--network-rate|--retries|-f|--first|-m|--max-hops|-q|--queries|-w|--wait|-z|--sendwait|-N|--ahead|--gap-limit|--flags|-l|--length|-t|--tos|--dscp|--ecn|-i|--interface|-s|--source|--sport|--mark|--method|--seed|--color|--pcap)
        [[ ${COMP_WORDS[i+1]} == = ]] && i=$((i + 1))
        i=$((i + 1))
        ;;
      :) i=$((i + 1)) ;;
      -* | =) ;;
      *)
        if [[ -z $command && $operands == 0 && ' trace scan replay demo generate ' == *" $word "* ]]; then
          command=$word
        else
          operands=$((operands + 1))
        fi
        ;;
    esac
  done
  if [[ $cur == -* ]]; then
    case ${command:-trace} in
      trace) options='-4 --ipv4 -6 --ipv6 -p --port --targets --parallel --rate --network-rate --in-order -f --first -m --max-hops -q --queries -w --wait -z --sendwait -N --ahead --gap-limit --flags -S --syn -A --ack -E --ecn-setup --bare-syn -l --length -F --dont-fragment -t --tos --dscp --ecn -i --interface -s --source --sport --mark --method --paris --seed -n --numeric -j --json --color --pcap -d --debug -h --help -V --version' ;;
      scan) options='-4 --ipv4 -6 --ipv6 --parallel --rate --where --retries --yes -m --max-hops --flags -S --syn -A --ack -E --ecn-setup --bare-syn -F --dont-fragment -t --tos --dscp --ecn -i --interface -s --source --sport --mark --method --seed -n --numeric -j --json --csv --color --pcap -d --debug -h --help -V --version' ;;
      replay) options='-4 --ipv4 -6 --ipv6 -p --port -n --numeric -j --json --color -h --help -V --version' ;;
      demo) options='-4 --ipv4 -6 --ipv6 -p --port --rate --list --where --retries --yes -f --first -m --max-hops -q --queries -w --wait -z --sendwait -N --ahead --gap-limit --flags -S --syn -A --ack -E --ecn-setup --bare-syn -l --length -F --dont-fragment -t --tos --dscp --ecn --sport --seed -n --numeric -j --json --csv --color --pcap -d --debug -h --help -V --version' ;;
      generate) options='-h --help -V --version' ;;
    esac
    _synroute_offer -W "$options"
    return
  fi
  case ${command:-none}/$operands in
    none/0) _synroute_offer -A hostname -W 'trace scan replay demo' ;;
    none/1 | trace/1 | scan/*) _synroute_offer -A hostname -A service ;;
    demo/0) _synroute_offer -A file -W 'all-at-first-hop all-options-stripped balanced-by-destination balanced-by-flow balanced-by-label balanced-by-packet balanced-weighted censored closed cloud corruption data-centre dnat-port dnat dropped-halfway dscp-remarked duplicates ecn-bleached ecn-refused extension-right extension-wrong-length extension-zero-length half-answers home host-acks-same host-bare-options host-down host-drops-bare-syn host-filtered host-full-backlog host-full-without-cookies host-rejects host-resets-last-ttl host-slow host-syn-limit host-udp-echo icmp-blocked id-swapped id-zeroed interface-info jitter limit-bucket limit-ios limit-junos limit-linux limit-nokia long-way-back loop-three loop lossy-link mpls-core mpls-explicit mpls-implicit mpls-invisible mpls-opaque mss-clamped nat-repaired no-decrement no-route noise options-stripped proxy quote-28-bytes quote-8-bytes quote-all-left quote-id-changed quote-sequence-changed quote-source-left quote-untouched quote-zeroed-checksum rejected rejects reordering reply-sources reply-ttls reset-injected reset-without-ack satellite sequence-repaired silent-3 slow-icmp small-mtu synproxy tracetcp-blocked tracetcp-proxy ttl-raised two-satellites zero-ttl' ;;
    demo/1) _synroute_offer -A hostname -W scan ;;
    replay/0) _synroute_offer -A file ;;
    generate/0) _synroute_offer -W 'man bash zsh fish' ;;
    generate/*) ;;
    *) _synroute_offer -A hostname ;;
  esac
}
complete -F _synroute synroute
_tcptraceroute() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  [[ $cur == : ]] && prev=: cur=''
  case $prev in
    -f)
      return
      ;;
    -m)
      return
      ;;
    -q)
      return
      ;;
    -w)
      return
      ;;
    -i)
      _synroute_offer -W "$(command ls /sys/class/net 2>/dev/null)"
      return
      ;;
    -s)
      return
      ;;
    -p)
      return
      ;;
    -P)
      return
      ;;
    -l)
      return
      ;;
    -t)
      return
      ;;
    :)
      _synroute_offer -A service
      return
      ;;
  esac
  if [[ $cur == -* ]]; then
    _synroute_offer -W '-n -N -d -f -m -q -w -i -s -p -P -l -t -F -S -A -E -h -v'
  else
    _synroute_offer -A hostname
  fi
}
complete -F _tcptraceroute tcptraceroute
_tracetcp() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  [[ $cur == : ]] && prev=: cur=''
  case $prev in
    -g)
      return
      ;;
    -h)
      return
      ;;
    -m)
      return
      ;;
    -p)
      return
      ;;
    -r)
      _synroute_offer -A service
      return
      ;;
    -s)
      _synroute_offer -A service
      return
      ;;
    -t)
      return
      ;;
    :)
      _synroute_offer -A service
      return
      ;;
  esac
  if [[ $cur == -* ]]; then
    _synroute_offer -W '-? -F -R -c -g -h -m -n -p -r -s -t -v'
  else
    _synroute_offer -A hostname
  fi
}
complete -F _tracetcp tracetcp
