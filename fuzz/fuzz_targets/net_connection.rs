#![no_main]
sepiola_fuzz::target!("net_connection", net::fuzz::connection);
