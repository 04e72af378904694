//! Where log lines go.

use super::{OptionSpec, flag, float, int, text};

pub(super) const LOG: &[OptionSpec] = &[
    text("clog_to_graylog", "false"),
    text("clog_to_graylog_host", "127.0.0.1"),
    text("clog_to_graylog_port", "12201"),
    text("clog_to_monitors", "default=true"),
    text("clog_to_syslog", "false"),
    text("clog_to_syslog_facility", "default=daemon audit=local0"),
    text("clog_to_syslog_level", "info"),
    flag("err_to_graylog", "false"),
    flag("err_to_journald", "false"),
    flag("err_to_stderr", "false"),
    flag("err_to_syslog", "false"),
    flag("log_coarse_timestamps", "true"),
    text("log_file", ""),
    flag("log_flush_on_exit", "false"),
    text("log_graylog_host", "127.0.0.1"),
    int("log_graylog_port", "12201"),
    int("log_max_new", "1000"),
    int("log_max_recent", "500").within("1", ""),
    text("log_stderr_prefix", ""),
    float("log_stop_at_utilization", "0.970000").within("0", "1"),
    flag("log_to_file", "true"),
    flag("log_to_graylog", "false"),
    flag("log_to_journald", "false"),
    flag("log_to_stderr", "false"),
    flag("log_to_syslog", "false"),
];
