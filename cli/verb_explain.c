/* `vhdxray explain`: the rule book. */
#include "cli/verbs.h"

#include "reports/catalogue.h"
#include "reports/text.h"

static const char HELP[] =
    "Usage: vhdxray explain [OPTION]... RULE...\n"
    "       vhdxray explain [OPTION]... --all\n"
    "\n"
    "Explain rules: severity, clause of MS-VHDX, what the rule demands, what is reported\n"
    "when it is broken, what that usually means and what to do. RULE is an ID as reports\n"
    "print it, such as VHDX-HDR-003; hdr-003 will do.\n"
    "\n"
    "  --all         explain all rules\n"
    "  --color=WHEN  auto (default: on a terminal), always or never\n"
    "  -h, --help    print this\n"
    "\n"
    "Exit status: 0, or 1 when there is no such rule.\n";

/* Explain one rule, with an empty line before it unless it is the first. */
static void explain(const struct vxo_page *page, enum vx_rule rule, bool is_first)
{
    if (!is_first) {
        vxo_page_write(page, "\n");
    }
    vxo_text_rule(page, rule);
}

static enum cli_exit run(const struct cli_options *options, struct cli_output *output)
{
    const struct vxo_page page = cli_output_page(output, options->color);
    enum vx_rule rule = VX_RULE_COUNT;

    if (options->is_all == (options->operand_count > 0)) {
        return cli_options_error(options, "explain takes either rules or --all", NULL);
    }
    for (int i = 0; i < options->operand_count; i++) {
        if (!vxo_rule_find(options->operand[i], &rule)) {
            return cli_usage_error("unknown rule", options->operand[i], "explain --all");
        }
    }
    for (int i = 0; i < options->operand_count; i++) {
        if (vxo_rule_find(options->operand[i], &rule)) {
            explain(&page, rule, i == 0);
        }
    }
    for (int i = 0; options->is_all && i < VX_RULE_COUNT; i++) {
        explain(&page, (enum vx_rule)i, i == 0);
    }
    return CLI_EXIT_SOUND;
}

const struct cli_verb CLI_EXPLAIN = {
    .name = "explain",
    .summary = "explain the rules that findings name",
    .help = HELP,
    .accepted = CLI_OPTION_ALL | CLI_OPTION_COLOR,
    .run = run,
};
