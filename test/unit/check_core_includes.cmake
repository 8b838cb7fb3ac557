# Fails if a file under src/core includes anything but the core itself, the standard library and Boost.
# Run as: cmake -DCORE=<src/core> -P check_core_includes.cmake
file(GLOB_RECURSE sources LIST_DIRECTORIES false "${CORE}/*")
foreach(source IN LISTS sources)
  file(STRINGS "${source}" lines REGEX "^[ \t]*#[ \t]*include")
  foreach(line IN LISTS lines)
    if(NOT line MATCHES "^[ \t]*#[ \t]*include[ \t]*(\"core/[a-z_]+\\.hpp\"|<[a-z_]+>|<boost/[a-z0-9_/.]+>)")
      message(SEND_ERROR "${source}: the core may not see this: ${line}")
    endif()
  endforeach()
endforeach()
