/* Offsets and lengths that overflow, buffers that are too small by one. */
#include "../c/rados_check.h"

int main(void)
{
	char buf[64];
	start("bad-lengths");
	must("write", rados_write_full(io, "o", "data", 4));

	refused("write at the last byte there is", rados_write(io, "o", "xx", 2, UINT64_MAX));
	refused("write far out", rados_write(io, "o", "x", 1, UINT64_MAX / 2));
	refused("truncate to all there is", rados_trunc(io, "o", UINT64_MAX));
	refused("writesame far out", rados_writesame(io, "o", "x", 1, 4096, UINT64_MAX - 100));
	refused("write of SIZE_MAX", rados_write(io, "o", "x", SIZE_MAX, 0));
	refused("append of SIZE_MAX", rados_append(io, "o", "x", SIZE_MAX));
	refused("write_full of SIZE_MAX", rados_write_full(io, "o", "x", SIZE_MAX));
	refused("writesame of SIZE_MAX", rados_writesame(io, "o", "x", 1, SIZE_MAX, 0));
	refused("read of SIZE_MAX", rados_read(io, "o", buf, SIZE_MAX, 0));
	is("read at the last byte there is", rados_read(io, "o", buf, 1, UINT64_MAX), 0);
	refused("setxattr of SIZE_MAX", rados_setxattr(io, "o", "x", "x", SIZE_MAX));
	refused("exec with SIZE_MAX", rados_exec(io, "o", "hello", "say_hello", "x", SIZE_MAX, buf, sizeof(buf)));
	refused("cmpext of SIZE_MAX", rados_cmpext(io, "o", "x", SIZE_MAX, 0));
	refused("checksum of SIZE_MAX", rados_checksum(io, "o", LIBRADOS_CHECKSUM_TYPE_CRC32C, "\0\0\0\0", 4, SIZE_MAX, 0, 0, buf, 8));
	refused("checksum with a seed too short", rados_checksum(io, "o", LIBRADOS_CHECKSUM_TYPE_CRC32C, "\0", 1, 4, 0, 0, buf, 8));

	rados_completion_t c;
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	refused("aio_write of SIZE_MAX", rados_aio_write(io, "o", c, "x", SIZE_MAX, 0));
	refused("aio_read of SIZE_MAX", rados_aio_read(io, "o", c, buf, SIZE_MAX, 0));
	is("not started", rados_aio_is_complete(c), 0);
	rados_aio_release(c);

	rados_write_op_t op = rados_create_write_op();
	const char *keys[] = { "k" };
	const size_t lens[] = { SIZE_MAX };
	rados_write_op_omap_set2(op, keys, keys, lens, lens, 1);
	refused("omap_set2 of SIZE_MAX", rados_write_op_operate(op, io, "o", NULL, 0));
	rados_write_op_omap_set(op, keys, keys, lens, SIZE_MAX);
	refused("SIZE_MAX keys", rados_write_op_operate(op, io, "o", NULL, 0));
	rados_write_op_write(op, "x", SIZE_MAX, 0);
	refused("a write of SIZE_MAX in it", rados_write_op_operate(op, io, "o", NULL, 0));
	rados_write_op_zero(op, UINT64_MAX, UINT64_MAX);
	refused("a zero that overflows", rados_write_op_operate(op, io, "o", NULL, 0));
	time_t before = -1;
	rados_write_op_append(op, "x", 1);
	refused("a time before 1970", rados_write_op_operate(op, io, "o", &before, 0));
	rados_release_write_op(op);

	/* Nothing of that did anything. */
	memset(buf, '#', sizeof(buf));
	is("the object", rados_read(io, "o", buf, sizeof(buf), 0), 4);
	is("its data", memcmp(buf, "data#", 5), 0);
	is("fsid into 36", rados_cluster_fsid(cluster, buf, 36), -ERANGE);
	is("fsid into 0", rados_cluster_fsid(cluster, buf, 0), -ERANGE);
	is("not written", memcmp(buf, "data#", 5), 0);
	is("conf_get into 0", rados_conf_get(cluster, "rbd_cache", buf, 0), -ENAMETOOLONG);
	is("getxattr into 0 bytes", (rados_setxattr(io, "o", "x", "yz", 2), rados_getxattr(io, "o", "x", buf, 0)), -ERANGE);
	struct notify_ack_t *acks;
	size_t n;
	refused("a reply that promises too much",
		rados_decode_notify_response((char *)"\xff\xff\xff\x7f", 4, &acks, &n, NULL, NULL));
	rados_snap_t snap = 1;
	refused("a negative number of snapshots", rados_ioctx_selfmanaged_snap_set_write_ctx(io, 1, &snap, -1));
	must("remove", rados_remove(io, "o"));
	return finish();
}
