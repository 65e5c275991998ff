DEPS := base profile stats store collector reporter templates
LIBS := libedit
PLUGINS := fetch serve
