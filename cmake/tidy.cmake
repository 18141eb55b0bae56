# synroute_tidy(TARGET): clang-tidy looks at every source of the target when it is compiled, so that ninja runs it again
# on what has changed and on nothing else. Tests are not looked at.
function(synroute_tidy target)
  if(NOT SYNROUTE_TIDY)
    return()
  endif()
  set(rules ${PROJECT_SOURCE_DIR}/.clang-tidy)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/.clang-tidy)
    list(APPEND rules ${CMAKE_CURRENT_SOURCE_DIR}/.clang-tidy)
  endif()
  get_target_property(sources ${target} SOURCES)
  set_property(SOURCE ${sources} APPEND PROPERTY OBJECT_DEPENDS ${rules})
  set_target_properties(${target} PROPERTIES CXX_CLANG_TIDY "clang-tidy-19;-quiet")
endfunction()
