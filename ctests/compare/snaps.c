/* Snapshots: those of a pool, and those that clients manage themselves. */
#include "compare.h"

static rados_ioctx_t pool;
static rados_completion_t c;

static void content_of(rados_ioctx_t of, const char *oid)
{
	char buf[256];
	int r = rados_read(of, oid, buf, sizeof(buf), 0);
	if (r < 0)
		number("content", r);
	else
		bytes("content", buf, (size_t)r);
}

static void pools(void)
{
	rados_snap_t ids[8], id = 0, other = 0;
	char name[32] = "";
	time_t stamp = 0, now = time(NULL);

	heading("of a pool");
	own_pool("compare-snaps", &pool);
	CALL(rados_ioctx_snap_list, "none", pool, ids, 8);
	rados_write_full(pool, "o", "first", 5);
	rados_setxattr(pool, "o", "a", "1", 1);
	CALL(rados_ioctx_snap_create, "one", pool, "one");
	CALL(rados_ioctx_snap_create, "again", pool, "one");
	CALL(rados_ioctx_snap_list, "one", pool, ids, 8);
	CALL(rados_ioctx_snap_lookup, "one", pool, "one", &id);
	TRUE(rados_ioctx_snap_lookup, "the listed id", id == ids[0]);
	CALL(rados_ioctx_snap_lookup, "none of that name", pool, "never", &other);
	CALL(rados_ioctx_snap_get_name, "one", pool, id, name, sizeof(name));
	text("name", name);
	CALL(rados_ioctx_snap_get_name, "room for the name alone", pool, id, name, 3);
	CALL(rados_ioctx_snap_get_name, "room for the name and its end", pool, id, name, 4);
	CALL(rados_ioctx_snap_get_name, "none of that id", pool, id + 100, name, sizeof(name));
	CALL(rados_ioctx_snap_get_stamp, "one", pool, id, &stamp);
	TRUE(rados_ioctx_snap_get_stamp, "the time is now", stamp >= now - 60 && stamp <= now + 60);
	CALL(rados_ioctx_snap_get_stamp, "none of that id", pool, id + 100, &stamp);
	rados_write_full(pool, "o", "second", 6);
	rados_setxattr(pool, "o", "a", "2", 1);
	rados_write_full(pool, "later", "x", 1);
	DO(rados_ioctx_snap_set_read, "one", pool, id);
	content_of(pool, "o");
	number("getxattr", rados_getxattr(pool, "o", "a", name, sizeof(name)));
	bytes("attribute", name, 1);
	CALL(rados_stat, "made after the snapshot", pool, "later", NULL, NULL);
	CALL(rados_write, "at a snapshot", pool, "o", "x", 1, 0);
	CALL(rados_write_full, "at a snapshot", pool, "o", "x", 1);
	CALL(rados_remove, "at a snapshot", pool, "o");
	CALL(rados_setxattr, "at a snapshot", pool, "o", "a", "x", 1);
	CALL(rados_append, "at a snapshot", pool, "o", "x", 1);
	CALL(rados_trunc, "at a snapshot", pool, "o", 1);
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	CALL(rados_aio_write, "at a snapshot", pool, "o", c, "x", 1, 0);
	rados_aio_release(c);
	rados_write_op_t op = rados_create_write_op();
	rados_write_op_truncate(op, 0);
	CALL(rados_write_op_operate, "at a snapshot", op, pool, "o", NULL, 0);
	rados_release_write_op(op);
	rados_ioctx_snap_set_read(pool, LIBRADOS_SNAP_HEAD);
	content_of(pool, "o");
	CALL(rados_ioctx_snap_create, "two", pool, "two");
	rados_write_full(pool, "o", "third", 5);
	CALL(rados_ioctx_snap_list, "two", pool, ids, 8);
	CALL(rados_ioctx_snap_list, "room for one", pool, ids, 1);
	CALL(rados_ioctx_snap_list, "no room", pool, ids, 0);
	CALL(rados_ioctx_snap_rollback, "to the first", pool, "o", "one");
	content_of(pool, "o");
	number("getxattr", rados_getxattr(pool, "o", "a", name, sizeof(name)));
	bytes("attribute", name, 1);
	CALL(rados_rollback, "to the second", pool, "o", "two");
	content_of(pool, "o");
	CALL(rados_ioctx_snap_rollback, "to none of that name", pool, "o", "never");
	CALL(rados_ioctx_snap_rollback, "no such object", pool, "nobody", "one");
	CALL(rados_ioctx_snap_rollback, "made after the snapshot", pool, "later", "one");
	CALL(rados_stat, "made after the snapshot", pool, "later", NULL, NULL);
	rados_remove(pool, "o");
	CALL(rados_stat, "removed", pool, "o", NULL, NULL);
	rados_ioctx_snap_set_read(pool, id);
	content_of(pool, "o");
	rados_ioctx_snap_set_read(pool, LIBRADOS_SNAP_HEAD);
	CALL(rados_ioctx_snap_rollback, "of a removed object", pool, "o", "one");
	content_of(pool, "o");
	CALL(rados_ioctx_snap_remove, "one", pool, "one");
	CALL(rados_ioctx_snap_remove, "again", pool, "one");
	CALL(rados_ioctx_snap_lookup, "removed", pool, "one", &other);
	rados_ioctx_snap_set_read(pool, id);
	CALL(rados_stat, "at a removed snapshot", pool, "o", NULL, NULL);
	rados_ioctx_snap_set_read(pool, LIBRADOS_SNAP_HEAD);

	heading("never both");
	CALL(rados_ioctx_selfmanaged_snap_create, "in a pool with its own", pool, &id);
	rados_ioctx_snap_remove(pool, "two");
	CALL(rados_ioctx_selfmanaged_snap_create, "in a pool that had its own", pool, &id);
	rados_ioctx_destroy(pool);
	rados_pool_delete(cluster, "compare-snaps");
}

static void managed(void)
{
	rados_snap_t ids[3] = { 0, 0, 0 }, order[3], removed = 0;
	heading("managed by the client");
	own_pool("compare-managed", &pool);
	CALL(rados_ioctx_selfmanaged_snap_create, "the first", pool, &ids[0]);
	rados_write_full(pool, "before", "x", 1);
	CALL(rados_ioctx_selfmanaged_snap_set_write_ctx, "none", pool, 0, NULL, 0);
	rados_write_full(pool, "o", "first", 5);
	CALL(rados_ioctx_selfmanaged_snap_create, "the second", pool, &ids[1]);
	TRUE(rados_ioctx_selfmanaged_snap_create, "ids grow", ids[1] > ids[0]);
	order[0] = ids[1];
	order[1] = ids[0];
	CALL(rados_ioctx_selfmanaged_snap_set_write_ctx, "two", pool, ids[1], order, 2);
	rados_write_full(pool, "o", "second", 6);
	order[0] = ids[0];
	order[1] = ids[1];
	CALL(rados_ioctx_selfmanaged_snap_set_write_ctx, "in the wrong order", pool, ids[1], order, 2);
	order[0] = ids[1];
	CALL(rados_ioctx_selfmanaged_snap_set_write_ctx, "beyond its sequence", pool, ids[0], order, 1);
	order[1] = ids[1];
	CALL(rados_ioctx_selfmanaged_snap_set_write_ctx, "one twice", pool, ids[1], order, 2);
	rados_write(pool, "o", "S", 1, 0);
	rados_ioctx_snap_set_read(pool, ids[1]);
	content_of(pool, "o");
	rados_ioctx_snap_set_read(pool, ids[0]);
	content_of(pool, "o");
	rados_ioctx_snap_set_read(pool, LIBRADOS_SNAP_HEAD);
	content_of(pool, "o");
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	DO(rados_aio_ioctx_selfmanaged_snap_create, "the third", pool, &ids[2], c);
	rados_aio_wait_for_complete(c);
	number("returned", rados_aio_get_return_value(c));
	rados_aio_release(c);
	TRUE(rados_aio_ioctx_selfmanaged_snap_create, "ids grow", ids[2] > ids[1]);
	order[0] = ids[2];
	order[1] = ids[1];
	order[2] = ids[0];
	CALL(rados_ioctx_selfmanaged_snap_set_write_ctx, "three", pool, ids[2], order, 3);
	rados_write_full(pool, "o", "third", 5);
	CALL(rados_ioctx_selfmanaged_snap_rollback, "to the second", pool, "o", ids[1]);
	content_of(pool, "o");
	CALL(rados_ioctx_selfmanaged_snap_rollback, "no such object", pool, "nobody", ids[1]);
	CALL(rados_ioctx_selfmanaged_snap_rollback, "no such snapshot", pool, "o", ids[2] + 100);
	content_of(pool, "o");
	rados_write_full(pool, "new", "x", 1);
	CALL(rados_ioctx_selfmanaged_snap_rollback, "to before it was made", pool, "new", ids[1]);
	CALL(rados_stat, "what that left", pool, "new", NULL, NULL);
	CALL(rados_ioctx_selfmanaged_snap_remove, "the first", pool, ids[0]);
	CALL(rados_ioctx_selfmanaged_snap_remove, "again", pool, ids[0]);
	CALL(rados_ioctx_selfmanaged_snap_remove, "never made", pool, ids[2] + 100);
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	DO(rados_aio_ioctx_selfmanaged_snap_remove, "the third", pool, ids[2], c);
	rados_aio_wait_for_complete(c);
	number("returned", rados_aio_get_return_value(c));
	rados_aio_release(c);
	rados_ioctx_snap_set_read(pool, ids[1]);
	content_of(pool, "o");
	rados_ioctx_snap_set_read(pool, LIBRADOS_SNAP_HEAD);

	heading("an older context, ordered");
	order[0] = ids[1];
	rados_ioctx_selfmanaged_snap_set_write_ctx(pool, ids[1], order, 1);
	rados_write_op_t op = rados_create_write_op();
	rados_write_op_write_full(op, "old", 3);
	CALL(rados_write_op_operate, "ORDERSNAP, older than the object's", op, pool, "o", NULL, LIBRADOS_OPERATION_ORDERSNAP);
	rados_release_write_op(op);
	content_of(pool, "o");

	heading("never both");
	CALL(rados_ioctx_snap_create, "where clients manage theirs", pool, "one");
	CALL(rados_ioctx_snap_list, "where clients manage theirs", pool, &removed, 1);
	rados_ioctx_destroy(pool);
	rados_pool_delete(cluster, "compare-managed");
}

int main(void)
{
	start("snaps");
	pools();
	managed();
	return finish();
}
