# cmake -DOUT=DIR -DSOURCE=DIR "-DHEADERS=a/b.hpp,…" -P public_headers.cmake
# Headers as users of the library get them: #include "base/time.hpp" becomes "synroute/base/time.hpp", so that
# folders with names as plain as ours never meet theirs.
string(REPLACE "," ";" headers "${HEADERS}")
foreach(header IN LISTS headers)
  file(READ ${SOURCE}/${header} text)
  string(REGEX REPLACE "(#include \")([a-z]+/)" "\\1synroute/\\2" text "${text}")
  set(before "")
  if(EXISTS ${OUT}/${header})
    file(READ ${OUT}/${header} before)
  endif()
  if(NOT text STREQUAL before)
    file(WRITE ${OUT}/${header} "${text}")
  endif()
endforeach()
