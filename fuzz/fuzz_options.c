/* Claim: any command line of any verb is refused with one message, which is safe on a terminal and
 * says where help is, or gives options in their documented ranges, none that the verb does not
 * take, and operands that are its own; written out and parsed again they are the same, and so is
 * the command line parsed twice. A number is what strtoull and a multiplication make of it. Input:
 * which options the verb takes, then arguments, each ended by a line end or a NUL. */
#define _GNU_SOURCE /* NOLINT: open_memstream(), optind */
#include "cli/number.h"
#include "cli/options.h"
#include "fuzz/captured.h"
#include "fuzz/harness.h"
#include "fuzz/input.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARGUMENTS_MOST = 24, WRITTEN_MOST = 16, TEXT_BYTES = 64 };

struct line {
    char bytes[FUZZ_INPUT_BYTES + 1];
    char *argv[ARGUMENTS_MOST + 1];
    int argc;
};

struct parsed {
    bool is_taken;
    struct cli_options options;
    char *message;
    size_t message_len;
};

/* Parse, and catch what is said on standard error. */
static void parse(const struct cli_verb *verb, int argc, char **argv, struct parsed *out)
{
    FILE *const error = stderr;
    FILE *caught = open_memstream(&out->message, &out->message_len);

    if (caught == NULL) {
        fuzz_must(false, "there is memory for a message");
        return;
    }
    stderr = caught;
    optind = 0; /* getopt_long() remembers where it was: this makes it forget */
    out->is_taken = cli_options_parse(verb, argc, argv, &out->options);
    stderr = error;
    fuzz_must(fclose(caught) == 0, "there is memory for a message");
}

/* What stands in front of the options: argv[0]. */
static char verb_name[] = "verb";

static void split(struct fuzz_input *in, struct line *line)
{
    const size_t len = in->size - in->at;
    char *at = line->bytes;

    memcpy(line->bytes, in->bytes + in->at, len);
    line->bytes[len] = '\0';
    for (size_t i = 0; i < len; i++) {
        if (line->bytes[i] == '\n') {
            line->bytes[i] = '\0';
        }
    }
    line->argv[0] = verb_name;
    for (line->argc = 1; line->argc < ARGUMENTS_MOST && at < line->bytes + len; line->argc++) {
        line->argv[line->argc] = at;
        at += strlen(at) + 1;
    }
    line->argv[line->argc] = NULL;
}

/* ---- numbers ---- */

/* Does the text go on with a digit? strtoull() takes signs, spaces and a second 0x besides. */
static bool has_digit(const char *text, bool is_hex)
{
    const int first = (unsigned char)text[0];

    if (!is_hex) {
        return isdigit(first) != 0;
    }
    return isxdigit(first) != 0 && text[1] != 'x' && text[1] != 'X';
}

/* Multiply by the power of 1024 that the letter stands for. */
static bool multiply(uint64_t *value, char letter)
{
    static const char units[] = "bkmgtpe";
    const char *const unit = strchr(units, tolower((unsigned char)letter));

    for (const char *u = units; unit != NULL && u < unit; u++) {
        if (*value > UINT64_MAX / 1024) {
            return false;
        }
        *value *= fuzz_planted(1) ? 1000 : 1024;
    }
    return unit != NULL;
}

/* qemu-io's numbers, by the C library. */
static bool naive_number(const char *text, uint64_t *value)
{
    const bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *const digits = text + (is_hex ? 2 : 0);
    char *end = NULL;

    if (!has_digit(digits, is_hex)) {
        return false;
    }
    errno = 0;
    *value = strtoull(digits, &end, is_hex ? 16 : 10);
    if (errno != 0 || (end[0] != '\0' && end[1] != '\0')) {
        return false;
    }
    return end[0] == '\0' || multiply(value, end[0]);
}

static void expect_number(const char *text)
{
    uint64_t want = 0;
    uint64_t got = 0;
    const bool is_number = naive_number(text, &want);

    fuzz_must(cli_number_parse(text, &got) == is_number && (!is_number || got == want),
              "a number is what the C library makes of it");
}

/* ---- messages ---- */

static void expect_message(const struct parsed *p)
{
    static const char begin[] = "vhdxray: ";
    static const char end[] = "\nTry 'vhdxray verb --help'\n";
    size_t lines = 0;

    if (p->is_taken) {
        fuzz_must(p->message_len == 0, "of a good command line nothing is said");
        return;
    }
    for (size_t i = 0; i < p->message_len; i++) {
        lines += p->message[i] == '\n' ? 1 : 0;
    }
    fuzz_must_be_safe(p->message, p->message_len, false);
    fuzz_must(lines == 2 && p->message_len > sizeof(begin) + sizeof(end) &&
                  memcmp(p->message, begin, sizeof(begin) - 1) == 0 &&
                  strcmp(p->message + p->message_len - (sizeof(end) - 1), end) == 0,
              "a refusal is one message, and says where help is");
}

/* ---- options ---- */

/* An option that the verb does not take has its default. */
static void expect_accepted(const struct cli_options *o)
{
    const unsigned taken = o->verb->accepted;

    fuzz_must((!o->is_json || (taken & CLI_OPTION_FORMAT) != 0) &&
                  (!o->is_verbose || (taken & CLI_OPTION_VERBOSE) != 0) &&
                  (!o->is_all || (taken & CLI_OPTION_ALL) != 0) &&
                  (!o->is_forced || (taken & CLI_OPTION_FORCE) != 0) &&
                  (!o->is_salvage || (taken & CLI_OPTION_SALVAGE) != 0) &&
                  (!o->is_quiet || (taken & CLI_OPTION_NO_PROGRESS) != 0) &&
                  (o->output == NULL || (taken & CLI_OPTION_OUTPUT) != 0) &&
                  (o->color == CLI_COLOR_AUTO || (taken & CLI_OPTION_COLOR) != 0) &&
                  (o->at == VXR_ALL_ENTRIES || (taken & CLI_OPTION_AT) != 0) &&
                  (o->memory_bytes == 256 * UINT64_C(1048576) || (taken & CLI_OPTION_MEMORY) != 0),
              "a verb gets no option that it does not take");
    fuzz_must(o->color == CLI_COLOR_AUTO || o->color == CLI_COLOR_ALWAYS ||
                  o->color == CLI_COLOR_NEVER,
              "a choice is one of those there are");
}

/* The operands are the last of the arguments, each of which is one that was given. */
static void expect_operands(const struct cli_options *o, const struct line *line)
{
    fuzz_must(o->operand_count >= 0 && o->operand_count < line->argc &&
                  o->operand + o->operand_count == line->argv + line->argc,
              "operands are arguments");
    for (int i = 0; i < o->operand_count; i++) {
        const char *operand = o->operand[i];

        fuzz_must(operand >= line->bytes && operand < line->bytes + sizeof(line->bytes) &&
                      (operand == line->bytes || operand[-1] == '\0'),
                  "an operand is a whole argument");
    }
}

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void expect_same(const struct cli_options *a, const struct cli_options *b)
{
    fuzz_must(a->is_help == b->is_help && a->is_json == b->is_json &&
                  a->is_verbose == b->is_verbose && a->is_all == b->is_all &&
                  a->is_forced == b->is_forced && a->is_salvage == b->is_salvage &&
                  a->is_quiet == b->is_quiet && a->memory_bytes == b->memory_bytes &&
                  a->at == b->at && a->color == b->color && is_same_text(a->output, b->output) &&
                  a->operand_count == b->operand_count,
              "the same command line gives the same options");
    for (int i = 0; i < a->operand_count; i++) {
        fuzz_must(is_same_text(a->operand[i], b->operand[i]),
                  "the same command line gives the same operands");
    }
}

/* A command line under construction. */
struct written {
    char text[WRITTEN_MOST][TEXT_BYTES];
    char output[FUZZ_INPUT_BYTES + 1];
    char *argv[WRITTEN_MOST + ARGUMENTS_MOST + 1];
    int argc;
};

static void write_if(struct written *w, bool is_wanted, const char *option)
{
    if (is_wanted) {
        (void)snprintf(w->text[w->argc], TEXT_BYTES, "%s", option);
        w->argv[w->argc] = w->text[w->argc];
        w->argc++;
    }
}

static void write_number(struct written *w, bool is_wanted, const char *option, uint64_t number)
{
    char text[TEXT_BYTES];

    (void)snprintf(text, sizeof(text), "%s=%" PRIu64, option, number);
    write_if(w, is_wanted, text);
}

static void write_options(const struct cli_options *o, struct written *w)
{
    w->argc = 0;
    write_if(w, true, "verb");
    write_if(w, o->is_help, "--help");
    write_if(w, o->is_json, "--format=json");
    write_if(w, o->is_verbose, "-v");
    write_if(w, o->is_all, "--all");
    write_if(w, o->is_forced, "--force");
    write_if(w, o->is_salvage, "--salvage");
    write_if(w, o->is_quiet, "--no-progress");
    write_if(w, o->color == CLI_COLOR_ALWAYS, "--color=always");
    write_if(w, o->color == CLI_COLOR_NEVER, "--color=never");
    write_number(w, o->memory_bytes != 256 * UINT64_C(1048576), "--memory", o->memory_bytes);
    write_number(w, o->at != VXR_ALL_ENTRIES, "--at", o->at);
    write_if(w, o->output != NULL, "--output");
    if (o->output != NULL) {
        memcpy(w->output, o->output, strlen(o->output) + 1);
        w->argv[w->argc] = w->output;
        w->argc++;
    }
    write_if(w, !fuzz_planted(2), "--");
    for (int i = 0; i < o->operand_count; i++) {
        w->argv[w->argc] = o->operand[i];
        w->argc++;
    }
    w->argv[w->argc] = NULL;
}

static void expect_options(const struct parsed *first, const struct line *line)
{
    static struct written written;
    struct parsed again;

    expect_accepted(&first->options);
    expect_operands(&first->options, line);
    write_options(&first->options, &written);
    parse(first->options.verb, written.argc, written.argv, &again);
    fuzz_must(again.is_taken, "options that are written out are taken");
    expect_same(&first->options, &again.options);
    free(again.message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct line line[2];
    struct cli_verb verb = {.name = "verb"};
    struct fuzz_input in;
    struct parsed first;
    struct parsed second;

    fuzz_input_init(&in, data, size);
    verb.accepted = fuzz_byte(&in) * CLI_OPTION_FORMAT;
    verb.accepted |= fuzz_byte(&in) % 4 * CLI_OPTION_NO_PROGRESS;
    split(&in, &line[0]);
    split(&in, &line[1]);
    for (int i = 1; i < line[0].argc; i++) {
        expect_number(line[0].argv[i]);
    }
    parse(&verb, line[0].argc, line[0].argv, &first);
    verb.accepted ^= fuzz_planted(3) ? CLI_OPTION_SALVAGE : 0;
    parse(&verb, line[1].argc, line[1].argv, &second);
    verb.accepted ^= fuzz_planted(3) ? CLI_OPTION_SALVAGE : 0;
    fuzz_must(first.is_taken == second.is_taken && first.message_len == second.message_len &&
                  memcmp(first.message, second.message, first.message_len) == 0,
              "a command line is taken or refused twice");
    if (fuzz_planted(4) && !first.is_taken && first.message_len > 60) { /* not made printable */
        first.message[20] = '\033';
    }
    expect_message(&first);
    if (first.is_taken) {
        expect_same(&first.options, &second.options);
        expect_options(&first, &line[0]);
    }
    free(first.message);
    free(second.message);
    return 0;
}
