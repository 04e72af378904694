//! Precedence, names, `$` and arguments, against what stock clients answer.

use super::*;

fn fresh() -> Config {
    Config::new(EntityName::client(None), "")
}

fn file(text: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().expect("a directory for the file");
    let path = dir.path().join("a.conf");
    std::fs::write(&path, text).expect("the file");
    (dir, path.to_str().expect("a path in UTF-8").to_owned())
}

#[test]
fn names_in_any_spelling() {
    let config = fresh();
    for name in ["rbd_cache", "rbd cache", " rbd  cache ", "rbd\tcache"] {
        assert_eq!(config.get(name).as_deref(), Ok("true"), "{name:?}");
    }
    for name in ["RBD_CACHE", "no_rbd_cache", "rbd_cache_", "name", "cluster"] {
        assert_eq!(config.get(name), Err(Errno::ENOENT), "{name:?}");
        assert_eq!(config.set(name, "x"), Err(Errno::ENOENT), "{name:?}");
    }
    assert_eq!(config.get(""), Err(Errno::EINVAL));
    assert_eq!(config.set("", "x"), Err(Errno::EINVAL));
}

/// What virtualization hosts set without any file.
#[test]
fn options_of_real_programs() {
    let config = fresh();
    for (name, value) in [
        ("key", "AQD=="),
        ("auth_supported", "cephx"),
        ("mon_host", "127.0.0.1:40001,"),
        ("client_mount_timeout", "30"),
        ("rados_mon_op_timeout", "30"),
        ("rados_osd_op_timeout", "30"),
        ("rbd_default_format", "2"),
        ("rbd_cache", "true"),
        ("log_to_stderr", "true"),
        ("err_to_stderr", "true"),
        ("log_flush_on_exit", "true"),
        ("sepiola_store", "/var/lib/store"),
    ] {
        assert_eq!(config.set(name, value), Ok(()), "{name}");
        assert_eq!(config.get(name).as_deref(), Ok(value), "{name}");
    }
    assert_eq!(config.duration("client_mount_timeout"), Duration::from_secs(30));
    assert_eq!(config.get("rbd_default_features").as_deref(), Ok("61"));
}

#[test]
fn dollar_is_filled_in() {
    let config = Config::new(EntityName::client(Some("bar")), "zed");
    for (text, want) in [
        ("/x/$cluster-$name-$id-$type-$num", "/x/zed-client.bar-bar-client-bar"),
        ("$foo-${name}x-$$-$rbd_cache", "$foo-client.barx-$$-true"),
        ("$data_dir|${|$", "$data_dir|${|$"),
        ("a$run_dir/b", "a/var/run/ceph/b"),
        ("$ms_type}", "async+posix}"),
    ] {
        config.set("log_file", text).expect("any text");
        assert_eq!(config.get("log_file").as_deref(), Ok(want), "{text}");
    }
    config.set("log_file", "$pid.$host").expect("any text");
    config.set("host", "a.b").expect("any text");
    assert_eq!(config.text("log_file"), format!("{}.a", std::process::id()));
    config.set("key", "a$keyfile").expect("any text");
    config.set("keyfile", "b$key").expect("any text");
    assert_eq!((config.text("key"), config.text("keyfile")), ("ab$key".into(), "ba$keyfile".into()));
    assert_eq!(
        config.text("keyring"),
        "/etc/ceph/zed.client.bar.keyring,/etc/ceph/zed.keyring,/etc/ceph/keyring,/etc/ceph/keyring.bin"
    );
}

#[test]
fn program_beats_arguments_beat_environment_beats_file() {
    let (_dir, path) = file("[global]\nlog file = file\n");
    let config = fresh();
    config.set("log_file", "set").expect("any text");
    config.read_file(Some(&path)).expect("a good file");
    assert_eq!(config.text("log_file"), "set");
    let config = fresh();
    config.parse_args(&["--log-file", "argument"]).expect("good arguments");
    config.read_file(Some(&path)).expect("a good file");
    assert_eq!(config.text("log_file"), "argument");
    assert_eq!(config.source("log_file"), Ok(Level::CommandLine));
    let config = fresh();
    args::parse(&mut config.inner.write(), &["--log-file", "variable"], Level::Env).expect("good arguments");
    config.read_file(Some(&path)).expect("a good file");
    assert_eq!(config.text("log_file"), "variable");
    assert_eq!(config.source("rbd_cache"), Ok(Level::Default));
}

#[test]
fn first_existing_file_is_read() {
    let (dir, path) = file("[global]\nlog file = $cluster\n");
    let missing = dir.path().join("missing.conf");
    let missing = missing.display();
    let config = fresh();
    assert_eq!(config.read_file(Some(&missing.to_string())), Err(Errno::ENOENT));
    assert_eq!(config.read_file(Some("")), Err(Errno::ENOENT));
    assert_eq!(config.read_file(dir.path().to_str()), Err(Errno::ENOENT), "a directory");
    assert_eq!(config.read_file(Some(&format!("{path}/below"))), Err(Errno::ENOENT), "below a file");
    assert_eq!(config.read_file(Some(&format!("{missing}; {path}"))), Ok(()));
    assert_eq!(config.text("log_file"), "a", "the file names the cluster");
    assert_eq!(fresh().read_file(Some("/dev/null")), Ok(()));
}

#[test]
fn connected_options_stay() {
    let config = fresh();
    config.freeze();
    assert_eq!(config.set("rbd_cache", "false"), Ok(()));
    assert_eq!(config.set("rbd_cache_policy", "writeback"), Err(Errno::EPERM));
    assert_eq!(config.set("rbd_cache_policy", "writearound"), Ok(()), "no change");
    assert_eq!(config.read_file(Some("/dev/null")), Err(Errno::ENOSYS));
    assert_eq!(config.parse_args(&["--log-file", "x"]), Err(Errno::ENOSYS));
}

type Arguments =
    (&'static [&'static str], Result<&'static [&'static str], i32>, &'static [(&'static str, &'static str)]);

/// Arguments, those left over, and the options that changed, as Ceph 20.2 has them.
#[rustfmt::skip]
const ARGUMENTS: &[Arguments] = &[
    (&["--rbd-cache", "false"], Ok(&[]), &[("rbd_cache", "false")]),
    (&["--rbd_cache=false"], Ok(&[]), &[("rbd_cache", "false")]),
    (&["--rbd-cache"], Ok(&[]), &[]),
    (&["--no-rbd-cache", "x"], Ok(&["x"]), &[("rbd_cache", "false")]),
    (&["--rbd_cache", "maybe"], Ok(&["maybe"]), &[]),
    (&["--rbd_cache=maybe"], Err(22), &[]),
    (&["--rbd-cache", "0", "q"], Ok(&["q"]), &[("rbd_cache", "false")]),
    (&["--log-file", "x", "y"], Ok(&["y"]), &[("log_file", "x")]),
    (&["--log-file"], Err(22), &[]),
    (&["--log-file=a b"], Ok(&[]), &[("log_file", "a b")]),
    (&["-m", "1.2.3.4", "-k", "kk", "rest"], Ok(&["rest"]), &[("mon_host", "1.2.3.4"), ("keyring", "kk")]),
    (&["-c", "a.conf"], Ok(&["-c", "a.conf"]), &[]),
    (&["-n", "client.z", "--id", "z", "--user", "z"], Ok(&["-n", "client.z", "--id", "z", "--user", "z"]), &[]),
    (&["--cluster", "zz", "--name", "client.z"], Ok(&["--cluster", "zz", "--name", "client.z"]), &[]),
    (&["--debug_rbd=20/20", "--debug-ms", "1"], Ok(&[]), &[("debug_rbd", "20/20"), ("debug_ms", "1/1")]),
    (&["--", "--log-file", "x"], Ok(&["--", "--log-file", "x"]), &[]),
    (&["a", "--log-file", "x", "b", "--", "--rbd-cache"], Ok(&["a", "b", "--", "--rbd-cache"]), &[("log_file", "x")]),
    (&["--unknown", "v"], Ok(&["--unknown", "v"]), &[]),
    (&["--rbd-cache-size", "bad"], Err(22), &[]),
    (&["--rbd-cache-size=8M"], Ok(&[]), &[("rbd_cache_size", "8388608")]),
    (&["--default-log-file", "dd"], Ok(&[]), &[("log_file", "dd")]),
    (&["-f"], Ok(&[]), &[]),
    (&["-d"], Ok(&[]), &[("log_to_stderr", "true"), ("err_to_stderr", "true")]),
    (&["-K", "/nonexistent"], Ok(&[]), &[]),
    (&["--monmap=mm"], Ok(&[]), &[("monmap", "mm")]),
    (&["--bind", "1.2.3.4"], Ok(&[]), &[("public_addr", "v2:1.2.3.4:0/0")]),
    (&["--no-mon-config", "--version", "-h", "-mfoo"], Ok(&["--version", "-h", "-mfoo"]), &[]),
    (&["--log file", "x", "--LOG-FILE", "x", "-log-file", "x"], Ok(&["--log file", "x", "--LOG-FILE", "x", "-log-file", "x"]), &[]),
    (&["--rados-osd-op-timeout", "5"], Ok(&[]), &[("rados_osd_op_timeout", "5")]),
    (&["--log-to-stderr=false", "--err-to-stderr"], Ok(&[]), &[("err_to_stderr", "true")]),
    (&["--no-log-file", "", "x"], Ok(&["--no-log-file", "", "x"]), &[]),
];

#[test]
fn arguments_are_taken_as_stock_does() {
    for (args, want, changes) in ARGUMENTS {
        let (config, untouched) = (fresh(), fresh());
        let left = config.parse_args(args).map_err(|e| e.0);
        let left = left.map(|left| left.into_iter().map(|at| args[at]).collect::<Vec<_>>());
        assert_eq!(left.as_deref().map_err(|e| *e), *want, "{args:?}");
        for option in options::all() {
            let want = changes.iter().find(|(name, _)| *name == option.name);
            let want = want.map_or_else(|| untouched.text(option.name), |(_, value)| (*value).to_owned());
            assert_eq!(config.text(option.name), want, "{args:?}: {}", option.name);
        }
    }
}

#[test]
fn observers_see_the_new_value() {
    let config = fresh();
    let (send, receive) = std::sync::mpsc::channel();
    config.observe(move |config| send.send(config.text("log_file")).expect("the test listens"));
    config.set("log_file", "x").expect("any text");
    assert_eq!(receive.try_recv(), Ok("x".into()));
}

/// Text of characters that mean something somewhere, from a seed that a failure can be told by.
fn noise(seed: u64) -> String {
    const ALPHABET: &[&str] = &[
        "[",
        "]",
        "=",
        "#",
        ";",
        "\\",
        "\n",
        "\r\n",
        "\"",
        "'",
        " ",
        "\t",
        "$",
        "{",
        "}",
        "$name",
        "${id}",
        "global",
        "client",
        "log file",
        "rbd_cache",
        "é",
        "\u{0}",
        "-",
        "--",
        "+",
        ".",
        ":",
        "/",
        "v2:",
        "1",
        "99",
        "0x",
        "e",
        "K",
        "Mi",
        "inf",
        "true",
        ",",
        "18446744073709551616",
    ];
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % below
    };
    (0..next(24)).map(|_| ALPHABET[next(ALPHABET.len())]).collect()
}

#[test]
fn no_text_upsets_a_parser() {
    let config = fresh();
    for seed in 1..20_000 {
        let text = noise(seed);
        // What comes of it does not matter here: only that it ends.
        let _ = ConfFile::parse(text.as_bytes());
        let _ = config.parse_args(&[&text, &noise(seed + 1)]);
        config.expand(&text);
        for name in
            ["rbd_cache_size", "log_max_recent", "ms_max_backoff", "client_mount_timeout", "debug_rbd"]
        {
            let _ = config.set(name, &text);
        }
        for name in
            ["fsid", "public_addr", "public_addrv", "rbd_default_features", "ms_shutdown_timeout", &text]
        {
            let _ = config.set(name, &text);
        }
    }
}
