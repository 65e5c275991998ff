DEPS :=
LIBS := zlib -lmd
