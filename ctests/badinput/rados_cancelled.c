/* Threads that are cancelled while they are in calls: each ends where it waits by itself, none within the library, which goes on
 * to work for the others. */
#include "../c/rados_check.h"

#include <stdatomic.h>

#define THREADS 16

static atomic_long calls, entered, left;

static void *work(void *arg)
{
	char name[24], buf[4096];
	memset(buf, 'c', sizeof(buf));
	snprintf(name, sizeof(name), "cancelled%d", (int)(size_t)arg % 4);
	for (;;) {
		pthread_testcancel();
		entered++;
		rados_write(io, name, buf, sizeof(buf), 0);
		rados_read(io, name, buf, sizeof(buf), 0);
		rados_notify2(io, name, "x", 1, 1000, NULL, NULL);
		left++;
		calls++;
	}
	return NULL;
}

int main(void)
{
	start("c-cancelled");
	for (int round = 0; round < 20; round++) {
		pthread_t threads[THREADS];
		for (int i = 0; i < THREADS; i++)
			pthread_create(&threads[i], NULL, work, (void *)(size_t)i);
		usleep(20000 + (unsigned)round * 1000);
		for (int i = 0; i < THREADS; i++)
			pthread_cancel(threads[i]);
		for (int i = 0; i < THREADS; i++) {
			void *end;
			pthread_join(threads[i], &end);
			if (end != PTHREAD_CANCELED)
				failures++;
		}
	}
	is("every thread was cancelled", failures, 0);
	is("none in a call", entered, left);
	is("they made calls", calls > 0, 1);
	is("write", rados_write_full(io, "after", "x", 1), 0);
	is("remove", rados_remove(io, "after"), 0);
	return finish();
}
