DEPS := base
LIBS :=
