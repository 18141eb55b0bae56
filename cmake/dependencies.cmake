# What we take from the system, one target each: deps::fmt, deps::cares, deps::json and so on.
#
# With SYNROUTE_STATIC_LIBS everything but the C library is linked into the binary, which then starts without
# loading libstdc++.so and what hangs on it: ARCHITECTURE.md has the numbers.

# synroute_dependency(NAME HEADER LIBRARY)
function(synroute_dependency name header library)
  find_path(SYNROUTE_${name}_INCLUDE ${header} REQUIRED)
  if(SYNROUTE_STATIC_LIBS)
    find_library(SYNROUTE_${name}_LIBRARY NAMES lib${library}.a ${library} REQUIRED)
  else()
    find_library(SYNROUTE_${name}_LIBRARY NAMES ${library} REQUIRED)
  endif()
  mark_as_advanced(SYNROUTE_${name}_INCLUDE SYNROUTE_${name}_LIBRARY)
  add_library(synroute_deps_${name} INTERFACE)
  target_include_directories(synroute_deps_${name} SYSTEM INTERFACE ${SYNROUTE_${name}_INCLUDE})
  target_link_libraries(synroute_deps_${name} INTERFACE ${SYNROUTE_${name}_LIBRARY})
  add_library(deps::${name} ALIAS synroute_deps_${name})
endfunction()

synroute_dependency(cares ares.h cares)
synroute_dependency(cap sys/capability.h cap)
synroute_dependency(utf8proc utf8proc.h utf8proc)
synroute_dependency(idn2 idn2.h idn2)
if(SYNROUTE_STATIC_LIBS)
  synroute_dependency(unistring unistr.h unistring)
  target_compile_definitions(synroute_deps_utf8proc INTERFACE UTF8PROC_STATIC)
  target_link_libraries(synroute_deps_idn2 INTERFACE synroute_deps_unistring)
endif()
synroute_dependency(zlib zlib.h z)
synroute_dependency(zstd zstd.h zstd)

find_package(fmt REQUIRED)
if(SYNROUTE_STATIC_LIBS)
  add_library(synroute_deps_fmt STATIC ${CMAKE_CURRENT_LIST_DIR}/fmt.cpp)
  add_library(deps::fmt ALIAS synroute_deps_fmt)
else()
  add_library(deps::fmt ALIAS fmt::fmt)
endif()

find_package(nlohmann_json REQUIRED)
add_library(deps::json ALIAS nlohmann_json::nlohmann_json)
