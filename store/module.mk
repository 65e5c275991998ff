DEPS := base profile
LIBS := sqlite3 zlib
