DEPS := base profile
LIBS := sqlite3
