/* Callbacks that do what keeps a thread: they wait for other requests, write, wait for callbacks of another client, and end
 * clients. Whichever thread runs them, everything else has to go on. */
#include <rados/librados.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 200 };

struct client {
	rados_t cluster;
	rados_ioctx_t io;
};

static int failures;

static void is(const char *what, long got, long want)
{
	if (got != want) {
		printf("FAIL %s: %ld, not %ld\n", what, got, want);
		failures++;
	}
}

static void begin(struct client *client)
{
	is("create", rados_create(&client->cluster, getenv("CEPH_ID")), 0);
	is("conf", rados_conf_read_file(client->cluster, getenv("CEPH_CONF")), 0);
	int connected = rados_connect(client->cluster);
	is("connect", connected, 0);
	if (connected < 0)
		exit(1);
	is("ioctx", rados_ioctx_create(client->cluster, "rbd", &client->io), 0);
}

/* Writes an object and has `call` called. */
static void submit(struct client *client, const char *name, rados_callback_t call, void *arg)
{
	rados_completion_t completion;
	is("completion", rados_aio_create_completion2(arg, call, &completion), 0);
	is("submit", rados_aio_write_full(client->io, name, completion, name, strlen(name)), 0);
	rados_aio_release(completion);
}

struct work {
	struct client *own, *other;
	sem_t heard, done;
};

static void hears(rados_completion_t completion, void *arg)
{
	(void)completion;
	sem_post(arg);
}

static void waits(rados_completion_t completion, void *arg)
{
	struct work *work = arg;
	char got[16];
	rados_completion_t inner;

	is("write", rados_aio_get_return_value(completion), 0);
	is("write in a callback", rados_write_full(work->own->io, "callbacks.2", "two", 3), 0);
	is("completion", rados_aio_create_completion2(NULL, NULL, &inner), 0);
	is("submit", rados_aio_read(work->own->io, "callbacks.2", inner, got, sizeof(got), 0), 0);
	rados_aio_wait_for_complete(inner);
	is("read in a callback", rados_aio_get_return_value(inner), 3);
	rados_aio_release(inner);
	/* Another client's callback must not wait for this one. */
	submit(work->other, "callbacks.3", hears, &work->heard);
	sem_wait(&work->heard);
	sem_post(&work->done);
}

static void ends(rados_completion_t completion, void *arg)
{
	struct work *work = arg;
	(void)completion;
	rados_ioctx_destroy(work->other->io);
	rados_shutdown(work->other->cluster);
	sem_post(&work->done);
}

int main(void)
{
	struct client one, two;
	struct work forth = { .own = &one, .other = &two }, back = { .own = &two, .other = &one };
	struct work *works[] = { &forth, &back };

	setbuf(stdout, NULL);
	/* A callback that waits for ever ends the program. */
	alarm(100);
	begin(&one);
	begin(&two);
	for (int i = 0; i < 2; i++) {
		sem_init(&works[i]->heard, 0, 0);
		sem_init(&works[i]->done, 0, 0);
	}
	/* In turns: two that wait for each other's client at once wait for ever, with Ceph's threads as with any. */
	for (int i = 0; i < ROUNDS; i++) {
		struct work *work = works[i % 2];
		submit(work->own, "callbacks.1", waits, work);
		sem_wait(&work->done);
	}
	submit(&one, "callbacks.1", ends, &forth);
	sem_wait(&forth.done);
	/* And its own. */
	begin(&two);
	submit(&two, "callbacks.1", ends, &forth);
	sem_wait(&forth.done);
	is("write", rados_write_full(one.io, "callbacks.1", "end", 3), 0);
	for (int i = 1; i <= 3; i++) {
		char name[16];
		snprintf(name, sizeof(name), "callbacks.%d", i);
		is("remove", rados_remove(one.io, name), 0);
	}
	rados_ioctx_destroy(one.io);
	rados_shutdown(one.cluster);
	printf("%d rounds, %d failures\n", ROUNDS, failures);
	return failures != 0;
}
