# What `cmake --install` puts where, apart from the library (library.cmake). Components: Program, Lab, Development.
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME Program)

install(TARGETS synroute)
# The names of the ancestors stand beside the binary as links; as such they are installed.
install(PROGRAMS ${PROJECT_BINARY_DIR}/tcptraceroute ${PROJECT_BINARY_DIR}/tracetcp TYPE BIN)
install(FILES man/synroute.1 man/tcptraceroute.1 man/tracetcp.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

# Not there when only the program was built.
install(TARGETS synroute-lab COMPONENT Lab OPTIONAL)
install(FILES man/synroute-lab.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT Lab)

install(FILES completions/synroute.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME synroute)
install(FILES completions/_synroute DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES completions/synroute.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

install(FILES schema/trace.schema.json schema/scan.schema.json schema/error.schema.json
        DESTINATION ${CMAKE_INSTALL_DATADIR}/synroute/schema)
install(FILES LICENSE README.md CHANGELOG.md SECURITY.md TYPE DOC)
