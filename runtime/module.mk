DEPS := base profile
LIBS := libprotobuf-c
