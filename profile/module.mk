DEPS := base
LIBS := zlib -lbacktrace -liberty
