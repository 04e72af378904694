/* verify IMAGE RECORD STATE CACHED: after a kill, reads the whole image and checks each block against the record.
 * A block must hold what the last acknowledged write left (with CACHED=1: the last one acknowledged before a
 * flush that was itself submitted later and acknowledged), or what a later write tried to leave; never
 * anything older, torn or foreign. STATE keeps each block's hash from round to round. Prints the counts. */
#include "record.h"
#include <fcntl.h>
#include <rados/librados.h>
#include <rbd/librbd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CHECK(call)                                                                                        \
    do {                                                                                                   \
        long ret_ = (long)(call);                                                                          \
        if (ret_ < 0) {                                                                                    \
            printf("FAIL %s: %ld\n", #call, ret_);                                                         \
            return 1;                                                                                      \
        }                                                                                                  \
    } while (0)

static int durable(const struct entry *e, uint64_t last_flush, int cached)
{
    return e->kind == KIND_WRITE && e->acked && (!cached || e->acked < last_flush);
}

int main(int argc, char **argv)
{
    rados_t cluster;
    rados_ioctx_t io;
    rbd_image_t image;
    uint64_t size;
    if (argc != 5)
        return 2;
    int cached = atoi(argv[4]), fd = open(argv[2], O_RDONLY);
    CHECK(fd);
    const struct record *rec = mmap(NULL, sizeof *rec, PROT_READ, MAP_SHARED, fd, 0);
    if (rec == MAP_FAILED || rec->overflow) {
        printf("FAIL record: unusable\n");
        return 1;
    }
    CHECK(rados_create(&cluster, "admin"));
    CHECK(rados_conf_read_file(cluster, NULL));
    CHECK(rados_connect(cluster));
    CHECK(rados_ioctx_create(cluster, "rbd", &io));
    CHECK(rbd_open_read_only(io, argv[1], &image, NULL));
    CHECK(rbd_get_size(image, &size));

    uint64_t blocks = size / BLOCK, last_flush = 0, acked = 0, kept = 0, lost = 0, present = 0;
    uint64_t *state = calloc(blocks, sizeof *state);
    int sfd = open(argv[3], O_RDWR | O_CREAT, 0600);
    CHECK(sfd);
    if (pread(sfd, state, blocks * sizeof *state, 0) == 0) {
        static const char zero[BLOCK];
        for (uint64_t b = 0; b < blocks; b++)
            state[b] = hash_block(zero);
    }
    for (uint64_t i = 0; i < rec->count; i++)
        if (rec->entries[i].kind == KIND_FLUSH && rec->entries[i].acked && rec->entries[i].submitted > last_flush)
            last_flush = rec->entries[i].submitted;
    /* first[b]: 1 + index of the last durable write of block b; entries from there on are candidates */
    uint64_t *first = calloc(blocks, sizeof *first);
    for (uint64_t i = 0; i < rec->count; i++)
        if (durable(&rec->entries[i], last_flush, cached)) {
            first[rec->entries[i].block] = i + 1;
            acked++;
        }
    char *match = calloc(blocks, 1), *buf = malloc(1 << 20);
    uint64_t *now = calloc(blocks, sizeof *now);
    for (uint64_t off = 0; off < size; off += 1 << 20) {
        size_t len = size - off < 1 << 20 ? size - off : 1 << 20;
        CHECK(rbd_read(image, off, len, buf));
        for (size_t at = 0; at < len; at += BLOCK)
            now[(off + at) / BLOCK] = hash_block(buf + at);
    }
    for (uint64_t b = 0; b < blocks; b++)
        match[b] = !first[b] && now[b] == state[b];
    for (uint64_t i = 0; i < rec->count; i++) {
        const struct entry *e = &rec->entries[i];
        if (e->kind == KIND_WRITE && i + 1 >= first[e->block] && e->hash == now[e->block])
            match[e->block] = 1;
    }
    for (uint64_t b = 0; b < blocks; b++) {
        kept += first[b] && match[b];
        present += match[b];
        if (!match[b] && lost++ < 5)
            printf("FAIL block %llu: %s\n", (unsigned long long)b,
                   first[b] ? "an acknowledged write is lost" : "holds what nobody wrote");
    }
    printf("writes %llu, durable %llu, blocks kept %llu, wrong %llu\n", (unsigned long long)rec->count,
           (unsigned long long)acked, (unsigned long long)kept, (unsigned long long)lost);
    CHECK(pwrite(sfd, now, blocks * sizeof *now, 0));
    CHECK(rbd_close(image));
    rados_ioctx_destroy(io);
    rados_shutdown(cluster);
    return lost || present != blocks;
}
