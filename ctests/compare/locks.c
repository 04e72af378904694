/* Advisory locks on objects. */
#include "compare.h"

static void lockers(const char *what, const char *name)
{
	int exclusive = 77;
	char tag[64] = "", clients[256] = "", cookies[256] = "", addrs[512] = "";
	size_t tag_len = sizeof(tag), clients_len = sizeof(clients), cookies_len = sizeof(cookies), addrs_len = sizeof(addrs);
	long long r = CALL(rados_list_lockers, what, io, "l", name, &exclusive, tag, &tag_len, clients, &clients_len,
			   cookies, &cookies_len, addrs, &addrs_len);
	if (r < 0)
		return;
	number("exclusive", exclusive);
	text("tag", tag);
	number("room of the tag", (long long)tag_len);
	bytes("cookies", cookies, cookies_len);
	TRUE(rados_list_lockers, "clients have names", r == 0 || strncmp(clients, "client.", 7) == 0);
	TRUE(rados_list_lockers, "addresses are there", r == 0 || addrs_len > 0);
}

static void exclusive(void)
{
	heading("exclusive");
	CALL(rados_lock_exclusive, "a new object", io, "l", "lock", "one", "described", NULL, 0);
	CALL(rados_stat, "what that made", io, "l", NULL, NULL);
	CALL(rados_lock_exclusive, "the same again", io, "l", "lock", "one", "described", NULL, 0);
	CALL(rados_lock_exclusive, "another cookie", io, "l", "lock", "two", "", NULL, 0);
	CALL(rados_lock_exclusive, "renewed", io, "l", "lock", "one", "described", NULL, LIBRADOS_LOCK_FLAG_RENEW);
	CALL(rados_lock_exclusive, "may be renewed", io, "l", "lock", "one", "", NULL, LIBRADOS_LOCK_FLAG_MAY_RENEW);
	CALL(rados_lock_exclusive, "must be renewed", io, "l", "lock", "one", "", NULL, LIBRADOS_LOCK_FLAG_MUST_RENEW);
	CALL(rados_lock_exclusive, "must be renewed, another cookie", io, "l", "lock", "two", "", NULL,
	     LIBRADOS_LOCK_FLAG_MUST_RENEW);
	CALL(rados_lock_exclusive, "must be renewed, not held", io, "l", "other", "one", "", NULL, LIBRADOS_LOCK_FLAG_MUST_RENEW);
	CALL(rados_lock_exclusive, "may and must", io, "l", "lock", "one", "", NULL,
	     LIBRADOS_LOCK_FLAG_MAY_RENEW | LIBRADOS_LOCK_FLAG_MUST_RENEW);
	CALL(rados_lock_exclusive, "unknown flags", io, "l", "lock", "one", "", NULL, 0x80);
	CALL(rados_lock_exclusive, "no name", io, "l", "", "one", "", NULL, 0);
	CALL(rados_lock_exclusive, "no cookie", io, "l", "cookieless", "", "", NULL, 0);
	CALL(rados_lock_shared, "beside an exclusive one", io, "l", "lock", "two", "tag", "", NULL, 0);
	CALL(rados_lock_shared, "its own made shared", io, "l", "lock", "one", "", "", NULL, LIBRADOS_LOCK_FLAG_RENEW);
	lockers("of one", "lock");
	CALL(rados_unlock, "another cookie", io, "l", "lock", "two");
	CALL(rados_unlock, "no such lock", io, "l", "never", "one");
	CALL(rados_unlock, "no such object", io, "nobody", "lock", "one");
	CALL(rados_unlock, "held", io, "l", "lock", "one");
	CALL(rados_unlock, "again", io, "l", "lock", "one");
	lockers("of none", "lock");
	lockers("never locked", "never");
}

static void shared(void)
{
	char small[4];
	int how = 77;
	size_t tag_len, clients_len, cookies_len, addrs_len;
	char buf[256];
	heading("shared");
	CALL(rados_lock_shared, "the first", io, "l", "s", "one", "tag", "d", NULL, 0);
	CALL(rados_lock_shared, "the second", io, "l", "s", "two", "tag", "d", NULL, 0);
	CALL(rados_lock_shared, "the same again", io, "l", "s", "two", "tag", "d", NULL, 0);
	CALL(rados_lock_shared, "another tag", io, "l", "s", "three", "other", "d", NULL, 0);
	CALL(rados_lock_shared, "renewed", io, "l", "s", "two", "tag", "d", NULL, LIBRADOS_LOCK_FLAG_RENEW);
	CALL(rados_lock_exclusive, "beside shared ones", io, "l", "s", "three", "", NULL, 0);
	CALL(rados_lock_exclusive, "its own made exclusive", io, "l", "s", "two", "", NULL, LIBRADOS_LOCK_FLAG_RENEW);
	lockers("of two", "s");
	tag_len = clients_len = cookies_len = addrs_len = sizeof(small);
	CALL(rados_list_lockers, "too little room", io, "l", "s", &how, small, &tag_len, small, &clients_len, small,
	     &cookies_len, small, &addrs_len);
	number("exclusive", how);
	number("room of the tag", (long long)tag_len);
	number("room of the cookies", (long long)cookies_len);
	TRUE(rados_list_lockers, "it tells the room of clients", clients_len > sizeof(small));
	TRUE(rados_list_lockers, "it tells the room of addresses", addrs_len > sizeof(small));
	tag_len = clients_len = cookies_len = addrs_len = sizeof(buf);
	CALL(rados_list_lockers, "no such object", io, "nobody", "s", &how, buf, &tag_len, buf, &clients_len, buf,
	     &cookies_len, buf, &addrs_len);
	CALL(rados_unlock, "one of two", io, "l", "s", "one");
	lockers("of one", "s");
	CALL(rados_unlock, "the other", io, "l", "s", "two");
	CALL(rados_lock_exclusive, "when free", io, "l", "s", "three", "", NULL, 0);
}

static void expiring(void)
{
	struct timeval second = { 1, 0 }, little = { 0, 200000 };
	heading("for a time");
	CALL(rados_lock_exclusive, "for a second", io, "l", "t", "one", "", &second, 0);
	CALL(rados_lock_exclusive, "while it lasts", io, "l", "t", "two", "", NULL, 0);
	sleep(2);
	lockers("when it has expired", "t");
	CALL(rados_lock_exclusive, "when it has expired", io, "l", "t", "two", "", NULL, 0);
	CALL(rados_unlock, "the expired one", io, "l", "t", "one");
	CALL(rados_unlock, "the other", io, "l", "t", "two");
	CALL(rados_lock_shared, "for less", io, "l", "t", "one", "tag", "", &little, 0);
	sleep(1);
	CALL(rados_unlock, "an expired one", io, "l", "t", "one");
	CALL(rados_lock_exclusive, "must be renewed, expired", io, "l", "t", "one", "", NULL, LIBRADOS_LOCK_FLAG_MUST_RENEW);
}

static void broken(void)
{
	char tag[64], clients[256], cookies[256], addrs[512];
	size_t tag_len = sizeof(tag), clients_len = sizeof(clients), cookies_len = sizeof(cookies), addrs_len = sizeof(addrs);
	int how;
	rados_completion_t c;
	heading("broken");
	rados_lock_exclusive(io, "l", "b", "one", "", NULL, 0);
	rados_list_lockers(io, "l", "b", &how, tag, &tag_len, clients, &clients_len, cookies, &cookies_len, addrs, &addrs_len);
	CALL(rados_break_lock, "not a client", io, "l", "b", "somebody", "one");
	CALL(rados_break_lock, "another client", io, "l", "b", "client.1", "one");
	CALL(rados_break_lock, "another cookie", io, "l", "b", clients, "two");
	CALL(rados_break_lock, "no such lock", io, "l", "never", clients, "one");
	CALL(rados_break_lock, "no such object", io, "nobody", "b", clients, "one");
	CALL(rados_break_lock, "held", io, "l", "b", clients, "one");
	CALL(rados_break_lock, "again", io, "l", "b", clients, "one");
	CALL(rados_lock_exclusive, "when broken", io, "l", "b", "two", "", NULL, 0);
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	CALL(rados_aio_unlock, "held", io, "l", "b", "two", c);
	rados_aio_wait_for_complete(c);
	number("returned", rados_aio_get_return_value(c));
	rados_aio_release(c);
	must("completion", rados_aio_create_completion2(NULL, NULL, &c));
	CALL(rados_aio_unlock, "again", io, "l", "b", "two", c);
	rados_aio_wait_for_complete(c);
	number("returned", rados_aio_get_return_value(c));
	rados_aio_release(c);
}

/* Two clients. */
static void others(void)
{
	rados_t second;
	rados_ioctx_t other;
	heading("of two clients");
	connect_as(&second);
	must("rados_ioctx_create", rados_ioctx_create(second, "rbd", &other));
	rados_ioctx_set_namespace(other, "locks");
	CALL(rados_lock_exclusive, "the first", io, "l", "two", "c", "", NULL, 0);
	CALL(rados_lock_exclusive, "the second, the same cookie", other, "l", "two", "c", "", NULL, 0);
	CALL(rados_lock_exclusive, "the second, renewed", other, "l", "two", "c", "", NULL, LIBRADOS_LOCK_FLAG_RENEW);
	CALL(rados_unlock, "by the second", other, "l", "two", "c");
	CALL(rados_unlock, "by the first", io, "l", "two", "c");
	CALL(rados_lock_shared, "the first", io, "l", "two", "c", "t", "", NULL, 0);
	CALL(rados_lock_shared, "the second, the same cookie", other, "l", "two", "c", "t", "", NULL, 0);
	lockers("of both", "two");
	rados_ioctx_destroy(other);
	rados_shutdown(second);
	lockers("when one has gone", "two");
	CALL(rados_remove, "a locked object", io, "l");
}

int main(void)
{
	start("locks");
	exclusive();
	shared();
	expiring();
	broken();
	others();
	return finish();
}
