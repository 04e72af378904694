//! Keys, and how both sides prove who they are.

use super::{OptionSpec, flag, float, int, text};

pub(super) const AUTH: &[OptionSpec] = &[
    flag("auth_allow_insecure_global_id_reclaim", "true"),
    text("auth_client_required", "cephx, none"),
    text("auth_cluster_required", "cephx"),
    flag("auth_debug", "false"),
    int("auth_exit_on_failure", "-1"),
    flag("auth_expose_insecure_global_id_reclaim", "true"),
    float("auth_mon_ticket_ttl", "259200.000000"),
    text("auth_service_required", "cephx"),
    float("auth_service_ticket_ttl", "3600.000000"),
    text("auth_supported", "").fixed(),
    flag("cephx_cluster_require_signatures", "false"),
    int("cephx_cluster_require_version", "2"),
    flag("cephx_require_signatures", "false"),
    int("cephx_require_version", "2"),
    flag("cephx_service_require_signatures", "false"),
    int("cephx_service_require_version", "2"),
    flag("cephx_sign_messages", "true"),
    text("gss_ktab_client_file", "/var/lib/ceph/$name/gss_client_$name.ktab").fixed(),
    text("gss_target_name", "ceph").fixed(),
    text("key", "").fixed(),
    text("keyfile", "").fixed(),
    text(
        "keyring",
        "/etc/ceph/$cluster.$name.keyring,/etc/ceph/$cluster.keyring,/etc/ceph/keyring,/etc/ceph/keyring.bin",
    ),
    int("max_rotating_auth_attempts", "10"),
    int("rotating_keys_bootstrap_timeout", "30"),
    int("rotating_keys_renewal_timeout", "10"),
];
