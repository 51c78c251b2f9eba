/* The commands of recipes: each takes the line in r->line, and returns false after an error. */
#ifndef CORPUS_RECIPE_COMMANDS_H
#define CORPUS_RECIPE_COMMANDS_H

#include "corpus/recipe.h"

typedef bool command_fn(struct recipe *r);

command_fn recipe_create, recipe_empty, recipe_size, recipe_unsealed; /* recipe_image.c */
command_fn recipe_region, recipe_item, recipe_block, recipe_bitmap;
command_fn recipe_parent, recipe_locator, recipe_key;         /* recipe_locator.c */
command_fn recipe_set, recipe_put, recipe_bytes, recipe_fill; /* recipe_bytes.c */
command_fn recipe_copy, recipe_swap;
command_fn recipe_log, recipe_entry, recipe_data, recipe_zero;        /* recipe_log.c */
command_fn recipe_write, recipe_discard, recipe_commit, recipe_apply; /* recipe_disk.c */
command_fn recipe_holds;

/* Write length bytes of the sectors of pattern P, P + 1, ... */
void recipe_pattern(struct sparse *to, uint64_t offset, uint64_t length, uint64_t pattern);

/* Write the log entry that was being described, if any. */
bool recipe_finish_entry(struct recipe *r);

/* End the writer's session, if there is one: the image may be changed by others again. */
void recipe_stop_writing(struct recipe *r);

/* Recompute the checksums of all log entries. */
bool recipe_seal_log(struct recipe *r);

#endif
