/* An actor program with a few mistakes, for the analyzers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct actor {
    char *name;
    int state;
};

struct actor *actor_new(const char *name)
{
    struct actor *a = calloc(1, sizeof *a);
    a->name = malloc(strlen(name) + 1);
    strcpy(a->name, name);
    return a;
}

int actor_stop(struct actor *a)
{
    int unused;
    free(a->name);
    free(a);
    if (a->state > 0) {
        return 1;
    }
    return 0;
}

int actor_divide(int n)
{
    int zero = 0;
    int *p = malloc(4);
    if (n > 10) {
        return n / zero;
    }
    free(p);
    return n;
}

int main(int argc, char **argv)
{
    struct actor *a = actor_new(argv[0]);
    printf("%d\n", actor_divide(argc));
    return actor_stop(a);
}
