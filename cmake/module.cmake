# synroute_module(NAME DEPENDS … SOURCES … HEADERS … TESTS … TEST_DEPENDS … SYSTEM …)
# One folder, one library, one test program; what it may use is what DEPENDS names.
# A module without SOURCES is header only.
function(synroute_module name)
  cmake_parse_arguments(arg "" "" "DEPENDS;SOURCES;HEADERS;TESTS;TEST_DEPENDS;SYSTEM" ${ARGN})
  list(TRANSFORM arg_DEPENDS PREPEND synroute::)
  list(TRANSFORM arg_TEST_DEPENDS PREPEND synroute::)
  if(arg_SOURCES)
    add_library(synroute_${name} STATIC ${arg_SOURCES})
    set(reach PUBLIC)
    target_link_libraries(synroute_${name} PRIVATE synroute_flags)
    synroute_tidy(synroute_${name})
    # Two thirds of the time of a file go into headers, which batches of 12 share: a fourth of the processor time.
    set_target_properties(synroute_${name} PROPERTIES UNITY_BUILD ${SYNROUTE_UNITY} UNITY_BUILD_BATCH_SIZE 12)
  else()
    add_library(synroute_${name} INTERFACE)
    set(reach INTERFACE)
  endif()
  add_library(synroute::${name} ALIAS synroute_${name})
  set_property(GLOBAL APPEND PROPERTY SYNROUTE_MODULES ${name})
  target_sources(
    synroute_${name} ${reach} FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src
    FILES ${arg_HEADERS})
  target_link_libraries(synroute_${name} ${reach} ${arg_DEPENDS} ${arg_SYSTEM})
  if(SYNROUTE_TESTS AND arg_TESTS)
    add_executable(${name}_test ${arg_TESTS})
    target_link_libraries(
      ${name}_test PRIVATE synroute_${name} ${arg_TEST_DEPENDS} synroute_flags GTest::gtest_main)
    # Asked for when ctest runs, not after linking: a build then never waits for a test program.
    gtest_discover_tests(
      ${name}_test TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS unit)
  endif()
endfunction()

# synroute_program(SOURCES … DEPENDS …)
# The binary, at the top of the build tree, and beside it the names of its two ancestors.
function(synroute_program)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  list(TRANSFORM arg_DEPENDS PREPEND synroute::)
  add_executable(synroute ${arg_SOURCES})
  target_link_libraries(synroute PRIVATE ${arg_DEPENDS} synroute_flags)
  synroute_tidy(synroute)
  set_target_properties(synroute PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  foreach(ancestor tcptraceroute tracetcp)
    add_custom_command(
      TARGET synroute POST_BUILD
      COMMAND ${CMAKE_COMMAND} -E create_symlink synroute ${PROJECT_BINARY_DIR}/${ancestor})
  endforeach()
endfunction()
