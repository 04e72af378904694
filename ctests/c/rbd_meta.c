/* Metadata of images and pools, namespaces, advisory locks, watchers, update watches, pool statistics. */
#include "rbd_check.h"

#define MIB (1ULL << 20)

static rbd_image_t image;
static char keys[256], values[256], value[64];

static void metadata(void)
{
	size_t klen, vlen, len = sizeof value;

	is("get of none", rbd_metadata_get(image, "k", value, &len), -ENOENT);
	is("remove of none", rbd_metadata_remove(image, "k"), -ENOENT);
	klen = vlen = 256;
	is("list of none", rbd_metadata_list(image, "", 0, keys, &klen, values, &vlen), 0);
	is("keys", klen, 0);
	is("values", vlen, 0);
	is("set", rbd_metadata_set(image, "b", "second"), 0);
	is("set", rbd_metadata_set(image, "a", "first"), 0);
	is("set", rbd_metadata_set(image, "c", ""), 0);
	is("get", rbd_metadata_get(image, "a", value, &len), 0);
	is_text("value", value, "first");
	is("length as given", len, sizeof value);
	len = 5;
	is("get into 5", rbd_metadata_get(image, "a", value, &len), -ERANGE);
	is("length needed", len, 6);
	klen = vlen = 256;
	is("list", rbd_metadata_list(image, "", 0, keys, &klen, values, &vlen), 0);
	is("keys length", klen, 6);
	is("values length", vlen, 14);
	is("keys", memcmp(keys, "a\0b\0c\0", 6), 0);
	is("values", memcmp(values, "first\0second\0\0", 14), 0);
	klen = 5, vlen = 256;
	is("list, keys too short", rbd_metadata_list(image, "", 0, keys, &klen, values, &vlen), -ERANGE);
	is("keys needed", klen, 6);
	is("values needed", vlen, 14);
	klen = vlen = 256;
	is("list, two", rbd_metadata_list(image, "", 2, keys, &klen, values, &vlen), 0);
	is("keys length", klen, 4);
	klen = vlen = 256;
	is("list, after a", rbd_metadata_list(image, "a", 0, keys, &klen, values, &vlen), 0);
	is("keys length", klen, 4);
	is("first", keys[0], 'b');
	is("remove", rbd_metadata_remove(image, "b"), 0);
	is("get removed", rbd_metadata_get(image, "b", value, &len), -ENOENT);
}

static void pool_metadata(void)
{
	size_t klen = 256, vlen = 256, len = sizeof value;
	rbd_pool_metadata_remove(io, "mine");
	is("pool get of none", rbd_pool_metadata_get(io, "mine", value, &len), -ENOENT);
	is("pool set", rbd_pool_metadata_set(io, "mine", "yours"), 0);
	is("pool get", rbd_pool_metadata_get(io, "mine", value, &len), 0);
	is_text("pool value", value, "yours");
	len = 5;
	is("pool get into 5", rbd_pool_metadata_get(io, "mine", value, &len), -ERANGE);
	is("length needed", len, 6);
	is("pool list", rbd_pool_metadata_list(io, "", 0, keys, &klen, values, &vlen), 0);
	is("keys length", klen, 5);
	is("values length", vlen, 6);
	is("pool remove", rbd_pool_metadata_remove(io, "mine"), 0);
	is("pool remove again", rbd_pool_metadata_remove(io, "mine"), -ENOENT);
}

static void namespaces(void)
{
	char names[64];
	size_t size = sizeof names;
	bool exists = true;
	is("namespace exists", rbd_namespace_exists(io, "ns-one", &exists), 0);
	is("it does not", exists, 0);
	is("create", rbd_namespace_create(io, "ns-one"), 0);
	is("create again", rbd_namespace_create(io, "ns-one"), -EEXIST);
	is("create without name", rbd_namespace_create(io, ""), -EINVAL);
	is("create another", rbd_namespace_create(io, "ns-two"), 0);
	is("exists", rbd_namespace_exists(io, "ns-one", &exists), 0);
	is("it does", exists, 1);
	is("exists, the default", rbd_namespace_exists(io, "", &exists), -EINVAL);
	is("list", rbd_namespace_list(io, names, &size), 14);
	is("names", memcmp(names, "ns-one\0ns-two\0", 14), 0);
	size = 13;
	is("list into 13", rbd_namespace_list(io, names, &size), -ERANGE);
	is("size needed", size, 14);
	is("remove none", rbd_namespace_remove(io, "ns-none"), -ENOENT);
	is("remove", rbd_namespace_remove(io, "ns-one"), 0);
	is("remove", rbd_namespace_remove(io, "ns-two"), 0);
	size = sizeof names;
	is("list of none", rbd_namespace_list(io, names, &size), 0);
}

static void locking(void)
{
	int exclusive = 7;
	char tag[64] = "x", clients[256], cookies[256], addrs[256];
	size_t tlen = 64, clen = 256, olen = 256, alen = 256;

	is("no lockers", rbd_list_lockers(image, &exclusive, tag, &tlen, clients, &clen, cookies, &olen, addrs, &alen), 0);
	is("clients length", clen, 0);
	is("tag length", tlen, 1);
	is("lock", rbd_lock_exclusive(image, "cookie"), 0);
	is("lock again", rbd_lock_exclusive(image, "cookie"), -EEXIST);
	is("lock, another cookie", rbd_lock_exclusive(image, "other"), -EBUSY);
	is("lock shared", rbd_lock_shared(image, "cookie", "tag"), -EBUSY);
	tlen = 64, clen = olen = alen = 256;
	is("lockers", rbd_list_lockers(image, &exclusive, tag, &tlen, clients, &clen, cookies, &olen, addrs, &alen), 1);
	is("exclusive", exclusive, 1);
	is_text("tag", tag, "");
	is_text("cookie", cookies, "cookie");
	is("cookie length", olen, 7);
	is("client", strncmp(clients, "client.", 7), 0);
	olen = 6;
	is("lockers, cookies too short", rbd_list_lockers(image, &exclusive, tag, &tlen, clients, &clen, cookies, &olen, addrs, &alen), -ERANGE);
	is("cookie length needed", olen, 7);
	is("unlock another cookie", rbd_unlock(image, "other"), -ENOENT);
	is("break, not a client", rbd_break_lock(image, "client", "cookie"), -EINVAL);
	is("break, another client", rbd_break_lock(image, "client.1", "cookie"), -ENOENT);
	is("unlock", rbd_unlock(image, "cookie"), 0);
	is("unlock again", rbd_unlock(image, "cookie"), -ENOENT);
	is("shared", rbd_lock_shared(image, "one", "tag"), 0);
	is("shared, too", rbd_lock_shared(image, "two", "tag"), 0);
	is("shared, another tag", rbd_lock_shared(image, "three", "gat"), -EBUSY);
	tlen = 64, clen = olen = alen = 256;
	is("lockers", rbd_list_lockers(image, &exclusive, tag, &tlen, clients, &clen, cookies, &olen, addrs, &alen), 2);
	is("exclusive", exclusive, 0);
	is_text("tag", tag, "tag");
	is("unlock", rbd_unlock(image, "one"), 0);
	is("unlock", rbd_unlock(image, "two"), 0);
}

static void told(void *arg)
{
	__atomic_add_fetch((int *)arg, 1, __ATOMIC_SEQ_CST);
}

static void watching(void)
{
	rbd_image_watcher_t watchers[4];
	size_t max = 4;
	uint64_t handle = 0;
	int calls = 0;

	is("watchers", rbd_watchers_list(image, watchers, &max), 0);
	is("count", max, 1);
	is("address", watchers[0].addr != NULL && strlen(watchers[0].addr) > 0, 1);
	rbd_watchers_list_cleanup(watchers, max);
	max = 0;
	is("watchers into none", rbd_watchers_list(image, watchers, &max), -ERANGE);
	is("count needed", max, 1);
	is("update_watch", rbd_update_watch(image, &handle, told, &calls), 0);
	must("resize", rbd_resize(image, 2 * MIB));
	for (int i = 0; i < 1000 && !__atomic_load_n(&calls, __ATOMIC_SEQ_CST); i++)
		usleep(10000);
	is("told", __atomic_load_n(&calls, __ATOMIC_SEQ_CST) > 0, 1);
	is("update_unwatch", rbd_update_unwatch(image, handle), 0);

	int owner = 7;
	rbd_lock_mode_t mode;
	char *owners[2];
	max = 2;
	is("is_exclusive_lock_owner", rbd_is_exclusive_lock_owner(image, &owner), 0);
	is("owner", owner, 0);
	is("lock_acquire without the feature", rbd_lock_acquire(image, RBD_LOCK_MODE_EXCLUSIVE), -EINVAL);
	is("lock_release without the feature", rbd_lock_release(image), -EINVAL);
	is("lock_get_owners without the feature", rbd_lock_get_owners(image, &mode, owners, &max), -EINVAL);
}

int main(void)
{
	start();
	fresh("img-meta", MIB, 16);
	must("open", rbd_open(io, "img-meta", &image, NULL));
	metadata();
	pool_metadata();
	namespaces();
	locking();
	watching();
	is("close", rbd_close(image), 0);
	is("remove", rbd_remove(io, "img-meta"), 0);
	is("pool_init", rbd_pool_init(io, false), 0);
	return finish();
}
