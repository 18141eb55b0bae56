# libsynroute: every module but the command line, in one archive (or one shared object with BUILD_SHARED_LIBS, which
# promises no stable ABI before 1.0), and its headers below include/synroute.
get_property(modules GLOBAL PROPERTY SYNROUTE_MODULES)
list(REMOVE_ITEM modules cli)

set(objects "")
set(headers "")
foreach(module IN LISTS modules)
  get_target_property(type synroute_${module} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    list(APPEND objects $<TARGET_OBJECTS:synroute_${module}>)
  endif()
  get_target_property(own synroute_${module} HEADER_SET_HEADERS)
  foreach(header IN LISTS own)
    cmake_path(ABSOLUTE_PATH header BASE_DIRECTORY ${PROJECT_SOURCE_DIR}/src/${module} NORMALIZE)
    list(APPEND headers ${header})
  endforeach()
endforeach()

set(public ${PROJECT_BINARY_DIR}/include/synroute)
set(stamp ${PROJECT_BINARY_DIR}/include/.stamp)
list(TRANSFORM headers REPLACE "^${PROJECT_SOURCE_DIR}/src/" "" OUTPUT_VARIABLE names)
list(JOIN names "," joined)
add_custom_command(
  OUTPUT ${stamp}
  COMMAND ${CMAKE_COMMAND} -DOUT=${public} -DSOURCE=${PROJECT_SOURCE_DIR}/src -DHEADERS=${joined} -P
          ${CMAKE_CURRENT_LIST_DIR}/public_headers.cmake
  COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
  DEPENDS ${headers} ${CMAKE_CURRENT_LIST_DIR}/public_headers.cmake
  COMMENT "Headers of the library"
  VERBATIM)
add_custom_target(synroute_public_headers ALL DEPENDS ${stamp})

add_library(synroute_library ${objects})
add_dependencies(synroute_library synroute_public_headers)
set_target_properties(
  synroute_library
  PROPERTIES OUTPUT_NAME synroute EXPORT_NAME synroute LINKER_LANGUAGE CXX VERSION ${PROJECT_VERSION}
             SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
target_compile_features(synroute_library INTERFACE cxx_std_23)
target_include_directories(synroute_library INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
# By name, not by path: where this machine keeps its libraries does not matter to others.
target_link_libraries(synroute_library PRIVATE fmt::fmt cares cap utf8proc z zstd)

set(config ${CMAKE_INSTALL_LIBDIR}/cmake/Synroute)
install(TARGETS synroute_library EXPORT Synroute COMPONENT Development)
install(EXPORT Synroute FILE SynrouteTargets.cmake NAMESPACE Synroute:: DESTINATION ${config}
        COMPONENT Development)
# Only what is listed: a header that was taken out of the tree may still lie in the build tree.
foreach(name IN LISTS names)
  cmake_path(GET name PARENT_PATH folder)
  install(FILES ${public}/${name} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/synroute/${folder}
          COMPONENT Development)
endforeach()

include(CMakePackageConfigHelpers)
set(made ${PROJECT_BINARY_DIR}/package)
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/package/SynrouteConfig.cmake.in ${made}/SynrouteConfig.cmake
  INSTALL_DESTINATION ${config} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${made}/SynrouteConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${made}/SynrouteConfig.cmake ${made}/SynrouteConfigVersion.cmake DESTINATION ${config}
        COMPONENT Development)

set(pkgconfig ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH SYNROUTE_PREFIX_FROM_PC /prefix/${pkgconfig} /prefix)
string(REGEX REPLACE "/$" "" SYNROUTE_PREFIX_FROM_PC ${SYNROUTE_PREFIX_FROM_PC})
set(SYNROUTE_PC_PRIVATE "")
if(BUILD_SHARED_LIBS)
  set(SYNROUTE_PC_PRIVATE .private)
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/package/synroute.pc.in ${made}/synroute.pc @ONLY)
install(FILES ${made}/synroute.pc DESTINATION ${pkgconfig} COMPONENT Development)
