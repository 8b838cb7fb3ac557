# Fails if a file of src/core or src/picture includes anything but its own room, the standard library, Boost and
# NLopt.
# Run as: cmake -DSOURCE=<src> -P check_core_includes.cmake
foreach(room core picture)
  file(GLOB_RECURSE sources LIST_DIRECTORIES false "${SOURCE}/${room}/*")
  foreach(source IN LISTS sources)
    file(STRINGS "${source}" lines REGEX "^[ \t]*#[ \t]*include")
    foreach(line IN LISTS lines)
      set(allowed "\"${room}/[a-z_]+\\.hpp\"|<[a-z_]+>|<nlopt\\.h>|<boost/[a-z0-9_/.]+>")
      if(NOT line MATCHES "^[ \t]*#[ \t]*include[ \t]*(${allowed})")
        message(SEND_ERROR "${source}: this room may not see this: ${line}")
      endif()
    endforeach()
  endforeach()
endforeach()
