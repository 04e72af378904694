/* objects write RECORD | objects verify RECORD: writers that are killed, one thread with objects of its own each, and what
 * must be there afterwards. Every request changes data, omap and an attribute of one object together, number by number;
 * now and then a snapshot is taken, or the omap cleared. The record outlives the writers: what they submitted, what
 * was acknowledged, and what each snapshot must show. Verifying checks that each object is as after its last
 * acknowledged request, or as after the one that was under way, in all it consists of, also at every snapshot. */
#include <fcntl.h>
#include <pthread.h>
#include <rados/librados.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define WRITERS 4
#define OBJECTS 6
#define SNAPS 12
#define BLOCKS 8
#define KEYS 5
#define BLOCK 6000 /* not of whole blocks of the store */

struct snap {
    uint64_t id;
    uint64_t seq[OBJECTS];
};

struct writer {
    uint64_t submitted[OBJECTS], acked[OBJECTS];
    uint64_t count, oldest; /* snapshots: taken ever; the first that was not removed */
    struct snap snaps[SNAPS];
};

struct record {
    uint64_t acks;
    struct writer writers[WRITERS];
};

static struct record *record;
static rados_t cluster;

#define CHECK(call)                                                                                        \
    do {                                                                                                   \
        long ret_ = (long)(call);                                                                          \
        if (ret_ < 0) {                                                                                    \
            printf("FAIL %s: %ld\n", #call, ret_);                                                         \
            fflush(stdout);                                                                                \
            exit(1);                                                                                       \
        }                                                                                                  \
    } while (0)

static void name_of(char *name, int writer, int object)
{
    sprintf(name, "kill9.%d.%d", writer, object);
}

static void pattern(char *buf, int writer, int object, uint64_t seq)
{
    uint64_t word = (seq << 16 | (uint64_t)writer << 8 | (uint64_t)object) * 0x9e3779b97f4a7c15ull;
    for (size_t i = 0; i < BLOCK; i += 8, word += 0x1234567)
        memcpy(buf + i, &word, 8);
}

static int clears(uint64_t seq)
{
    return seq % 23 == 0;
}

static void one(rados_ioctx_t io, int w, int o, uint64_t seq)
{
    char name[64], key[32], value[32], buf[BLOCK];
    name_of(name, w, o);
    pattern(buf, w, o, seq);
    sprintf(key, "key%llu", (unsigned long long)(seq % KEYS));
    sprintf(value, "%llu", (unsigned long long)seq);
    const char *keys[] = {key}, *values[] = {value};
    size_t lens[] = {strlen(value)};
    rados_write_op_t op = rados_create_write_op();
    rados_write_op_write(op, buf, BLOCK, (seq % BLOCKS) * BLOCK);
    if (clears(seq))
        rados_write_op_omap_clear(op);
    rados_write_op_omap_set(op, keys, values, lens, 1);
    rados_write_op_setxattr(op, "seq", value, strlen(value));
    record->writers[w].submitted[o] = seq;
    CHECK(rados_write_op_operate(op, io, name, NULL, 0));
    record->writers[w].acked[o] = seq;
    __atomic_add_fetch(&record->acks, 1, __ATOMIC_RELAXED);
    rados_release_write_op(op);
}

/* Tells the library of all snapshots, newest first. */
static void set_context(rados_ioctx_t io, struct writer *writer)
{
    rados_snap_t ids[SNAPS];
    int n = 0;
    for (uint64_t s = writer->count; s > writer->oldest; s--)
        ids[n++] = writer->snaps[(s - 1) % SNAPS].id;
    CHECK(rados_ioctx_selfmanaged_snap_set_write_ctx(io, n ? ids[0] : 0, ids, n));
}

static void take_snap(rados_ioctx_t io, struct writer *writer)
{
    if (writer->count - writer->oldest == SNAPS) {
        /* First forgotten, then removed: a kill in between leaves one that nobody asks for. */
        uint64_t id = writer->snaps[writer->oldest % SNAPS].id;
        writer->oldest++;
        CHECK(rados_ioctx_selfmanaged_snap_remove(io, id));
    }
    struct snap *snap = &writer->snaps[writer->count % SNAPS];
    rados_snap_t id;
    CHECK(rados_ioctx_selfmanaged_snap_create(io, &id));
    snap->id = id;
    memcpy(snap->seq, writer->acked, sizeof snap->seq);
    writer->count++;
    set_context(io, writer);
}

static void *work(void *arg)
{
    int w = (int)(intptr_t)arg;
    struct writer *writer = &record->writers[w];
    unsigned seed = (unsigned)(getpid() * 31 + w);
    rados_ioctx_t io;
    CHECK(rados_ioctx_create(cluster, "rbd", &io));
    set_context(io, writer);
    for (;;) {
        if (rand_r(&seed) % 50 == 0)
            take_snap(io, writer);
        int o = rand_r(&seed) % OBJECTS;
        one(io, w, o, writer->acked[o] + 1);
    }
    return NULL;
}

/* The last number up to `seq` that is `rest` modulo `by`; 0: none. */
static uint64_t last(uint64_t seq, uint64_t by, uint64_t rest)
{
    uint64_t at = seq - (seq + by - rest) % by;
    return at > seq ? 0 : at;
}

/* The object is wholly as after `seq`. */
static int check(rados_ioctx_t io, int w, int o, uint64_t seq, const char *when)
{
    char name[64], value[32], buf[BLOCK], want[BLOCK];
    name_of(name, w, o);
    int bad = 0;
    for (uint64_t b = 0; b < BLOCKS; b++) {
        uint64_t of = last(seq, BLOCKS, b);
        memset(want, 0, BLOCK);
        memset(buf, 0, BLOCK);
        if (of)
            pattern(want, w, o, of);
        CHECK(rados_read(io, name, buf, BLOCK, b * BLOCK));
        if (memcmp(buf, want, BLOCK)) {
            printf("FAIL %s%s: data %llu is not of %llu\n", name, when, (unsigned long long)b, (unsigned long long)of);
            bad++;
        }
    }
    rados_omap_iter_t iter;
    unsigned char more;
    int rval;
    rados_read_op_t op = rados_create_read_op();
    rados_read_op_omap_get_vals2(op, "", "", 100, &iter, &more, &rval);
    CHECK(rados_read_op_operate(op, io, name, 0));
    CHECK(rval);
    uint64_t cleared = last(seq, 23, 0), expected = 0, found = 0;
    for (uint64_t k = 0; k < KEYS; k++)
        expected += last(seq, KEYS, k) && last(seq, KEYS, k) >= cleared;
    for (;;) {
        char *key, *val;
        size_t len;
        CHECK(rados_omap_get_next(iter, &key, &val, &len));
        if (!key)
            break;
        sprintf(value, "%llu", (unsigned long long)last(seq, KEYS, strtoull(key + 3, NULL, 10)));
        found++;
        if (len != strlen(value) || memcmp(val, value, len)) {
            printf("FAIL %s%s: %s is %.*s, not %s\n", name, when, key, (int)len, val, value);
            bad++;
        }
    }
    rados_omap_get_end(iter);
    rados_release_read_op(op);
    if (found != expected) {
        printf("FAIL %s%s: %llu keys, not %llu\n", name, when, (unsigned long long)found, (unsigned long long)expected);
        bad++;
    }
    return bad;
}

static uint64_t number(rados_ioctx_t io, int w, int o)
{
    char name[64], value[32] = "";
    name_of(name, w, o);
    int ret = rados_getxattr(io, name, "seq", value, sizeof value - 1);
    if (ret == -2)
        return 0;
    CHECK(ret);
    return strtoull(value, NULL, 10);
}

static int verify(void)
{
    rados_ioctx_t io;
    int bad = 0, objects = 0, kept = 0, snaps = 0;
    CHECK(rados_ioctx_create(cluster, "rbd", &io));
    for (int w = 0; w < WRITERS; w++) {
        struct writer *writer = &record->writers[w];
        for (int o = 0; o < OBJECTS; o++) {
            uint64_t seq = number(io, w, o);
            if (seq != writer->acked[o] && seq != writer->submitted[o]) {
                printf("FAIL kill9.%d.%d is as after %llu; %llu was acknowledged, %llu submitted\n", w, o,
                       (unsigned long long)seq, (unsigned long long)writer->acked[o],
                       (unsigned long long)writer->submitted[o]);
                bad++;
            }
            if (seq)
                bad += check(io, w, o, seq, "");
            kept += seq != writer->acked[o];
            objects++;
            writer->acked[o] = writer->submitted[o] = seq;
        }
        for (uint64_t s = writer->oldest; s < writer->count; s++, snaps++) {
            const struct snap *snap = &writer->snaps[s % SNAPS];
            rados_ioctx_snap_set_read(io, snap->id);
            for (int o = 0; o < OBJECTS; o++) {
                uint64_t seq = number(io, w, o);
                char when[40];
                sprintf(when, " at snapshot %llu", (unsigned long long)snap->id);
                if (seq != snap->seq[o]) {
                    printf("FAIL kill9.%d.%d%s is as after %llu, not %llu\n", w, o, when, (unsigned long long)seq,
                           (unsigned long long)snap->seq[o]);
                    bad++;
                } else if (seq) {
                    bad += check(io, w, o, seq, when);
                }
            }
            rados_ioctx_snap_set_read(io, LIBRADOS_SNAP_HEAD);
        }
    }
    printf("acknowledged %llu, objects %d, snapshots %d, kept unacknowledged %d, wrong %d\n",
           (unsigned long long)record->acks, objects, snaps, kept, bad);
    rados_ioctx_destroy(io);
    return bad != 0;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int fd = open(argv[2], O_RDWR | O_CREAT, 0600);
    CHECK(fd);
    CHECK(ftruncate(fd, sizeof *record));
    record = mmap(NULL, sizeof *record, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (record == MAP_FAILED)
        return 2;
    CHECK(rados_create(&cluster, "admin"));
    CHECK(rados_conf_read_file(cluster, NULL));
    CHECK(rados_connect(cluster));
    if (strcmp(argv[1], "verify") == 0) {
        int failed = verify();
        rados_shutdown(cluster);
        return failed;
    }
    pthread_t threads[WRITERS];
    for (intptr_t w = 0; w < WRITERS; w++)
        CHECK(-pthread_create(&threads[w], NULL, work, (void *)w));
    pthread_join(threads[0], NULL);
    return 0;
}
