/* A writer of VHDX images that follows the format: it changes a sound, clean image in memory by the
 * procedures of MS-VHDX and keeps every promise they make about a power cut at any moment. Nothing
 * of parser/ is used but its CRC. Deterministic: GUIDs come from a counter.
 *
 *     struct writer w;
 *     if (!writer_open(&w, &im) || !writer_write(&w, 0, bytes, 4096) || !writer_apply(&w)) {
 *         ... w.error says why ...
 *     }
 *     writer_close(&w);
 *
 * A function that returns false has set w->error and changed nothing: what is refused is refused
 * before anything is written. */
#ifndef CORPUS_WRITER_H
#define CORPUS_WRITER_H

#include "corpus/journal.h"
#include "corpus/volume.h"

struct writer {
    const char *error; /* why the last call returned false: a literal */
    struct tape tape;  /* may be set to record after writer_open() */
    struct volume vol;
    /* After writer_open() and before the first change: journal.sequence, .next and .entry_most may
     * be chosen, and .file_end, the end of the file, may be lowered to a MiB behind which nothing
     * is referenced: new blocks then go into what the file already has. */
    struct journal journal;
    uint64_t guid_count; /* of the last GUID made; starts at the current SequenceNumber. Whoever
                            opens what a crash has left gives another start */
    bool is_begun;       /* this session has updated the headers */
    bool has_payload;    /* payload was written that may not be flushed */
};

/* Which GUIDs a header update renews. The LogGuid always becomes the journal's. */
enum writer_renew { WRITER_KEEP = 0, WRITER_FILE_WRITE = 1, WRITER_DATA_WRITE = 2 };

/* Begin a session on im, which must outlive it and must not be changed by anybody else until
 * writer_close(). Changes nothing. False when the image has a pending log or none at all, its
 * headers' SequenceNumber is about to run out, or volume_load() refuses it; writer_close() is
 * allowed all the same. */
bool writer_open(struct writer *w, struct image *im);

/* Release what the session holds. Writes nothing: a log that is pending stays so. */
void writer_close(struct writer *w);

/* Update the headers (2.2.2.1): the copy that is not current gets the content of the current one,
 * SequenceNumber + 1, the GUIDs asked for and a checksum, is flushed, and is current from then on;
 * then the same once more for the other copy. renew: of enum writer_renew. */
void writer_header_update(struct writer *w, unsigned renew);

/* Before the first change of a session the headers get new FileWriteGuid and DataWriteGuid; every
 * change here is visible to the disk's user. Does nothing the second time. */
void writer_begin(struct writer *w);

/* Make one transaction of what is staged in the journal, after a flush of what it may rest on. The
 * first one of a session starts the log. */
void writer_log(struct writer *w);

/* Write len virtual bytes at offset: into the blocks that are present, in place and not journaled;
 * for others into new blocks at the end of the file, first the payload, then, after a flush, the
 * table and bitmap entries by the log (2.3, 2.5.1.1): one transaction, or, where an entry cannot
 * hold it, several of whole blocks each. A new block is written
 * whole, with zeros where there was no content. In a differencing image a block that is not written
 * whole becomes PARTIALLY_PRESENT, and its bits say which sectors are its own (2.4).
 * Nothing is flushed at the end. False when the range is not inside the disk, a block is in a
 * reserved state, a bitmap block is missing, or, in a differencing image, the rest of a sector
 * would have to come from the parent. */
bool writer_write(struct writer *w, uint64_t offset, const uint8_t *bytes, size_t len);

/* Give whole blocks (the last one may be cut short by the end of the disk) a state without content,
 * 0 to 3, by one transaction. Their place in the file is not used again. False when the range is
 * not made of whole blocks, or blocks of a fixed image would become NOT_PRESENT (2.6.2.1). */
bool writer_discard(struct writer *w, uint64_t offset, uint64_t len, unsigned state);

/* Write any metadata by the log, one transaction: region tables, metadata, table, bitmaps. False
 * when the range touches file identifier, headers or the log itself, which the log may not
 * change (2.2.1, 2.2.2). What is read when the session begins must not be changed by this. */
bool writer_metadata(struct writer *w, uint64_t offset, const uint8_t *bytes, size_t len);

/* Flush: what was written until now survives a power cut. */
bool writer_commit(struct writer *w);

/* Commit, put everything logged in its place, flush, and name no log in the headers any more. */
bool writer_apply(struct writer *w);

#endif
