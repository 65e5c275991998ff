DEPS := base profile stats store templates
LIBS := libpcre2-8
PLUGINS := canvas disasm
