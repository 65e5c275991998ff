DEPS :=
LIBS := zlib -lnettle
