/* The search for the parent of one image: where the user allows it, and nowhere else. */
#ifndef CLI_FIND_PARENT_H
#define CLI_FIND_PARENT_H

#include "cli/parent_dir.h"

/* A file that --parent names. */
struct cli_given {
    struct vx_guid data_write_guid; /* zero: not known */
    bool is_used;
};

struct cli_search {
    const struct cli_options *options;
    struct cli_session *child; /* its facts are known */
    struct cli_given *given;   /* options->parent_count of them, see cli_look_at_given() */
    struct cli_parent_dir *parent_dir;
    enum vxo_found found;    /* how, when it was found */
    bool is_the_one;         /* and has the DataWriteGuid that the child names */
    struct vxo_twins *twins; /* gets those of the one that was found */
    struct vxo_buffer *why;  /* gets the reason when it was not: a clause without a period */
};

/* Read who the files of --parent say they are. */
void cli_look_at_given(const struct cli_options *options, struct cli_given *given);

/* Find and open the parent, the image with the DataWriteGuid that the child names: the first of
 * --parent; else what cli_parent_dir_find() finds; else, with --follow, what the child's
 * relative_path leads to below the folder that holds the child, which is that of the image or lies
 * below it. If none of them is it, the first of --parent that was not used yet is taken, else what
 * --follow leads to, for the user says so. No other path of an image is ever opened. Returns NULL
 * when there is none; else session->error may say why it cannot be inspected. */
struct cli_session *cli_find_parent(struct cli_search *search);

/* Read the paths that the image names, in a form that can be printed. */
void cli_read_paths(const struct cli_session *session, struct vxo_path path[VXO_PATH_COUNT]);

#endif
