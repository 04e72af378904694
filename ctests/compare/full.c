/* A pool that is full: its quota is reached. */
#include "compare.h"

static rados_ioctx_t pool;

static int write_with(int flags, const char *oid)
{
	rados_write_op_t op = rados_create_write_op();
	rados_write_op_write_full(op, "x", 1);
	int r = rados_write_op_operate(op, pool, oid, NULL, flags);
	rados_release_write_op(op);
	return r;
}

/* A cluster takes some seconds to see that a quota is reached, or no longer. */
static int until(int wanted)
{
	char oid[32];
	int r = 0;
	/* What does not grow the pool is taken always. */
	for (int i = 0; i < 120; i++) {
		snprintf(oid, sizeof(oid), "more.%d", i);
		if ((r = write_with(LIBRADOS_OPERATION_FULL_TRY, oid)) == wanted)
			break;
		usleep(500000);
	}
	return r;
}

int main(void)
{
	char buf[8];
	start("full");
	own_pool("compare-full", &pool);
	number("set-quota", command("{\"prefix\": \"osd pool set-quota\", \"pool\": \"compare-full\", \"field\": \"max_objects\", "
				    "\"val\": \"2\"}"));
	must("write", rados_write_full(pool, "one", "x", 1));
	must("write", rados_write_full(pool, "two", "x", 1));
	said("rados_write_op_operate", "FULL_TRY, full", until(-EDQUOT));
	rados_wait_for_latest_osdmap(cluster);
	said("rados_write_op_operate", "FULL_FORCE, full", write_with(LIBRADOS_OPERATION_FULL_FORCE, "forced"));
	CALL(rados_read, "full", pool, "one", buf, sizeof(buf), 0);
	CALL(rados_stat, "full", pool, "one", NULL, NULL);
	DO(rados_set_pool_full_try, "on", pool);
	CALL(rados_write, "full", pool, "three", "x", 1, 0);
	CALL(rados_write, "full, within an object", pool, "one", "y", 1, 0);
	CALL(rados_append, "full", pool, "one", "x", 1);
	CALL(rados_setxattr, "full, a new object", pool, "four", "a", "x", 1);
	CALL(rados_setxattr, "full", pool, "one", "a", "x", 1);
	CALL(rados_remove, "full", pool, "forced");
	CALL(rados_trunc, "full", pool, "one", 0);
	DO(rados_unset_pool_full_try, "off", pool);
	number("set-quota", command("{\"prefix\": \"osd pool set-quota\", \"pool\": \"compare-full\", \"field\": \"max_objects\", "
				    "\"val\": \"0\"}"));
	said("rados_write_op_operate", "FULL_TRY, no longer full", until(0));
	rados_ioctx_destroy(pool);
	rados_pool_delete(cluster, "compare-full");
	return finish();
}
