#![no_main]
sepiola_fuzz::target!("net_message", net::fuzz::message);
