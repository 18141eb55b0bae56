# synroute_flags: what every target of ours is compiled with, and nothing of anybody else's.
add_library(synroute_flags INTERFACE)

set(warnings
    -Wall -Wextra -Wpedantic
    -Wcast-align -Wcast-qual -Wconversion -Wdeprecated-copy-dtor -Wdouble-promotion -Wextra-semi -Wformat=2
    -Wmissing-declarations -Wnon-virtual-dtor -Wold-style-cast
    -Woverloaded-virtual -Wshadow -Wsign-conversion -Wundef
    # Options are structs with defaults, called with designated initialisers.
    -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND warnings -Wduplicated-branches -Wduplicated-cond -Wlogical-op -Wsuggest-override
       -Wuseless-cast -Wzero-as-null-pointer-constant)
else()
  # std::stable_sort of libstdc++ 12 calls a function that it declares deprecated itself; GCC watches for ours.
  list(APPEND warnings -Wno-deprecated-declarations)
endif()
if(SYNROUTE_WERROR)
  list(APPEND warnings -Werror)
endif()
target_compile_options(synroute_flags INTERFACE ${warnings})

# The binary may run with rights and reads bytes from anybody: bounds are checked in every build, and the usual
# hardening is on wherever the optimiser runs.
target_compile_definitions(synroute_flags INTERFACE _GLIBCXX_ASSERTIONS)
if(NOT SYNROUTE_SANITIZE)
  target_compile_options(
    synroute_flags INTERFACE -fstack-protector-strong -fstack-clash-protection
                             $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
  target_link_options(synroute_flags INTERFACE -Wl,-z,relro,-z,now)
endif()

# Failed assertions name files of the project, not the folder in which it was built.
target_compile_options(synroute_flags INTERFACE
                       $<$<NOT:$<CONFIG:Debug>>:-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=>)

if(SYNROUTE_SANITIZE)
  set(sanitize -fsanitize=${SYNROUTE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(synroute_flags INTERFACE ${sanitize})
  target_link_options(synroute_flags INTERFACE ${sanitize})
endif()

# Only what is used stays in the binary, and it starts without looking for a C++ runtime.
if(SYNROUTE_STATIC_LIBS)
  target_link_options(synroute_flags INTERFACE -static-libstdc++ -static-libgcc
                                               -Wl,-O1,--as-needed,--gc-sections)
endif()
