//! SRV records of the DNS: where the monitors are, for clients that are told nothing else (RFC 1035, RFC 2782).

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SrvRecord {
    /// Lower ones come first.
    pub priority: u16,
    /// Among those of one priority: how often this one is to be asked, beside others.
    pub weight: u16,
    pub port: u16,
    pub target: String,
}

/// Whom to ask (`/etc/resolv.conf`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolver {
    pub servers: Vec<SocketAddr>,
    pub search: Vec<String>,
    pub timeout: Duration,
    pub attempts: u32,
}

const DNS: u16 = 53;
const SRV: u16 = 33;
const INTERNET: u16 = 1;
/// What resolvers allow.
const MOST_SERVERS: usize = 3;

impl Resolver {
    pub fn of_this_host() -> Resolver {
        Resolver::read(&std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default())
    }

    fn read(text: &str) -> Resolver {
        let mut found = Resolver {
            servers: Vec::new(),
            search: Vec::new(),
            timeout: Duration::from_secs(5),
            attempts: 2,
        };
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") => {
                    let addr = words.next().and_then(|word| word.parse().ok());
                    found.servers.extend(addr.map(|addr| SocketAddr::new(addr, DNS)));
                }
                Some("search" | "domain") => found.search = words.map(str::to_owned).collect(),
                Some("options") => {
                    for word in words {
                        match word.split_once(':').map(|(name, value)| (name, value.parse::<u32>())) {
                            Some(("timeout", Ok(seconds))) => {
                                found.timeout = Duration::from_secs(seconds.clamp(1, 30).into());
                            }
                            Some(("attempts", Ok(attempts))) => found.attempts = attempts.clamp(1, 5),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        found.servers.truncate(MOST_SERVERS);
        if found.servers.is_empty() {
            found.servers.push(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), DNS));
        }
        found
    }

    /// The records of `_service._tcp`, in `domain` or else in those that this host searches, by priority. Empty: there are
    /// none, or nobody tells until `deadline`.
    pub fn find(&self, service: &str, domain: &str, deadline: Option<Instant>) -> Vec<SrvRecord> {
        let name = format!("_{service}._tcp");
        let under = |domain: &str| format!("{name}.{}", domain.trim_end_matches('.'));
        let names: Vec<String> = if domain.is_empty() {
            std::iter::once(name.clone()).chain(self.search.iter().map(|domain| under(domain))).collect()
        } else {
            vec![under(domain)]
        };
        for name in names {
            let mut found = self.ask(&name, deadline).unwrap_or_default();
            if !found.is_empty() {
                found.sort_by_key(|record| record.priority);
                return found;
            }
        }
        Vec::new()
    }

    /// `None`: nobody knows.
    fn ask(&self, name: &str, deadline: Option<Instant>) -> Option<Vec<SrvRecord>> {
        let mut id = [0; 2];
        aws_lc_rs::rand::fill(&mut id).ok()?;
        let id = u16::from_be_bytes(id);
        let query = query(id, name)?;
        for _ in 0..self.attempts {
            for server in &self.servers {
                let left = deadline.map_or(self.timeout, |at| at.saturating_duration_since(Instant::now()));
                let wait = left.min(self.timeout);
                if wait.is_zero() {
                    return None;
                }
                match exchange(*server, &query, wait).and_then(|answer| Answer::read(&answer, &query)) {
                    Some(Answer::Records(records)) => return Some(records),
                    Some(Answer::NoSuchName) => return Some(Vec::new()),
                    None => tracing::debug!(target: "rados", "name server {server}: no answer for {name}"),
                }
            }
        }
        None
    }
}

/// `None`: no name.
fn query(id: u16, name: &str) -> Option<Vec<u8>> {
    let mut out = id.to_be_bytes().to_vec();
    // Recursion is wanted; one question.
    out.extend_from_slice(&[1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.split('.') {
        let len = u8::try_from(label.len()).ok().filter(|len| (1..64).contains(len))?;
        out.push(len);
        out.extend_from_slice(label.as_bytes());
    }
    out.push(0);
    out.extend_from_slice(&SRV.to_be_bytes());
    out.extend_from_slice(&INTERNET.to_be_bytes());
    Some(out)
}

/// One question and its answer; by TCP where the answer says that it is cut off.
fn exchange(server: SocketAddr, query: &[u8], wait: Duration) -> Option<Vec<u8>> {
    let any = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).ok()?;
    socket.connect(server).ok()?;
    socket.send(query).ok()?;
    let until = Instant::now() + wait;
    let mut answer = vec![0; 4096];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        socket.set_read_timeout(Some(left).filter(|left| !left.is_zero())).ok()?;
        if left.is_zero() {
            return None;
        }
        let len = socket.recv(&mut answer).ok()?;
        // Others are answers to somebody else.
        if len >= 12 && answer.get(..2) == query.get(..2) {
            answer.truncate(len);
            break;
        }
    }
    let is_cut = answer.get(2).is_some_and(|flags| flags & 2 != 0);
    if is_cut { by_tcp(server, query, wait) } else { Some(answer) }
}

fn by_tcp(server: SocketAddr, query: &[u8], wait: Duration) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&server, wait).ok()?;
    stream.set_read_timeout(Some(wait)).ok()?;
    stream.set_write_timeout(Some(wait)).ok()?;
    stream.write_all(&[&u16::try_from(query.len()).ok()?.to_be_bytes(), query].concat()).ok()?;
    let mut len = [0; 2];
    stream.read_exact(&mut len).ok()?;
    let mut answer = vec![0; u16::from_be_bytes(len).into()];
    stream.read_exact(&mut answer).ok()?;
    Some(answer)
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Records(Vec<SrvRecord>),
    NoSuchName,
}

impl Answer {
    /// `None`: it answers another question, makes no sense, or says that the server could not.
    fn read(bytes: &[u8], query: &[u8]) -> Option<Answer> {
        let word = |at: usize| Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk::<2>()?));
        let (id, flags) = (word(0)?, word(2)?);
        let is_answer = flags & 0x8000 != 0;
        let asked = query.get(12..)?;
        if Some(&id.to_be_bytes()[..]) != query.get(..2) || !is_answer || word(4)? != 1 {
            return None;
        }
        if !bytes.get(12..)?.get(..asked.len())?.eq_ignore_ascii_case(asked) {
            return None;
        }
        match flags & 0xf {
            0 => {}
            3 => return Some(Answer::NoSuchName),
            _ => return None,
        }
        let mut at = 12 + asked.len();
        let mut records = Vec::new();
        for _ in 0..word(6)? {
            at = name(bytes, at)?.1;
            let (kind, class, len) = (word(at)?, word(at + 2)?, word(at + 8)?);
            at += 10;
            if (kind, class) == (SRV, INTERNET) && len >= 7 {
                let (target, _) = name(bytes, at + 6)?;
                records.push(SrvRecord {
                    priority: word(at)?,
                    weight: word(at + 2)?,
                    port: word(at + 4)?,
                    target,
                });
            }
            at += usize::from(len);
        }
        // A root by itself says that there is no such service.
        records.retain(|record| !record.target.is_empty());
        Some(Answer::Records(records))
    }
}

/// The name that stands there, and where it ends. A name may go on at an earlier place.
fn name(bytes: &[u8], mut at: usize) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut end = None;
    loop {
        let len = *bytes.get(at)?;
        match len >> 6 {
            0 if len == 0 => return Some((text, end.unwrap_or(at + 1))),
            0 => {
                let label = bytes.get(at + 1..)?.get(..len.into())?;
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(std::str::from_utf8(label).ok()?);
                at += 1 + usize::from(len);
            }
            3 => {
                let to = usize::from(u16::from_be_bytes([len & 0x3f, *bytes.get(at + 1)?]));
                end.get_or_insert(at + 2);
                // Only backwards: it has to end.
                if to >= at {
                    return None;
                }
                at = to;
            }
            _ => return None,
        }
        if text.len() > 255 {
            return None;
        }
    }
}

/// An answer of a name server, whatever it says.
#[cfg(feature = "fuzzing")]
pub fn answer(bytes: &[u8]) {
    if let Some(query) = query(0x0707, "_ceph-mon._tcp") {
        let head = [7, 7, 0x81, 0x80, 0, 1];
        let counts = bytes.get(..6).unwrap_or(&[0, 2, 0, 0, 0, 0]);
        let rest = bytes.get(6..).unwrap_or_default();
        let whole = [&head, counts, query.get(12..).unwrap_or_default(), rest].concat();
        let _ = Answer::read(&whole, &query);
        let _ = Answer::read(bytes, &query);
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const TO_QUESTION: [u8; 2] = [0xc0, 12];

    fn record(priority: u16, port: u16, target: &[u8]) -> Vec<u8> {
        let len = 6 + target.len() as u16;
        let mut out = TO_QUESTION.to_vec();
        out.extend([SRV, INTERNET, 0, 60, len, priority, 10, port].map(u16::to_be_bytes).concat());
        out.extend_from_slice(target);
        out
    }

    fn answer(query: &[u8], flags: u16, records: &[Vec<u8>]) -> Vec<u8> {
        let count = records.len() as u16;
        let head = [flags, 1, count, 0, 0].map(u16::to_be_bytes).concat();
        [&query[..2], &head, &query[12..], &records.concat()].concat()
    }

    /// Answers what `how` makes of each question, first by UDP, then by TCP.
    fn server(how: impl Fn(&[u8], bool) -> Option<Vec<u8>> + Send + Sync + 'static) -> SocketAddr {
        let both = || {
            let udp = UdpSocket::bind("127.0.0.1:0").ok()?;
            let addr = udp.local_addr().ok()?;
            Some((udp, TcpListener::bind(addr).ok()?, addr))
        };
        // Somebody else may have the one port of the two.
        let (udp, tcp, addr) = (0..100).find_map(|_| both()).unwrap();
        let how = std::sync::Arc::new(how);
        let by_udp = how.clone();
        std::thread::spawn(move || {
            let mut bytes = [0; 512];
            while let Ok((len, from)) = udp.recv_from(&mut bytes) {
                let answer = by_udp(&bytes[..len], false);
                answer.into_iter().for_each(|answer| drop(udp.send_to(&answer, from)));
            }
        });
        std::thread::spawn(move || {
            for mut stream in tcp.incoming().flatten() {
                let mut len = [0; 2];
                stream.read_exact(&mut len).unwrap();
                let mut query = vec![0; u16::from_be_bytes(len).into()];
                stream.read_exact(&mut query).unwrap();
                let answer = how(&query, true).unwrap_or_default();
                let _ = stream.write_all(&[&(answer.len() as u16).to_be_bytes(), &answer[..]].concat());
            }
        });
        addr
    }

    fn resolver(server: SocketAddr, search: &[&str]) -> Resolver {
        let search = search.iter().map(|domain| (*domain).to_owned()).collect();
        Resolver { servers: vec![server], search, timeout: Duration::from_millis(300), attempts: 2 }
    }

    fn expected(found: &[(u16, u16, &str)]) -> Vec<SrvRecord> {
        let record = |(priority, port, target): &(u16, u16, &str)| SrvRecord {
            priority: *priority,
            weight: 10,
            port: *port,
            target: (*target).into(),
        };
        found.iter().map(record).collect()
    }

    #[test]
    fn records_by_priority_with_compressed_names() {
        // "a" and "b" under what was asked, behind its first two labels.
        let domain = 0xc000 + 12 + 10 + 5_u16;
        let under = move |label: u8| [&[1, label][..], &domain.to_be_bytes()].concat();
        let at = server(move |query, _| {
            Some(answer(query, 0x8180, &[record(20, 3300, &under(b'b')), record(10, 6789, &under(b'a'))]))
        });
        let found = resolver(at, &[]).find("ceph-mon", "example.com", None);
        assert_eq!(found, expected(&[(10, 6789, "a.example.com"), (20, 3300, "b.example.com")]));
    }

    #[test]
    fn a_cut_answer_comes_by_tcp_and_domains_are_searched() {
        let at = server(|query, tcp| {
            let here = query.windows(4).any(|label| label == b"\x04here");
            Some(match (query.ends_with(b"\x04here\0\0\x21\0\x01") || here, tcp) {
                (false, _) => answer(query, 0x8183, &[]),
                (true, false) => answer(query, 0x8380, &[]),
                (true, true) => answer(query, 0x8180, &[record(0, 40_000, b"\x03mon\0")]),
            })
        });
        let found = resolver(at, &["elsewhere", "here"]).find("ceph-mon", "", None);
        assert_eq!(found, expected(&[(0, 40_000, "mon")]));
    }

    #[test]
    fn nonsense_and_silence_are_no_records() {
        for kind in 0..5 {
            let at = server(move |query, _| match kind {
                0 => None,
                // A name that goes on in itself.
                1 => Some(answer(query, 0x8180, &[record(0, 1, &[0xc0, 12 + 20 + 18])])),
                2 => Some(answer(query, 0x8180, &[record(0, 1, b"\x3fshort")])),
                3 => Some(answer(query, 0x8182, &[])),
                _ => Some(answer(query, 0x8180, &[record(0, 1, b"\x03mon\0")])[..30].to_vec()),
            });
            let started = Instant::now();
            assert_eq!(resolver(at, &[]).find("ceph-mon", "", None), Vec::new(), "answer {kind}");
            assert!(started.elapsed() < Duration::from_secs(10), "answer {kind}");
        }
    }

    #[test]
    fn the_host_says_whom_to_ask() {
        let text = "# c\nnameserver 10.0.0.1\nnameserver fe80::1\nsearch a.b c\noptions ndots:1 timeout:2 attempts:3\n";
        let read = Resolver::read(text);
        assert_eq!(read.servers, ["10.0.0.1:53".parse().unwrap(), "[fe80::1]:53".parse().unwrap()]);
        assert_eq!((read.search.join(" "), read.timeout.as_secs(), read.attempts), ("a.b c".into(), 2, 3));
        assert_eq!(Resolver::read("").servers, ["127.0.0.1:53".parse().unwrap()]);
    }
}
