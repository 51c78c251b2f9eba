/* Runs commands in turn and prints what each of them takes.
 *
 *   measure ROUNDS [OUT] -- NAME COMMAND... [-- NAME COMMAND...]...
 *
 * OUT is what all of them write: it is removed before each, in time that does not count. Each round
 * runs every command once, so that whatever else the machine does meets all of them alike. A `%` in
 * an argument becomes the number of the round. Output goes to /dev/null. Prints for each command:
 * name, median wall time in ms, median CPU time in ms (user and system), peak resident memory in
 * KiB, and the worst exit status; 126 when the command could not be run. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS_MAX = 8, ARGUMENTS_MAX = 32, ROUNDS_MAX = 100000, TEXT_BYTES = 4096 };

struct command {
    const char *name;
    char **argv;
    int argc;
    double *wall; /* ms, one for each round */
    double *cpu;
    long peak_kib;
    int status;
};

static double ms_between(const struct timespec *a, const struct timespec *b)
{
    return (double)(b->tv_sec - a->tv_sec) * 1e3 + (double)(b->tv_nsec - a->tv_nsec) / 1e6;
}

static double ms_of(const struct timeval *t)
{
    return (double)t->tv_sec * 1e3 + (double)t->tv_usec / 1e3;
}

/* Start the command with the number of the round in place of each `%`. 0 when it cannot start. */
static pid_t start(const struct command *c, int round)
{
    static char text[ARGUMENTS_MAX][TEXT_BYTES];
    posix_spawn_file_actions_t actions;
    char *argv[ARGUMENTS_MAX + 1] = {0};
    pid_t child = 0;

    for (int i = 0; i < c->argc && i < ARGUMENTS_MAX; i++) {
        const char *mark = strchr(c->argv[i], '%');

        argv[i] = c->argv[i];
        if (mark != NULL) {
            (void)snprintf(text[i], TEXT_BYTES, "%.*s%d%s", (int)(mark - c->argv[i]), c->argv[i],
                           round, mark + 1);
            argv[i] = text[i];
        }
    }
    (void)posix_spawn_file_actions_init(&actions);
    for (int fd = 0; fd < 3; fd++) {
        (void)posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    }
    if (posix_spawnp(&child, argv[0], &actions, NULL, argv, environ) != 0) {
        child = 0;
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return child;
}

static void run(struct command *c, int round)
{
    struct timespec begin, end;
    struct rusage use = {0};
    int status = 126 << 8;
    pid_t child = 0;

    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    child = start(c, round);
    if (child > 0 && wait4(child, &status, 0, &use) != child) {
        perror("measure");
        exit(2);
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    c->status = status > c->status ? status : c->status;
    c->wall[round] = ms_between(&begin, &end);
    c->cpu[round] = ms_of(&use.ru_utime) + ms_of(&use.ru_stime);
    c->peak_kib = use.ru_maxrss > c->peak_kib ? use.ru_maxrss : c->peak_kib;
}

static int by_value(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;

    return (*x > *y) - (*x < *y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof(values[0]), by_value);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

int main(int argc, char **argv)
{
    struct command command[COMMANDS_MAX] = {0};
    const int rounds = argc > 1 ? atoi(argv[1]) : 0;
    const char *out = argc > 2 && strcmp(argv[2], "--") != 0 ? argv[2] : NULL;
    int count = 0;

    for (int i = out == NULL ? 2 : 3; i + 2 < argc && count < COMMANDS_MAX; count++) {
        struct command *c = &command[count];

        c->name = argv[i + 1];
        c->argv = argv + i + 2;
        for (i += 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
            c->argc++;
        }
        c->wall = calloc(ROUNDS_MAX, sizeof(double));
        c->cpu = calloc(ROUNDS_MAX, sizeof(double));
        if (c->argc == 0 || c->wall == NULL || c->cpu == NULL) {
            return 2;
        }
    }
    if (count == 0 || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: measure ROUNDS [OUT] -- NAME COMMAND... [-- NAME COMMAND...]...\n");
        return 2;
    }
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < count; i++) {
            if (out != NULL && unlink(out) != 0 && errno != ENOENT) {
                perror(out);
                return 2;
            }
            run(&command[(i + round) % count], round); /* nobody is always the first */
        }
    }
    for (int i = 0; i < count; i++) {
        struct command *c = &command[i];

        printf("%s %.3f %.3f %ld %d\n", c->name, median(c->wall, rounds), median(c->cpu, rounds),
               c->peak_kib, c->status);
    }
    return 0;
}
