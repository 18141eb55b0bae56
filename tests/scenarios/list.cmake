# The scenarios the program carries, and every scenario test runs. By name, without the ending.
set(SYNROUTE_SCENARIOS
    closed
    dnat
    dropped-halfway
    home
    quote-8-bytes
    quote-all-left
    quote-id-changed
    quote-sequence-changed
    quote-source-left
    quote-untouched
    rejected
    reset-without-ack
    silent-3)
