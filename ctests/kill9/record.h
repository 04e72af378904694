/* The record of what a writer submitted and what the library acknowledged: a file mapped shared, so that it
 * outlives a writer that is killed. Blocks are BLOCK bytes and aligned. */
#ifndef RECORD_H
#define RECORD_H

#include <stddef.h>
#include <stdint.h>

#define BLOCK 4096u
#define ENTRIES (1u << 20)

enum kind { KIND_NONE = 0, KIND_WRITE = 1, KIND_FLUSH = 2 };

struct entry {
    uint64_t block;     /* writes: the block's number */
    uint64_t hash;      /* writes: of the payload */
    uint64_t submitted; /* ticks of one counter */
    uint64_t acked;     /* 0: not acknowledged */
    uint32_t kind;
    uint32_t pad;
};

struct record {
    uint64_t ticks;
    uint64_t count;
    uint64_t overflow; /* set when the table was full: the round proves nothing */
    uint64_t pad;
    struct entry entries[ENTRIES];
};

/* FNV-1a over 64-bit words. */
static inline uint64_t hash_block(const void *data)
{
    const unsigned char *p = data;
    uint64_t h = 1469598103934665603ull;
    for (size_t i = 0; i < BLOCK; i += 8) {
        uint64_t w;
        __builtin_memcpy(&w, p + i, 8);
        h = (h ^ w) * 1099511628211ull;
        h ^= h >> 29;
    }
    return h;
}

#endif
