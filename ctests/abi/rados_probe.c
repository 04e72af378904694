/* Every constant, enumerator, struct size and field offset of librados.h and rados_types.h. What it prints must be the
 * same whether it is compiled against Ceph's headers or this project's. PROBE_RELEASE (16, 18 or 20) leaves out what that
 * release of Ceph does not have yet. */
#include <stddef.h>
#include <stdio.h>

#include <rados/librados.h>

#ifndef PROBE_RELEASE
#define PROBE_RELEASE 20
#endif

#define VALUE(name) printf(#name " %lld %zu\n", (long long)(name), sizeof(name))
#define SIZE(type) printf("sizeof " #type " %zu\n", sizeof(type))
#define FIELD(type, field) \
	printf(#type "." #field " at %zu of %zu\n", offsetof(struct type, field), sizeof(((struct type *)0)->field))
#define ITEM(field) \
	printf("item." #field " at %zu of %zu\n", offsetof(rados_object_list_item, field), \
	       sizeof(((rados_object_list_item *)0)->field))

static void complete(rados_completion_t c, void *arg) { (void)c; (void)arg; }
static void watched(uint8_t opcode, uint64_t ver, void *arg) { (void)opcode; (void)ver; (void)arg; }
static void notified(void *arg, uint64_t id, uint64_t handle, uint64_t from, void *data, size_t len)
{
	(void)arg; (void)id; (void)handle; (void)from; (void)data; (void)len;
}
static void lost(void *pre, uint64_t cookie, int err) { (void)pre; (void)cookie; (void)err; }

int main(void)
{
	rados_callback_t callback = complete;
	rados_watchcb_t watchcb = watched;
	rados_watchcb2_t watchcb2 = notified;
	rados_watcherrcb_t errcb = lost;
	rados_log_callback_t log = NULL;
	rados_log_callback2_t log2 = NULL;
	struct blkin_trace_info *trace = NULL;
	/* Handles are pointers to anything. */
	void *handles[] = { (rados_t)0, (rados_config_t)0, (rados_ioctx_t)0, (rados_list_ctx_t)0, (rados_object_list_cursor)0,
		(rados_xattrs_iter_t)0, (rados_omap_iter_t)0, (rados_write_op_t)0, (rados_read_op_t)0, (rados_completion_t)0 };
	printf("%zu handles %d\n", sizeof(handles), callback && watchcb && watchcb2 && errcb && !log && !log2 && !trace);

	VALUE(LIBRADOS_VER_MAJOR);
	VALUE(LIBRADOS_VER_MINOR);
	VALUE(LIBRADOS_VER_EXTRA);
	VALUE(LIBRADOS_VERSION_CODE);
	VALUE(LIBRADOS_VERSION(1, 2, 3));
	VALUE(LIBRADOS_SUPPORTS_WATCH);
	VALUE(LIBRADOS_SUPPORTS_SERVICES);
	VALUE(LIBRADOS_SUPPORTS_GETADDRS);
	VALUE(LIBRADOS_SUPPORTS_APP_METADATA);
	VALUE(LIBRADOS_LOCK_FLAG_RENEW);
	VALUE(LIBRADOS_LOCK_FLAG_MAY_RENEW);
	VALUE(LIBRADOS_LOCK_FLAG_MUST_RENEW);
	VALUE(LIBRADOS_CREATE_EXCLUSIVE);
	VALUE(LIBRADOS_CREATE_IDEMPOTENT);
	VALUE(CEPH_OSD_TMAP_HDR);
	VALUE(CEPH_OSD_TMAP_SET);
	VALUE(CEPH_OSD_TMAP_CREATE);
	VALUE(CEPH_OSD_TMAP_RM);
	VALUE(LIBRADOS_OP_FLAG_EXCL);
	VALUE(LIBRADOS_OP_FLAG_FAILOK);
	VALUE(LIBRADOS_OP_FLAG_FADVISE_RANDOM);
	VALUE(LIBRADOS_OP_FLAG_FADVISE_SEQUENTIAL);
	VALUE(LIBRADOS_OP_FLAG_FADVISE_WILLNEED);
	VALUE(LIBRADOS_OP_FLAG_FADVISE_DONTNEED);
	VALUE(LIBRADOS_OP_FLAG_FADVISE_NOCACHE);
	VALUE(LIBRADOS_OP_FLAG_FADVISE_FUA);
	VALUE(LIBRADOS_CMPXATTR_OP_EQ);
	VALUE(LIBRADOS_CMPXATTR_OP_NE);
	VALUE(LIBRADOS_CMPXATTR_OP_GT);
	VALUE(LIBRADOS_CMPXATTR_OP_GTE);
	VALUE(LIBRADOS_CMPXATTR_OP_LT);
	VALUE(LIBRADOS_CMPXATTR_OP_LTE);
	VALUE(LIBRADOS_OPERATION_NOFLAG);
	VALUE(LIBRADOS_OPERATION_BALANCE_READS);
	VALUE(LIBRADOS_OPERATION_LOCALIZE_READS);
	VALUE(LIBRADOS_OPERATION_ORDER_READS_WRITES);
	VALUE(LIBRADOS_OPERATION_IGNORE_CACHE);
	VALUE(LIBRADOS_OPERATION_SKIPRWLOCKS);
	VALUE(LIBRADOS_OPERATION_IGNORE_OVERLAY);
	VALUE(LIBRADOS_OPERATION_FULL_TRY);
	VALUE(LIBRADOS_OPERATION_FULL_FORCE);
	VALUE(LIBRADOS_OPERATION_IGNORE_REDIRECT);
	VALUE(LIBRADOS_OPERATION_ORDERSNAP);
	VALUE(LIBRADOS_OPERATION_RETURNVEC);
	VALUE(LIBRADOS_ALLOC_HINT_FLAG_SEQUENTIAL_WRITE);
	VALUE(LIBRADOS_ALLOC_HINT_FLAG_RANDOM_WRITE);
	VALUE(LIBRADOS_ALLOC_HINT_FLAG_SEQUENTIAL_READ);
	VALUE(LIBRADOS_ALLOC_HINT_FLAG_RANDOM_READ);
	VALUE(LIBRADOS_ALLOC_HINT_FLAG_APPEND_ONLY);
	VALUE(LIBRADOS_ALLOC_HINT_FLAG_IMMUTABLE);
	VALUE(LIBRADOS_ALLOC_HINT_FLAG_SHORTLIVED);
	VALUE(LIBRADOS_ALLOC_HINT_FLAG_LONGLIVED);
	VALUE(LIBRADOS_ALLOC_HINT_FLAG_COMPRESSIBLE);
	VALUE(LIBRADOS_ALLOC_HINT_FLAG_INCOMPRESSIBLE);
#if PROBE_RELEASE >= 20
	VALUE(LIBRADOS_ALLOC_HINT_FLAG_LOG);
#endif
	VALUE(LIBRADOS_CHECKSUM_TYPE_XXHASH32);
	VALUE(LIBRADOS_CHECKSUM_TYPE_XXHASH64);
	VALUE(LIBRADOS_CHECKSUM_TYPE_CRC32C);
	VALUE(LIBRADOS_SNAP_HEAD);
	VALUE(LIBRADOS_SNAP_DIR);
	printf("all namespaces %zu %d\n", sizeof(LIBRADOS_ALL_NSPACES), LIBRADOS_ALL_NSPACES[0]);
	SIZE(rados_checksum_type_t);
	SIZE(rados_snap_t);

	SIZE(rados_object_list_item);
	ITEM(oid_length);
	ITEM(oid);
	ITEM(nspace_length);
	ITEM(nspace);
	ITEM(locator_length);
	ITEM(locator);

	SIZE(struct rados_pool_stat_t);
	FIELD(rados_pool_stat_t, num_bytes);
	FIELD(rados_pool_stat_t, num_kb);
	FIELD(rados_pool_stat_t, num_objects);
	FIELD(rados_pool_stat_t, num_object_clones);
	FIELD(rados_pool_stat_t, num_object_copies);
	FIELD(rados_pool_stat_t, num_objects_missing_on_primary);
	FIELD(rados_pool_stat_t, num_objects_unfound);
	FIELD(rados_pool_stat_t, num_objects_degraded);
	FIELD(rados_pool_stat_t, num_rd);
	FIELD(rados_pool_stat_t, num_rd_kb);
	FIELD(rados_pool_stat_t, num_wr);
	FIELD(rados_pool_stat_t, num_wr_kb);
	FIELD(rados_pool_stat_t, num_user_bytes);
	FIELD(rados_pool_stat_t, compressed_bytes_orig);
	FIELD(rados_pool_stat_t, compressed_bytes);
	FIELD(rados_pool_stat_t, compressed_bytes_alloc);

	SIZE(struct rados_cluster_stat_t);
	FIELD(rados_cluster_stat_t, kb);
	FIELD(rados_cluster_stat_t, kb_used);
	FIELD(rados_cluster_stat_t, kb_avail);
	FIELD(rados_cluster_stat_t, num_objects);

	SIZE(struct obj_watch_t);
	FIELD(obj_watch_t, addr);
	FIELD(obj_watch_t, watcher_id);
	FIELD(obj_watch_t, cookie);
	FIELD(obj_watch_t, timeout_seconds);
	SIZE(struct notify_ack_t);
	FIELD(notify_ack_t, notifier_id);
	FIELD(notify_ack_t, cookie);
	FIELD(notify_ack_t, payload);
	FIELD(notify_ack_t, payload_len);
	SIZE(struct notify_timeout_t);
	FIELD(notify_timeout_t, notifier_id);
	FIELD(notify_timeout_t, cookie);
	return 0;
}
