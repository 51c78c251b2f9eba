/* Named places of an image and the fields of the structures there, as tables. */
#ifndef CORPUS_RECIPE_PLACES_H
#define CORPUS_RECIPE_PLACES_H

#include "corpus/recipe.h"

enum field_kind { FIELD_NUMBER, FIELD_GUID, FIELD_STATE, FIELD_CREATOR };

struct recipe_field {
    const char *name; /* NULL ends a table */
    uint16_t pos;     /* from the start of the structure */
    uint16_t width;   /* bytes */
    uint8_t shift;    /* a number may be some bits of the width: the lowest, */
    uint8_t bits;     /* and how many; 0: all */
    enum field_kind kind;
};

struct recipe_place {
    uint64_t offset;
    bool is_pair;                     /* it stands for both copies; offset is that of `copy` */
    const struct recipe_field *field; /* of the structure there; NULL: none */
};

/* The place that begins at *at, in copy 0 or 1; *at is moved behind it. On failure the recipe has
 * its error. */
bool place_read(struct recipe *r, const char **at, unsigned copy, struct recipe_place *place);

/* "PLACE.FIELD", with or without @, in both copies. */
bool place_field(struct recipe *r, const char *text, struct recipe_address *address,
                 const struct recipe_field **field);

/* A GUID by its text or by its name. */
bool place_guid(const char *text, uint8_t guid[16]);

#endif
