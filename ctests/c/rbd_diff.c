/* Differences: between snapshots, since the beginning, by whole objects. Extents that touch are told as one. */
#include "rbd_check.h"

#define KIB 1024ULL
#define OBJECT (64 * KIB)

static rbd_image_t image;
static char buf[256 * 1024];
static uint64_t from, upto;
static int kind, stop;
/* What was told: offset~length in KiB, d for data and h for a hole. */
static char seen[1024];

static void tell(void)
{
	size_t end = strlen(seen);
	if (kind >= 0)
		snprintf(seen + end, sizeof seen - end, " %g~%g%c", from / 1024.0, (upto - from) / 1024.0, kind ? 'd' : 'h');
	kind = -1;
}

static int extent(uint64_t off, size_t len, int exists, void *arg)
{
	if (arg != &stop)
		printf("FAIL argument\n");
	if (stop)
		return stop;
	if (kind != exists || off != upto) {
		tell();
		from = off;
		kind = exists;
	}
	upto = off + len;
	return stop;
}

static void diff(const char *what, const char *snap, uint64_t off, uint64_t len, int whole, long long want,
		 const char *extents)
{
	kind = -1;
	seen[0] = 0;
	long long got = rbd_diff_iterate2(image, snap, off, len, 1, whole, extent, &stop);
	tell();
	is(what, got, want);
	is_text(what, seen, extents);
}

int main(void)
{
	start();
	fresh("img-diff", 10 * OBJECT, 16);
	must("open", rbd_open(io, "img-diff", &image, NULL));
	diff("empty", NULL, 0, 10 * OBJECT, 0, 0, "");
	memset(buf, 'd', sizeof buf);
	must("write", rbd_write(image, OBJECT, 2 * OBJECT, buf));
	must("write", rbd_write(image, 5 * OBJECT + 4 * KIB, 4 * KIB, buf));
	must("flush", rbd_flush(image));
	diff("since the beginning, whole objects", NULL, 0, 10 * OBJECT, 1, 0, " 64~128d 320~64d");
	diff("since the beginning", NULL, 0, 10 * OBJECT, 0, 0, " 64~128d 320~8d");
	diff("part, whole objects", NULL, OBJECT + 100, OBJECT, 1, 0, " 64.0977~64d");
	diff("part", NULL, OBJECT + 100, OBJECT, 0, 0, " 64.0977~64d");
	diff("past the end", NULL, 10 * OBJECT + 1, 100, 1, -EINVAL, "");
	diff("over the end", NULL, 5 * OBJECT, 100 * OBJECT, 1, 0, " 320~64d");
	diff("nothing", NULL, 0, 0, 1, 0, "");
	diff("from an unknown snapshot", "none", 0, OBJECT, 1, -ENOENT, "");
	stop = -9000;
	diff("stopped", NULL, 0, 10 * OBJECT, 1, -9000, "");
	stop = 0;

	must("snap", rbd_snap_create(image, "a"));
	diff("nothing since a", "a", 0, 10 * OBJECT, 1, 0, "");
	must("write", rbd_write(image, 7 * OBJECT, OBJECT, buf));
	must("write", rbd_write(image, OBJECT + 8 * KIB, 4 * KIB, buf));
	must("discard", rbd_discard(image, 2 * OBJECT, OBJECT));
	/* Came and went. */
	must("write", rbd_write(image, 8 * OBJECT, OBJECT, buf));
	must("flush", rbd_flush(image));
	must("discard", rbd_discard(image, 8 * OBJECT, OBJECT));
	must("flush", rbd_flush(image));
	diff("since a, whole objects", "a", 0, 10 * OBJECT, 1, 0, " 64~64d 128~64h 448~64d");
	diff("since a", "a", 0, 10 * OBJECT, 0, 0, " 72~4d 128~64h 448~64d");
	must("snap", rbd_snap_create(image, "b"));
	must("write", rbd_write(image, 9 * OBJECT, OBJECT, buf));
	must("flush", rbd_flush(image));
	diff("since b, whole objects", "b", 0, 10 * OBJECT, 1, 0, " 576~64d");
	must("snap_set", rbd_snap_set(image, "b"));
	diff("a to b, whole objects", "a", 0, 10 * OBJECT, 1, 0, " 64~64d 128~64h 448~64d");
	diff("a to b", "a", 0, 10 * OBJECT, 0, 0, " 72~4d 128~64h 448~64d");
	diff("beginning to b, whole objects", NULL, 0, 10 * OBJECT, 1, 0, " 64~64d 320~64d 448~64d");
	must("snap_set", rbd_snap_set(image, "a"));
	diff("b to a", "b", 0, 10 * OBJECT, 1, -EINVAL, "");
	diff("a to a", "a", 0, 10 * OBJECT, 1, 0, "");
	must("snap_set", rbd_snap_set(image, NULL));
	kind = -1;
	seen[0] = 0;
	long long got = rbd_diff_iterate(image, "b", 0, 10 * OBJECT, extent, &stop);
	tell();
	is("diff_iterate", got, 0);
	is_text("diff_iterate", seen, " 576~64d");
	rbd_snap_remove(image, "a");
	rbd_snap_remove(image, "b");
	is("close", rbd_close(image), 0);
	is("remove", rbd_remove(io, "img-diff"), 0);
	return finish();
}
