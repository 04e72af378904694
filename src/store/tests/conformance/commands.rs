//! Commands, and the clients they shut out.

use std::sync::mpsc;
use std::time::Duration;

use bytes::Bytes;
use ops::*;
use serde_json::{Value, json};

use crate::bench::{Bench, neg, send, wait, write};

fn command(store: &dyn ObjectStore, target: CommandTarget, command: &Value) -> (i32, String, String) {
    let (send, receive) = mpsc::channel();
    store.command(
        target,
        vec![command.to_string()],
        Bytes::new(),
        Box::new(move |reply| drop(send.send(reply))),
    );
    let reply = receive.recv_timeout(Duration::from_secs(20)).expect("a command that never ended");
    (reply.result, String::from_utf8_lossy(&reply.out).into_owned(), reply.status)
}

/// Asks the monitors for JSON.
fn ask(t: &Bench, mut asked: Value) -> Value {
    asked["format"] = json!("json");
    let (result, out, status) = command(&*t.store, CommandTarget::Mon, &asked);
    assert_eq!(result, 0, "{asked}: {status}");
    serde_json::from_str(&out).unwrap_or_else(|e| panic!("{asked}: {e} in {out}"))
}

fn result(t: &Bench, asked: Value) -> i32 {
    command(&*t.store, CommandTarget::Mon, &asked).0
}

pub fn tell_of_the_store(t: &Bench) {
    let fsid = t.store.identity().fsid;
    assert_eq!(ask(t, json!({"prefix": "fsid"}))["fsid"], json!(fsid));
    assert_eq!(
        command(&*t.store, CommandTarget::Mon, &json!({"prefix": "fsid"})).1,
        format!("{fsid}\n"),
        "as text"
    );
    assert_eq!(ask(t, json!({"prefix": "health"}))["status"], json!("HEALTH_OK"));
    assert_eq!(ask(t, json!({"prefix": "status"}))["pgmap"]["num_pools"], json!(1));
    assert_eq!(t.go("o", vec![write(0, "1234")]), 0);
    let df = ask(t, json!({"prefix": "df"}));
    assert!(df["stats"]["total_bytes"].as_u64() > Some(0), "{df}");
    assert_eq!(df["pools"][0]["stats"]["stored"], json!(4), "{df}");
    let dump = ask(t, json!({"prefix": "osd dump"}));
    assert_eq!(
        (&dump["pools"][0]["pool"], &dump["pools"][0]["pool_name"]),
        (&json!(t.pool), &json!("bench"))
    );
    assert_eq!(ask(t, json!({"prefix": "osd lspools"})), json!([{"poolnum": t.pool, "poolname": "bench"}]));
    for prefix in ["versions", "mon dump", "osd ls", "osd stat", "get_command_descriptions", "version"] {
        ask(t, json!({"prefix": prefix}));
    }
    assert_eq!(result(t, json!({"prefix": "nope"})), neg(Errno::EINVAL));
    assert_eq!(result(t, json!("no object")), neg(Errno::EINVAL));
    assert_eq!(result(t, json!({})), neg(Errno::EINVAL), "no prefix");
    let version = json!({"prefix": "version"});
    assert_eq!(command(&*t.store, CommandTarget::Osd(0), &version).0, 0);
    assert_eq!(command(&*t.store, CommandTarget::Osd(7), &version).0, neg(Errno::ENOENT));
    let counters =
        command(&*t.store, CommandTarget::Mgr, &json!({"prefix": "pg dump_pools_json", "format": "json"}));
    assert_eq!(counters.0, 0, "{}", counters.2);
}

pub fn look_after_pools(t: &Bench) {
    assert_eq!(result(t, json!({"prefix": "osd pool create", "pool": "new", "pg_num": 8})), 0);
    assert_eq!(result(t, json!({"prefix": "osd pool create", "pool": "new"})), 0, "again is no error");
    assert_eq!(ask(t, json!({"prefix": "osd pool ls"})), json!(["bench", "new"]));
    assert_eq!(
        result(t, json!({"prefix": "osd pool rename", "srcpool": "new", "destpool": "bench"})),
        neg(Errno::EEXIST)
    );
    assert_eq!(result(t, json!({"prefix": "osd pool rename", "srcpool": "new", "destpool": "newer"})), 0);
    assert_eq!(ask(t, json!({"prefix": "osd pool get", "pool": "newer", "var": "size"}))["size"], json!(1));
    let enable = json!({"prefix": "osd pool application enable", "pool": "newer", "app": "rbd"});
    assert_eq!(result(t, enable), 0);
    let get = json!({"prefix": "osd pool application get", "pool": "newer"});
    assert_eq!(ask(t, get), json!({"rbd": {}}));
    let mut delete = json!({"prefix": "osd pool delete", "pool": "newer", "pool2": "newer"});
    assert_eq!(result(t, delete.clone()), neg(Errno::EPERM));
    delete["yes_i_really_really_mean_it"] = json!(true);
    assert_eq!(result(t, delete), 0);
    assert_eq!(t.store.pools().len(), 1);
}

pub fn keep_settings(t: &Bench) {
    let set = json!({"prefix": "config set", "who": "global", "name": "rbd cache", "value": "false"});
    assert_eq!(result(t, set), 0);
    let get = |key: &str| json!({"prefix": "config get", "who": "global", "key": key});
    assert_eq!(ask(t, get("rbd_cache")), json!("false"));
    assert_eq!(result(t, get("none")), neg(Errno::ENOENT));
    assert_eq!(result(t, json!({"prefix": "config rm", "who": "global", "name": "rbd_cache"})), 0);
    assert_eq!(result(t, get("rbd_cache")), neg(Errno::ENOENT));
    assert_eq!(result(t, json!({"prefix": "config-key set", "key": "a/b", "val": "x"})), 0);
    assert_eq!(
        command(&*t.store, CommandTarget::Mon, &json!({"prefix": "config-key get", "key": "a/b"})).1,
        "x"
    );
    assert_eq!(ask(t, json!({"prefix": "config-key ls"})), json!(["a/b"]));
    assert_eq!(result(t, json!({"prefix": "config-key exists", "key": "a"})), neg(Errno::ENOENT));
}

pub fn shut_clients_out(t: &Bench) {
    let victim = t.another_client();
    let addr = victim.identity().addrs;
    let write = || t.request("o", vec![write(0, "x")]);
    assert_eq!(send(&*victim, write()).result, 0);
    assert_eq!(wait(|done| t.store.blocklist_add(&addr, Duration::from_secs(60), done)), Ok(()));
    assert_eq!(send(&*victim, write()).result, neg(Errno::EBLOCKLISTED));
    assert_eq!(t.send(write()).result, 0, "others go on");
    assert_eq!(wait(|done| t.store.blocklist_add("nonsense", Duration::ZERO, done)), Err(Errno::EINVAL));
    let listed = ask(t, json!({"prefix": "osd blocklist ls"}));
    assert_eq!(listed[0]["addr"], json!(addr), "{listed}");
    let rm = json!({"prefix": "osd blocklist", "blocklistop": "rm", "addr": addr});
    assert_eq!((result(t, rm.clone()), result(t, rm)), (0, neg(Errno::ENOENT)));
    assert_eq!(send(&*victim, write()).result, 0);
    let add = json!({"prefix": "osd blacklist", "blacklistop": "add", "addr": addr, "expire": 0.5});
    assert_eq!(result(t, add), 0);
    assert_eq!(send(&*victim, write()).result, neg(Errno::EBLOCKLISTED));
    assert_eq!(result(t, json!({"prefix": "osd blocklist clear"})), 0);
    assert_eq!(send(&*victim, write()).result, 0);
}
