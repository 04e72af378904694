/* Names that are empty, too long, or not text. */
#include "../c/rados_check.h"

int main(void)
{
	static char name[8193], buf[64];
	memset(name, 'n', sizeof(name) - 1);
	start("bad-names");

	refused("an object of 8192 bytes", rados_write_full(io, name, "x", 1));
	name[4096] = 0;
	refused("an object of 4096 bytes", rados_write_full(io, name, "x", 1));
	refused("read of it", rados_read(io, name, buf, sizeof(buf), 0));
	name[2048] = 0;
	is("an object of 2048 bytes", rados_write_full(io, name, "x", 1), 0);
	is("read of it", rados_read(io, name, buf, sizeof(buf), 0), 1);
	is("remove it", rados_remove(io, name), 0);
	name[2048] = 'n';
	name[4096] = 'n';
	refused("an attribute of 8192 bytes", rados_setxattr(io, "o", name, "x", 1));
	refused("an option of 8192 bytes", rados_conf_set(cluster, name, "x"));
	refused("a file of 8192 bytes", rados_conf_read_file(cluster, name));
	refused("a pool of 8192 bytes", rados_pool_lookup(cluster, name));
	rados_ioctx_t none;
	refused("a context for it", rados_ioctx_create(cluster, name, &none));
	refused("a snapshot of it", rados_ioctx_snap_lookup(io, name, &(rados_snap_t){ 0 }));
	refused("a lock by it", rados_break_lock(io, "o", name, name, name));
	refused("a class of 8192 bytes", rados_exec(io, "o", name, name, NULL, 0, buf, sizeof(buf)));

	refused("a pool without a name", rados_pool_create(cluster, ""));
	refused("an option without a name", rados_conf_set(cluster, "", "x"));
	refused("a context without a pool", rados_ioctx_create(cluster, "", &none));
	refused("a pool that is not text", rados_pool_lookup(cluster, "\xff\xfe"));
	refused("an option that is not text", rados_conf_set(cluster, "\xff\xfe", "x"));
	is("an object that is not text", rados_write_full(io, "\xff\xfe", "x", 1), 0);
	is("read of it", rados_read(io, "\xff\xfe", buf, sizeof(buf), 0), 1);
	is("remove it", rados_remove(io, "\xff\xfe"), 0);
	return finish();
}
