/* Synchronous I/O: what is returned, and what is there afterwards. */
#include "rbd_check.h"

#define KIB 1024ULL
#define SIZE (1024 * KIB + 100)

static rbd_image_t image;
static char buf[2 * 1024 * 1024], other[2 * 1024 * 1024];

static void reading_and_writing(void)
{
	is("read of a new image", rbd_read(image, 0, 4096, memset(buf, 1, 4096)), 4096);
	is("is zeros", differs(buf, 4096, 0), -1);
	is("write", rbd_write(image, 5, 5, "hello"), 5);
	is("read", rbd_read(image, 4, 7, buf), 7);
	is("bytes", memcmp(buf, "\0hello\0", 7), 0);
	memset(other, 'x', 200 * KIB);
	is("write over objects", rbd_write(image, 60 * KIB, 200 * KIB, other), 200 * KIB);
	is("read over objects", rbd_read(image, 59 * KIB, 202 * KIB, buf), 202 * KIB);
	is("zeros before", differs(buf, KIB, 0), -1);
	is("data", differs(buf + KIB, 200 * KIB, 'x'), -1);
	is("zeros after", differs(buf + 201 * KIB, KIB, 0), -1);
	is("write2 with hints", rbd_write2(image, 0, 4, "fadv", LIBRADOS_OP_FLAG_FADVISE_DONTNEED), 4);
	is("read2 with hints", rbd_read2(image, 0, 4, buf, LIBRADOS_OP_FLAG_FADVISE_RANDOM), 4);
	is("bytes", memcmp(buf, "fadv", 4), 0);
	is("write of nothing", rbd_write(image, 0, 0, buf), 0);
	is("read of nothing", rbd_read(image, 0, 0, buf), 0);
	is("flush", rbd_flush(image), 0);
	is("invalidate_cache", rbd_invalidate_cache(image), 0);
	is("read after that", rbd_read(image, 0, 4, buf), 4);
	is("bytes", memcmp(buf, "fadv", 4), 0);
}

static void at_the_end(void)
{
	is("write at the end", rbd_write(image, SIZE - 4, 4, "last"), 4);
	is("write over the end", rbd_write(image, SIZE - 4, 8, "lastmore"), 4);
	memset(buf, 7, 16);
	is("read over the end", rbd_read(image, SIZE - 4, 16, buf), 4);
	is("bytes", memcmp(buf, "last\7\7", 6), 0);
	is("read at the size", rbd_read(image, SIZE, 1, buf), -EINVAL);
	is("write at the size", rbd_write(image, SIZE, 1, "x"), -EINVAL);
	is("read of nothing at the size", rbd_read(image, SIZE, 0, buf), 0);
	is("read past the size", rbd_read(image, SIZE + 1, 1, buf), -EINVAL);
	is("write past the size", rbd_write(image, SIZE + 1, 1, "x"), -EINVAL);
	is("read of nothing past the size", rbd_read(image, SIZE + 1, 0, buf), 0);
	is("write of nothing past the size", rbd_write(image, SIZE + 1, 0, buf), 0);
	is("discard past the size", rbd_discard(image, SIZE + 1, 512), -EINVAL);
	is("discard over the end", rbd_discard(image, SIZE - 100, 512), 100);
	is("discard too long", rbd_discard(image, 0, (uint64_t)INT_MAX + 1), -EINVAL);
	is("writesame past the size", rbd_writesame(image, SIZE + 1, 512, buf, 512, 0), -EINVAL);
	is("write_zeroes past the size", rbd_write_zeroes(image, SIZE + 1, 512, 0, 0), -EINVAL);
	is("compare_and_write past the size", rbd_compare_and_write(image, SIZE + 1, 512, buf, buf, NULL, 0), -EINVAL);
}

static void discarding(void)
{
	memset(other, 'd', 256 * KIB);
	is("write", rbd_write(image, 0, 256 * KIB, other), 256 * KIB);
	is("discard an object", rbd_discard(image, 64 * KIB, 64 * KIB), 64 * KIB);
	is("discard two and a half", rbd_discard(image, 128 * KIB, 96 * KIB), 96 * KIB);
	is("read", rbd_read(image, 0, 256 * KIB, buf), 256 * KIB);
	is("kept before", differs(buf, 64 * KIB, 'd'), -1);
	is("gone", differs(buf + 64 * KIB, 128 * KIB, 0), -1);
	is("kept after", differs(buf + 224 * KIB, 32 * KIB, 'd'), -1);
	is("discard nothing", rbd_discard(image, 0, 0), 0);
}

static void writing_the_same(void)
{
	is("writesame", rbd_writesame(image, 1000, 4000, "abcd", 4, 0), 4000);
	is("read", rbd_read(image, 998, 4004, buf), 4004);
	is("start", memcmp(buf + 2, "abcdabcd", 8), 0);
	is("end", memcmp(buf + 4002 - 8, "abcdabcd", 8), 0);
	is("writesame over objects", rbd_writesame(image, 60 * KIB, 100 * KIB, "0123456789abcdef", 16, 0), 100 * KIB);
	is("read", rbd_read(image, 60 * KIB, 100 * KIB, buf), 100 * KIB);
	int bad = 0;
	for (size_t i = 0; i < 100 * KIB; i++)
		bad += buf[i] != "0123456789abcdef"[i % 16];
	is("bytes that differ", bad, 0);
	is("writesame, remainder", rbd_writesame(image, 0, 1001, "abcd", 4, 0), -EINVAL);
	is("writesame, empty pattern", rbd_writesame(image, 0, 1000, "abcd", 0, 0), -EINVAL);
	is("writesame of nothing", rbd_writesame(image, 0, 0, "abcd", 4, 0), 0);
	is("writesame too long", rbd_writesame(image, 0, (size_t)INT_MAX + 1, "abcd", 4, 0), -EINVAL);
	is("writesame of zeros", rbd_writesame(image, 60 * KIB, 100 * KIB, "\0\0\0\0", 4, 0), 100 * KIB);
	is("read", rbd_read(image, 60 * KIB, 100 * KIB, buf), 100 * KIB);
	is("is zeros", differs(buf, 100 * KIB, 0), -1);
}

static void writing_zeroes(void)
{
	memset(other, 'z', 256 * KIB);
	for (int thick = 0; thick <= 1; thick++) {
		is("write", rbd_write(image, 0, 256 * KIB, other), 256 * KIB);
		is("write_zeroes", rbd_write_zeroes(image, 30 * KIB + 1, 150 * KIB, thick ? RBD_WRITE_ZEROES_FLAG_THICK_PROVISION : 0, 0), 150 * KIB);
		is("read", rbd_read(image, 0, 256 * KIB, buf), 256 * KIB);
		is("kept before", differs(buf, 30 * KIB + 1, 'z'), -1);
		is("zeros", differs(buf + 30 * KIB + 1, 150 * KIB, 0), -1);
		is("kept after", differs(buf + 180 * KIB + 1, 256 * KIB - 180 * KIB - 1, 'z'), -1);
	}
	is("write_zeroes, unknown flag", rbd_write_zeroes(image, 0, 512, 2, 0), -EINVAL);
	is("write_zeroes of nothing", rbd_write_zeroes(image, 0, 0, 0, 0), 0);
	is("write_zeroes over the end", rbd_write_zeroes(image, SIZE - 1000, 4096, 0, 0), 1000);
}

/* Within one sector: what all releases of Ceph take. */
static void comparing(void)
{
	uint64_t mismatch = 77;
	memset(other, 'c', 512);
	is("write", rbd_write(image, 8192, 512, other), 512);
	memcpy(buf, other, 512);
	memset(other, 'n', 512);
	is("equal", rbd_compare_and_write(image, 8192, 512, buf, other, &mismatch, 0), 512);
	is("read", rbd_read(image, 8192, 512, buf + 4096), 512);
	is("new bytes", differs(buf + 4096, 512, 'n'), -1);
	memset(buf, 'n', 512);
	buf[100] = 'q';
	mismatch = 77;
	is("different", rbd_compare_and_write(image, 8192, 512, buf, other, &mismatch, 0), -EILSEQ);
	is("where", mismatch, 100);
	rbd_write(image, 3 * 64 * KIB + 8192, 512, other);
	is("different, third object", rbd_compare_and_write(image, 3 * 64 * KIB + 8192, 512, buf, other, &mismatch, 0), -EILSEQ);
	is("where", mismatch, 3 * 64 * KIB + 100);
	is("different, nobody asks where", rbd_compare_and_write(image, 8192, 512, buf, other, NULL, 0), -EILSEQ);
	is("read", rbd_read(image, 8192, 512, buf + 4096), 512);
	is("unchanged", differs(buf + 4096, 512, 'n'), -1);
	is("over two objects", rbd_compare_and_write(image, 64 * KIB - 512, 1024, buf, other, &mismatch, 0), -EINVAL);
	memset(buf, 0, 512);
	is("with a hole", rbd_compare_and_write(image, 512 * KIB, 512, buf, other, &mismatch, 0), 512);
	is("read", rbd_read(image, 512 * KIB, 512, buf), 512);
	is("new bytes", differs(buf, 512, 'n'), -1);
}

static int piece(uint64_t off, size_t len, const char *data, void *arg)
{
	printf("  %" PRIu64 "~%zu %s\n", off, len, data ? "data" : "hole");
	return *(int *)arg;
}

static void iterating(void)
{
	int answer = 0;
	fresh("img-it", 300 * KIB, 16);
	rbd_image_t it;
	must("open", rbd_open(io, "img-it", &it, NULL));
	rbd_write(it, 64 * KIB, 4096, other);
	rbd_flush(it);
	is("read_iterate2", rbd_read_iterate2(it, 0, 300 * KIB, piece, &answer), 0);
	is("read_iterate", rbd_read_iterate(it, 1000, 100 * KIB, piece, &answer), 100 * KIB);
	answer = -77;
	is("read_iterate2, stopped", rbd_read_iterate2(it, 0, 300 * KIB, piece, &answer), -77);
	answer = 0;
	is("read_iterate2 over the end", rbd_read_iterate2(it, 290 * KIB, 300 * KIB, piece, &answer), 0);
	is("close", rbd_close(it), 0);
	rbd_remove(io, "img-it");
}

int main(void)
{
	start();
	fresh("img-io", SIZE, 16);
	must("open", rbd_open(io, "img-io", &image, NULL));
	reading_and_writing();
	at_the_end();
	discarding();
	writing_the_same();
	writing_zeroes();
	comparing();
	iterating();
	is("close", rbd_close(image), 0);

	int order = 16;
	must("striped", rbd_create3(io, "img-st", SIZE, 3, &order, 4096, 3));
	must("open", rbd_open(io, "img-st", &image, NULL));
	reading_and_writing();
	at_the_end();
	writing_the_same();
	is("close", rbd_close(image), 0);
	rbd_remove(io, "img-st");
	rbd_remove(io, "img-io");
	return finish();
}
