#![no_main]
sepiola_fuzz::target!("net_monitors", net::fuzz::monitors);
