/* Objects by the simple calls: data, sizes, times, comparisons, checksums. */
#include "compare.h"

static char big[200000];

static void writes(void)
{
	uint64_t size = 77;
	time_t mtime = 0;

	heading("write");
	CALL(rados_write, "a new object", io, "o", "hello", 5, 0);
	content("o");
	CALL(rados_write, "over a part", io, "o", "LL", 2, 2);
	content("o");
	CALL(rados_write, "beyond the end", io, "o", "x", 1, 8);
	content("o");
	CALL(rados_write, "no bytes, at the start", io, "o", "", 0, 0);
	CALL(rados_write, "no bytes, a new object", io, "zero", "", 0, 0);
	CALL(rados_stat, "what no bytes made", io, "zero", &size, &mtime);
	CALL(rados_write, "no bytes, beyond the end", io, "o", "", 0, 100);
	content("o");
	CALL(rados_write, "the largest length refused", io, "o", "x", 0x80000000u, 0);
	CALL(rados_write, "offset beyond the largest object", io, "o", "x", 1, 1ull << 40);
	CALL(rados_write, "offset at the largest object", io, "o", "x", 1, 128ull << 20);
	CALL(rados_write, "offset that overflows", io, "o", "xy", 2, ~0ull);
	CALL(rados_write, "an object without a name", io, "", "x", 1, 0);
	memset(big, 'n', 4000);
	big[2048] = 0;
	CALL(rados_write, "a name of 2048 bytes", io, big, "x", 1, 0);
	rados_remove(io, big);
	big[2048] = 'n';
	big[2049] = 0;
	CALL(rados_write, "a name of 2049 bytes", io, big, "x", 1, 0);
	CALL(rados_read, "a name of 2049 bytes", io, big, big + 3000, 1, 0);
	CALL(rados_stat, "a name of 2049 bytes", io, big, &size, &mtime);
	CALL(rados_write, "a name with odd bytes", io, "a/b\\c\n\xc3\xa9 _", "odd", 3, 0);
	content("a/b\\c\n\xc3\xa9 _");

	heading("write_full");
	CALL(rados_write_full, "a new object", io, "full", "0123456789", 10);
	CALL(rados_write_full, "a shorter one", io, "full", "abc", 3);
	content("full");
	CALL(rados_write_full, "no bytes", io, "full", "", 0);
	content("full");
	CALL(rados_write_full, "the largest length refused", io, "full", "x", 0x80000000u);
	memset(big, 'b', sizeof(big));
	CALL(rados_write_full, "much", io, "full", big, sizeof(big));
	CALL(rados_stat, "of much", io, "full", &size, &mtime);
	number("size", (long long)size);

	heading("append");
	CALL(rados_append, "a new object", io, "app", "one", 3);
	CALL(rados_append, "more", io, "app", "two", 3);
	content("app");
	CALL(rados_append, "no bytes", io, "app", "", 0);
	CALL(rados_append, "no bytes, a new object", io, "app0", "", 0);
	CALL(rados_stat, "what that made", io, "app0", &size, &mtime);
	CALL(rados_append, "the largest length refused", io, "app", "x", 0x80000000u);

	heading("writesame");
	CALL(rados_writesame, "a new object", io, "same", "ab", 2, 8, 0);
	content("same");
	CALL(rados_writesame, "at an offset", io, "same", "XYZ", 3, 3, 4);
	content("same");
	CALL(rados_writesame, "not a multiple", io, "same", "ab", 2, 7, 0);
	CALL(rados_writesame, "no pattern", io, "same", "", 0, 8, 0);
	CALL(rados_writesame, "no length", io, "same", "ab", 2, 0, 0);
	CALL(rados_writesame, "less than the pattern", io, "same", "abcd", 4, 2, 0);
	CALL(rados_writesame, "beyond the largest object", io, "same", "ab", 2, 2, 1ull << 40);
	content("same");

	heading("trunc");
	CALL(rados_trunc, "shorter", io, "o", 3);
	content("o");
	CALL(rados_trunc, "longer", io, "o", 6);
	content("o");
	CALL(rados_trunc, "to nothing", io, "o", 0);
	content("o");
	CALL(rados_trunc, "an object that is not there", io, "none", 3);
	CALL(rados_stat, "what that made", io, "none", &size, &mtime);
	CALL(rados_trunc, "an object that is not there, to nothing", io, "none0", 0);
	CALL(rados_stat, "what that made", io, "none0", &size, &mtime);
	CALL(rados_trunc, "beyond the largest object", io, "o", 1ull << 40);
}

static void reads(void)
{
	char buf[32];
	heading("read");
	rados_write_full(io, "r", "0123456789", 10);
	memset(buf, '#', sizeof(buf));
	CALL(rados_read, "all", io, "r", buf, sizeof(buf), 0);
	bytes("buffer", buf, 12);
	CALL(rados_read, "a part", io, "r", buf, 3, 4);
	bytes("buffer", buf, 3);
	CALL(rados_read, "across the end", io, "r", buf, 10, 8);
	CALL(rados_read, "at the end", io, "r", buf, 10, 10);
	CALL(rados_read, "beyond the end", io, "r", buf, 10, 100);
	CALL(rados_read, "no bytes", io, "r", buf, 0, 0);
	CALL(rados_read, "no bytes, an object that is not there", io, "nobody", buf, 0, 0);
	CALL(rados_read, "an object that is not there", io, "nobody", buf, 10, 0);
	CALL(rados_read, "the largest length refused", io, "r", buf, 0x80000000u, 0);
	CALL(rados_read, "offset beyond the largest object", io, "r", buf, 10, 1ull << 40);
	CALL(rados_read, "offset that overflows", io, "r", buf, 10, ~0ull);
	CALL(rados_read, "an object without a name", io, "", buf, 10, 0);
}

static void stats(void)
{
	uint64_t size = 77;
	time_t mtime = 77, now = time(NULL);
	heading("stat and remove");
	CALL(rados_stat, "an object", io, "r", &size, &mtime);
	number("size", (long long)size);
	TRUE(rados_stat, "the time is now", mtime >= now - 60 && mtime <= now + 60);
	size = 77;
	mtime = 77;
	CALL(rados_stat, "an object that is not there", io, "nobody", &size, &mtime);
	number("size", (long long)size);
	number("mtime", mtime);
	CALL(rados_stat, "neither wanted", io, "r", NULL, NULL);
	CALL(rados_remove, "an object", io, "r");
	CALL(rados_remove, "again", io, "r");
	CALL(rados_remove, "an object without a name", io, "");
	CALL(rados_stat, "when removed", io, "r", &size, &mtime);
	rados_write(io, "r", "x", 1, 0);
	uint64_t first = rados_get_last_version(io);
	rados_write(io, "r", "y", 1, 0);
	uint64_t second = rados_get_last_version(io);
	TRUE(rados_get_last_version, "grows with a write", second > first);
	char c;
	rados_read(io, "r", &c, 1, 0);
	TRUE(rados_get_last_version, "a read tells the object's", rados_get_last_version(io) == second);
	rados_read(io, "nobody", &c, 1, 0);
	CALL(rados_get_last_version, "a read of what is not there", io);
	rados_cmpext(io, "r", "x", 1, 0);
	CALL(rados_get_last_version, "a comparison that failed", io);
	rados_remove(io, "nobody");
	TRUE(rados_get_last_version, "a write of what is not there", rados_get_last_version(io) == second);
}

static void compares(void)
{
	heading("cmpext");
	rados_write_full(io, "c", "0123456789", 10);
	CALL(rados_cmpext, "equal", io, "c", "0123456789", 10, 0);
	CALL(rados_cmpext, "a part", io, "c", "345", 3, 3);
	CALL(rados_cmpext, "differs at the first", io, "c", "x123", 4, 0);
	CALL(rados_cmpext, "differs at the fourth", io, "c", "012x", 4, 0);
	CALL(rados_cmpext, "differs within an offset", io, "c", "34x", 3, 3);
	CALL(rados_cmpext, "beyond the end, not zero", io, "c", "89xx", 4, 8);
	CALL(rados_cmpext, "beyond the end, zeros", io, "c", "89\0\0", 4, 8);
	CALL(rados_cmpext, "wholly beyond the end", io, "c", "x", 1, 100);
	CALL(rados_cmpext, "wholly beyond the end, zeros", io, "c", "\0\0", 2, 100);
	CALL(rados_cmpext, "no bytes", io, "c", "", 0, 0);
	CALL(rados_cmpext, "an object that is not there", io, "nobody", "x", 1, 0);
	CALL(rados_cmpext, "an object that is not there, zeros", io, "nobody", "\0\0", 2, 0);
	memset(big, 'b', sizeof(big));
	big[9000] = 'c';
	CALL(rados_cmpext, "differs far behind", io, "full", big, 10000, 0);
}

static void sums(void)
{
	static const struct {
		rados_checksum_type_t type;
		const char *name;
		size_t size;
	} kinds[] = { { LIBRADOS_CHECKSUM_TYPE_XXHASH32, "xxhash32", 4 },
		      { LIBRADOS_CHECKSUM_TYPE_XXHASH64, "xxhash64", 8 },
		      { LIBRADOS_CHECKSUM_TYPE_CRC32C, "crc32c", 4 } };
	static const char init[8] = { -1, -1, -1, -1, -1, -1, -1, -1 }, zero[8];
	char out[64], what[64];
	heading("checksum");
	memset(big, 's', 16384);
	rados_write_full(io, "sum", big, 16384);
	for (size_t k = 0; k < COUNT(kinds); k++) {
		memset(out, '#', sizeof(out));
		snprintf(what, sizeof(what), "%s of all", kinds[k].name);
		CALL(rados_checksum, what, io, "sum", kinds[k].type, init, kinds[k].size, 16384, 0, 0, out, sizeof(out));
		bytes("sum", out, 4 + kinds[k].size + 1);
		snprintf(what, sizeof(what), "%s by chunks", kinds[k].name);
		CALL(rados_checksum, what, io, "sum", kinds[k].type, zero, kinds[k].size, 8192, 4096, 4096, out, sizeof(out));
		bytes("sum", out, 4 + 2 * kinds[k].size);
		snprintf(what, sizeof(what), "%s, length not a multiple of the chunk", kinds[k].name);
		CALL(rados_checksum, what, io, "sum", kinds[k].type, init, kinds[k].size, 5000, 0, 4096, out, sizeof(out));
		snprintf(what, sizeof(what), "%s, a seed too short", kinds[k].name);
		CALL(rados_checksum, what, io, "sum", kinds[k].type, init, kinds[k].size - 1, 4096, 0, 0, out, sizeof(out));
		snprintf(what, sizeof(what), "%s, no room for the sum", kinds[k].name);
		CALL(rados_checksum, what, io, "sum", kinds[k].type, init, kinds[k].size, 4096, 0, 0, out, kinds[k].size - 1);
		snprintf(what, sizeof(what), "%s, room for one of two", kinds[k].name);
		CALL(rados_checksum, what, io, "sum", kinds[k].type, init, kinds[k].size, 8192, 0, 4096, out, kinds[k].size + 4);
		snprintf(what, sizeof(what), "%s of what is not there", kinds[k].name);
		CALL(rados_checksum, what, io, "nobody", kinds[k].type, init, kinds[k].size, 4096, 0, 0, out, sizeof(out));
		snprintf(what, sizeof(what), "%s across the end", kinds[k].name);
		CALL(rados_checksum, what, io, "sum", kinds[k].type, init, kinds[k].size, 8192, 12288, 4096, out, sizeof(out));
		bytes("sum", out, 4 + kinds[k].size);
		snprintf(what, sizeof(what), "%s, no length", kinds[k].name);
		CALL(rados_checksum, what, io, "sum", kinds[k].type, init, kinds[k].size, 0, 0, 0, out, sizeof(out));
		bytes("sum", out, 4 + kinds[k].size);
	}
}

static void hints(void)
{
	uint64_t size = 77;
	heading("hints");
	CALL(rados_set_alloc_hint, "an object", io, "o", 1 << 20, 4096);
	CALL(rados_set_alloc_hint, "an object that is not there", io, "hinted", 1 << 20, 4096);
	CALL(rados_stat, "what that made", io, "hinted", &size, NULL);
	CALL(rados_set_alloc_hint2, "an object", io, "o", 1 << 20, 4096, LIBRADOS_ALLOC_HINT_FLAG_COMPRESSIBLE);
	CALL(rados_set_alloc_hint2, "an object that is not there", io, "hinted2", 1 << 20, 4096, 0);
	CALL(rados_stat, "what that made", io, "hinted2", &size, NULL);
	CALL(rados_set_alloc_hint2, "unknown flags", io, "o", 0, 0, 1u << 30);
}

static void places(void)
{
	char buf[64];
	heading("namespaces and locators");
	rados_write_full(io, "p", "in the namespace", 16);
	CALL(rados_ioctx_get_namespace, "as set", io, buf, sizeof(buf));
	text("namespace", buf);
	CALL(rados_ioctx_get_namespace, "room for the name alone", io, buf, 7);
	CALL(rados_ioctx_get_namespace, "room for the name and its end", io, buf, 8);
	DO(rados_ioctx_set_namespace, "another", io, "objects-2");
	CALL(rados_read, "from another namespace", io, "p", buf, sizeof(buf), 0);
	rados_write_full(io, "p", "in another", 10);
	content("p");
	rados_remove(io, "p");
	DO(rados_ioctx_set_namespace, "none", io, NULL);
	CALL(rados_ioctx_get_namespace, "none", io, buf, sizeof(buf));
	text("namespace", buf);
	rados_ioctx_set_namespace(io, "objects");
	content("p");
	DO(rados_ioctx_locator_set_key, "a key", io, "key");
	CALL(rados_read, "by another locator", io, "p", buf, sizeof(buf), 0);
	rados_write_full(io, "p", "by key", 6);
	content("p");
	CALL(rados_remove, "by the key", io, "p");
	DO(rados_ioctx_locator_set_key, "none", io, NULL);
	content("p");
}

int main(void)
{
	start("objects");
	writes();
	reads();
	stats();
	compares();
	sums();
	hints();
	places();
	return finish();
}
