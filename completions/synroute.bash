# Made by `synroute generate bash`; do not edit.
_synroute() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  case $prev in
    -p|--port)
      mapfile -t COMPREPLY < <(compgen -A service -- "$cur")
      return
      ;;
    --targets)
      mapfile -t COMPREPLY < <(compgen -A file -- "$cur")
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
      mapfile -t COMPREPLY < <(compgen -W 'fin syn rst psh ack urg ece cwr ae none' -- "$cur")
      return
      ;;
    -l|--length)
      return
      ;;
    -t|--tos)
      return
      ;;
    --dscp)
      mapfile -t COMPREPLY < <(compgen -W 'cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 ef le voice-admit' -- "$cur")
      return
      ;;
    --ecn)
      mapfile -t COMPREPLY < <(compgen -W 'not-ect ect1 ect0 ce' -- "$cur")
      return
      ;;
    -i|--interface)
      mapfile -t COMPREPLY < <(compgen -W "$(command ls /sys/class/net 2>/dev/null)" -- "$cur")
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
      mapfile -t COMPREPLY < <(compgen -W 'auto raw connect' -- "$cur")
      return
      ;;
    --seed)
      return
      ;;
    --color)
      mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
      return
      ;;
    --pcap)
      mapfile -t COMPREPLY < <(compgen -A file -- "$cur")
      return
      ;;
  esac
  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '-4 --ipv4 -6 --ipv6 -p --port --targets --parallel --rate --network-rate --in-order --list --where --retries --yes -f --first -m --max-hops -q --queries -w --wait -z --sendwait -N --ahead --gap-limit --flags -S --syn -A --ack -E --ecn-setup --bare-syn -l --length -F --dont-fragment -t --tos --dscp --ecn -i --interface -s --source --sport --mark --method --paris --seed -n --numeric -j --json --csv --color --pcap -d --debug -h --help -V --version' -- "$cur")
  elif ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -A hostname -W 'trace scan replay demo' -- "$cur")
  else
    mapfile -t COMPREPLY < <(compgen -A hostname -- "$cur")
  fi
}
complete -o default -F _synroute synroute
