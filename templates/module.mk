DEPS :=
LIBS :=
