/* Handles that are closed, closed twice, of another kind, or no handles at all. */
#include "../c/rados_check.h"

int main(void)
{
	char buf[64];
	size_t len;
	const char *name, *value;
	char *key, *val;
	start("bad-handles");
	must("write", rados_write_full(io, "o", "data", 4));

	/* Another kind. */
	refused("a cluster as a context", rados_read(cluster, "o", buf, 4, 0));
	refused("a context as a cluster", rados_cluster_fsid(io, buf, 37));
	refused("a context as a completion", rados_aio_wait_for_complete(io));
	refused("a cluster as a list", rados_nobjects_list_next(cluster, &name, NULL, NULL));
	refused("a cluster as an iterator", rados_getxattrs_next(cluster, &name, &value, &len));
	refused("a context as a write", rados_write_op_operate(io, io, "o", NULL, 0));
	rados_write_op_t op = rados_create_write_op();
	refused("a write as a read", rados_read_op_operate(op, io, "o", 0));
	rados_release_read_op(op);
	is("it is still there", rados_write_op_operate(op, io, "o", NULL, 0), 0);
	rados_ioctx_destroy(cluster);
	rados_shutdown(io);
	is("both are still there", rados_read(io, "o", buf, sizeof(buf), 0), 4);

	/* No handles. */
	long foreign[64] = { 1, 2, 3 };
	refused("a foreign cluster", rados_connect(foreign));
	refused("a foreign context", rados_read(foreign, "o", buf, 4, 0));
	refused("a small number", rados_read((rados_ioctx_t)42, "o", buf, 4, 0));
	refused("a large number", rados_read((rados_ioctx_t)-1, "o", buf, 4, 0));
	rados_aio_release(foreign);
	rados_ioctx_destroy(foreign);
	rados_shutdown((rados_t)-1);
	rados_t other;
	is("a foreign context of configuration", rados_create_with_context(&other, foreign), 0);
	is("its handle can connect", rados_connect(other), 0);
	rados_shutdown(other);
	is("our own", rados_create_with_context(&other, rados_cct(cluster)), 0);
	rados_shutdown(other);

	/* Closed, and closed twice. */
	rados_release_write_op(op);
	rados_release_write_op(op);
	refused("a released write", rados_write_op_operate(op, io, "o", NULL, 0));
	rados_write_op_write(op, "x", 1, 0);
	rados_write_op_t next = rados_create_write_op();
	is("another handle in its place", next != op, 1);
	rados_release_write_op(op);
	is("which a stale release leaves alone", rados_write_op_operate(next, io, "o", NULL, 0), 0);
	rados_release_write_op(next);

	rados_xattrs_iter_t iter;
	must("getxattrs", rados_getxattrs(io, "o", &iter));
	rados_getxattrs_end(iter);
	rados_getxattrs_end(iter);
	refused("an ended iterator", rados_getxattrs_next(iter, &name, &value, &len));
	rados_omap_iter_t entries;
	rados_read_op_t read = rados_create_read_op();
	rados_read_op_omap_get_vals2(read, "", "", 1, &entries, NULL, NULL);
	rados_omap_get_end(entries);
	is("an iterator ended before its read", rados_read_op_operate(read, io, "o", 0), 0);
	refused("an ended iterator", rados_omap_get_next(entries, &key, &val, &len));
	rados_release_read_op(read);

	rados_list_ctx_t list;
	must("list", rados_nobjects_list_open(io, &list));
	rados_nobjects_list_close(list);
	rados_nobjects_list_close(list);
	refused("a closed list", rados_nobjects_list_next(list, &name, NULL, NULL));
	rados_object_list_cursor cursor = rados_object_list_begin(io);
	rados_object_list_cursor_free(io, cursor);
	rados_object_list_cursor_free(io, cursor);
	refused("a freed cursor", rados_object_list_is_end(io, cursor));

	rados_completion_t c;
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	must("aio_write", rados_aio_write(io, "o", c, "data", 4, 0));
	refused("a completion for two", rados_aio_write(io, "o", c, "data", 4, 0));
	rados_aio_wait_for_complete_and_cb(c);
	rados_aio_release(c);
	rados_aio_release(c);
	refused("a released completion", rados_aio_is_complete(c));
	refused("a released completion for a write", rados_aio_write(io, "o", c, "data", 4, 0));

	refused("unwatch of nothing", rados_unwatch2(io, 12345));
	refused("check of nothing", rados_watch_check(io, 12345));

	/* A context after its cluster. */
	rados_ioctx_t late;
	must("create", rados_create(&other, NULL));
	must("read_file", rados_conf_read_file(other, NULL));
	must("connect", rados_connect(other));
	must("ioctx", rados_ioctx_create(other, "rbd", &late));
	rados_shutdown(other);
	rados_shutdown(other);
	refused("a cluster that was shut down", rados_connect(other));
	refused("its context", rados_write(late, "o", "data", 4, 0));
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	int r = rados_aio_write(late, "o", c, "data", 4, 0);
	if (r == 0) {
		rados_aio_wait_for_complete(c);
		r = rados_aio_get_return_value(c);
	}
	refused("an asynchronous write on it", r);
	rados_aio_release(c);
	rados_ioctx_destroy(late);
	rados_ioctx_destroy(late);

	is("the others go on", rados_read(io, "o", buf, sizeof(buf), 0), 4);
	must("remove", rados_remove(io, "o"));
	return finish();
}
