2026-11-21T23:17:25.429+0000 7fadb9f90220 -1 rados: argument --rbd-cache-size: EINVAL
2026-11-21T23:17:25.429+0000 7fadb9f90220 -1 rados: argument --log-file: EINVAL
2026-11-21T23:32:04.154+0000 7fc465d2c220 -1 rados: argument --rbd-cache-size: EINVAL
2026-11-21T23:32:04.158+0000 7fc465d2c220 -1 rados: argument --log-file: EINVAL
2026-11-21T23:37:35.297+0000 7f25b2fcf220 -1 rados: argument --rbd-cache-size: EINVAL
2026-11-21T23:37:35.297+0000 7f25b2fcf220 -1 rados: argument --log-file: EINVAL
