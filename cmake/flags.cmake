# synroute_flags: what every target of ours is compiled with, and nothing of anybody else's.
add_library(synroute_flags INTERFACE)

set(warnings
    -Wall -Wextra -Wpedantic
    -Wcast-align -Wcast-qual -Wconversion -Wdouble-promotion -Wextra-semi -Wformat=2
    -Wmissing-declarations -Wnon-virtual-dtor -Wold-style-cast
    -Woverloaded-virtual -Wshadow -Wsign-conversion -Wundef)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND warnings -Wduplicated-branches -Wduplicated-cond -Wlogical-op -Wsuggest-override
       -Wuseless-cast -Wzero-as-null-pointer-constant)
endif()
if(SYNROUTE_WERROR)
  list(APPEND warnings -Werror)
endif()
target_compile_options(synroute_flags INTERFACE ${warnings})
target_compile_definitions(synroute_flags INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

if(SYNROUTE_SANITIZE)
  set(sanitize -fsanitize=${SYNROUTE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(synroute_flags INTERFACE ${sanitize})
  target_link_options(synroute_flags INTERFACE ${sanitize})
endif()
