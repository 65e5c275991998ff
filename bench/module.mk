DEPS := base profile stats store runtime
LIBS :=
