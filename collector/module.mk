DEPS := base profile stats store
LIBS := inih libpcre2-8 expat
