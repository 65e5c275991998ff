DEPS := base profile stats store runtime
LIBS := libpcre2-8
