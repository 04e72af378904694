/* Image options and feature names: no cluster is needed. */
#include "rbd_check.h"

int main(void)
{
	rbd_image_options_t opts = NULL;
	uint64_t number = 7;
	bool set = true;
	char text[64];
	int major = -1, minor = -1, extra = -1;

	rbd_version(NULL, NULL, NULL);
	rbd_version(&major, &minor, &extra);
	is("version major", major, 1);
	is("version extra", extra, 0);

	rbd_image_options_create(&opts);
	is("created", opts != NULL, 1);
	is("is_empty at first", rbd_image_options_is_empty(opts), 1);
	is("get unset", rbd_image_options_get_uint64(opts, RBD_IMAGE_OPTION_ORDER, &number), -ENOENT);
	is("untouched", number, 7);
	is("get_string unset", rbd_image_options_get_string(opts, RBD_IMAGE_OPTION_DATA_POOL, text, sizeof text), -ENOENT);
	is("is_set unset", rbd_image_options_is_set(opts, RBD_IMAGE_OPTION_ORDER, &set), 0);
	is("not set", set, 0);
	is("is_set unknown", rbd_image_options_is_set(opts, 1000, &set), -EINVAL);
	is("is_set negative", rbd_image_options_is_set(opts, -1, &set), -EINVAL);
	is("set unknown", rbd_image_options_set_uint64(opts, 1000, 1), -EINVAL);
	is("set_string unknown", rbd_image_options_set_string(opts, 1000, "1"), -EINVAL);
	is("get unknown", rbd_image_options_get_uint64(opts, 1000, &number), -EINVAL);
	is("get_string unknown", rbd_image_options_get_string(opts, 1000, text, sizeof text), -EINVAL);
	is("unset unknown", rbd_image_options_unset(opts, 1000), -EINVAL);

	is("set order", rbd_image_options_set_uint64(opts, RBD_IMAGE_OPTION_ORDER, 22), 0);
	is("get order", rbd_image_options_get_uint64(opts, RBD_IMAGE_OPTION_ORDER, &number), 0);
	is("order", number, 22);
	is("set order as text", rbd_image_options_set_string(opts, RBD_IMAGE_OPTION_ORDER, "23"), -EINVAL);
	is("get order as text", rbd_image_options_get_string(opts, RBD_IMAGE_OPTION_ORDER, text, sizeof text), -EINVAL);
	is("set pool to a number", rbd_image_options_set_uint64(opts, RBD_IMAGE_OPTION_DATA_POOL, 3), -EINVAL);
	is("set pool", rbd_image_options_set_string(opts, RBD_IMAGE_OPTION_DATA_POOL, "data"), 0);
	is("get pool", rbd_image_options_get_string(opts, RBD_IMAGE_OPTION_DATA_POOL, text, sizeof text), 0);
	is_text("pool", text, "data");
	is("get pool into 4 bytes", rbd_image_options_get_string(opts, RBD_IMAGE_OPTION_DATA_POOL, text, 4), -E2BIG);
	is("get pool into 5 bytes", rbd_image_options_get_string(opts, RBD_IMAGE_OPTION_DATA_POOL, text, 5), 0);
	is("get pool as number", rbd_image_options_get_uint64(opts, RBD_IMAGE_OPTION_DATA_POOL, &number), -EINVAL);
	is("is_empty with two", rbd_image_options_is_empty(opts), 0);
	is("is_set", rbd_image_options_is_set(opts, RBD_IMAGE_OPTION_DATA_POOL, &set), 0);
	is("set", set, 1);
	is("unset", rbd_image_options_unset(opts, RBD_IMAGE_OPTION_DATA_POOL), 0);
	is("unset again", rbd_image_options_unset(opts, RBD_IMAGE_OPTION_DATA_POOL), -ENOENT);
	is("is_empty with one", rbd_image_options_is_empty(opts), 0);
	rbd_image_options_clear(opts);
	is("is_empty cleared", rbd_image_options_is_empty(opts), 1);
	for (int option = 0; option <= 13; option++) {
		char name[32];
		snprintf(name, sizeof name, "option %d takes a number", option);
		is(name, rbd_image_options_set_uint64(opts, option, 1),
		   option == RBD_IMAGE_OPTION_JOURNAL_POOL || option == RBD_IMAGE_OPTION_DATA_POOL ? -EINVAL : 0);
	}
	rbd_image_options_destroy(opts);

	size_t size = sizeof text;
	is("to_string", rbd_features_to_string(RBD_FEATURE_LAYERING | RBD_FEATURE_EXCLUSIVE_LOCK, text, &size), 0);
	is_text("features", text, "exclusive-lock,layering");
	is("size", size, 24);
	size = 23;
	is("to_string into 23", rbd_features_to_string(RBD_FEATURE_LAYERING | RBD_FEATURE_EXCLUSIVE_LOCK, text, &size), -ERANGE);
	is("size needed", size, 24);
	size = sizeof text;
	is("to_string of none", rbd_features_to_string(0, text, &size), 0);
	is_text("none", text, "");
	is("size of none", size, 1);
	size = sizeof text;
	is("to_string of unknown", rbd_features_to_string(1ULL << 60, text, &size), -EINVAL);
	is("from_string", rbd_features_from_string("layering,striping,exclusive-lock", &number), 0);
	is("bits", number, 7);
	is("from_string number", rbd_features_from_string("61", &number), 0);
	is("bits of number", number, 61);
	is("from_string empty", rbd_features_from_string("", &number), 0);
	is("bits of empty", number, RBD_FEATURES_DEFAULT);
	is("from_string unknown", rbd_features_from_string("layering,telepathy", &number), -EINVAL);
	is("bits known", number, 1);
	is("from_string spaces", rbd_features_from_string(" layering , striping ", &number), 0);
	is("bits spaces", number, 3);
	is("from_string unknown bits", rbd_features_from_string("1152921504606846977", &number), -EINVAL);
	is("bits masked", number, 1);
	is("from_string internal bits", rbd_features_from_string("769", &number), -EINVAL);
	is("bits not internal", number, 1);
	is("from_string internal name", rbd_features_from_string("migrating", &number), 0);
	is("bits internal", number, RBD_FEATURE_MIGRATING);
	printf("%s\n", failures ? "FAIL" : "done");
	return failures != 0;
}
