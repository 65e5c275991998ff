DEPS := base
LIBS := zlib libpcre2-8 -lbacktrace -liberty
