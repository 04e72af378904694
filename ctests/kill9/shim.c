/* Preloaded into a writer: records every write and flush it submits and every one it is told is done.
 * KILL9_RECORD names the file. */
#define _GNU_SOURCE
#include "record.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <rbd/librbd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define SLOTS 65536u

static struct record *record;
static struct {
    void *completion;
    uint64_t index;
} slots[SLOTS];

__attribute__((constructor)) static void open_record(void)
{
    const char *path = getenv("KILL9_RECORD");
    int fd = path ? open(path, O_RDWR) : -1;
    if (fd < 0)
        return;
    void *at = mmap(NULL, sizeof *record, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED)
        record = at;
}

static uint64_t tick(void)
{
    return __atomic_add_fetch(&record->ticks, 1, __ATOMIC_SEQ_CST);
}

/* Remembers a request before the library sees it. The engine is single-threaded here (fio, one job). */
static void submitted(void *completion, uint32_t kind, uint64_t block, uint64_t hash)
{
    if (!record)
        return;
    uint64_t index = record->count;
    if (index >= ENTRIES) {
        record->overflow = 1;
        return;
    }
    record->entries[index] = (struct entry){.block = block, .hash = hash, .submitted = tick(), .kind = kind};
    record->count = index + 1;
    uint32_t slot = (uint32_t)((uintptr_t)completion >> 4) % SLOTS;
    while (slots[slot].completion && slots[slot].completion != completion)
        slot = (slot + 1) % SLOTS;
    slots[slot].completion = completion;
    slots[slot].index = index + 1;
}

static void acknowledged(void *completion, ssize_t ret)
{
    if (!record || ret < 0)
        return;
    uint32_t slot = (uint32_t)((uintptr_t)completion >> 4) % SLOTS;
    while (slots[slot].completion && slots[slot].completion != completion)
        slot = (slot + 1) % SLOTS;
    if (slots[slot].index) {
        record->entries[slots[slot].index - 1].acked = tick();
        slots[slot].index = 0;
    }
}

int rbd_aio_write(rbd_image_t image, uint64_t off, size_t len, const char *buf, rbd_completion_t completion)
{
    static int (*next)(rbd_image_t, uint64_t, size_t, const char *, rbd_completion_t);
    if (!next)
        next = (int (*)(rbd_image_t, uint64_t, size_t, const char *, rbd_completion_t))dlsym(RTLD_NEXT, "rbd_aio_write");
    if (len != BLOCK || off % BLOCK) {
        fprintf(stderr, "shim: write of %zu at %llu is not one block\n", len, (unsigned long long)off);
        abort();
    }
    submitted(completion, KIND_WRITE, off / BLOCK, hash_block(buf));
    return next(image, off, len, buf, completion);
}

int rbd_aio_flush(rbd_image_t image, rbd_completion_t completion)
{
    static int (*next)(rbd_image_t, rbd_completion_t);
    if (!next)
        next = (int (*)(rbd_image_t, rbd_completion_t))dlsym(RTLD_NEXT, "rbd_aio_flush");
    submitted(completion, KIND_FLUSH, 0, 0);
    return next(image, completion);
}

ssize_t rbd_aio_get_return_value(rbd_completion_t completion)
{
    static ssize_t (*next)(rbd_completion_t);
    if (!next)
        next = (ssize_t(*)(rbd_completion_t))dlsym(RTLD_NEXT, "rbd_aio_get_return_value");
    ssize_t ret = next(completion);
    acknowledged(completion, ret);
    return ret;
}
